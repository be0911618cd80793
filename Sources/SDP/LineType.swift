package import Basics

/// The letter that a line begins with (RFC 8866 §5). Any other ASCII letter is one that we do not
/// know.
package struct LineType: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static var version: Self { Self(rawValue: UInt8(ascii: "v")) }
  package static var origin: Self { Self(rawValue: UInt8(ascii: "o")) }
  package static var sessionName: Self { Self(rawValue: UInt8(ascii: "s")) }
  package static var information: Self { Self(rawValue: UInt8(ascii: "i")) }
  package static var uri: Self { Self(rawValue: UInt8(ascii: "u")) }
  package static var emailAddress: Self { Self(rawValue: UInt8(ascii: "e")) }
  package static var phoneNumber: Self { Self(rawValue: UInt8(ascii: "p")) }
  package static var connection: Self { Self(rawValue: UInt8(ascii: "c")) }
  package static var bandwidth: Self { Self(rawValue: UInt8(ascii: "b")) }
  package static var timeActive: Self { Self(rawValue: UInt8(ascii: "t")) }
  package static var repeatTimes: Self { Self(rawValue: UInt8(ascii: "r")) }
  package static var timeZone: Self { Self(rawValue: UInt8(ascii: "z")) }
  package static var encryptionKey: Self { Self(rawValue: UInt8(ascii: "k")) }
  package static var attribute: Self { Self(rawValue: UInt8(ascii: "a")) }
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
