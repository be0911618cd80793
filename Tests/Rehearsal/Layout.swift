package import Admission
import Authentication
package import Basics
package import Border
import Identity
import Media
package import Routing
package import SIP
import Topology

/// The configuration of an element in few words: peers by their prefixes, routes by their targets.
/// Listener 0 is UDP and 1 is TCP at 10.0.0.1:5060; 2 and 3 are the same at [fd00::1]:5060.
package struct Layout {
  package static let border = "10.0.0.1:5060"
  package static let border6 = "[fd00::1]:5060"

  private var admission = Admission.Rules(peers: [], sources: [])
  private var routing = Routing.Rules()
  /// Whether names that no peer has may be asked of the world.
  package var resolvesNames = false
  /// Whether a request whose sender lost the route set is mended.
  package var mendsLostRoutes = false
  package var callDuration = Interval.seconds(12 * 3600)
  package var setupDuration = Interval.seconds(600)
  package var capacity = Configuration.Capacity()
  /// How much may come in.
  package var rateLimits: [Admission.Rules.RateLimit] = []
  /// How many calls may go on at once.
  package var sessionLimits: [Admission.Rules.SessionLimit] = []
  /// How long calls with peers may last, by their numbers.
  package var maxDurations: [PeerID: Interval] = [:]
  /// What a source gets that no peer has, and how much larger that may be than what it sent.
  package var unknown = Admission.Rules.Unknown.silence
  package var amplification = Admission.Limits.amplification
  /// Ports at 10.0.0.1 that datagrams are taken at as well.
  package var morePorts: [UInt16] = []

  package init() {}

  /// Says where responses of a peer may come from.
  package mutating func hear(_ peer: PeerID, from source: ResponseSource) {
    admission.peers[Int(peer.raw)].responses = source
  }

  /// Lets a peer use no listeners but these, each a bit.
  package mutating func limit(_ peer: PeerID, to listeners: UInt64) {
    admission.peers[Int(peer.raw)].listeners = listeners
  }

  /// A peer with one or more networks ("10.1.0.0/16"), the places where it is reached and the names
  /// that it uses.
  @discardableResult
  package mutating func peer(
    _ name: String, _ networks: [String], at places: [String] = [], names: [String] = [],
    methods: MethodSet = .all, responses: ResponseSource = .exact, mode: Mode = .enforce,
    tellsDecisions: Bool = false, over transport: Transport? = nil
  ) -> PeerID {
    let id = PeerID(raw: UInt16(admission.peers.count))
    admission.peers.append(
      Admission.Rules.Peer(id: id, name: name, listeners: .max, methods: methods))
    admission.peers[admission.peers.count - 1].mode = mode
    admission.peers[admission.peers.count - 1].responses = responses
    admission.peers[admission.peers.count - 1].tellsDecisions = tellsDecisions
    for network in networks { admission.sources.append(Self.source(network, id)) }
    var peer = Routing.Rules.Peer()
    peer.names = names.map { Array($0.utf8) }
    peer.ipv4 = ListenerChoice(udp: 0, tcp: 1)
    peer.ipv6 = ListenerChoice(udp: 2, tcp: 3)
    let first = routing.peerTargets.count
    for place in places { routing.peerTargets.append(target(place, id, transport)) }
    peer.targets = first..<routing.peerTargets.count
    routing.peers.append(peer)
    return id
  }

  private static func source(_ network: String, _ id: PeerID) -> Admission.Rules.Source {
    let parts = network.split(separator: "/")
    let text = parts[0].contains(":") ? "[\(parts[0])]:1" : "\(parts[0]):1"
    let address = endpoint(text).address
    let bits = (Int(parts[1]) ?? 0) + (address.isIPv4 ? 96 : 0)
    return Admission.Rules.Source(network: address, bits: UInt8(bits), peer: id)
  }

  private func target(_ place: String, _ id: PeerID, _ transport: Transport?) -> Target {
    let endpoint = endpoint(place)
    let ways =
      endpoint.address.isIPv4
      ? ListenerChoice(udp: 0, tcp: 1) : ListenerChoice(udp: 2, tcp: 3)
    return Target(peer: id, transport: transport, endpoint: endpoint, listeners: ways)
  }

  /// A route to one or more places of a peer, tried in their order.
  package mutating func route(
    from: [PeerID] = [], to peer: PeerID, at places: [String], over transport: Transport? = nil,
    _ change: (inout Routing.Rules.Route) -> Void = { _ in }
  ) {
    let first = routing.targets.count
    for place in places { routing.targets.append(target(place, peer, transport)) }
    var route = Routing.Rules.Route(
      name: "route \(routing.routes.count)", targets: first..<routing.targets.count)
    route.from = from
    change(&route)
    routing.routes.append(route)
  }

  package func configuration() -> Configuration {
    var routing = routing
    routing.sources = admission.sources
    routing.resolvesNames = resolvesNames
    routing.mendsLostRoutes = mendsLostRoutes
    var listeners = [
      Self.listener(.udp, Self.border), Self.listener(.tcp, Self.border),
      Self.listener(.udp, Self.border6), Self.listener(.tcp, Self.border6),
    ]
    for port in morePorts { listeners.append(Self.listener(.udp, "10.0.0.1:\(port)")) }
    var admission = admission
    (admission.unknown, admission.amplification) = (unknown, amplification)
    var configuration = Configuration(
      listeners: listeners, admission: admission, authentication: Authentication.Rules(),
      identity: Identity.Rules(), routing: routing, topology: Topology.Rules(),
      media: Media.Rules())
    configuration.capacity = capacity
    configuration.admission.rateLimits = rateLimits
    configuration.admission.sessionLimits = sessionLimits
    for (peer, duration) in maxDurations {
      configuration.admission.peers[Int(peer.raw)].maxDuration = duration
    }
    configuration.callDuration = callDuration
    configuration.setupDuration = setupDuration
    configuration.names = [Array("border.example".utf8)]
    return configuration
  }

  private static func listener(_ transport: Transport, _ place: String) -> Listener {
    let local = endpoint(place)
    return Listener(transport: transport, local: local, advertised: Array(text(local).utf8))
  }
}
