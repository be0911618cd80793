import Basics
import Border
import Routing

extension Rule {
  static let lostRoutesMended = Rule(
    "lost-routes-mended",
    "calls are found by Call-ID and tags, on a listener that others can reach",
    .lostRoutesMended, .warning
  ) { study, remarks in
    guard study.routing.mendsLostRoutes else { return }
    let reached = study.listeners.filter {
      !Study.Network($0.value.local.address).isWithin(Study.Network.loopback)
    }
    guard !reached.isEmpty else { return }
    remarks.add(
      study.root["routing"]?["lost-routes"]?.place,
      "on listener \(Study.list(reached.map(\.name))) whoever knows a call's Call-ID and tags can"
        + " speak in it without our token, if the source address is that of a party")
  }
}
