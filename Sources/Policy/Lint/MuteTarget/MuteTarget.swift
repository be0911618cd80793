import Admission
import Basics
import Border
import Routing

extension Rule {
  static let muteTarget = Rule(
    "mute-target", "a target from which its peer may send no request, not even a BYE",
    .muteTarget, .warning
  ) { study, remarks in
    let owners = Prefixes(study.admission.sources)
    let callers = study.callers
    for (peer, node) in zip(study.peers, study.peerNodes) where peer.isUsed {
      for (target, item) in zip(peer.targets, node.all("targets")) {
        let owner = owners.peer(of: target.endpoint.address)
        guard owner != peer.id else { continue }
        if let owner {
          remarks.add(
            item.place,
            "requests from this target of peer `\(peer.name)` are taken for those of peer"
              + " `\(study.name(of: owner))`, whose source it is, so a callee cannot end a call")
        } else {
          // With other sources, the peer may well send from there what answers come not from.
          remarks.add(
            item.place,
            "nothing but answers is taken from this target of peer `\(peer.name)`: it is no source"
              + " of it, so a BYE from there meets silence",
            callers.contains(peer.id) ? .note : .warning)
        }
      }
    }
  }
}
