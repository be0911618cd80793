import Admission
import Border
import Routing
import SIP

extension Rule {
  static let registerWithoutRegistrar = Rule(
    "register-without-registrar",
    "a peer that may send REGISTER, which no route takes anywhere",
    .registerWithoutRegistrar, .warning
  ) { study, remarks in
    let callers = study.callers
    for (peer, node) in zip(study.peers, study.peerNodes) where callers.contains(peer.id) {
      // What is only observed is no permission: it is told by `observe-mode`.
      guard study.admission.peers[Int(peer.id.raw)].mode == .enforce,
        study.methods(of: peer.id).contains(.register),
        !study.routing.routes.contains(where: { takesRegister($0, from: peer.id) })
      else { continue }
      remarks.add(
        (node["methods"] ?? study.root["admission"]?["methods"])?.place ?? peer.place,
        "peer `\(peer.name)` may send REGISTER, and no route for it leads to a registrar")
    }
  }

  private static func takesRegister(_ route: Routing.Rules.Route, from peer: PeerID) -> Bool {
    route.mode == .enforce && !route.targets.isEmpty && route.methods.contains(.register)
      && (route.from.isEmpty || route.from.contains(peer))
  }
}
