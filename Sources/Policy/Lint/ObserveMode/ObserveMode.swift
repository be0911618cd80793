import Border
import Routing

extension Rule {
  static let observeMode = Rule(
    "observe-mode", "a rule that only observes: what it would refuse or take passes it",
    .observeMode, .warning
  ) { study, remarks in
    func look(
      _ node: Node, _ sentence: @autoclosure () -> String, _ severity: Finding.Severity
    ) {
      guard let mode = node["mode"], mode.scalar == "observe" else { return }
      remarks.add(mode.place, sentence(), severity)
    }
    for section in Section.all {
      guard let node = study.root[section.name] else { continue }
      look(
        node, "`\(section.name)` only observes: what it would refuse is told, and passes", .warning)
    }
    for (peer, node) in zip(study.peers, study.peerNodes) {
      look(node, "what would be refused to peer `\(peer.name)` is told, and passes", .warning)
    }
    // Not one by one with the bound routes: those of a table are many of one node.
    for node in study.root.all("routes") {
      let name = node.word("name") ?? ""
      look(
        node,
        "route `\(name)` only observes: its requests are told of, and take the next route",
        .note)
    }
  }
}
