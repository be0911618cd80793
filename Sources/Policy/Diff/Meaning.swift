import Admission
import Basics
import Border
import Routing
import SIP

/// What a policy says of one peer, apart from how it is written and what the peer is called.
struct PeerMeaning: Hashable, Sendable {
  var methods: MethodSet
  var mode: Mode
  var sources: Set<Admission.Rules.Source> = []
  var listeners: Set<String> = []
  var names: Set<[UInt8]> = []
  var targets: [TargetMeaning] = []
}

/// A target, with names in place of the numbers that a policy gives.
struct TargetMeaning: Hashable, Sendable {
  var peer: String
  var transport: Transport?
  var endpoint: Endpoint
  var udp: String?
  var tcp: String?
  var timeout: Interval?
}

/// What a URI must be like; the order of choices says nothing.
struct PartyMeaning: Hashable, Sendable {
  var domains: Set<[UInt8]>
  var userPrefixes: Set<[UInt8]>
  var userPatterns: Set<UserPattern>

  init(_ party: Party) {
    domains = Set(party.domains)
    userPrefixes = Set(party.userPrefixes)
    userPatterns = Set(party.userPatterns)
  }
}

/// What a policy says of one route, apart from how it is written and what the route is called.
struct RouteMeaning: Hashable, Sendable {
  var from: Set<String>
  var methods: MethodSet
  var schemes: SchemeSet
  var requestURI: PartyMeaning
  var caller: PartyMeaning
  var callee: PartyMeaning
  var headers: Set<HeaderCondition>
  var hours: Set<Hours>
  var mode: Mode
  var targets: [TargetMeaning]
  var failover: Set<UInt16>
  var timeout: Interval?
  var redirects: Routing.Rules.Redirects
}

/// What one policy says of its peers and routes, so that another's can be held against it.
struct Meanings: Sendable {
  /// A route by the name that it has for the comparison.
  struct Named: Hashable, Sendable {
    var name: String
    var meaning: RouteMeaning
  }

  private(set) var peers: [String: PeerMeaning] = [:]
  private(set) var routes: [Named] = []

  /// - Parameters:
  ///   - peerNames: what peers are called for the comparison, where not by their own names.
  ///   - routeNames: the same for routes.
  init(
    _ snapshot: Snapshot, _ peerNames: [String: String] = [:], _ routeNames: [String: String] = [:]
  ) {
    let names = snapshot.peers.names.map { peerNames[$0] ?? $0 }
    let rules = snapshot.configuration.routing
    addPeers(snapshot, names)
    var leads: [Range<Int>: [TargetMeaning]] = [:]
    for route in rules.routes {
      let targets =
        leads[route.targets]
        ?? rules.targets[route.targets].map { Self.target($0, snapshot, names) }
      leads[route.targets] = targets
      let meaning = RouteMeaning(
        from: Set(route.from.map { names[Int($0.raw)] }), methods: route.methods,
        schemes: route.schemes, requestURI: PartyMeaning(route.requestURI),
        caller: PartyMeaning(route.caller), callee: PartyMeaning(route.callee),
        headers: Set(route.headers), hours: Set(route.hours), mode: route.mode, targets: targets,
        failover: Set(route.failover), timeout: route.targetTimeout, redirects: route.redirects)
      routes.append(Named(name: routeNames[route.name] ?? route.name, meaning: meaning))
    }
  }

  private mutating func addPeers(_ snapshot: Snapshot, _ names: [String]) {
    let (admission, routing) = (snapshot.configuration.admission, snapshot.configuration.routing)
    for (place, peer) in admission.peers.enumerated() {
      var meaning = PeerMeaning(methods: peer.methods, mode: peer.mode)
      for (number, listener) in snapshot.listeners.enumerated()
      where peer.listeners >> UInt64(number) & 1 != 0 {
        meaning.listeners.insert(listener)
      }
      meaning.names = Set(routing.peers[place].names)
      meaning.targets = routing.peerTargets[routing.peers[place].targets].map {
        var target = Self.target($0, snapshot, names)
        // A peer's own targets are its own, whatever it is called.
        target.peer = ""
        return target
      }
      peers[names[place]] = meaning
    }
    for var source in admission.sources {
      let name = names[Int(source.peer.raw)]
      source.peer = PeerID(raw: 0)
      peers[name]?.sources.insert(source)
    }
  }

  private static func target(
    _ target: Target, _ snapshot: Snapshot, _ names: [String]
  ) -> TargetMeaning {
    TargetMeaning(
      peer: names[Int(target.peer.raw)], transport: target.transport, endpoint: target.endpoint,
      udp: target.listeners.udp.map { snapshot.listeners[Int($0)] },
      tcp: target.listeners.tcp.map { snapshot.listeners[Int($0)] }, timeout: target.timeout)
  }
}
