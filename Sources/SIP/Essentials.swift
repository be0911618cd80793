public import Basics

/// The values that every message must have, parsed once (RFC 3261 §8.1.1 and §16.3 step 1).
public struct Essentials: Sendable {
  /// The top Via.
  public var via: Via
  /// `nil` from an element of RFC 2543.
  public var fromTag: Slice?
  /// `nil` outside a dialog; that it is there makes no request an in-dialog one yet.
  public var toTag: Slice?
  /// Compared octet for octet.
  public var callID: Slice
  /// Its method is that of the request (RFC 3261 §8.1.1.5).
  public var cSeq: CSeq
  /// `nil` when the header is absent.
  public var maxForwards: UInt8?

  /// - Throws: the first fault of the message, its start line included.
  public init(_ message: borrowing Message) throws(Malformed) {
    let outline = message.outline
    via = try Self.topVia(message)
    if let fault = outline.fault { throw fault }
    let end = outline.headersEnd
    guard let from = message.header(outline.from) else { throw Malformed(.missingFrom, at: end) }
    guard let to = message.header(outline.to) else { throw Malformed(.missingTo, at: end) }
    guard let callID = message.header(outline.callID) else {
      throw Malformed(.missingCallID, at: end)
    }
    guard let cSeq = message.header(outline.cSeq) else { throw Malformed(.missingCSeq, at: end) }
    fromTag = try Self.party(message, from).tag
    toTag = try Self.party(message, to).tag
    self.callID = try CallID.parse(message.bytes, callID.value).text
    self.cSeq = try CSeq.parse(message.bytes, cSeq.value)
    if let header = message.header(outline.maxForwards) {
      maxForwards = try Scalar.maxForwards(message.bytes, header.value)
    }
    try checkMethod(message)
  }

  /// The top Via alone: enough to answer a request with, whatever else is wrong with it.
  public static func topVia(_ message: borrowing Message) throws(Malformed) -> Via {
    guard let header = message.header(message.outline.via) else {
      throw Malformed(.missingVia, at: message.outline.headersEnd)
    }
    return try Via.parse(message.bytes, header.value)
  }

  /// Where a request with a broken top Via can still be answered: at the port that its sent-by
  /// names, or at 5060. RFC 4475 §3.1.2.1 and §3.1.2.16 ask for an answer to such requests.
  /// - Throws: a Via whose sent-by cannot be read either.
  public static func portToAnswer(_ message: borrowing Message) throws(Malformed) -> UInt16 {
    guard let header = message.header(message.outline.via) else {
      throw Malformed(.missingVia, at: message.outline.headersEnd)
    }
    var reader = Reader(message.bytes, header.value)
    return try reader.sentByPort() ?? 5060
  }

  private static func party(
    _ message: borrowing Message, _ header: Header
  ) throws(Malformed) -> NameAddress {
    try NameAddress.parse(message.bytes, header.value)
  }

  /// RFC 3261 §8.1.1.5: the CSeq names the request's own method.
  private func checkMethod(_ message: borrowing Message) throws(Malformed) {
    guard message.isRequest else { return }
    let own = message.outline.methodText
    let named = cSeq.methodText
    guard own.count == named.count else { throw Malformed(.cSeqMethod, at: named.start) }
    for place in 0..<own.count
    where message.bytes[own.start &+ place] != message.bytes[named.start &+ place] {
      throw Malformed(.cSeqMethod, at: named.start)
    }
  }
}
