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
  /// Where the message ends cannot be known: the stream must be closed.
  case broken(Malformed)

  /// - Parameter bytes: what has come in and was not taken yet.
  public static func measure(_ bytes: Span<UInt8>) -> Framing {
    guard bytes.count >= 2 else { return .needMore }
    if bytes[0] == 0x0d { return keepAlive(bytes) }
    var place = bytes.firstLineBreak(from: 0) &+ 2
    var length: Int?
    while place < bytes.count {
      let end = bytes.firstLineBreak(from: place)
      guard end &+ 1 < bytes.count, end < Limits.message else { break }
      guard bytes[end] == 0x0d, bytes[end &+ 1] == 0x0a else {
        return .broken(Malformed(.lineEnd, at: end))
      }
      if end == place { return whole(bytes, end &+ 2, length) }
      if let value = contentLength(bytes, place, end) {
        guard length == nil, let found = Digits.read(bytes, value) else {
          return .broken(Malformed(.contentLength, at: place))
        }
        length = found
      }
      place = end &+ 2
    }
    return bytes.count >= Limits.message
      ? .broken(Malformed(.messageTooLong, at: bytes.count)) : .needMore
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

  private static func whole(_ bytes: Span<UInt8>, _ start: Int, _ length: Int?) -> Framing {
    // RFC 3261 §18.3: over a stream Content-Length is not optional.
    guard let length else { return .broken(Malformed(.contentLength, at: start)) }
    guard start &+ length <= Limits.message else {
      return .broken(Malformed(.messageTooLong, at: start))
    }
    return start &+ length <= bytes.count ? .message(start &+ length) : .needMore
  }

  /// The value of a Content-Length line, or `nil` for another line.
  private static func contentLength(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Slice? {
    guard bytes[start] | 0x20 == 0x63 || bytes[start] | 0x20 == 0x6c else { return nil }
    let colon = bytes.first(0x3a, from: start, to: end)
    var nameEnd = colon
    while nameEnd > start, Octets.isSpace(bytes[nameEnd &- 1]) { nameEnd &-= 1 }
    guard colon < end, nameEnd <= Limits.message,
      HeaderName(bytes, Slice(from: start, to: nameEnd)) == .contentLength
    else { return nil }
    var from = colon &+ 1
    var to = end
    while from < to, Octets.isSpace(bytes[from]) { from &+= 1 }
    while to > from, Octets.isSpace(bytes[to &- 1]) { to &-= 1 }
    return Slice(from: from, to: to)
  }
}
