package import Admission
package import Basics
package import Identity
package import SIP

/// The targets of a request that are left to try: a range of the rules' targets, and the route that
/// set it.
package struct Search: Hashable, Sendable {
  /// The route's place in the rules, or `nil` for a destination that the request itself named.
  package var route: UInt32?
  /// The place in `Rules.targets` of the target to try next.
  package var next: UInt32
  /// The place behind the last one of its route.
  package var end: UInt32
  /// What the request itself named.
  package var named: Target?

  init(route: UInt32? = nil, next: UInt32, end: UInt32, named: Target? = nil) {
    self.route = route
    self.next = next
    self.end = end
    self.named = named
  }

  /// A search that leads nowhere yet: the request waits for the outside.
  package init() { self.init(next: 0, end: 0) }

  /// A search that leads to one target that is known.
  package init(to target: Target) { self.init(next: 0, end: 0, named: target) }

  /// Whether no target is left.
  package var isEmpty: Bool { named == nil && next >= end }
}

/// How one target is reached.
package struct Way: Hashable, Sendable {
  /// From which listener to which address; perhaps along a stream that is open.
  package var flow: Flow
  /// Whom it reaches: the response must come from it.
  package var peer: PeerID
  /// The listener for a stream to the same place, where the flow is one of datagrams and the peer
  /// has both: for a request that is too long for a datagram.
  package var streamListener: UInt8?

  package init(_ flow: Flow, _ peer: PeerID, streamListener: UInt8? = nil) {
    self.flow = flow
    self.peer = peer
    self.streamListener = streamListener
  }

  /// The stream to the same place.
  package var stream: Flow? {
    streamListener.map { Flow(.tcp, listener: $0, remote: flow.remote) }
  }
}

/// Proof that a request may leave, and for where.
package struct Routed: ~Copyable {
  /// Whose request it is.
  package let peer: PeerID
  /// Where it may go, one target after the other.
  package let search: Search

  fileprivate init(_ vouched: consuming Vouched, _ search: Search) {
    peer = vouched.peer
    self.search = search
  }
}

/// Where does it go? Static routes and configured names, for now.
package struct Stage: ~Copyable, Sendable {
  /// Where requests go, by the policy.
  package let rules: Rules
  private let prefixes: Prefixes
  private let secret: Key
  private let hostNames: HostNames
  /// Routes that are taken, and those that only observe.
  private let taking: RouteIndex
  private let observing: RouteIndex
  /// What the outside said of names, and when; the border enters answers here.
  package var names = NameBook()

  /// - Parameter secret: keys the hashes of host names.
  package init(_ rules: Rules, secret: Key) {
    self.rules = rules
    self.secret = secret
    prefixes = Prefixes(rules.sources)
    hostNames = HostNames(rules.peers, secret: secret)
    taking = RouteIndex(rules.routes, .enforce, seed: secret.a)
    observing = RouteIndex(rules.routes, .observe, seed: secret.a)
  }

  private init(sharing other: borrowing Stage) {
    (rules, prefixes, secret) = (other.rules, other.prefixes, other.secret)
    (hostNames, taking, observing) = (other.hostNames, other.taking, other.observing)
  }

  /// Another one with the same tables, for another worker, that knows nothing of the outside yet. A
  /// stage is never copied by accident: that would count references for each message.
  package func copy() -> Stage { Stage(sharing: self) }

  /// What stands for a host name in the book of names.
  package func key(ofName name: Slice, in bytes: Span<UInt8>) -> Key {
    HostNames.key(bytes, name, secret)
  }

  /// Routes a request that begins something new: the first route whose conditions hold.
  /// - Parameters:
  ///   - wall: the time that the routes go by, in nanoseconds since 1970-01-01T00:00:00Z.
  ///   - observed: takes the routes before it that only observe and would have been taken.
  package func route(
    _ vouched: consuming Vouched, _ message: borrowing Message, _ uri: URI, wall: Int64,
    _ observed: inout Observations
  ) -> Verdict<Routed> {
    let own = first(message, uri, from: vouched.peer, wall: wall)
    observe(message, uri, from: vouched.peer, wall: wall, before: own, &observed)
    if let place = own {
      let targets = rules.routes[place].targets
      guard !targets.isEmpty else {
        return .refuse(Refusal(480, .temporarilyUnavailable, .noTarget))
      }
      let search = Search(
        route: UInt32(place), next: UInt32(targets.lowerBound), end: UInt32(targets.upperBound))
      return .pass(Routed(vouched, search))
    }
    switch rules.noRoute {
    case .notFound: return .refuse(Refusal(404, .notFound, .noRoute))
    case .forbidden: return .refuse(Refusal(403, .forbidden, .noRoute))
    }
  }

  /// The place in the rules of the first route that is not only to observe and takes this request.
  /// - Parameter wall: in nanoseconds since 1970-01-01T00:00:00Z.
  package func first(
    _ message: borrowing Message, _ uri: URI, from peer: PeerID, wall: Int64
  ) -> Int? {
    taking.first(message, uri, from: peer, wall: wall)
  }

  /// Notes the routes that only observe and stand before the one that is taken.
  private func observe(
    _ message: borrowing Message, _ uri: URI, from peer: PeerID, wall: Int64, before own: Int?,
    _ observed: inout Observations
  ) {
    guard !observing.isEmpty else { return }
    var start = 0
    while observed.count < Limits.observations,
      let place = observing.first(
        message, uri, from: peer, wall: wall, in: start..<(own ?? rules.routes.count))
    {
      observed.add(.route(UInt32(place)))
      start = place &+ 1
    }
  }

  /// Routes a request to the next hop that its own route set or Request-URI names: within a dialog
  /// of ours, or by a Route or a `maddr` to a configured peer (RFC 3261 §16.5, §16.6 step 7).
  package func route(
    _ vouched: consuming Vouched, _ message: borrowing Message, to hop: NextHop, now: Instant
  ) -> Verdict<Routed> {
    switch destination(of: hop, message.bytes, now: now) {
    case .target(let target):
      return .pass(Routed(vouched, Search(to: target)))
    case .foreign: return .refuse(Refusal(403, .forbidden, .foreignDestination))
    case .unknown: return .refuse(Refusal(500, .serverError, .unknownName))
    case .ask(let question): return .ask(question)
    }
  }

  /// Routes a request of a known call along the way that its INVITE took, because its sender lost
  /// the route set and the policy mends that.
  package func route(
    _ vouched: consuming Vouched, along flow: Flow, to peer: PeerID
  ) -> Verdict<Routed> {
    let isStream = flow.transport == .tcp
    let listeners = ListenerChoice(
      udp: isStream ? nil : flow.listener, tcp: isStream ? flow.listener : nil)
    var target = Target(
      peer: peer, transport: flow.transport, endpoint: flow.remote, listeners: listeners)
    target.connection = flow.connection
    return .pass(Routed(vouched, Search(to: target)))
  }

  /// What becomes of a next hop that a message named itself.
  package enum Destination: Sendable {
    case target(Target)
    /// An address that belongs to no peer.
    case foreign
    /// A name that no peer has, and that may not be asked for.
    case unknown
    case ask(Question)
  }

  /// What a next hop's host, port and transport come to.
  package func destination(
    of hop: NextHop, _ bytes: Span<UInt8>, now: Instant
  ) -> Destination {
    // Nothing here speaks TLS yet.
    let named = hop.transport?.transport
    guard hop.scheme == .sip, hop.transport == nil || named != nil else { return .unknown }
    let port = hop.place.port ?? 5060
    if let address = hop.place.host.address { return target(address, port, named) }
    let name = hop.place.host.text
    let key = key(ofName: name, in: bytes)
    if let peer = hostNames.peer(of: key) { return target(ofPeer: peer, named) }
    guard rules.resolvesNames else { return .unknown }
    switch names.find(key, now: now) {
    case .address(let address): return target(address, port, named)
    case .noAddress: return .unknown
    case .nothing: return .ask(.addresses(of: name))
    }
  }

  /// A name of a peer stands for its first target, of the transport that the URI asks for if there
  /// is one.
  private func target(ofPeer peer: Int, _ transport: Transport?) -> Destination {
    let targets = rules.peers[peer].targets
    guard let first = targets.first else { return .unknown }
    guard let transport else { return .target(rules.peerTargets[first]) }
    let fitting = targets.first { place in
      let own = rules.peerTargets[place].transport
      return own == nil || own == transport
    }
    var target = rules.peerTargets[fitting ?? first]
    target.transport = target.transport ?? transport
    return .target(target)
  }

  /// An address is a destination only if it belongs to a peer. Without a transport parameter it is
  /// asked for over UDP (RFC 3263 §4.1), unless the peer is reached by streams alone.
  private func target(
    _ address: Address, _ port: UInt16, _ transport: Transport?
  ) -> Destination {
    guard let peer = prefixes.peer(of: address) else { return .foreign }
    let ways = rules.peers[Int(peer.raw)]
    let listeners = address.isIPv4 ? ways.ipv4 : ways.ipv6
    let usual = listeners.udp == nil && listeners.tcp != nil ? Transport.tcp : .udp
    return .target(
      Target(
        peer: peer, transport: transport ?? usual, endpoint: Endpoint(address, port: port),
        listeners: listeners))
  }

  /// Takes the next target that can be reached: one with a listener for its transport and, where
  /// the target leaves the transport to the request, of the family that the request came in on if
  /// there is such a one.
  /// - Returns: where to send, or `nil` when none is left.
  package func next(_ search: inout Search, arriving: Flow) -> Way? {
    if let named = search.named {
      search.named = nil
      return way(to: named, arriving)
    }
    while search.next < search.end {
      let target = rules.targets[Int(search.next)]
      search.next &+= 1
      if target.transport == nil,
        target.endpoint.address.isIPv4 != arriving.remote.address.isIPv4,
        hasOtherFamily(search)
      {
        continue
      }
      if let way = way(to: target, arriving) { return way }
    }
    return nil
  }

  /// Whether the route has targets of both families, so that a request can keep its own.
  private func hasOtherFamily(_ search: Search) -> Bool {
    guard let route = search.route else { return false }
    let targets = rules.routes[Int(route)].targets
    let first = rules.targets[targets.lowerBound].endpoint.address.isIPv4
    return targets.contains { rules.targets[$0].endpoint.address.isIPv4 != first }
  }

  private func way(to target: Target, _ arriving: Flow) -> Way? {
    let transport = target.transport ?? arriving.transport
    guard let listener = target.listeners.listener(for: transport) else { return nil }
    let hasStream = transport == .udp && offersStream(target)
    let flow = Flow(
      transport, listener: listener, remote: target.endpoint,
      connection: transport.isReliable ? target.connection : nil)
    return Way(flow, target.peer, streamListener: hasStream ? target.listeners.tcp : nil)
  }

  /// Whether the peer has a stream at the same place as well.
  private func offersStream(_ target: Target) -> Bool {
    guard target.listeners.tcp != nil else { return false }
    if target.transport == nil { return true }
    let own = rules.peers[Int(target.peer.raw)].targets
    return own.contains { place in
      let other = rules.peerTargets[place]
      return other.endpoint == target.endpoint
        && (other.transport == .tcp || other.transport == nil)
    }
  }

  /// The settings of the route that a search follows; those of the RFC where there is no route.
  package func allowsFailover(_ search: Search, after status: UInt16) -> Bool {
    guard let route = search.route else { return false }
    return rules.routes[Int(route)].failover.contains(status)
  }

  /// What a 3xx means to this search; it passes where no route was taken.
  package func redirects(_ search: Search) -> Rules.Redirects {
    search.route.map { rules.routes[Int($0)].redirects } ?? .pass
  }

  /// How long the target that was taken last has for its first response.
  package func targetTimeout(_ search: Search) -> Interval? {
    guard let route = search.route else { return nil }
    let own = search.next > 0 ? rules.targets[Int(search.next) - 1].timeout : nil
    return own ?? rules.routes[Int(route)].targetTimeout
  }
}
