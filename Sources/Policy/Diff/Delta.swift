import Basics
import Border
import Routing
import SIP

/// What two policies have not in common: only that is worth a question.
///
/// Routes that mean the same and stand in the same order to one another in both policies are left
/// out. Whatever request is taken by one such route before and by another after would have to be
/// taken by both in both, and the first of them is the same in both: so of any request whose
/// verdict changes, one of the two routes that take it is another, or stands elsewhere.
struct Delta: Sendable {
  /// The routes of one policy that are worth a look.
  struct Side: Sendable {
    /// Places of routes that the other policy does not have there.
    var changed: Set<Int> = []
    /// Places of these, and of routes that may take requests before them, in their order.
    var kept: [Int] = []
  }

  let renames: Renames
  private(set) var old = Side()
  private(set) var new = Side()
  /// Whether what no route takes gets another answer.
  private(set) var isRestChanged: Bool
  /// The names of peers that differ, or that only one policy has; those of the policy before.
  private(set) var peers: Set<String> = []
  /// Peers of both that may send other requests, or are heard from other places.
  private(set) var senders: Set<String> = []
  /// The methods that each of these may send in one of the policies only.
  private(set) var changedMethods: [String: MethodSet] = [:]
  /// Whether listeners of one name are of one kind in both policies.
  private(set) var areListenersAlike = true

  /// Comparisons of routes with routes that are made, to leave out those that matter to no other.
  private static let comparisons = 20_000_000

  /// - Parameter isWhole: whether everything is taken for different.
  init(_ old: Snapshot, _ new: Snapshot, isWhole: Bool) {
    renames = Renames(old, new)
    isRestChanged = old.configuration.routing.noRoute != new.configuration.routing.noRoute
    let before = Meanings(old)
    let after = Meanings(new, renames.peers, renames.routes)
    peers = Set(before.peers.keys).union(after.peers.keys).filter {
      before.peers[$0] != after.peers[$0]
    }
    noteSenders(before.peers, after.peers)
    for (place, name) in old.listeners.enumerated() {
      let other = new.listeners.firstIndex(of: name).map { new.configuration.listeners[$0] }
      let own = old.configuration.listeners[place]
      let isAlike =
        other.map {
          $0.transport == own.transport
            && $0.local.address.isIPv4 == own.local.address.isIPv4
        } ?? true
      if !isAlike { areListenersAlike = false }
    }
    if isWhole {
      areListenersAlike = false
      isRestChanged = true
    }
    compareRoutes(before.routes, after.routes)
    keep(old.configuration.routing.routes, new.configuration.routing.routes, before, after)
  }

  private mutating func noteSenders(
    _ before: [String: PeerMeaning], _ after: [String: PeerMeaning]
  ) {
    for name in peers {
      guard let one = before[name], let other = after[name] else { continue }
      let isSame =
        one.methods == other.methods && one.mode == other.mode && one.sources == other.sources
        && one.listeners == other.listeners
      if isSame { continue }
      senders.insert(name)
      changedMethods[name] =
        one.mode == other.mode
        ? MethodSet(bits: one.methods.bits ^ other.methods.bits)
        : MethodSet(bits: ~(one.methods.bits & other.methods.bits))
    }
  }

  private mutating func compareRoutes(_ before: [Meanings.Named], _ after: [Meanings.Named]) {
    old.changed = Set(before.indices)
    new.changed = Set(after.indices)
    guard areListenersAlike else { return }
    var places: [Meanings.Named: [Int]] = [:]
    for place in before.indices.reversed() { places[before[place], default: []].append(place) }
    let pairs = after.indices.compactMap { place in
      places[after[place]]?.popLast().map { (old: $0, new: place) }
    }
    for place in Self.rising(pairs.map(\.old)) {
      old.changed.remove(pairs[place].old)
      new.changed.remove(pairs[place].new)
    }
  }

  /// The places of a longest part of some numbers that rises (by patience sorting).
  static func rising(_ numbers: [Int]) -> [Int] {
    var ends: [Int] = []
    var before = [Int?](repeating: nil, count: numbers.count)
    for place in numbers.indices {
      var (low, high) = (0, ends.count)
      while low < high {
        let middle = (low + high) / 2
        if numbers[ends[middle]] < numbers[place] { low = middle + 1 } else { high = middle }
      }
      if low > 0 { before[place] = ends[low - 1] }
      if low == ends.count { ends.append(place) } else { ends[low] = place }
    }
    var rising: [Int] = []
    var next = ends.last
    while let place = next {
      rising.append(place)
      next = before[place]
    }
    return rising.reversed()
  }

  /// Leaves out what shares no request with a route that changed.
  private mutating func keep(
    _ before: [Routing.Rules.Route], _ after: [Routing.Rules.Route], _ old: Meanings,
    _ new: Meanings
  ) {
    let changed =
      self.old.changed.sorted().map { old.routes[$0].meaning }
      + self.new.changed.sorted().map { new.routes[$0].meaning }
    let isWhole =
      isRestChanged || changed.count * (before.count + after.count) > Self.comparisons
    func kept(_ side: Side, _ meanings: Meanings) -> [Int] {
      meanings.routes.indices.filter { place in
        if isWhole || side.changed.contains(place) { return true }
        let route = meanings.routes[place].meaning
        return changed.contains { !$0.isApart(from: route) }
      }
    }
    self.old.kept = kept(self.old, old)
    self.new.kept = kept(self.new, new)
  }
}

extension RouteMeaning {
  /// Whether it is plain that no request can be for both.
  func isApart(from other: RouteMeaning) -> Bool {
    if methods.bits & other.methods.bits == 0 { return true }
    if !from.isEmpty, !other.from.isEmpty, from.isDisjoint(with: other.from) { return true }
    let (own, others) = (requestURI, other.requestURI)
    if !own.domains.isEmpty, !others.domains.isEmpty, own.domains.isDisjoint(with: others.domains) {
      return true
    }
    guard !own.userPrefixes.isEmpty, !others.userPrefixes.isEmpty else { return false }
    return own.userPrefixes.allSatisfy { one in
      others.userPrefixes.allSatisfy { Self.areApart(one, $0) }
    }
  }

  /// Two beginnings of numbers, or two of other users, one of which begins with the other, can be
  /// those of one user. A number and another are read in two ways, and nothing is said of them.
  private static func areApart(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    func isNumber(_ text: [UInt8]) -> Bool { text.allSatisfy { $0 == 0x2b || $0 &- 0x30 < 10 } }
    guard isNumber(one) == isNumber(other) else { return false }
    return !one.starts(with: other) && !other.starts(with: one)
  }
}
