import Admission

// An index finds routes however many there are, but not those that are alike in all that it knows
// of them.
extension Rules {
  /// The first route that a request may meet only behind more than so many others, each of which is
  /// asked in full before it.
  /// - Returns: its place in `routes`, or `nil` if no request meets so many.
  package func firstRoute(behind most: Int) -> Int? {
    [Mode.enforce, .observe].compactMap { mode in
      // Routes that are few, or that the index decides alone, need none to be built for this.
      var count = 0
      for place in routes.indices
      where routes[place].mode == mode && RouteIndex.asks(routes, place) { count += 1 }
      return count > most ? RouteIndex(routes, mode, seed: 0).firstRoute(behind: most) : nil
    }.min()
  }
}

extension RouteIndex {
  /// Whether an entry of the route is tried whatever came before it: it asks for more than its
  /// combination, or, as it only observes, leaves all to those behind it.
  fileprivate static func asks(_ routes: [Rules.Route], _ place: Int) -> Bool {
    routes[place].mode == .observe || Dimensions(routes, place).leavesMore
  }

  fileprivate func firstRoute(behind most: Int) -> Int? {
    var first = Self.none
    for start in starts {
      var (count, place) = (0, start)
      while place != Self.none, entries[Int(place)].route < first {
        let entry = entries[Int(place)]
        if entry.rest != Self.none || mode == .observe { count += 1 }
        if count > most { first = entry.route }
        place = entry.next
      }
    }
    return first == Self.none ? nil : Int(first)
  }
}
