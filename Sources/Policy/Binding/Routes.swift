import Admission
import Basics
import Routing
import SIP

// MARK: Routing

extension Binder {
  /// What holds for every route that says nothing else.
  mutating func bindRouting() {
    guard let node = root["routing"] else { return }
    routing.mendsLostRoutes = node.word("lost-routes") == "mend"
    routing.resolvesNames = node.word("resolve") == "always"
    if node.word("no-route") == "forbidden" { routing.noRoute = .forbidden }
  }

  mutating func bindRoutes() {
    var places: [String: Place] = [:]
    for (item, node) in root.mappings("routes").enumerated() {
      defer {
        let rows = routing.routes.count - self.places.routeItems.count
        self.places.routeItems += Array(repeating: UInt32(item), count: rows)
      }
      if let name = node["name"], let text = name.scalar,
        let first = places.updateValue(name.place, forKey: text)
      {
        let file = first.file == name.place.file ? "" : " of \(findings.files[first.file])"
        findings.add(
          .duplicateName, name.place,
          "there is already a route `\(text)`, in line \(first.line)\(file)")
      }
      bindRoute(node)
    }
    checkLikeRoutes()
  }

  /// What the index of the routes cannot tell apart is tried one after the other.
  private mutating func checkLikeRoutes() {
    guard let place = routing.firstRoute(behind: Limits.likeRoutes) else { return }
    findings.add(
      .tooMany, places.routes[place],
      "at most \(Limits.likeRoutes) routes can be alike in `from`, `domain`, `user-prefix` and in"
        + " what their `user-pattern` begins with: they are tried one after the other for each"
        + " request")
  }

  private mutating func bindRoute(_ node: Node) {
    var route = Routing.Rules.Route(name: node.word("name") ?? "", targets: 0..<0)
    bindConditions(node, of: &route)
    route.mode = Self.mode(node["mode"])
    route.targetTimeout = root.inForce(.routing, "timeout", route: node)?.interval
    if let redirects = root.inForce(.routing, "redirects", route: node)?.scalar {
      route.redirects = Self.redirects(redirects)
    }
    if let failover = root.inForce(.routing, "failover", route: node) {
      route.failover = failover.items.compactMap(\.scalar).compactMap(UInt16.init)
    }
    if let table = node["table"] { return bindTable(table, node, route) }
    route.targets = bindTargets(of: node)
    routing.routes.append(route)
    places.routes.append(node["name"]?.place ?? node.place)
  }

  static func mode(_ node: Node?) -> Mode { node?.scalar == "observe" ? .observe : .enforce }

  /// The targets of the peers that a route leads to, one after the other.
  private mutating func bindTargets(of node: Node) -> Range<Int> {
    let start = routing.targets.count
    let timeout = node.interval("timeout")
    for item in node.all("to") { appendTargets(ofPeer: item, timeout: timeout) }
    return start..<routing.targets.count
  }

  /// Puts the targets of the peer of that name behind those of the route.
  /// - Parameter timeout: that of the route, if it says one.
  mutating func appendTargets(ofPeer item: Node, timeout: Interval?) {
    guard let place = peerPlace(item) else { return }
    peers[place].isUsed = true
    guard !peers[place].targets.isEmpty else {
      // One whose targets are wrong was told already.
      if !peers[place].namesTargets {
        findings.add(
          .deadEnd, item.place, "peer `\(peers[place].name)` has no targets to route to",
          remedy: "give the peer `targets`, or lead the route to another one")
      }
      return
    }
    for var target in peers[place].targets {
      target.timeout = timeout ?? target.timeout
      routing.targets.append(target)
    }
  }

  mutating func peerIDs(_ nodes: [Node]) -> [PeerID] {
    nodes.compactMap { node in peerPlace(node).map { peers[$0].id } }
  }

  /// The place of the peer of a name; a name that no peer has is an error.
  private mutating func peerPlace(_ node: Node) -> Int? {
    guard let name = node.scalar, (try? Names.name(name)) != nil else { return nil }
    if let place = peerPlaces[name] { return place }
    let question = question(name, of: peers.map(\.name))
    findings.add(.undefinedName, node.place, "there is no peer `\(name)`\(question)")
    return nil
  }

  private static func redirects(_ word: String) -> Routing.Rules.Redirects {
    switch word {
    case "refuse": .refuse
    case "recurse": .recurse
    default: .pass
    }
  }
}
