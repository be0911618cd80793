package import Admission
package import Basics
package import SIP

/// A place that requests can be sent to.
package struct Target: Hashable, Sendable {
  /// Who is there: the response must come from it.
  package var peer: PeerID
  /// `nil`: the transport of the request that is routed.
  package var transport: Transport?
  /// Where it listens.
  package var endpoint: Endpoint
  /// The listener that it is sent from, for each transport (index by `Transport.rawValue`), 255 for
  /// none.
  package var listeners: ListenerChoice
  /// How long it has for its first response; `nil` for what its route says.
  package var timeout: Interval?
  /// The stream that leads there already, for a place that nobody can connect to: a caller behind
  /// the port that its system gave it (RFC 5923).
  package var connection: Connection?

  package init(
    peer: PeerID, transport: Transport?, endpoint: Endpoint, listeners: ListenerChoice
  ) {
    self.peer = peer
    self.transport = transport
    self.endpoint = endpoint
    self.listeners = listeners
  }
}

/// The listener that a peer is reached from, by transport, for one address family.
package struct ListenerChoice: Hashable, Sendable {
  /// `nil`: it is not reached by datagrams.
  package var udp: UInt8?
  /// `nil`: it is not reached by streams.
  package var tcp: UInt8?

  package init(udp: UInt8? = nil, tcp: UInt8? = nil) {
    self.udp = udp
    self.tcp = tcp
  }

  /// The listener's number, or `nil` where the peer has none of this transport.
  package func listener(for transport: Transport) -> UInt8? {
    switch transport {
    case .udp: udp
    case .tcp: tcp
    case .tls: nil
    }
  }
}

/// A set of URI schemes.
package struct SchemeSet: Hashable, Sendable {
  /// A bit for each scheme, by its raw value.
  private(set) var bits: UInt8 = .max

  /// Every scheme, those that are not known included.
  package static let all = SchemeSet()

  private init() {}

  /// These and no other.
  package init(_ schemes: [Scheme]) { bits = schemes.reduce(0) { $0 | 1 << $1.rawValue } }

  /// Whether a Request-URI of this scheme is meant.
  package func contains(_ scheme: Scheme) -> Bool { bits >> scheme.rawValue & 1 != 0 }

  /// Whether all that the other holds is here too.
  package func isSuperset(of other: SchemeSet) -> Bool { other.bits & ~bits == 0 }
}

/// Where requests go.
package struct Rules: Sendable {
  /// What a 3xx of a target means.
  package enum Redirects: UInt8, Hashable, Sendable {
    /// The caller gets a 500 in its place.
    case refuse
    /// The caller gets it.
    case pass
    /// Its contacts are tried, as far as they are configured peers.
    case recurse
  }

  /// What a request gets that no route takes.
  package enum NoRoute: UInt8, Hashable, Sendable {
    case notFound, forbidden
  }

  /// One route: its conditions, all of which must hold, and where it leads.
  package struct Route: Sendable {
    /// What the policy calls it, in findings and explanations.
    package var name: String
    /// Peers that it is for; empty for all.
    package var from: [PeerID] = []
    /// Methods of requests outside a dialog that it takes.
    package var methods = MethodSet.all
    /// Schemes of the Request-URI.
    package var schemes = SchemeSet.all
    /// What the Request-URI must be like.
    package var requestURI = Party()
    /// What the URI in From must be like.
    package var caller = Party()
    /// What the URI in To must be like.
    package var callee = Party()
    /// Headers that must be there, or must not; all of these must hold.
    package var headers: [HeaderCondition] = []
    /// When it is open; empty for always.
    package var hours: [Hours] = []
    /// Whether it is taken, or it is only told that it would have been.
    package var mode = Mode.enforce
    /// Its part of `targets`.
    package var targets: Range<Int>
    /// Final statuses after which the next target is tried. Timeouts and transport errors always
    /// allow it.
    package var failover: [UInt16] = [503]
    /// How long each target has for its first response; `nil` for the RFC's 64*T1.
    package var targetTimeout: Interval?
    /// What a 3xx of one of its targets means.
    package var redirects = Redirects.pass

    package init(name: String, targets: Range<Int>) {
      self.name = name
      self.targets = targets
    }

    /// Domains of the Request-URI, in lower case; empty for all.
    package var domains: [[UInt8]] {
      get { requestURI.domains }
      set { requestURI.domains = newValue }
    }

    /// Beginnings of the Request-URI's user part; empty for all.
    package var userPrefixes: [[UInt8]] {
      get { requestURI.userPrefixes }
      set { requestURI.userPrefixes = newValue }
    }
  }

  /// How one peer is reached.
  package struct Peer: Sendable {
    /// Host names that stand in its Contact, Record-Route and Via, in lower case.
    package var names: [[UInt8]] = []
    /// Its part of `peerTargets`.
    package var targets: Range<Int> = 0..<0
    /// Where it is sent to from, over IPv4.
    package var ipv4 = ListenerChoice()
    /// Where it is sent to from, over IPv6.
    package var ipv6 = ListenerChoice()

    package init() {}
  }

  /// In the order in which they are tried: the first whose conditions hold takes the request.
  package var routes: [Route] = []
  /// The answer where none holds.
  package var noRoute = NoRoute.notFound
  /// The targets of all routes, one after the other.
  package var targets: [Target] = []
  /// Each peer at the place of its number.
  package var peers: [Peer] = []
  /// The targets of all peers, one after the other.
  package var peerTargets: [Target] = []
  /// Where each source prefix belongs, to find the peer of an address.
  package var sources: [Admission.Rules.Source] = []
  /// Whether a request within a call whose sender lost the route set is mended: found by Call-ID
  /// and tags, and sent where the call's INVITE went or came from.
  package var mendsLostRoutes = false
  /// Whether names that no peer has may be asked of the DNS.
  package var resolvesNames = false

  package init() {}
}
