import BasicContainers
import Synchronization

/// How many calls go on, over all workers and versions of the policy: of the element, of each peer
/// on either side, and by name of what only some rules count. It knows nothing of limits. What the
/// element and its peers have are words that change without a lock; what has a name stands in one
/// of a few tables, each with a lock that is held for one look-up, where a call begins, is
/// answered, moves and ends.
final class Ledger: Sendable {
  /// The element, then two for each peer that has words.
  private let words: RigidArray<Atomic<UInt64>>
  private let tables: RigidArray<Mutex<NamedCounts>>
  /// Peers beyond these have counts with names.
  private let peers: Int
  /// The longest name that is made of a peer's number: these always find room.
  static let longestNumber: UInt64 = 2 * 0x10000
  /// Stands in every other name, so that none is as short.
  static let nameMark: UInt64 = 1 << 40

  /// - Parameter peers: how many peers there are today; room is left for as many more.
  init(peers: Int) {
    self.peers = max(Limits.ledgerPeers, 2 * peers)
    var words = RigidArray<Atomic<UInt64>>(capacity: 1 + 2 * self.peers)
    for _ in 0...2 * self.peers { words.append(Atomic(0)) }
    self.words = words
    var tables = RigidArray<Mutex<NamedCounts>>(capacity: Limits.ledgerTables)
    for _ in 0..<Limits.ledgerTables {
      tables.append(Mutex(NamedCounts(limit: Limits.namedCounts / Limits.ledgerTables)))
    }
    self.tables = tables
  }

  /// One count.
  enum Count: Hashable, Sendable {
    case element
    case caller(PeerID)
    case callee(PeerID)
    /// Never 0.
    case named(UInt64)
  }

  private enum Site {
    case word(Int)
    case table(UInt64)
  }

  private func site(_ count: Count) -> Site {
    switch count {
    case .element: .word(0)
    case .caller(let peer): site(peer, 0)
    case .callee(let peer): site(peer, 1)
    case .named(let name): .table(name)
    }
  }

  private func site(_ peer: PeerID, _ side: Int) -> Site {
    let place = Int(peer.raw)
    if place < peers { return .word(1 &+ 2 &* place &+ side) }
    return .table(UInt64(1 &+ 2 &* place &+ side))
  }

  /// Adds to a count as far as its bound lets.
  /// - Returns: `nil` where there is no room for another count with a name.
  func take(_ count: Count, _ change: Headcount, within bound: Bound = .none) -> Taking? {
    switch site(count) {
    case .table(let name):
      return tables[Self.table(of: name)].withLock { $0.take(name, change, within: bound) }
    case .word(let place):
      var seen = words[place].load(ordering: .relaxed)
      while bound.admits(Headcount(word: seen)) {
        let outcome = words[place].compareExchange(
          expected: seen, desired: seen &+ change.word, ordering: .relaxed)
        if outcome.exchanged { return Taking(before: Headcount(word: seen), isTaken: true) }
        seen = outcome.original
      }
      return Taking(before: Headcount(word: seen), isTaken: false)
    }
  }

  /// Gives back what was taken of a count.
  func give(_ count: Count, _ change: Headcount) {
    switch site(count) {
    case .table(let name): tables[Self.table(of: name)].withLock { $0.give(name, change) }
    case .word(let place): words[place].wrappingSubtract(change.word, ordering: .relaxed)
    }
  }

  /// The high bits: a table uses the low ones.
  private static func table(of name: UInt64) -> Int {
    Int(name >> 56) % Limits.ledgerTables
  }
}

// MARK: - What a call does

extension Ledger {
  /// A call got a 2xx: it is half open no more.
  func answered(_ seat: Seat) { give(seat, .answer) }

  /// A call has ended.
  /// - Parameter isHalfOpen: whether its INVITE had no 2xx.
  func ended(_ seat: Seat, isHalfOpen: Bool) {
    give(seat, isHalfOpen ? .ringing : .talking)
  }

  /// A call that had ended goes on after a late 2xx: it counts, whatever the limits say, as it is
  /// there. Names for which there is no room any more are taken off its seat.
  func resumed(_ seat: inout Seat) {
    _ = take(.element, .talking)
    _ = take(.caller(seat.caller), .talking)
    _ = take(.callee(seat.callee), .talking)
    for place in 0..<Seat.most where seat[place] != 0 {
      if take(.named(seat[place]), .talking) == nil { seat[place] = 0 }
    }
    if seat.target != 0, take(.named(seat.target), .talking) == nil { seat.target = 0 }
  }

  private func give(_ seat: Seat, _ change: Headcount) {
    give(.element, change)
    give(.caller(seat.caller), change)
    give(.callee(seat.callee), change)
    for place in 0..<Seat.most where seat[place] != 0 { give(.named(seat[place]), change) }
    if seat.target != 0 { give(.named(seat.target), change) }
  }
}

// MARK: - What the operator asks

extension Ledger {
  /// How many calls the element has.
  var all: Headcount { Headcount(word: words[0].load(ordering: .relaxed)) }

  /// How many calls a peer has begun.
  func count(caller: PeerID) -> Headcount { count(.caller(caller)) }

  /// How many calls go out to a peer.
  func count(callee: PeerID) -> Headcount { count(.callee(callee)) }

  private func count(_ count: Count) -> Headcount {
    switch site(count) {
    case .word(let place): return Headcount(word: words[place].load(ordering: .relaxed))
    case .table(let wanted):
      var found = Headcount(word: 0)
      tables[Self.table(of: wanted)].withLock { table in
        table.forEach { name, count in if name == wanted { found = count } }
      }
      return found
    }
  }

  /// All counts that are not zero. While calls come and go it is a moment's only for each count.
  func tally() -> Tally {
    var tally = Tally()
    tally.all = all
    for place in 0..<peers {
      let peer = PeerID(raw: UInt16(truncatingIfNeeded: place))
      let (caller, callee) = (count(.caller(peer)), count(.callee(peer)))
      if caller.word != 0 { tally.callers[peer] = caller }
      if callee.word != 0 { tally.callees[peer] = callee }
    }
    for table in 0..<tables.count {
      tables[table].withLock { counts in
        counts.forEach { name, count in add(name, count, to: &tally) }
      }
    }
    return tally
  }

  private func add(_ name: UInt64, _ count: Headcount, to tally: inout Tally) {
    guard name <= Self.longestNumber else {
      tally.named[name] = count
      return
    }
    let peer = PeerID(raw: UInt16(truncatingIfNeeded: (name - 1) / 2))
    if name % 2 == 1 { tally.callers[peer] = count } else { tally.callees[peer] = count }
  }
}
