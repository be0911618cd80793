/// How many calls go on, and how many of them are half open: their INVITE has no final response.
/// One word, so that both change at once.
package struct Headcount: Hashable, Sendable {
  var word: UInt64

  init(word: UInt64) { self.word = word }

  /// - Parameter halfOpen: how many of the calls have no final response.
  package init(calls: Int, halfOpen: Int) {
    word = UInt64(truncatingIfNeeded: halfOpen) << 32 | UInt64(UInt32(truncatingIfNeeded: calls))
  }

  /// A call without a final response, and one that has a 2xx.
  static let ringing = Headcount(calls: 1, halfOpen: 1)
  static let talking = Headcount(calls: 1, halfOpen: 0)
  /// What a call gives back when it is answered.
  static let answer = Headcount(calls: 0, halfOpen: 1)

  /// How many calls, half-open ones included.
  package var calls: Int { Int(word & 0xffff_ffff) }
  /// How many of them have no final response to their INVITE.
  package var halfOpen: Int { Int(word >> 32) }
}

/// How much of a count may be taken.
struct Bound: Hashable, Sendable {
  var calls = UInt32.max
  var halfOpen = UInt32.max

  static let none = Bound()

  /// Whether one more call, which has no final response yet, has room.
  @inline(__always)
  func admits(_ count: Headcount) -> Bool {
    count.calls < Int(calls) && count.halfOpen < Int(halfOpen)
  }
}

/// What came of taking a place in a count.
struct Taking {
  /// What the count was before.
  var before: Headcount
  var isTaken: Bool
}

/// A recount: how many calls stand in each count. An audit holds that of the records of all workers
/// against that of the ledger.
package struct Tally: Hashable, Sendable {
  /// Of the element.
  package var all = Headcount(word: 0)
  /// Of each peer those that it has begun.
  package var callers: [PeerID: Headcount] = [:]
  /// Of each peer those that go out to it.
  package var callees: [PeerID: Headcount] = [:]
  /// Of each source, beginning of a called user and target that is counted, by its name.
  package var named: [UInt64: Headcount] = [:]

  /// Of no call.
  package init() {}

  /// Adds a call.
  package mutating func add(_ seat: Seat, isHalfOpen: Bool) {
    let one = isHalfOpen ? Headcount.ringing : .talking
    all.word &+= one.word
    callers[seat.caller, default: Headcount(word: 0)].word &+= one.word
    callees[seat.callee, default: Headcount(word: 0)].word &+= one.word
    for place in 0..<Seat.most where seat[place] != 0 {
      named[seat[place], default: Headcount(word: 0)].word &+= one.word
    }
    if seat.target != 0 { named[seat.target, default: Headcount(word: 0)].word &+= one.word }
  }
}
