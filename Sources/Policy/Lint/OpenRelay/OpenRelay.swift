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

/// The routes that lead each peer to another one, with something that it may send.
private struct Exits {
  /// Of the routes for all peers, the first that takes a cell, and the first that leads to somebody
  /// else than that one.
  private struct Exit {
    var first: (route: Int, callee: PeerID)?
    var second: Int?
  }

  private let shares: Shares
  private var own: [PeerID: Int] = [:]
  private var exits = Array(repeating: Exit(), count: Coverage.Cells.bitWidth)

  init(_ study: Study) {
    shares = Shares(study)
    for (place, route) in study.routing.routes.enumerated() {
      let callees = study.callees(of: route)
      for caller in route.from where own[caller] == nil {
        if callees.contains(where: { $0 != caller }), shares.cells(place, from: caller) != 0 {
          own[caller] = place
        }
      }
      if route.from.isEmpty { note(place, callees) }
    }
  }

  private mutating func note(_ place: Int, _ callees: Set<PeerID>) {
    let cells = shares.cells(place)
    for cell in exits.indices where cells >> Coverage.Cells(cell) & 1 != 0 {
      if exits[cell].first == nil, let callee = callees.first {
        exits[cell].first = (place, callee)
      }
      let first = exits[cell].first?.callee
      if exits[cell].second == nil, callees.contains(where: { $0 != first }) {
        exits[cell].second = place
      }
    }
  }

  func route(from peer: PeerID) -> Int? {
    own[peer]
      ?? exits.indices.compactMap { cell in
        let exit = exits[cell]
        guard let place = exit.first?.callee == peer ? exit.second : exit.first?.route,
          shares.cells(place, from: peer) >> Coverage.Cells(cell) & 1 != 0
        else { return nil }
        return place
      }.min()
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
