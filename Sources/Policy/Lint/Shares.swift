import Admission
import Routing

/// What is left to each route of what each caller may send: nothing to one that only observes or
/// that earlier ones shadow, and nothing of what an earlier one takes whatever the number.
struct Shares {
  private struct Taken {
    var cells: Coverage.Cells
    /// The route that took them.
    var place: Int
  }

  private let routes: [Routing.Rules.Route]
  private let isShadowed: Set<Int>
  private let sent: [PeerID: Coverage.Cells]
  /// By routes for all callers, and by those for one. A cell is taken once, so each list is short.
  private var takenFromAll: [Taken] = []
  private var takenFromOne: [PeerID: [Taken]] = [:]

  init(_ study: Study) {
    routes = study.routing.routes
    isShadowed = Set(study.shadows.keys)
    sent = Dictionary(
      uniqueKeysWithValues: study.callers.map {
        ($0, Coverage.cells(study.methods(of: $0), hasSIP: true, hasTel: true))
      })
    for (place, route) in routes.enumerated() where route.asksForCallerAndMethodOnly {
      let cells = Coverage.cells(route)
      if route.from.isEmpty { Self.take(cells, place, &takenFromAll) }
      for caller in route.from { Self.take(cells, place, &takenFromOne[caller, default: []]) }
    }
  }

  private static func take(_ cells: Coverage.Cells, _ place: Int, _ taken: inout [Taken]) {
    let more = taken.reduce(cells) { $0 & ~$1.cells }
    if more != 0 { taken.append(Taken(cells: more, place: place)) }
  }

  /// What a route can take of the requests that are for all callers.
  func cells(_ place: Int) -> Coverage.Cells {
    guard routes[place].takes, !isShadowed.contains(place) else { return 0 }
    return takenFromAll.reduce(Coverage.cells(routes[place])) {
      $1.place < place ? $0 & ~$1.cells : $0
    }
  }

  /// What a route can take of the requests of a caller that it is for.
  func cells(_ place: Int, from caller: PeerID) -> Coverage.Cells {
    let cells = cells(place) & (sent[caller] ?? 0)
    return (takenFromOne[caller] ?? []).reduce(cells) {
      $1.place < place ? $0 & ~$1.cells : $0
    }
  }
}

extension Routing.Rules.Route {
  /// Whether it takes all that its callers send with its methods and schemes.
  fileprivate var asksForCallerAndMethodOnly: Bool {
    takes && domains.isEmpty && userPrefixes.isEmpty && hasNoParticulars
  }
}
