import Basics
import SIP

/// The session limits of a policy, laid out for look-ups: for each peer those that hold for calls
/// from it and those for calls to it.
struct Sessions: Sendable {
  /// A rule that bounds a count.
  struct Entry: Sendable {
    /// Its place in `Rules.sessionLimits`.
    var rule: Int
    var bound: Bound
    var isEnforced: Bool

    init(_ rule: Int, _ limit: Rules.SessionLimit) {
      self.rule = rule
      bound = Bound(calls: limit.calls ?? .max, halfOpen: limit.halfOpen ?? .max)
      isEnforced = limit.mode == .enforce
    }
  }

  /// Rules that bound one narrow count: by source those with the same bits, by beginning of the
  /// called user one.
  struct Group: Sendable {
    enum Kind: Hashable, Sendable {
      case source(ipv4Bits: UInt8, ipv6Bits: UInt8)
      case calledPrefix(rule: Int)
    }

    var kind: Kind
    var entries: Range<Int>
  }

  /// What holds for one peer, as ranges of the entries and groups.
  struct Plan: Sendable {
    var caller = 0..<0
    var narrow = 0..<0
    var callee = 0..<0
    var target = 0..<0
  }

  let rules: [Rules.SessionLimit]
  let ledger: Ledger
  private let meters: Meters
  private let secret: Key
  /// How many limits stand before these in the order of all limits.
  private let base: Int
  private var entries: [Entry] = []
  private var groups: [Group] = []
  private var element = 0..<0
  private var plans: [Plan] = []
  private var names: [UInt64] = []

  init(_ rules: Rules, _ meters: Meters, _ ledger: Ledger, _ secret: Key) {
    self.rules = rules.sessionLimits
    self.meters = meters
    self.ledger = ledger
    self.secret = secret
    base = rules.rateLimits.count
    names = rules.sessionLimits.map { Rates.number($0.name) }
    let holding = Holding(rules.sessionLimits)
    element = add(rules.sessionLimits.indices.filter { self.rules[$0].subject == .element })
    plans.reserveCapacity(rules.peers.count)
    for peer in rules.peers {
      let own = holding.rules(for: peer.id)
      func those(_ subject: Rules.SessionLimit.Subject) -> [Int] {
        own.filter { rules.sessionLimits[$0].subject == subject }
      }
      var plan = Plan()
      plan.caller = add(those(.peer))
      plan.callee = add(those(.egress))
      plan.target = add(those(.target))
      plan.narrow = addGroups(those(.source) + those(.calledPrefix))
      plans.append(plan)
    }
  }

  private mutating func add(_ places: [Int]) -> Range<Int> {
    let first = entries.count
    entries += places.map { Entry($0, rules[$0]) }
    return first..<entries.count
  }

  private mutating func addGroups(_ places: [Int]) -> Range<Int> {
    let first = groups.count
    var byKind: [(kind: Group.Kind, rules: [Int])] = []
    for place in places {
      let rule = rules[place]
      let kind: Group.Kind =
        rule.subject == .source
        ? .source(ipv4Bits: rule.ipv4Bits, ipv6Bits: rule.ipv6Bits) : .calledPrefix(rule: place)
      if let known = byKind.firstIndex(where: { $0.kind == kind }) {
        byKind[known].rules.append(place)
      } else {
        byKind.append((kind, [place]))
      }
    }
    // More are refused where the policy is loaded.
    for group in byKind.prefix(Seat.most) {
      groups.append(Group(kind: group.kind, entries: add(group.rules)))
    }
    return first..<groups.count
  }
}

/// Which rules hold for a peer; found without looking at each rule for each peer.
struct Holding {
  private var all: [Int] = []
  private var own: [PeerID: [Int]] = [:]

  init(_ limits: [Rules.SessionLimit]) {
    for (place, limit) in limits.enumerated() {
      guard let peers = limit.peers else {
        all.append(place)
        continue
      }
      for peer in Set(peers) { own[peer, default: []].append(place) }
    }
  }

  /// In the order of the policy.
  func rules(for peer: PeerID) -> [Int] {
    guard let own = own[peer] else { return all }
    return (all + own).sorted()
  }
}

extension Rules {
  /// How many narrow counts a call of a peer would stand in; `Seat.most` is the most.
  package func narrowCounts(of peer: PeerID) -> Int {
    var sources: Set<[UInt8]> = []
    var others = 0
    for limit in sessionLimits where limit.peers?.contains(peer) ?? true {
      switch limit.subject {
      case .source: sources.insert([limit.ipv4Bits, limit.ipv6Bits])
      case .calledPrefix: others += 1
      case .element, .peer, .egress, .target: break
      }
    }
    return sources.count + others
  }
}

// MARK: - A call begins

extension Sessions {
  /// Counts a call that begins, with all but its way out.
  /// - Parameters:
  ///   - flow: what its INVITE came by.
  ///   - seat: takes the names of what it is counted under.
  /// - Returns: the rule that is full; then nothing is counted.
  func enter(
    _ message: borrowing Message, _ flow: Flow, at now: Instant, _ seat: inout Seat,
    _ marks: inout Marks
  ) -> Int? {
    let plan = plan(of: seat.caller)
    if let full = take(.element, .ringing, element, now, &marks) { return full }
    if let full = take(.caller(seat.caller), .ringing, plan.caller, now, &marks) {
      ledger.give(.element, .ringing)
      return full
    }
    for place in plan.narrow {
      let name = name(of: groups[place], message, flow, seat.caller)
      guard name != 0 else { continue }
      if let full = take(.named(name), .ringing, groups[place].entries, now, &marks) {
        leaveEntered(seat)
        return full
      }
      seat[place &- plan.narrow.lowerBound] = name
    }
    return nil
  }

  /// Gives back what `enter` has counted.
  func leaveEntered(_ seat: Seat) {
    ledger.give(.element, .ringing)
    ledger.give(.caller(seat.caller), .ringing)
    for place in 0..<Seat.most where seat[place] != 0 {
      ledger.give(.named(seat[place]), .ringing)
    }
  }

  /// Counts a call, which has entered, for a way out.
  /// - Parameter seat: gets the way out, where that is not full.
  /// - Returns: the rule that is full; then nothing is counted.
  func depart(
    to callee: PeerID, _ endpoint: Endpoint, at now: Instant, _ seat: inout Seat,
    _ marks: inout Marks
  ) -> Int? {
    let way = WayOut(callee, endpoint, .ringing, isForced: false)
    return approach(way, now, &seat, &marks)
  }

  /// Moves a call to another way out; it never holds less than one on the way.
  /// - Parameter isForced: it is there already, by a late answer.
  /// - Returns: the rule that is full; then the call stays counted where it was.
  func move(
    to callee: PeerID, _ endpoint: Endpoint, isHalfOpen: Bool, isForced: Bool, at now: Instant,
    _ seat: inout Seat, _ marks: inout Marks
  ) -> Int? {
    let former = seat
    let way = WayOut(callee, endpoint, isHalfOpen ? .ringing : .talking, isForced: isForced)
    if callee == former.callee {
      let target = name(of: way)
      if target == former.target { return nil }
      if let full = takeTarget(way, target, now, &seat, &marks) { return full }
    } else {
      if let full = approach(way, now, &seat, &marks) { return full }
      ledger.give(.callee(former.callee), way.count)
    }
    if former.target != 0 { ledger.give(.named(former.target), way.count) }
    return nil
  }

  struct WayOut {
    var callee: PeerID
    var endpoint: Endpoint
    /// What the call is, to the counts.
    var count: Headcount
    /// Whether limits are not asked.
    var isForced: Bool

    init(_ callee: PeerID, _ endpoint: Endpoint, _ count: Headcount, isForced: Bool) {
      (self.callee, self.endpoint) = (callee, endpoint)
      (self.count, self.isForced) = (count, isForced)
    }
  }

  private func approach(
    _ way: WayOut, _ now: Instant, _ seat: inout Seat, _ marks: inout Marks
  ) -> Int? {
    let rules = way.isForced ? 0..<0 : plan(of: way.callee).callee
    if let full = take(.callee(way.callee), way.count, rules, now, &marks) { return full }
    if let full = takeTarget(way, name(of: way), now, &seat, &marks) {
      ledger.give(.callee(way.callee), way.count)
      return full
    }
    seat.callee = way.callee
    return nil
  }

  private func takeTarget(
    _ way: WayOut, _ target: UInt64, _ now: Instant, _ seat: inout Seat, _ marks: inout Marks
  ) -> Int? {
    if target == 0 || way.isForced {
      let isCounted = target != 0 && ledger.take(.named(target), way.count) != nil
      seat.target = isCounted ? target : 0
      return nil
    }
    let rules = plan(of: way.callee).target
    if let full = take(.named(target), way.count, rules, now, &marks) { return full }
    seat.target = target
    return nil
  }
}

// MARK: - Counts and their rules

extension Sessions {
  /// What holds for a peer; nothing for one that only another version of the policy has.
  private func plan(of peer: PeerID) -> Plan {
    Int(peer.raw) < plans.count ? plans[Int(peer.raw)] : Plan()
  }

  /// Takes a place in a count as far as its rules let.
  /// - Returns: the first rule that does not.
  private func take(
    _ count: Ledger.Count, _ change: Headcount, _ rules: Range<Int>, _ now: Instant,
    _ marks: inout Marks
  ) -> Int? {
    var bound = Bound.none
    for place in rules where entries[place].isEnforced {
      bound.calls = min(bound.calls, entries[place].bound.calls)
      bound.halfOpen = min(bound.halfOpen, entries[place].bound.halfOpen)
    }
    guard let taking = ledger.take(count, change, within: bound) else {
      // No room for another count: what the rule cannot count it does not let in.
      return rules.isEmpty ? nil : entries[rules.lowerBound].rule
    }
    for place in rules where !entries[place].bound.admits(taking.before) {
      let rule = entries[place].rule
      if meters.bite(base &+ rule, at: now, mayBegin: marks.canBegin) {
        marks.begins(base &+ rule)
      }
      if entries[place].isEnforced { return rule }
      marks.observes(base &+ rule)
    }
    return nil
  }

  /// What a narrow count of a call is called; 0 where there is none.
  private func name(
    of group: Group, _ message: borrowing Message, _ flow: Flow, _ caller: PeerID
  ) -> UInt64 {
    var hash = KeyedHash(secret: secret)
    switch group.kind {
    case .source(let ipv4Bits, let ipv6Bits):
      let address = flow.remote.address
      let bits = address.isIPv4 ? ipv4Bits : ipv6Bits
      let network = Prefixes.masked(address, bits: bits)
      hash.combine(UInt64(bits) << 32 | UInt64(caller.raw) << 8 | 1)
      hash.combine(network.high)
      hash.combine(network.low)
    case .calledPrefix(let rule):
      guard let prefix = prefix(message, rule) else { return 0 }
      hash.combine(2)
      hash.combine(names[rule])
      hash.combine(Rates.number(rules[rule].prefixes[prefix]))
    }
    return hash.finish().a | Ledger.nameMark
  }

  /// The first beginning that a rule lists which the called user has.
  private func prefix(_ message: borrowing Message, _ rule: Int) -> Int? {
    guard let user = Rates.user(message) else { return nil }
    for place in 0..<rules[rule].prefixes.count
    where begins(message.bytes, user, rules[rule].prefixes[place]) {
      return place
    }
    return nil
  }

  /// What the count of a target is called, whatever the transport; 0 where targets are not counted.
  private func name(of way: WayOut) -> UInt64 {
    if plan(of: way.callee).target.isEmpty { return 0 }
    var hash = KeyedHash(secret: secret)
    hash.combine(UInt64(way.callee.raw) << 32 | UInt64(way.endpoint.port) << 8 | 3)
    hash.combine(way.endpoint.address.high)
    hash.combine(way.endpoint.address.low)
    return hash.finish().a | Ledger.nameMark
  }
}
