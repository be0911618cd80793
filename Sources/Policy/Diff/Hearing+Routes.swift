import Border
import Routing
import SIP

// Routes: for each two of them that are not the same, a request that the one takes in one policy
// and the other in the other.
extension Hearing {
  mutating func askOfRoutes(_ grid: Grid) {
    var listeners: [(name: String, callers: Bits)] = []
    for (place, caller) in grid.callers.enumerated() {
      let known = listeners.firstIndex { $0.name == caller.listener }
      if known == nil {
        listeners.append((caller.listener, Bits(count: grid.callers.count)))
      }
      listeners[known ?? listeners.count - 1].callers.insert(place)
    }
    for one in grid.old {
      for other in grid.new where isChanged(one, in: delta.old) || isChanged(other, in: delta.new) {
        guard search.take(steps: 1) else { return missRoutes(one, other, grid) }
        guard one.box.meets(other.box) else { continue }
        ask(one, other, listeners.map(\.callers), grid)
        if isFull || search.isCut { return missRoutes(one, other, grid) }
      }
    }
  }

  private mutating func ask(
    _ one: Grid.Entry, _ other: Grid.Entry, _ listeners: [Bits], _ grid: Grid
  ) {
    guard search.take(steps: (grid.old.count + grid.new.count) / 8) else { return }
    let outside = grid.outside(one, other)
    let both = one.box.intersection(other.box)
    if outside.contains(where: both.isWithin) { return }
    for callers in listeners {
      let box = both.with(0, both.sides[0].intersection(callers))
      for part in grid.parts(of: box) { ask(part, outside, grid) }
    }
  }

  private func isChanged(_ entry: Grid.Entry, in side: Delta.Side) -> Bool {
    entry.route.map(side.changed.contains) ?? delta.isRestChanged
  }

  /// Asks about one request of a box, and where that shows a change, of each method and peer.
  private mutating func ask(_ box: Box, _ outside: [Box], _ grid: Grid) {
    guard let found = search.part(of: box, outside: outside), ask(found, grid) else { return }
    for plane in [1, 0] {
      let count = plane == 1 ? Grid.methods.count : min(grid.callers.count, Self.peers)
      for value in 0..<count where box.sides[plane].contains(value) {
        // The other half is for other routes: what changes there counts for more.
        guard comparison.requests < bounds.requests / 2 else {
          return miss(
            "\(grid.scheme): other methods and peers of kinds of requests behind the first"
              + " \(bounds.requests / 2) requests")
        }
        var one = Bits(count: plane == 1 ? Grid.methods.count : grid.callers.count)
        one.insert(value)
        guard let part = search.part(of: box.with(plane, one), outside: outside) else { continue }
        _ = ask(part, grid)
      }
    }
  }

  private mutating func ask(_ box: Box, _ grid: Grid) -> Bool {
    guard let witness = grid.witness(box), mayAsk() else { return false }
    return ask(witness)
  }

  /// Notes from which pair of routes on nothing was compared.
  private mutating func missRoutes(_ one: Grid.Entry, _ other: Grid.Entry, _ grid: Grid) {
    let all = grid.old.map { (grid.new.count, isChanged($0, in: delta.old)) }
    let changed = grid.new.count { isChanged($0, in: delta.new) }
    let pairs = all.reduce(0) { $0 + ($1.1 ? $1.0 : changed) }
    let done = grid.old.prefix { $0.route != one.route }.reduce(0) {
      $0 + (isChanged($1, in: delta.old) ? grid.new.count : changed)
    }
    let bound =
      isFull ? "\(bounds.requests) requests" : "\(bounds.steps) steps of the search for requests"
    func name(_ entry: Grid.Entry) -> String {
      entry.route == nil ? "what no route takes" : "`\(entry.name)`"
    }
    miss(
      "\(grid.scheme): requests, from route \(name(one)) of the policy as it is against"
        + " \(name(other)) on: about \(pairs - done) of \(pairs) pairs of routes were not compared,"
        + " since the bound of \(bound) was reached")
  }
}

extension Grid {
  /// What two routes do not take of what they are for, because an earlier route takes it or
  /// Admission refuses it.
  func outside(_ one: Entry, _ other: Entry) -> [Box] {
    var outside = Self.before(one, in: old) + Self.before(other, in: new)
    // Of one that only observes, what the same one of the other policy would not see either.
    if !one.takes { outside += Self.twins(of: one, in: new) }
    if !other.takes { outside += Self.twins(of: other, in: old) }
    return outside + refused.old + refused.new
  }

  private static func before(_ entry: Entry, in entries: [Entry]) -> [Box] {
    let end = entry.route ?? .max
    return entries.filter { $0.takes && ($0.route ?? .max) < end }.map(\.box)
  }

  private static func twins(of entry: Entry, in others: [Entry]) -> [Box] {
    others.filter { !$0.takes && $0.name == entry.name }.map(\.box)
  }
}
