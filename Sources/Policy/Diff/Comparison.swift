import Admission
import Basics
import Border
import Routing
import SIP

/// What two policies do differently: not where their texts differ, but which requests get another
/// verdict, each kind with one of them.
package struct Comparison: Sendable, Encodable {
  /// A kind of requests that get another verdict.
  package struct Change: Sendable, Encodable {
    /// What it is about: `listener`, `peer`, `route` or `element`.
    package var kind: String
    /// Its name in the policies.
    package var name: String
    /// What has become of it, in words.
    package var fact: String
    /// Methods of requests that were found to be of this kind.
    package var methods: [String] = []
    /// Peers from which such requests were found to come.
    package var peers: [String] = []
    /// What becomes of the witness in the policy as it is.
    package var old: Outcome
    /// As `old`, for the policy as it is to be.
    package var new: Outcome
    /// One request of this kind.
    package var witness: Witness
  }

  /// Requests that get another verdict, kind by kind.
  package internal(set) var changes: [Change] = []
  /// Settings that no verdict of one request shows.
  package internal(set) var settings: [SettingChange] = []
  /// How many requests both policies were asked about.
  package internal(set) var requests = 0
  /// Whether the search was given up before it had looked at everything.
  package internal(set) var isCut = false

  /// Whether they do the same.
  package var isEmpty: Bool { changes.isEmpty && settings.isEmpty }

  /// Compares two policies.
  package static func of(_ old: Snapshot, _ new: Snapshot) -> Comparison {
    var hearing = Hearing(old, new)
    hearing.askAll()
    var comparison = hearing.comparison
    comparison.settings = SettingChange.all(old, new)
    return comparison
  }
}

/// The questions that two policies are asked, and what came of them.
struct Hearing: ~Copyable {
  /// The most requests that are put to both.
  static let requests = 20_000
  /// The most steps of the search for requests.
  static let steps = 20_000_000
  /// The most peers that are named of one kind of changes.
  static let peers = 64

  private var old: Bench
  private var new: Bench
  private let snapshots: (old: Snapshot, new: Snapshot)
  private let callers: [Caller]
  private(set) var comparison = Comparison()
  private var search = BoxSearch(steps: steps)
  private var kinds: [Kind: Int] = [:]

  /// What changes have in common that are told as one.
  private struct Kind: Hashable {
    var name: String
    var fact: String
    var old: String
    var new: String
  }

  init(_ old: Snapshot, _ new: Snapshot) {
    self.old = Bench(old)
    self.new = Bench(new)
    snapshots = (old, new)
    callers = Caller.all(old, new)
  }

  mutating func askAll() {
    askOfCallers()
    let known = callers.filter { $0.old != nil && $0.new != nil }
    for scheme in ["sip", "tel"] where !known.isEmpty {
      let grid = Grid(snapshots.old, snapshots.new, scheme: scheme, callers: known)
      if grid.isCut { comparison.isCut = true }
      askOfRoutes(grid)
    }
    askOfNames(known)
    if search.isCut { comparison.isCut = true }
    comparison.changes.sort { ($0.kind, $0.name) < ($1.kind, $1.name) }
  }

  /// Puts a request to both.
  /// - Returns: the place of the change that it shows, if it shows one.
  @discardableResult
  private mutating func ask(_ witness: Witness) -> Int? {
    guard comparison.requests < Self.requests else {
      comparison.isCut = true
      return nil
    }
    comparison.requests += 1
    guard let before = old.outcome(of: witness), let after = new.outcome(of: witness),
      before.essence != after.essence
    else { return nil }
    let change = Comparison.Change(before, after, witness, snapshots.old, snapshots.new)
    let kind = Kind(
      name: "\(change.kind) \(change.name)", fact: change.fact, old: change.gist(before),
      new: change.gist(after))
    let place = kinds[kind] ?? comparison.changes.count
    if place == comparison.changes.count { comparison.changes.append(change) }
    kinds[kind] = place
    note(witness.request.split(separator: " ").first.map(String.init), in: \.methods, of: place)
    note(before.peer ?? after.peer, in: \.peers, of: place)
    return place
  }

  private mutating func note(
    _ word: String?, in list: WritableKeyPath<Comparison.Change, [String]>, of place: Int
  ) {
    guard let word, !comparison.changes[place][keyPath: list].contains(word) else { return }
    comparison.changes[place][keyPath: list].append(word)
  }

  // MARK: Sources and methods

  /// Whoever is somebody else's to the other policy, or may send something else.
  private mutating func askOfCallers() {
    for caller in callers {
      let before = caller.old.map { snapshots.old.configuration.admission.peers[Int($0.raw)] }
      let after = caller.new.map { snapshots.new.configuration.admission.peers[Int($0.raw)] }
      if before?.name == after?.name, before?.methods == after?.methods,
        before?.mode == after?.mode
      {
        continue
      }
      for method in before?.name == after?.name ? Grid.methods : [.invite] {
        var draft = Draft()
        draft.method = Grid.name(method)
        ask(draft.witness(from: caller.from, to: caller.listener))
      }
    }
  }

  // MARK: Routes

  private mutating func askOfRoutes(_ grid: Grid) {
    var listeners: [(name: String, callers: Bits)] = []
    for (place, caller) in grid.callers.enumerated() {
      let known = listeners.firstIndex { $0.name == caller.listener }
      if known == nil {
        listeners.append((caller.listener, Bits(count: grid.callers.count)))
      }
      listeners[known ?? listeners.count - 1].callers.insert(place)
    }
    for one in grid.old {
      for other in grid.new where one.box.meets(other.box) {
        guard search.take(steps: 1 + (grid.old.count + grid.new.count) / 8) else { return }
        let outside = grid.outside(one, other)
        let both = one.box.intersection(other.box)
        if outside.contains(where: both.isWithin) { continue }
        for listener in listeners {
          let box = both.with(0, both.sides[0].intersection(listener.callers))
          ask(box, outside, grid)
        }
      }
    }
  }

  /// Asks about one request of a box, and where that shows a change, of each method and peer.
  private mutating func ask(_ box: Box, _ outside: [Box], _ grid: Grid) {
    guard let found = search.part(of: box, outside: outside), let witness = grid.witness(found),
      ask(witness) != nil
    else { return }
    for plane in [1, 0] {
      let count = plane == 1 ? Grid.methods.count : min(grid.callers.count, Self.peers)
      for value in 0..<count where box.sides[plane].contains(value) {
        var one = Bits(count: plane == 1 ? Grid.methods.count : grid.callers.count)
        one.insert(value)
        guard let part = search.part(of: box.with(plane, one), outside: outside),
          let witness = grid.witness(part)
        else { continue }
        ask(witness)
      }
    }
  }

  // MARK: Names

  /// Requests that the routes have no say in: those with a Route header, and those for the element
  /// itself.
  private mutating func askOfNames(_ callers: [Caller]) {
    let hops = snapshots.old.hops + snapshots.new.hops.filter { !snapshots.old.hops.contains($0) }
    var seen: Set<String> = []
    for caller in callers where seen.insert(caller.listener).inserted {
      for hop in hops + [Samples.foreignHost] {
        var draft = Draft()
        draft.headers = [("Route", ["<sip:\(hop);lr>"])]
        ask(draft.witness(from: caller.from, to: caller.listener))
      }
      for name in Set(snapshots.old.ownNames + snapshots.new.ownNames).sorted() {
        ask(
          Witness(request: "OPTIONS sip:\(name)", from: caller.from, listener: caller.listener))
      }
    }
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

extension Snapshot {
  /// Where a Route header may lead: names of peers, their targets, and an address of each source.
  fileprivate var hops: [String] {
    let routing = configuration.routing
    let names = routing.peers.flatMap(\.names).map { String(decoding: $0, as: UTF8.self) }
    let sources = Caller.representatives(of: routing.sources)
    let literals = sources.map { $0.isIPv4 ? $0.text : "[\($0.text)]" }
    return names + routing.peerTargets.map(\.endpoint.text) + literals
  }

  fileprivate var ownNames: [String] {
    configuration.names.map { String(decoding: $0, as: UTF8.self) }
      + configuration.listeners.map(\.local.text)
  }
}
