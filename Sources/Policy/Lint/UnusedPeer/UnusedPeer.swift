import Admission
import Border

extension Rule {
  static let unusedPeer = Rule(
    "unused-peer", "a peer that nothing uses: it may send nothing, and no route leads to it",
    .unusedPeer, .warning
  ) { study, remarks in
    let callers = study.callers
    for peer in study.peers where !callers.contains(peer.id) && !peer.isUsed {
      remarks.add(
        peer.place,
        "peer `\(peer.name)` is not used: it has no sources and no route leads to it")
    }
  }
}
