import Basics
package import SIP

/// What a URI says of where a request for it is to be sent, before any name is looked up
/// (RFC 3261 §19.1.1, RFC 3263 §4).
package struct NextHop: Sendable {
  /// That of the URI.
  package var scheme: Scheme
  /// The `maddr` of the URI where it has one, else its host; and its port.
  package var place: HostPort
  /// Its `transport` parameter; `nil` for none.
  package var transport: TransportName?

  /// - Throws: a `maddr` that is no host.
  package init(_ uri: URI, in bytes: Span<UInt8>) throws(Malformed) {
    self.init(withoutMaddr: uri)
    if let maddr = try uri.maddrHost(in: bytes) { place.host = maddr }
  }

  /// The URI as if it had no `maddr`.
  private init(withoutMaddr uri: URI) {
    scheme = uri.scheme
    place = uri.hostPort
    transport = uri.transport
  }

  /// The URI as if it had neither `maddr` nor port nor transport: the proxy that they name has it
  /// now (RFC 3261 §16.4).
  package init(arrived uri: URI) {
    self.init(withoutMaddr: uri)
    place.port = nil
    transport = nil
  }
}

extension URI {
  /// The host that `maddr` names; `nil` without one.
  /// - Throws: a `maddr` that is no host.
  package func maddrHost(in bytes: Span<UInt8>) throws(Malformed) -> Host? {
    guard scheme == .sip || scheme == .sips, let maddr = maddr(in: bytes) else { return nil }
    return try Host.parse(bytes, maddr)
  }
}
