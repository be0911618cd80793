public import Basics

/// What can be told of a message without parsing it: enough for the worker that received it to find
/// the worker that owns it.
public enum Peek {
  /// Where the Call-ID's value stands, or `nil`.
  public static func callID(_ bytes: Span<UInt8>) -> Slice? {
    find(bytes, .callID, longLetter: 0x63, shortLetter: 0x69)
  }

  /// Where the value of the first Via line stands, or `nil`.
  public static func via(_ bytes: Span<UInt8>) -> Slice? {
    find(bytes, .via, longLetter: 0x76, shortLetter: 0x76)
  }

  /// Whether the message begins as a response does.
  public static func isResponse(_ bytes: Span<UInt8>) -> Bool {
    bytes.foldedWord(start(bytes), 4) == 0x2f70_6973
  }

  /// The branch parameter's value in a Via value, or `nil`.
  public static func branch(_ bytes: Span<UInt8>, in via: Slice) -> Slice? {
    var place = via.start
    while true {
      place = bytes.first(0x3b, from: place, to: via.end) &+ 1
      guard place &+ 7 < via.end else { return nil }
      guard bytes.foldedWord(place, 7) == 0x3d_6863_6e61_7262 else { continue }
      var end = place &+ 7
      while end < via.end, Octets.isToken(bytes[end]) { end &+= 1 }
      return Slice(from: place &+ 7, to: end)
    }
  }

  /// RFC 3261 §7.5: empty lines before the start line are no part of the message.
  private static func start(_ bytes: Span<UInt8>) -> Int {
    var place = 0
    while place &+ 1 < bytes.count, bytes[place] == 0x0d, bytes[place &+ 1] == 0x0a { place &+= 2 }
    return place
  }

  private static func find(
    _ bytes: Span<UInt8>, _ name: HeaderName, longLetter: UInt8, shortLetter: UInt8
  ) -> Slice? {
    var place = bytes.firstLineBreak(from: start(bytes)) &+ 2
    while place < bytes.count, bytes[place] != 0x0d {
      let end = bytes.firstLineBreak(from: place)
      guard end < Limits.message else { return nil }
      let letter = bytes[place] | 0x20
      if letter == longLetter || letter == shortLetter {
        let colon = bytes.first(0x3a, from: place, to: end)
        var nameEnd = colon
        while nameEnd > place, Octets.isSpace(bytes[nameEnd &- 1]) { nameEnd &-= 1 }
        if colon < end, HeaderName(bytes, Slice(from: place, to: nameEnd)) == name {
          return trimmed(bytes, colon &+ 1, end)
        }
      }
      place = end &+ 2
    }
    return nil
  }

  private static func trimmed(_ bytes: Span<UInt8>, _ from: Int, _ to: Int) -> Slice {
    var start = from
    var end = to
    while start < end, Octets.isSpace(bytes[start]) { start &+= 1 }
    while end > start, Octets.isSpace(bytes[end &- 1]) { end &-= 1 }
    return Slice(from: start, to: end)
  }
}
