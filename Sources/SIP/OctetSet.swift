/// A class of octets of RFC 3261 §25.1, as its bit in `octetClasses`. Octets from 0x80 on are in
/// none.
struct OctetSet: Sendable {
  let bit: UInt32

  @inline(__always)
  func contains(_ octet: UInt8) -> Bool { octetClasses[Int(octet)] & bit != 0 }
}

extension OctetSet {
  /// alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~"
  @inline(__always) static var token: OctetSet { OctetSet(bit: 1 << 0) }
  /// token and ( ) < > : \ " / [ ] ? { }: what a Call-ID is made of.
  @inline(__always) static var word: OctetSet { OctetSet(bit: 1 << 1) }
  /// unreserved / user-unreserved
  @inline(__always) static var user: OctetSet { OctetSet(bit: 1 << 2) }
  /// As `user` without `,` `;` `?`, which end a URI that stands without angle brackets.
  @inline(__always) static var bareUser: OctetSet { OctetSet(bit: 1 << 3) }
  /// What a password is made of.
  @inline(__always) static var password: OctetSet { OctetSet(bit: 1 << 4) }
  /// As `password` without the comma.
  @inline(__always) static var barePassword: OctetSet { OctetSet(bit: 1 << 5) }
  /// param-unreserved / unreserved
  @inline(__always) static var parameter: OctetSet { OctetSet(bit: 1 << 6) }
  /// hnv-unreserved / unreserved
  @inline(__always) static var header: OctetSet { OctetSet(bit: 1 << 7) }
  /// reserved / unreserved, and the brackets that RFC 3986 added for IPv6.
  @inline(__always) static var uric: OctetSet { OctetSet(bit: 1 << 8) }
  /// As `uric` without `,` `;` `?`.
  @inline(__always) static var bareURIC: OctetSet { OctetSet(bit: 1 << 9) }
  /// The rest of a scheme after its first letter.
  @inline(__always) static var scheme: OctetSet { OctetSet(bit: 1 << 10) }
  /// alphanum / "-" / "_" (the underscore is tolerated in host names).
  @inline(__always) static var label: OctetSet { OctetSet(bit: 1 << 11) }
  /// As `label` with the dot.
  @inline(__always) static var host: OctetSet { OctetSet(bit: 1 << 12) }
  /// HEXDIG
  @inline(__always) static var hexadecimal: OctetSet { OctetSet(bit: 1 << 13) }
  /// DIGIT and the visual separators of RFC 3966 §3.
  @inline(__always) static var phoneDigit: OctetSet { OctetSet(bit: 1 << 14) }
  /// HEXDIG / "*" / "#" and the visual separators.
  @inline(__always) static var phoneHex: OctetSet { OctetSet(bit: 1 << 15) }
  /// alphanum / "-"
  @inline(__always) static var alphanumericHyphen: OctetSet { OctetSet(bit: 1 << 16) }
  /// ALPHA
  @inline(__always) static var letter: OctetSet { OctetSet(bit: 1 << 17) }
  /// DIGIT
  @inline(__always) static var digit: OctetSet { OctetSet(bit: 1 << 18) }
  /// The reserved octets of RFC 3261 §25.1; escaped they are not the same as themselves (§19.1.4).
  @inline(__always) static var reserved: OctetSet { OctetSet(bit: 1 << 19) }
  /// The digits of base64 without its padding.
  @inline(__always) static var base64: OctetSet { OctetSet(bit: 1 << 20) }
}
