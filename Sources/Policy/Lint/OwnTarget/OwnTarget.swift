import Basics
import Border
import Routing

extension Rule {
  static let ownTarget = Rule(
    "own-target", "a target that is a listener of this element itself", .ownTarget, .warning
  ) { study, remarks in
    for (peer, node) in zip(study.peers, study.peerNodes) {
      for (target, item) in zip(peer.targets, node.all("targets")) {
        let own = study.listeners.first {
          $0.value.local == target.endpoint
            && $0.value.transport == target.transport ?? $0.value.transport
        }
        guard let own else { continue }
        remarks.add(
          item.place,
          "this target of peer `\(peer.name)` is the element's own listener `\(own.name)`: what is"
            + " sent there comes back")
      }
    }
  }
}
