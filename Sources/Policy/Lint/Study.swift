import Admission
import Basics
import Border
import Routing
import SIP

/// A policy that can be loaded, as the rules of the lint look at it: the tree as it is written, and
/// what it came to.
struct Study {
  let root: Node
  let configuration: Configuration
  let settings: Settings
  /// The peers in the order of the policy.
  let peers: [Binder.BoundPeer]
  let listeners: [Binder.BoundListener]
  let places: Places
  /// The routes that are never reached, each with those that take all of it between them.
  private(set) var shadows: [Int: Set<Int>] = [:]

  init(
    root: Node, configuration: Configuration, settings: Settings, peers: [Binder.BoundPeer],
    listeners: [Binder.BoundListener], places: Places
  ) {
    self.root = root
    self.configuration = configuration
    self.settings = settings
    self.peers = peers
    self.listeners = listeners
    self.places = places
    var coverage = Coverage(self)
    for place in routing.routes.indices {
      let takers = coverage.add(place)
      if !takers.isEmpty { shadows[place] = takers }
    }
  }

  /// Holds the policy against rules.
  func run(_ rules: [Rule], into findings: inout Findings) {
    for rule in rules {
      guard let check = rule.check else { continue }
      var remarks = Remarks(rule.severity)
      check(self, &remarks)
      for remark in remarks.told {
        findings.add(rule, remark.place, remark.message, severity: remark.severity)
      }
    }
  }
}

// MARK: What several rules ask

extension Study {
  var admission: Admission.Rules { configuration.admission }
  var routing: Routing.Rules { configuration.routing }

  func name(of peer: PeerID) -> String { admission.peers[Int(peer.raw)].name }

  /// What a peer may send. What is only observed passes.
  func methods(of peer: PeerID) -> MethodSet {
    let peer = admission.peers[Int(peer.raw)]
    return peer.mode == .observe ? .all : peer.methods
  }

  /// The peers as they are written, in the order of `peers`.
  var peerNodes: [Node] { root.all("peers") }

  /// The peers that a route leads to.
  func callees(of route: Routing.Rules.Route) -> Set<PeerID> {
    Set(routing.targets[route.targets].map(\.peer))
  }

  /// The peers that may send requests.
  var callers: Set<PeerID> { Set(admission.sources.map(\.peer)) }

  /// Peers all of whose sources are on this machine.
  var local: Set<PeerID> {
    callers.subtracting(
      admission.sources.filter { !Network($0).isWithin(Network.loopback) }.map(\.peer))
  }

  /// `a`, `b` and 3 others.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map { "`\($0)`" }
    let more = names.count - shown.count
    if more > 0 { return shown.joined(separator: ", ") + " and \(more) more" }
    guard let last = shown.last, shown.count > 1 else { return shown.joined() }
    return shown.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Everything written under a key in the routing section, in peers and in routes.
  func settings(_ key: String) -> [Node] {
    let holders = [root["routing"]].compactMap(\.self) + peerNodes + root.all("routes")
    return holders.compactMap { $0[key] }
  }
}
