import Admission
import Border
import Routing
import SIP

extension Rule {
  static let routeLoop = Rule(
    "route-loop", "a route that sends a request back to the peer that it came from",
    .routeLoop, .warning
  ) { study, remarks in
    let (local, shares) = (study.local, Shares(study))
    for (place, route) in study.routing.routes.enumerated() {
      let callees = study.callees(of: route)
      let isForAll = route.from.isEmpty
      // One by one: the sets of peers are as large as the policy, and a route names few.
      let back = Set(isForAll ? Array(callees) : route.from).filter {
        callees.contains($0) && !local.contains($0) && shares.cells(place, from: $0) != 0
      }
      if !back.isEmpty {
        let names = Study.list(back.sorted { $0.raw < $1.raw }.map(study.name(of:)))
        remarks.add(
          study.places.routes[place],
          isForAll
            ? "route `\(route.name)` is for all peers, and so leads from \(names) back to where a"
              + " request came from"
            : "route `\(route.name)` leads from \(names) back to where a request came from",
          isForAll ? .note : .warning)
      }
    }
  }
}
