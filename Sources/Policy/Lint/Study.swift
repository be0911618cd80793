import Border

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

  /// Holds the policy against rules.
  func run(_ rules: [Rule], into findings: inout Findings) {
    for rule in rules { rule.check?(self) { findings.add(rule, $0, $1) } }
  }
}
