import Basics

/// What single octets are (RFC 3261 §25.1): a set of them is one bit for each.
@usableFromInline
enum Octets {
  /// alphanum and "-.!%*_+`'~"
  @inlinable
  static func isToken(_ octet: UInt8) -> Bool {
    member(octet, 0x03ff_6ca2_0000_0000, 0x47ff_ffff_87ff_fffe)
  }

  /// alphanum
  @inlinable
  static func isAlphanumeric(_ octet: UInt8) -> Bool {
    member(octet, 0x03ff_0000_0000_0000, 0x07ff_fffe_07ff_fffe)
  }

  @inlinable
  static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

  /// Whether a text has an octet below 0x20 that is no white space (folds have CR and LF).
  static func hasControl(_ bytes: Span<UInt8>, _ text: Slice) -> Bool {
    for place in text.range where bytes[place] < 0x20 && !Parser.isWhite(bytes[place]) {
      return true
    }
    return false
  }

  /// Membership in a set of ASCII octets given as two words of 64 bits.
  @inlinable
  static func member(_ octet: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
    let word = octet < 64 ? low : high
    return octet < 128 && (word >> UInt64(octet & 63)) & 1 != 0
  }

  @inlinable
  static func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  /// The value of a hexadecimal digit, or `nil`.
  @inlinable
  static func hexValue(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 0x30...0x39: octet &- 0x30
    case 0x41...0x46: octet &- 0x37
    case 0x61...0x66: octet &- 0x57
    default: nil
    }
  }

  /// ASCII letters in lower case, all others as they are.
  @inlinable
  static func lower(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }
}
