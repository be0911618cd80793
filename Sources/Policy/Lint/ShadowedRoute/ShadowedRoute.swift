import Border
import Routing

extension Rule {
  static let shadowedRoute = Rule(
    "shadowed-route", "a route that is never reached, because earlier ones take all of it",
    .shadowedRoute, .warning
  ) { study, remarks in
    for (place, takers) in study.shadows.sorted(by: { $0.key < $1.key }) {
      remarks.add(
        study.places.routes[place], sentence(study, study.routing.routes[place], takers))
    }
  }

  private static func sentence(
    _ study: Study, _ route: Routing.Rules.Route, _ takers: Set<Int>
  ) -> String {
    let sorted = takers.sorted()
    // With long lists it is not worth the time to find one that would do alone.
    let alone = sorted.prefix(8).first { place in
      let other = study.routing.routes[place]
      return other.length * route.length <= 10_000 && other.covers(route)
    }
    let named = alone.map { [$0] } ?? sorted
    let list = named.prefix(4).map { place in
      "`\(study.routing.routes[place].name)` (\(study.places.text(study.places.routes[place])))"
    }.joined(separator: ", ")
    let more = named.count > 4 ? " and \(named.count - 4) more" : ""
    let verb = named.count == 1 ? "takes" : "together take"
    return "route `\(route.name)` is never reached: \(list)\(more) \(verb) all that it would take"
  }
}

extension Routing.Rules.Route {
  /// How much its conditions name.
  fileprivate var length: Int {
    from.count + domains.count + userPrefixes.count + Particulars(self).size
  }
}
