import Border
import Routing

extension Rule {
  static let shadowedRoute = Rule(
    "shadowed-route", "a route that is never reached, because an earlier one takes all of it",
    .warning
  ) { study, tell in
    let routes = study.configuration.routing.routes
    // The routes without user prefixes, which may take all that a later one would take.
    var broad: [Int] = []
    for place in routes.indices {
      let route = routes[place]
      if let other = broad.first(where: { routes[$0].covers(route) }) {
        tell(
          study.places.routes[place],
          "route `\(route.name)` is never reached: `\(routes[other].name)` takes all that it would"
            + " take")
      } else if route.userPrefixes.isEmpty, broad.count < Limits.broadRoutes {
        broad.append(place)
      }
    }
  }
}
