import Basics

/// Where one message ends and the next begins in a stream (RFC 3261 §18.3).
public enum Framing: Hashable, Sendable {
  /// The message is not complete yet.
  case needMore
  /// The first so many octets are one message.
  case message(Int)
  /// The first so many octets are CRLF between messages. Two CRLF are a ping, which wants one CRLF
  /// in answer (RFC 5626 §3.5.1).
  case keepAlive(Int, isPing: Bool)
  /// The first so many octets are the head of a message whose length cannot be known: it can still
  /// be told so, and then the stream must be closed (RFC 4475 §3.1.2.3).
  case last(Int, Malformed)
  /// Where the message ends cannot be known: the stream must be closed.
  case broken(Malformed)

  /// - Parameter bytes: what has come in and was not taken yet.
  public static func measure(_ bytes: Span<UInt8>) -> Framing {
    guard bytes.count >= 2 else { return .needMore }
    if bytes[0] == 0x0d { return keepAlive(bytes) }
    do throws(Malformed) {
      if let found = try head(bytes) { return try whole(bytes, found.end, found.length) }
    } catch {
      return last(bytes, error)
    }
    return bytes.count >= Limits.message
      ? .broken(Malformed(.messageTooLong, at: bytes.count)) : .needMore
  }

  /// A Content-Length that says nothing, or a second one: the head is whole, or is waited for.
  @inline(never)
  private static func last(_ bytes: Span<UInt8>, _ fault: Malformed) -> Framing {
    guard fault.fault == .contentLength else { return .broken(fault) }
    var place = fault.offset
    while place &+ 3 < bytes.count {
      let end = bytes.firstLineBreak(from: place)
      guard end &+ 3 < bytes.count else { break }
      if bytes[end] == 0x0d, bytes[end &+ 1] == 0x0a, bytes[end &+ 2] == 0x0d,
        bytes[end &+ 3] == 0x0a
      {
        return .last(end &+ 4, fault)
      }
      place = end &+ 1
    }
    return bytes.count >= Limits.message ? .broken(fault) : .needMore
  }

  /// Where the body begins, and how long it is said to be; `nil` while that has not come in.
  private static func head(_ bytes: Span<UInt8>) throws(Malformed) -> (end: Int, length: Int?)? {
    var place = bytes.firstLineBreak(from: 0) &+ 2
    var length: Int?
    while place < bytes.count, let end = try lineEnd(bytes, place) {
      if end == place { return (end &+ 2, length) }
      guard let last = try foldedEnd(bytes, end) else { break }
      if let value = contentLength(bytes, place, colonBefore: end, last) {
        guard length == nil, let found = Digits.read(bytes, value) else {
          throw Malformed(.contentLength, at: place)
        }
        length = found
      }
      place = last &+ 2
    }
    return nil
  }

  /// Where the CRLF of a line begins; `nil` while it has not come in.
  private static func lineEnd(_ bytes: Span<UInt8>, _ start: Int) throws(Malformed) -> Int? {
    let end = bytes.firstLineBreak(from: start)
    guard end &+ 1 < bytes.count, end < Limits.message else { return nil }
    guard bytes[end] == 0x0d, bytes[end &+ 1] == 0x0a else { throw Malformed(.lineEnd, at: end) }
    return end
  }

  /// The end of a header whose first line ends at `end`: lines that begin with white space belong
  /// to it (RFC 3261 §7.3.1), so the octet after it must have come in.
  private static func foldedEnd(_ bytes: Span<UInt8>, _ end: Int) throws(Malformed) -> Int? {
    var last = end
    while last &+ 2 < bytes.count {
      guard Octets.isSpace(bytes[last &+ 2]) else { return last }
      guard let next = try lineEnd(bytes, last &+ 2) else { return nil }
      last = next
    }
    return nil
  }

  private static func keepAlive(_ bytes: Span<UInt8>) -> Framing {
    guard bytes[1] == 0x0a else { return .broken(Malformed(.lineEnd, at: 1)) }
    guard bytes.count >= 4, bytes[2] == 0x0d, bytes[3] == 0x0a else {
      // One CRLF at the end of what is there may be half a ping: it is taken once more is known.
      return bytes.count < 4 && bytes.count > 2 && bytes[2] == 0x0d
        ? .needMore : .keepAlive(2, isPing: false)
    }
    return .keepAlive(4, isPing: true)
  }

  private static func whole(
    _ bytes: Span<UInt8>, _ start: Int, _ length: Int?
  ) throws(Malformed) -> Framing {
    // RFC 3261 §18.3: over a stream Content-Length is not optional.
    guard let length else { return .broken(Malformed(.contentLength, at: start)) }
    guard start &+ length <= Limits.message else { throw Malformed(.messageTooLong, at: start) }
    return start &+ length <= bytes.count ? .message(start &+ length) : .needMore
  }

  /// The value of a Content-Length, or `nil` for another header.
  private static func contentLength(
    _ bytes: Span<UInt8>, _ start: Int, colonBefore firstEnd: Int, _ end: Int
  ) -> Slice? {
    guard bytes[start] | 0x20 == 0x63 || bytes[start] | 0x20 == 0x6c else { return nil }
    let colon = bytes.first(0x3a, from: start, to: firstEnd)
    var nameEnd = colon
    while nameEnd > start, Octets.isSpace(bytes[nameEnd &- 1]) { nameEnd &-= 1 }
    guard colon < firstEnd, nameEnd <= Limits.message,
      HeaderName(bytes, Slice(from: start, to: nameEnd)) == .contentLength
    else { return nil }
    var from = colon &+ 1
    var to = end
    while from < to, Parser.isWhite(bytes[from]) { from &+= 1 }
    while to > from, Parser.isWhite(bytes[to &- 1]) { to &-= 1 }
    return Slice(from: from, to: to)
  }
}
