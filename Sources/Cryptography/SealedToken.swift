package import Basics

/// A token as it stands on the wire: the id of its key and one block of AES.
///
/// As text it has 27 octets: a letter from `a` to `h` for the key, then the 128 bits in base 32
/// (RFC 4648 §6, in lower case and without padding), the last octet with the last 3 bits. The
/// letters and digits are good in a token, a user part, a parameter and a label of a domain name
/// (RFC 3261 §25.1, RFC 1035 §2.3.1). A peer may change the case of a host name, so case is not
/// looked at on reading.
package struct SealedToken: Hashable, Sendable {
  /// Which key of the ring made it, so that keys can be changed while calls last.
  package var keyID: UInt8
  /// 16 octets of ciphertext.
  package var block: Key

  /// Octets of the text.
  package static let length = 27

  package init(keyID: UInt8, block: Key) {
    self.keyID = keyID
    self.block = block
  }
}

extension SealedToken {
  /// Appends the 27 octets. Where there is no room for them it takes up what there is, so that
  /// whoever lent the room sees that it ran out: a token that left no trace would leave a message
  /// with a hole in it (`Patch.overflowed`).
  package func write(into out: inout OutputSpan<UInt8>) {
    guard out.freeCapacity >= Self.length else {
      while out.freeCapacity > 0 { out.append(0x61) }
      return
    }
    out.append(0x61 &+ keyID)
    var (a, b) = (block.a, block.b)
    for _ in 0..<25 {
      out.append(Self.digit(UInt8(truncatingIfNeeded: a >> 59)))
      a = a << 5 | b >> 59
      b <<= 5
    }
    out.append(Self.digit(UInt8(truncatingIfNeeded: a >> 61)))
  }

  /// Reads the 27 octets at an offset. What stands before and after them is the caller's to check.
  /// - Returns: `nil` where the text ends too early, or has an octet that `write` never writes (in
  ///   either case): one block has one text, so nobody can make a second one of it.
  package init?(reading text: Span<UInt8>, at offset: Int) {
    guard offset >= 0, text.count >= Self.length, offset <= text.count &- Self.length else {
      return nil
    }
    // Of a known length, so that no octet of it is checked again.
    let text = text.extracting(offset..<offset &+ Self.length)
    keyID = Self.value(text[0])
    let (first, second) = (Digits(text, at: 1), Digits(text, at: 9))
    let third = Digits(text, at: 17)
    let (fourth, last) = (Self.value(text[25]), Self.value(text[26]))
    guard keyID < Limits.keyIDs, first.areGood, second.areGood, third.areGood, fourth < 32, last < 8
    else { return nil }
    block = Key(
      first.bits << 24 | second.bits >> 16,
      second.bits << 48 | third.bits << 8 | UInt64(fourth) << 3 | UInt64(last))
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 26 ? value &+ 0x61 : value &+ 0x18
  }

  /// 0 to 31, or 255 for an octet outside the alphabet.
  private static func value(_ octet: UInt8) -> UInt8 {
    let letter = (octet | 0x20) &- 0x61
    if letter < 26 { return letter }
    let figure = octet &- 0x32
    return figure < 6 ? figure &+ 26 : 255
  }
}

/// Eight digits of base 32 at once, an octet each of one word, the first one lowest.
private struct Digits {
  /// Whether all eight are of the alphabet.
  let areGood: Bool
  /// Their 40 bits, the first digit highest; meaningless where they are not good.
  let bits: UInt64

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  init(_ text: Span<UInt8>, at start: Int) {
    var octets: UInt64 = 0
    for place in 0..<8 { octets |= UInt64(text[start &+ place]) << UInt64(place &* 8) }
    let folded = octets | 0x20 &* Self.ones
    let letters = Self.within(folded, 0x61, 0x7a)
    // A figure as it stands: folding would make one of a control character.
    let figures = Self.within(octets, 0x32, 0x37)
    areGood = (letters | figures) & ~octets & Self.highs == Self.highs
    // A letter counts from 0x61, a figure, which folding leaves as it is, from 26 on.
    let values = folded &- (0x18 &* Self.ones &+ (letters & Self.highs) >> 7 &* 0x49)
    bits = Self.packed(values)
  }

  /// The highest bit of each octet that lies between two limits; octets from 0x80 on are not looked
  /// at.
  @inline(__always)
  private static func within(_ octets: UInt64, _ low: UInt64, _ high: UInt64) -> UInt64 {
    let seven = octets & ~highs
    return (seven &+ (0x80 &- low) &* ones) & ~(seven &+ (0x7f &- high) &* ones)
  }

  /// Eight times five bits, drawn together.
  @inline(__always)
  private static func packed(_ values: UInt64) -> UInt64 {
    let tens = (values & 0x00ff_00ff_00ff_00ff) << 5 | values >> 8 & 0x00ff_00ff_00ff_00ff
    let twenties = (tens & 0x0000_ffff_0000_ffff) << 10 | tens >> 16 & 0x0000_ffff_0000_ffff
    return (twenties & 0xffff_ffff) << 20 | twenties >> 32
  }
}
