import Basics

/// A place in a value that moves forward only. Offsets are those of the whole description, and
/// every loop over it ends because `place` rises up to `end`.
struct Reader: ~Escapable {
  let bytes: Span<UInt8>
  let end: Int
  var place: Int

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ slice: Slice) {
    self.bytes = bytes
    end = min(slice.end, bytes.count)
    place = min(slice.start, end)
  }

  var isAtEnd: Bool { place >= end }
  var peek: UInt8? { place < end ? bytes[place] : nil }

  func slice(from start: Int) -> Slice { Slice(from: start, to: place) }

  func unexpected(_ expected: Malformed.Expected, at offset: Int? = nil) -> Malformed {
    let offset = offset ?? place
    return .unexpected(
      found: offset < end ? bytes[offset] : nil, expected: expected, at: offset)
  }

  mutating func take(_ octet: UInt8) -> Bool {
    guard place < end, bytes[place] == octet else { return false }
    place &+= 1
    return true
  }

  mutating func require(_ octet: UInt8, _ expected: Malformed.Expected) throws(Malformed) {
    guard take(octet) else { throw unexpected(expected) }
  }

  mutating func space() throws(Malformed) { try require(UInt8(ascii: " "), .space) }

  func finish() throws(Malformed) {
    guard isAtEnd else { throw unexpected(.lineEnd) }
  }

  /// Takes octets for as long as `belongs` says so: one at least.
  mutating func some(
    _ expected: Malformed.Expected, _ belongs: (UInt8) -> Bool
  ) throws(Malformed) -> Slice {
    let start = place
    while place < end, belongs(bytes[place]) { place &+= 1 }
    guard place > start else { throw unexpected(expected) }
    return slice(from: start)
  }

  /// `non-ws-string`
  mutating func word(_ expected: Malformed.Expected) throws(Malformed) -> Slice {
    try some(expected) { $0 > 0x20 && $0 != 0x7f }
  }

  mutating func token(_ expected: Malformed.Expected = .token) throws(Malformed) -> Slice {
    try some(expected, Octets.isToken)
  }

  mutating func digits() throws(Malformed) -> Slice { try some(.number, Octets.isDigit) }

  /// `1*DIGIT` up to a largest value.
  mutating func number(
    _ expected: Malformed.Expected = .number, upTo largest: UInt64 = .max
  ) throws(Malformed) -> UInt64 {
    let text = try some(expected, Octets.isDigit)
    var value: UInt64 = 0
    for place in text.range {
      let (tens, isTooBig) = value.multipliedReportingOverflow(by: 10)
      let (sum, isBeyond) = tens.addingReportingOverflow(UInt64(bytes[place] &- 0x30))
      guard !isTooBig, !isBeyond, sum <= largest else { throw unexpected(expected, at: text.start) }
      value = sum
    }
    return value
  }
}

extension Span<UInt8> {
  /// Whether the octets of a slice are those of a text.
  func isEqual(_ slice: Slice, _ text: String) -> Bool {
    let wanted = text.utf8Span.span
    guard slice.count == wanted.count, slice.end <= count else { return false }
    for place in 0..<wanted.count where self[slice.start &+ place] != wanted[place] {
      return false
    }
    return true
  }
}

/// Classes of octets of RFC 8866 §9.
enum Octets {
  static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

  static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 }

  /// `token-char`: visible ASCII without `"(),/:;<=>?@[\]`.
  static func isToken(_ octet: UInt8) -> Bool {
    let word: UInt64 = octet < 64 ? 0x03ff_6cfa_0000_0000 : 0x7fff_ffff_c7ff_fffe
    return octet < 128 && word >> UInt64(octet & 63) & 1 != 0
  }

  /// What a host name is made of.
  static func isHost(_ octet: UInt8) -> Bool {
    isDigit(octet) || isLetter(octet) || octet == 0x2d || octet == 0x2e
  }

  static func hexValue(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 0x30...0x39: octet &- 0x30
    case 0x41...0x46: octet &- 0x37
    case 0x61...0x66: octet &- 0x57
    default: nil
    }
  }
}
