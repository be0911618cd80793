import Admission
import Border

extension Rule {
  static let unusedPeer = Rule(
    "unused-peer", "a peer that nothing uses: it may send nothing, and no route leads to it",
    .warning
  ) { study, tell in
    let withSources = Set(study.configuration.admission.sources.map(\.peer))
    for peer in study.peers where !withSources.contains(peer.id) && !peer.isUsed {
      tell(
        peer.place,
        "peer `\(peer.name)` is not used: it has no sources and no route leads to it")
    }
  }
}
