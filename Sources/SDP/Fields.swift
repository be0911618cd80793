package import Basics

/// Who made the session (RFC 8866 §5.2). The numbers are kept as text, since they may be longer
/// than any integer and are compared as they stand.
package struct Origin: Hashable, Sendable {
  package var username = Slice.empty
  package var sessionID = Slice.empty
  package var sessionVersion = Slice.empty
  package var connection = ConnectionInformation()
}

/// Where media are received (RFC 8866 §5.7).
package struct ConnectionInformation: Hashable, Sendable {
  /// From the network type to the end of the address with its time to live and count.
  package var text = Slice.empty
  package var networkType = Slice.empty
  package var addressType = AddressType.other
  /// The address as it is written, without what follows a slash.
  package var addressText = Slice.empty
  /// The address, where it is written as a number of type IP4 or IP6.
  package var address: Address?
  /// Of IPv4 multicast.
  package var timeToLive: UInt8?
  /// How many addresses in a row, of multicast.
  package var count: UInt16 = 1

  package enum AddressType: Hashable, Sendable {
    case ip4, ip6, other
  }
}

/// `b=` (RFC 8866 §5.8), in kilobits for each second where the type does not say otherwise.
package struct Bandwidth: Hashable, Sendable {
  package var type: Slice
  package var value: UInt64
}

/// `t=` (RFC 8866 §5.9), in seconds since 1900; 0 is unbounded.
package struct TimeActive: Hashable, Sendable {
  package var start: UInt64
  package var stop: UInt64
}

/// `m=` (RFC 8866 §5.14) and which lines belong to it.
package struct MediaDescription: Hashable, Sendable {
  package var media = Slice.empty
  package var port: UInt16 = 0
  package var portText = Slice.empty
  /// How many ports in a row.
  package var portCount: UInt16 = 1
  package var transportProtocol = Slice.empty
  /// All formats with the spaces between them; `Description.nextWord` takes them one by one.
  package var formats = Slice.empty
  /// The places of its lines in the description; the first one is the `m=` itself.
  package internal(set) var lines: Range<Int> = 0..<0
}

/// `a=name` or `a=name:value` (RFC 8866 §5.13).
package struct Attribute: Hashable, Sendable {
  package var name: Slice
  /// What follows the colon, or `nil` where there is none.
  package var value: Slice?
  /// The place of its line in the description.
  package var line: Int
}

/// The name of an attribute. Names are compared octet by octet: they have a case.
package struct AttributeName: ExpressibleByStringLiteral, Hashable, Sendable {
  package let text: String

  package init(stringLiteral text: String) { self.text = text }

  package static var rtpmap: Self { "rtpmap" }
  package static var fmtp: Self { "fmtp" }
  package static var ptime: Self { "ptime" }
  package static var sendrecv: Self { "sendrecv" }
  package static var sendonly: Self { "sendonly" }
  package static var recvonly: Self { "recvonly" }
  package static var inactive: Self { "inactive" }
  package static var crypto: Self { "crypto" }
  package static var rtcp: Self { "rtcp" }
  package static var rtcpMux: Self { "rtcp-mux" }
  package static var candidate: Self { "candidate" }
  package static var setup: Self { "setup" }
  package static var fingerprint: Self { "fingerprint" }
}

/// Which way media flow, seen from who wrote the description (RFC 8866 §6.7).
package enum Direction: Hashable, Sendable, CaseIterable {
  case sendrecv, sendonly, recvonly, inactive

  package var attribute: AttributeName {
    switch self {
    case .sendrecv: .sendrecv
    case .sendonly: .sendonly
    case .recvonly: .recvonly
    case .inactive: .inactive
    }
  }
}

/// `a=rtpmap` (RFC 8866 §6.6).
package struct RTPMap: Hashable, Sendable {
  package var payloadType: UInt8
  package var encodingName: Slice
  package var clockRate: UInt64
  /// The number of channels, or whatever else follows the second slash.
  package var parameters: Slice?
}

/// `a=rtcp` (RFC 3605 §2.1).
package struct RTCP: Hashable, Sendable {
  package var port: UInt16
  package var portText: Slice
  package var connection: ConnectionInformation?
}
