package import Basics

/// A token as it stands on the wire: the id of its key and one block of AES.
///
/// As text it has 27 octets: a letter from `a` to `h` for the key, then the 128 bits in base 32
/// (RFC 4648 §6, in lower case and without padding), the last octet with the last 3 bits. The
/// letters and digits are good in a token, a user part, a parameter and a label of a domain name
/// (RFC 3261 §25.1, RFC 1035 §2.3.1). A peer may change the case of a host name, so case is not
/// looked at on reading.
package struct SealedToken: Hashable, Sendable {
  package var keyID: UInt8
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
    keyID = Self.value(text[offset])
    var (a, b): (UInt64, UInt64) = (0, 0)
    var all: UInt8 = 0
    for place in 1...25 {
      let value = Self.value(text[offset &+ place])
      all |= value
      a = a << 5 | b >> 59
      b = b << 5 | UInt64(value & 0x1f)
    }
    let last = Self.value(text[offset &+ 26])
    guard keyID < Limits.keyIDs, all < 32, last < 8 else { return nil }
    block = Key(a << 3 | b >> 61, b << 3 | UInt64(last))
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
