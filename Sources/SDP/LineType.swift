package import Basics

/// The letter that a line begins with (RFC 8866 §5). Any other ASCII letter is one that we do not
/// know.
package struct LineType: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `v=` (RFC 8866 §5.1).
  package static var version: Self { Self(rawValue: UInt8(ascii: "v")) }
  /// `o=` (RFC 8866 §5.2).
  package static var origin: Self { Self(rawValue: UInt8(ascii: "o")) }
  /// `s=` (RFC 8866 §5.3).
  package static var sessionName: Self { Self(rawValue: UInt8(ascii: "s")) }
  /// `i=` (RFC 8866 §5.4).
  package static var information: Self { Self(rawValue: UInt8(ascii: "i")) }
  /// `u=` (RFC 8866 §5.5).
  package static var uri: Self { Self(rawValue: UInt8(ascii: "u")) }
  /// `e=` (RFC 8866 §5.6).
  package static var emailAddress: Self { Self(rawValue: UInt8(ascii: "e")) }
  /// `p=` (RFC 8866 §5.6).
  package static var phoneNumber: Self { Self(rawValue: UInt8(ascii: "p")) }
  /// `c=` (RFC 8866 §5.7).
  package static var connection: Self { Self(rawValue: UInt8(ascii: "c")) }
  /// `b=` (RFC 8866 §5.8).
  package static var bandwidth: Self { Self(rawValue: UInt8(ascii: "b")) }
  /// `t=` (RFC 8866 §5.9).
  package static var timeActive: Self { Self(rawValue: UInt8(ascii: "t")) }
  /// `r=` (RFC 8866 §5.10).
  package static var repeatTimes: Self { Self(rawValue: UInt8(ascii: "r")) }
  /// `z=` (RFC 8866 §5.11).
  package static var timeZone: Self { Self(rawValue: UInt8(ascii: "z")) }
  /// `k=` (RFC 8866 §5.12), which is obsolete and must not be used.
  package static var encryptionKey: Self { Self(rawValue: UInt8(ascii: "k")) }
  /// `a=` (RFC 8866 §5.13).
  package static var attribute: Self { Self(rawValue: UInt8(ascii: "a")) }
  /// `m=` (RFC 8866 §5.14).
  package static var media: Self { Self(rawValue: UInt8(ascii: "m")) }
}

extension LineType {
  /// Whether such a line belongs to the session alone.
  var isOfSessionOnly: Bool {
    switch self {
    case .version, .origin, .sessionName, .uri, .emailAddress, .phoneNumber, .timeActive,
      .repeatTimes, .timeZone:
      true
    default: false
    }
  }

  /// Whether it stands at most once in its part of the description. A media description may have
  /// several `c=` (RFC 8866 §5.7), as layers of one multicast stream need.
  func standsOnce(in level: Level) -> Bool {
    switch self {
    case .version, .origin, .sessionName, .information, .uri, .timeZone, .encryptionKey: true
    case .connection: level == .session
    default: false
    }
  }

  /// One bit for each letter, for the set of those that were seen.
  var bit: UInt64 { 1 << UInt64(rawValue & 63) }
}

/// A part of a description: its head, or one media description by its place.
package enum Level: Hashable, Sendable {
  case session
  case media(Int)
}

/// One line, as ranges of octets.
package struct Line: Hashable, Sendable {
  /// The letter before its `=`, known or not.
  package var type: LineType
  /// Octets of the line's end: 2 for CRLF, 1 for LF, 0 where the description ends without one.
  var breakCount: UInt8
  /// What follows the equals sign.
  package var value: Slice

  /// The offset of the letter.
  package var start: Int { value.start &- 2 }
  /// The offset after the line's end.
  package var end: Int { value.end &+ Int(breakCount) }
}
