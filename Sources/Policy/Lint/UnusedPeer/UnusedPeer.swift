import Admission
import Border
import SIP

extension Rule {
  static let unusedPeer = Rule(
    "unused-peer", "a peer that nothing uses: it may send nothing, and no route leads to it",
    .unusedPeer, .warning
  ) { study, remarks in
    let callers = study.callers
    for peer in study.peers where !peer.isUsed {
      let hasSources = callers.contains(peer.id)
      guard !hasSources || study.methods(of: peer.id).bits == 0 else { continue }
      let want = hasSources ? "its `methods` are empty" : "it has no sources"
      remarks.add(peer.place, "peer `\(peer.name)` is not used: \(want) and no route leads to it")
    }
  }
}
