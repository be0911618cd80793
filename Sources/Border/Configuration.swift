package import Admission
package import Authentication
package import Basics
import Dialogs
package import Identity
package import Media
package import Routing
import SIP
package import Topology
package import Transactions

/// One local address that messages come in on and go out from.
package struct Listener: Sendable {
  package var transport: Transport
  /// Where it is bound.
  package var local: Endpoint
  /// What stands in Via, as sent-by, and in Record-Route: `local`, or what the policy advertises.
  package var advertised: [UInt8]

  package init(transport: Transport, local: Endpoint, advertised: [UInt8]) {
    self.transport = transport
    self.local = local
    self.advertised = advertised
  }
}

/// All that a border element works by: what the policy said, built once and never changed. Every
/// worker has it.
package struct Configuration: Sendable {
  /// How much it may hold, for each worker.
  package struct Capacity: Sendable {
    package var calls = Dialogs.Limits.calls
    /// Calls that have ended and are remembered.
    package var endedCalls = Dialogs.Limits.endedCalls
    package var transactions = 2_000_000
    /// Octets of kept messages.
    package var shelf = 1 << 30

    package init() {}
  }

  package var listeners: [Listener]
  /// Host names that are this element's own, in lower case.
  package var names: [[UInt8]] = []
  package var capacity = Capacity()
  package var timing = Timing()
  /// How long a callee may ring (RFC 3261 §16.6 step 11).
  package var timerC: Interval {
    get { timing.c }
    set { timing.c = newValue }
  }
  package var callDuration = Dialogs.Limits.callDuration
  /// How long an INVITE waits for its final response, whatever its targets do.
  package var setupDuration = Dialogs.Limits.setupDuration
  package var admission: Admission.Rules
  package var authentication: Authentication.Rules
  package var identity: Identity.Rules
  package var routing: Routing.Rules
  package var topology: Topology.Rules
  package var media: Media.Rules

  package init(
    listeners: [Listener], admission: Admission.Rules, authentication: Authentication.Rules,
    identity: Identity.Rules, routing: Routing.Rules, topology: Topology.Rules, media: Media.Rules
  ) {
    self.listeners = listeners
    self.admission = admission
    self.authentication = authentication
    self.identity = identity
    self.routing = routing
    self.topology = topology
    self.media = media
  }

  /// Whether a host and port are this element's own (RFC 3261 §16.4): a listener's address, or one
  /// of its names.
  func isOwn(_ place: HostPort, in bytes: Span<UInt8>) -> Bool {
    if let address = place.host.address {
      let port = place.port ?? 5060
      for listener in listeners
      where listener.local.address == address && listener.local.port == port {
        return true
      }
    }
    return isOwnName(place.host, in: bytes)
  }

  /// Whether a host alone is this element's own.
  func isOwn(_ host: Host, in bytes: Span<UInt8>) -> Bool {
    guard let address = host.address else { return isOwnName(host, in: bytes) }
    return listeners.contains { $0.local.address == address }
  }

  private func isOwnName(_ host: Host, in bytes: Span<UInt8>) -> Bool {
    for name in names where equalsFolded(bytes, host.text, name) { return true }
    return false
  }

  private func equalsFolded(_ bytes: Span<UInt8>, _ slice: Slice, _ name: [UInt8]) -> Bool {
    guard slice.count == name.count else { return false }
    for place in 0..<name.count {
      let octet = bytes[slice.start &+ place]
      guard (octet &- 0x41 < 26 ? octet | 0x20 : octet) == name[place] else { return false }
    }
    return true
  }
}
