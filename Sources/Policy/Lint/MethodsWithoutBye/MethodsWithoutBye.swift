import Admission
import Border
import SIP

extension Rule {
  static let methodsWithoutBye = Rule(
    "methods-without-bye", "a peer that may begin or take calls and may not end them",
    .methodsWithoutBye, .warning
  ) { study, remarks in
    let callers = study.callers
    for (peer, node) in zip(study.peers, study.peerNodes) where callers.contains(peer.id) {
      let methods = study.methods(of: peer.id)
      guard !methods.contains(.bye), methods.contains(.invite) || peer.isUsed else { continue }
      remarks.add(
        (node["methods"] ?? study.root["admission"]?["methods"])?.place ?? peer.place,
        "peer `\(peer.name)` may \(methods.contains(.invite) ? "begin" : "take") calls, and its BYE"
          + " gets 405: it cannot end them")
    }
  }
}
