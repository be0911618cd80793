public import Basics

/// A CSeq header field (RFC 3261 §20.16). Numbers of 2^31 and more are taken, as RFC 4475 §3.1.2.4
/// reads the limit: a fault only from 2^32 on.
public struct CSeq: Sendable {
  /// The sequence number; 2^31 and more are taken.
  public var number: UInt32
  /// The method as it stands; methods have a case (RFC 3261 §7.1).
  public var methodText: Slice
  /// The digits as they stand, leading zeros included.
  public var numberText: Slice

  /// Reads `1*DIGIT LWS Method`.
  /// - Throws: `.cSeq`, or `.trailing` for what follows the method.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> CSeq {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let start = reader.place
    let number = try reader.number(or: .cSeq)
    let text = reader.slice(from: start)
    guard let number = UInt32(exactly: number) else { throw Malformed(.cSeq, at: start) }
    guard reader.takeSpace() else { throw reader.malformed(.cSeq) }
    let method = try reader.some(.token, or: .cSeq)
    try reader.finish()
    return CSeq(number: number, methodText: method, numberText: text)
  }
}

/// A Call-ID header field: `word [ "@" word ]` (RFC 3261 §20.8). Compared octet for octet.
public struct CallID: Sendable {
  /// Without the white space around it.
  public var text: Slice

  /// Reads a whole header field.
  /// - Throws: `.callID`, or `.trailing` for what follows the identifier.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> CallID {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let value = try reader.callID()
    try reader.finish()
    return CallID(text: value)
  }
}

extension Reader {
  @inline(__always)
  mutating func callID() throws(Malformed) -> Slice {
    let start = place
    place = bytes.longEnd(of: .word, from: start)
    guard place > start else { throw malformed(.callID) }
    if take(0x40) {
      let host = place
      place = bytes.longEnd(of: .word, from: host)
      guard place > host else { throw malformed(.callID) }
    }
    return slice(from: start)
  }
}

/// The header fields that are one number.
public enum Scalar {
  /// Max-Forwards: 0 to 255 (RFC 3261 §20.22), leading zeros allowed.
  public static func maxForwards(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> UInt8 {
    let (number, start) = try digits(bytes, slice, or: .maxForwards)
    guard let value = UInt8(exactly: number) else { throw Malformed(.maxForwards, at: start) }
    return value
  }

  /// Max-Breadth: any number, at most `UInt32.max` (RFC 5393 §5.3.1).
  public static func maxBreadth(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> UInt32 {
    UInt32(clamping: try digits(bytes, slice, or: .maxBreadth).number)
  }

  /// Content-Length: any number of octets that a message can have; a fault from 2^31 on.
  public static func contentLength(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> Int {
    let (number, start) = try digits(bytes, slice, or: .contentLength)
    guard let value = Int32(exactly: number) else { throw Malformed(.contentLength, at: start) }
    return Int(value)
  }

  /// Expires, Min-Expires: delta-seconds, at most `UInt32.max` (RFC 3261 §20.19).
  public static func deltaSeconds(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> UInt32 {
    UInt32(clamping: try digits(bytes, slice, or: .number).number)
  }

  /// RSeq: 1 to 2^32 - 1 (RFC 3262 §7.1).
  public static func rSeq(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> UInt32 {
    let (number, start) = try digits(bytes, slice, or: .number)
    guard let value = UInt32(exactly: number), value > 0 else {
      throw Malformed(.number, at: start)
    }
    return value
  }

  private static func digits(
    _ bytes: Span<UInt8>, _ slice: Slice, or fault: Malformed.Fault
  ) throws(Malformed) -> (number: UInt64, start: Int) {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let start = reader.place
    let number = try reader.number(or: fault)
    reader.skipSpace()
    guard reader.isAtEnd else { throw reader.malformed(fault) }
    return (number, start)
  }
}
