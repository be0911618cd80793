import Admission
import Basics
import Border
import Routing

extension Rule {
  static let openRelay = Rule(
    "open-relay", "callers that are not authenticated may call through another peer",
    .openRelay, .warning
  ) { study, remarks in
    let exits = Exits(study)
    var told: Set<PeerID> = []
    for (place, source) in study.admission.sources.enumerated() {
      let network = Study.Network(source)
      guard let width = width(of: network), let exit = exits.route(from: source.peer),
        study.isOutside(source.peer, isIPv4: network.isIPv4)
      else { continue }
      told.insert(source.peer)
      remarks.add(
        study.places.sources[place],
        "\(width) is taken for peer `\(study.name(of: source.peer))` without any proof, and may"
          + " call others by route `\(study.routing.routes[exit].name)`")
    }
    unproven(study, exits, told, &remarks)
  }

  /// What is said of a range too wide for the hosts of one peer; `nil` for one that may be.
  private static func width(of network: Study.Network) -> String? {
    guard !network.isWithin(Study.Network.inside) else { return nil }
    if network.length < 4 { return "anybody (`\(network.text)`)" }
    guard network.length < (network.isIPv4 ? 16 : 32) else { return nil }
    return network.isIPv4
      ? "any of \(1 << (32 - network.length)) addresses (`\(network.text)`)"
      : "anybody in `\(network.text)`, wider than a provider's own prefix"
  }

  /// One note for all peers that the usual way is good enough for.
  private static func unproven(
    _ study: Study, _ exits: Exits, _ told: Set<PeerID>, _ remarks: inout Remarks
  ) {
    let apart = study.local.union(told)
    let callers = study.callers.subtracting(apart)
    let peers = study.peers.filter { peer in
      callers.contains(peer.id) && exits.route(from: peer.id) != nil
        && (study.isOutside(peer.id, isIPv4: true, over: .udp)
          || study.isOutside(peer.id, isIPv4: false, over: .udp))
    }
    guard let first = peers.first else { return }
    let verb = peers.count == 1 ? "is" : "are"
    remarks.add(
      first.place,
      "\(Study.list(peers.map(\.name))) \(verb) known by source address alone, also over UDP, where"
        + " it can be forged", .note)
  }
}

/// The routes that lead each peer to another one.
private struct Exits {
  private var own: [PeerID: Int] = [:]
  /// The first route for all peers, and the first one that leads to somebody else than that.
  private var first: (route: Int, callee: PeerID)?
  private var second: Int?

  init(_ study: Study) {
    let routes = study.routing.routes
    for place in routes.indices {
      let targets = study.routing.targets[routes[place].targets]
      for caller in routes[place].from where own[caller] == nil {
        if targets.contains(where: { $0.peer != caller }) { own[caller] = place }
      }
      guard second == nil, routes[place].from.isEmpty else { continue }
      if first == nil, let target = targets.first { first = (place, target.peer) }
      if targets.contains(where: { $0.peer != first?.callee }) { second = place }
    }
  }

  func route(from peer: PeerID) -> Int? {
    own[peer] ?? (first?.callee == peer ? second : first?.route)
  }
}

extension Study {
  /// Whether a peer may use a listener that others than this machine can reach.
  fileprivate func isOutside(
    _ peer: PeerID, isIPv4: Bool, over transport: Transport? = nil
  ) -> Bool {
    let bits = admission.peers[Int(peer.raw)].listeners
    return listeners.indices.contains { place in
      let listener = listeners[place].value
      return bits >> UInt64(place) & 1 != 0 && listener.local.address.isIPv4 == isIPv4
        && !Network(listener.local.address).isWithin(Network.loopback)
        && listener.transport == transport ?? listener.transport
    }
  }
}
