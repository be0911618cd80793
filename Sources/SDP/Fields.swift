package import Basics

/// Who made the session (RFC 8866 §5.2). The numbers are kept as text, since they may be longer
/// than any integer and are compared as they stand.
package struct Origin: Hashable, Sendable {
  /// A token, or `-` where the host knows no users.
  package var username = Slice.empty
  /// Digits that, with the other fields, name the session for good.
  package var sessionID = Slice.empty
  /// Digits that rise with each change (RFC 3264 §8).
  package var sessionVersion = Slice.empty
  /// The address of who made it, where nothing need be received.
  package var connection = ConnectionInformation()
}

/// Where media are received (RFC 8866 §5.7).
package struct ConnectionInformation: Hashable, Sendable {
  /// From the network type to the end of the address with its time to live and count.
  package var text = Slice.empty
  /// `IN`, or another token.
  package var networkType = Slice.empty
  /// `IP4`, `IP6` or another token, which `text` holds.
  package var addressType = AddressType.other
  /// The address as it is written, without what follows a slash.
  package var addressText = Slice.empty
  /// The address, where it is written as a number of type IP4 or IP6.
  package var address: Address?
  /// Of IPv4 multicast.
  package var timeToLive: UInt8?
  /// How many addresses in a row, of multicast.
  package var count: UInt16 = 1

  /// `nettype IN` has two (RFC 8866 §9); others are passed on and never resolved.
  package enum AddressType: Hashable, Sendable {
    case ip4, ip6, other
  }
}

/// `b=` (RFC 8866 §5.8), in kilobits for each second where the type does not say otherwise.
package struct Bandwidth: Hashable, Sendable {
  /// `CT`, `AS`, or another token.
  package var type: Slice
  /// At most `UInt64.max`.
  package var value: UInt64
}

/// `t=` (RFC 8866 §5.9), in seconds since 1900; 0 is unbounded.
package struct TimeActive: Hashable, Sendable {
  /// 0 for a session that has no beginning.
  package var start: UInt64
  /// 0 for a session that has no end.
  package var stop: UInt64
}

/// `m=` (RFC 8866 §5.14) and which lines belong to it.
package struct MediaDescription: Hashable, Sendable {
  /// `audio`, `video`, `application` or another token.
  package var media = Slice.empty
  /// The first port; 0 refuses the stream (RFC 3264 §6).
  package var port: UInt16 = 0
  /// The digits of the port, to be replaced by a patch.
  package var portText = Slice.empty
  /// How many ports in a row.
  package var portCount: UInt16 = 1
  /// `RTP/AVP`, `RTP/SAVP` and so on, slashes included.
  package var transportProtocol = Slice.empty
  /// All formats with the spaces between them; `Description.nextWord` takes them one by one.
  package var formats = Slice.empty
  /// The places of its lines in the description; the first one is the `m=` itself.
  package internal(set) var lines: Range<Int> = 0..<0
}

/// `a=name` or `a=name:value` (RFC 8866 §5.13).
package struct Attribute: Hashable, Sendable {
  /// Up to the colon; compared with its case.
  package var name: Slice
  /// What follows the colon, or `nil` where there is none.
  package var value: Slice?
  /// The place of its line in the description.
  package var line: Int
}

/// The name of an attribute. Names are compared octet by octet: they have a case.
package struct AttributeName: ExpressibleByStringLiteral, Hashable, Sendable {
  /// As it stands after `a=`.
  package let text: String

  package init(stringLiteral text: String) { self.text = text }

  /// RFC 8866 §6.6: an encoding for a payload type.
  package static var rtpmap: Self { "rtpmap" }
  /// RFC 8866 §6.15: parameters of a format.
  package static var fmtp: Self { "fmtp" }
  /// RFC 8866 §6.4: milliseconds of media in a packet.
  package static var ptime: Self { "ptime" }
  /// RFC 8866 §6.7.2: both ways, which is so where nothing is said.
  package static var sendrecv: Self { "sendrecv" }
  /// RFC 8866 §6.7.3: who wrote it only sends.
  package static var sendonly: Self { "sendonly" }
  /// RFC 8866 §6.7.1: who wrote it only receives.
  package static var recvonly: Self { "recvonly" }
  /// RFC 8866 §6.7.4: on hold both ways; RTCP still flows.
  package static var inactive: Self { "inactive" }
  /// RFC 4568 §9.1: keys of SRTP, in clear.
  package static var crypto: Self { "crypto" }
  /// RFC 3605 §2.1: where RTCP goes, if not to the next port.
  package static var rtcp: Self { "rtcp" }
  /// RFC 5761 §5.1.1: RTP and RTCP on one port.
  package static var rtcpMux: Self { "rtcp-mux" }
  /// RFC 8839 §5.1: an address at which ICE may try.
  package static var candidate: Self { "candidate" }
  /// RFC 4145 §4: who begins the connection, of DTLS too.
  package static var setup: Self { "setup" }
  /// RFC 8122 §5: the digest of the certificate of DTLS.
  package static var fingerprint: Self { "fingerprint" }
}

/// Which way media flow, seen from who wrote the description (RFC 8866 §6.7).
package enum Direction: Hashable, Sendable, CaseIterable {
  case sendrecv, sendonly, recvonly, inactive

  /// The attribute that says it; it has no value.
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
  /// 0 to 127; it stands in each RTP packet.
  package var payloadType: UInt8
  /// A name of RFC 3551 or another, compared without case.
  package var encodingName: Slice
  /// Ticks of the RTP timestamp in a second.
  package var clockRate: UInt64
  /// The number of channels, or whatever else follows the second slash.
  package var parameters: Slice?
}

/// `a=rtcp` (RFC 3605 §2.1).
package struct RTCP: Hashable, Sendable {
  /// Where RTCP is received.
  package var port: UInt16
  /// The digits of the port, to be replaced by a patch.
  package var portText: Slice
  /// `nil`: at the address of its media.
  package var connection: ConnectionInformation?
}
