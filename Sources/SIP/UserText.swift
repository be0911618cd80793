public import Basics

/// The octets of a user part as it is meant: escapes stand for their octets (RFC 3261 §19.1.4),
/// and in a number the visual separators for nothing (RFC 3966 §3). Otherwise a caller could
/// choose his route by the spelling.
public struct UserText: ~Escapable {
  @usableFromInline let bytes: Span<UInt8>
  @usableFromInline let end: Int
  @usableFromInline let isNumber: Bool
  @usableFromInline var place: Int

  /// - Parameter isNumber: whether it is read as a number: without separators, and up to its
  ///   parameters (RFC 3261 §19.1.6).
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ user: Slice, isNumber: Bool) {
    self.bytes = bytes
    self.isNumber = isNumber
    place = user.start
    end = user.end
  }

  /// The next octet, or `nil` at the end.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func next() -> UInt8? {
    while place < end {
      // A semicolon that is escaped belongs to the number, and makes it none.
      if isNumber, bytes[place] == 0x3b { return nil }
      let octet = unescaped()
      if isNumber, Self.isSeparator(octet) { continue }
      return octet
    }
    return nil
  }

  /// `-`, `.`, `(` and `)`.
  @inlinable
  static func isSeparator(_ octet: UInt8) -> Bool {
    octet == 0x2d || octet == 0x2e || octet == 0x28 || octet == 0x29
  }

  /// Takes one octet, or what an escape stands for.
  @inlinable
  @_lifetime(self: copy self)
  mutating func unescaped() -> UInt8 {
    let octet = bytes[place]
    place &+= 1
    guard octet == 0x25, place &+ 1 < end, let high = UserText.digit(bytes[place]),
      let low = UserText.digit(bytes[place &+ 1])
    else { return octet }
    place &+= 2
    return high << 4 | low
  }

  /// The value of a hexadecimal digit.
  @inlinable
  static func digit(_ octet: UInt8) -> UInt8? {
    let (figure, letter) = (octet &- 0x30, (octet | 0x20) &- 0x61)
    return figure < 10 ? figure : letter < 6 ? letter &+ 10 : nil
  }
}

/// Whether a user begins with a prefix. One that is made of digits and `+` is the beginning of a
/// number.
public func begins(_ bytes: Span<UInt8>, _ user: Slice, _ prefix: [UInt8]) -> Bool {
  var isNumber = true
  for place in 0..<prefix.count where prefix[place] != 0x2b && prefix[place] &- 0x30 > 9 {
    isNumber = false
  }
  var text = UserText(bytes, user, isNumber: isNumber)
  for place in 0..<prefix.count where text.next() != prefix[place] { return false }
  return true
}
