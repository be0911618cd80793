import Admission
import Border
import Routing
import SIP

extension Rule {
  static let routeLoop = Rule(
    "route-loop", "a route that sends a request back to the peer that it came from",
    .routeLoop, .warning
  ) { study, remarks in
    let (local, shares) = (study.local, Shares(study))
    for (place, route) in study.routing.routes.enumerated() {
      let callees = study.callees(of: route)
      let isForAll = route.from.isEmpty
      // One by one: the sets of peers are as large as the policy, and a route names few.
      let back = Set(isForAll ? Array(callees) : route.from).filter {
        callees.contains($0) && !local.contains($0) && shares.cells(place, from: $0) != 0
      }
      if !back.isEmpty {
        let names = Study.list(back.sorted { $0.raw < $1.raw }.map(study.name(of:)))
        remarks.add(
          study.places.routes[place],
          isForAll
            ? "route `\(route.name)` is for all peers, and so leads from \(names) back to where a"
              + " request came from"
            : "route `\(route.name)` leads from \(names) back to where a request came from",
          isForAll ? .note : .warning)
      }
    }
  }

  private static func sentence(
    _ study: Study, _ route: String, isForAll: Bool, _ back: [PeerID]
  ) -> String {
    let names = Study.list(back.sorted { $0.raw < $1.raw }.map(study.name(of:)))
    let way = isForAll ? "is for all peers, and so leads" : "leads"
    return "route `\(route)` \(way) from \(names) back to where a request came from"
  }
}

/// Which peers each route leads back to themselves. A table has very many routes, so that nothing
/// is hashed or copied for each.
private struct Returns {
  private let routes: [Routing.Rules.Route]
  private let targets: [Target]
  /// Whether a peer may send from outside what no earlier route takes whole, by its number.
  private var isOpen: [Bool]
  /// The last route that was seen to lead to a peer, counted from 1, by its number.
  private var leads: [Int]

  init(_ study: Study) {
    (routes, targets) = (study.routing.routes, study.routing.targets)
    isOpen = Array(repeating: false, count: study.admission.peers.count)
    leads = Array(repeating: 0, count: isOpen.count)
    for peer in study.callers.subtracting(study.local) { isOpen[Int(peer.raw)] = true }
  }

  /// - Returns: each of them once, in no order.
  mutating func back(_ place: Int) -> [PeerID] {
    var back: [PeerID] = []
    let isForAll = routes[place].from.isEmpty
    for target in routes[place].targets {
      let peer = Int(targets[target].peer.raw)
      guard leads[peer] != place + 1 else { continue }
      leads[peer] = place + 1
      if isForAll, isOpen[peer] { back.append(targets[target].peer) }
    }
    for peer in routes[place].from where leads[Int(peer.raw)] == place + 1 {
      // It may be named twice.
      leads[Int(peer.raw)] = 0
      if isOpen[Int(peer.raw)] { back.append(peer) }
    }
    if !isForAll, routes[place].takesAll {
      for peer in routes[place].from { isOpen[Int(peer.raw)] = false }
    }
    return back
  }
}
