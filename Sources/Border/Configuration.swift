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
  /// What is spoken on it; nothing else is taken.
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
    /// Calls that are in progress; one more gets 503.
    package var calls = Dialogs.Limits.calls
    /// Calls that have ended and are remembered.
    package var endedCalls = Dialogs.Limits.endedCalls
    /// Server transactions, and as many client transactions.
    package var transactions = 2_000_000
    /// Octets of kept messages.
    package var shelf = 1 << 30

    package init() {}
  }

  /// Each at the place of its number, at most 64 of them.
  package var listeners: [Listener]
  /// Host names that are this element's own, in lower case.
  package var names: [[UInt8]] = []
  /// How much each worker may hold; nothing is allocated for it before it is needed.
  package var capacity = Capacity()
  /// T1, T2, T4 and what follows from them (RFC 3261 §17.1.1.1).
  package var timing = Timing()
  /// How long a callee may ring (RFC 3261 §16.6 step 11).
  package var timerC: Interval {
    get { timing.c }
    set { timing.c = newValue }
  }
  /// How long a call may last after its answer; then it is ended in the tables and in the log.
  package var callDuration = Dialogs.Limits.callDuration
  /// How long an INVITE waits for its final response, whatever its targets do.
  package var setupDuration = Dialogs.Limits.setupDuration
  /// Who may send what.
  package var admission: Admission.Rules
  /// How a peer is known.
  package var authentication: Authentication.Rules
  /// What is believed of a caller's name.
  package var identity: Identity.Rules
  /// Where requests go.
  package var routing: Routing.Rules
  /// What of us the other side sees.
  package var topology: Topology.Rules
  /// Who sends packets where.
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

  /// The same without the rules of the stages, which have their own: those of the first version of
  /// a policy would be held for as long as the border lasts.
  func withoutRules() -> Configuration {
    var configuration = self
    configuration.admission = Admission.Rules(peers: [], sources: [])
    configuration.routing = Routing.Rules()
    return configuration
  }

  /// Whether a host and port are those of a listener.
  func hasListener(at place: HostPort) -> Bool {
    guard let address = place.host.address else { return false }
    let port = place.port ?? 5060
    for number in 0..<listeners.count
    where listeners[number].local.address == address && listeners[number].local.port == port {
      return true
    }
    return false
  }
}

extension Core {
  /// Whether a host and port are this element's own (RFC 3261 §16.4): a listener's address, or one
  /// of the names that it has under a policy.
  mutating func isOwn(_ place: HostPort, by policy: UInt32, in bytes: Span<UInt8>) -> Bool {
    configuration.hasListener(at: place) || regimes[policy].isOwnName(place.host, in: bytes)
  }

  /// Whether a host alone is this element's own.
  mutating func isOwn(_ host: Host, by policy: UInt32, in bytes: Span<UInt8>) -> Bool {
    guard let address = host.address else { return regimes[policy].isOwnName(host, in: bytes) }
    return configuration.listeners.contains { $0.local.address == address }
  }
}
