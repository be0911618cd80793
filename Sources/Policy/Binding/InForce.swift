// What a policy says of a setting: the most particular of those who may say something of it wins, a
// route before a peer, and a peer before the section.
extension Node {
  /// What is said of a setting of a stage; `nil` where it is as it is built in. To be asked of the
  /// whole policy.
  /// - Parameters:
  ///   - route: the mapping of the route that it is asked for.
  ///   - peer: that of the peer.
  func inForce(
    _ section: Section, _ name: String, route: Node? = nil, peer: Node? = nil
  ) -> Node? {
    guard let key = section.table[name] else { return nil }
    let levels: [(Key.Override.Level, Node?)] = [(.route, route), (.peer, peer)]
    for (level, node) in levels {
      guard let override = key.overrides.first(where: { $0.level == level }) else { continue }
      if let own = node?[override.name ?? name] { return own }
    }
    return self[section.name]?[name]
  }
}
