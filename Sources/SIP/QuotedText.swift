public import Basics

/// The text of a token or quoted string.
public enum QuotedText {
  /// What stands between the quotes, escapes included; a slice without quotes as it is.
  public static func content(_ slice: Slice, in bytes: Span<UInt8>) -> Slice {
    guard slice.count >= 2, slice.end <= bytes.count, bytes[slice.start] == 0x22,
      bytes[slice.end &- 1] == 0x22
    else { return slice }
    return Slice(from: slice.start &+ 1, to: slice.end &- 1)
  }

  /// Appends the text with its quotes and escapes undone.
  /// - Returns: whether all had room; if not, nothing was appended.
  public static func unquote(
    _ slice: Slice, in bytes: Span<UInt8>, into output: inout OutputSpan<UInt8>
  ) -> Bool {
    let content = content(slice, in: bytes)
    let isQuoted = content.count != slice.count
    guard content.end <= bytes.count, output.freeCapacity >= content.count else { return false }
    var place = content.start
    while place < content.end {
      if isQuoted, bytes[place] == 0x5c, place &+ 1 < content.end { place &+= 1 }
      output.append(bytes[place])
      place &+= 1
    }
    return true
  }

  /// Whether two tokens or quoted strings are the same text, compared with case.
  public static func equals(
    _ one: Slice, _ oneBytes: Span<UInt8>, _ other: Slice, _ otherBytes: Span<UInt8>
  ) -> Bool {
    var left = Reader(oneBytes, content(one, in: oneBytes))
    var right = Reader(otherBytes, content(other, in: otherBytes))
    let isQuoted = (left.end != one.end, right.end != other.end)
    while !left.isAtEnd, !right.isAtEnd {
      if isQuoted.0, left.peek == 0x5c, left.place &+ 1 < left.end { left.place &+= 1 }
      if isQuoted.1, right.peek == 0x5c, right.place &+ 1 < right.end { right.place &+= 1 }
      guard left.peek == right.peek else { return false }
      left.place &+= 1
      right.place &+= 1
    }
    return left.isAtEnd && right.isAtEnd
  }
}
