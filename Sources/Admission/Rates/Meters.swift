import BasicContainers
package import Basics
import Synchronization

/// What is counted for the limits of one policy: the buckets of those that it names, how much each
/// rule has refused, and whether it refuses now. All in words that workers change without locks.
final class Meters: Sendable {
  /// What a rule has: a state of two words, and its buckets behind it.
  struct Block: Hashable, Sendable {
    /// Where it begins.
    var first: Int
    /// How many buckets.
    var buckets: Int
  }

  let words: RigidArray<Atomic<Int64>>
  /// By the names of the rules.
  private let blocks: [String: Block]
  /// The blocks of the rules, in their order.
  let order: [Block]

  /// - Parameters:
  ///   - rules: names and how many buckets each needs.
  ///   - former: those of the policy before: what has a name there goes on as it stands.
  init(_ rules: [(name: String, buckets: Int)], after former: Meters?) {
    var words = RigidArray<Atomic<Int64>>(capacity: rules.reduce(0) { $0 + 2 + $1.buckets })
    var blocks: [String: Block] = [:]
    var order: [Block] = []
    for rule in rules {
      let block = Block(first: words.count, buckets: rule.buckets)
      let old = former?.blocks[rule.name]
      for place in 0..<2 + rule.buckets {
        // Whether it bites is told anew under each policy.
        let kept = old.map { place != 1 && place < 2 + $0.buckets } ?? false
        words.append(Atomic(kept ? former!.words[old!.first + place].load(ordering: .relaxed) : 0))
      }
      blocks[rule.name] = block
      order.append(block)
    }
    self.words = words
    self.blocks = blocks
    self.order = order
  }

  /// Whether one more may happen, which then has happened.
  func take(_ bucket: Int, _ pace: Pace, at now: Instant) -> Bool {
    var expected = words[bucket].load(ordering: .relaxed)
    while let next = pace.after(expected, at: now.nanoseconds) {
      let outcome = words[bucket].compareExchange(
        expected: expected, desired: next, ordering: .relaxed)
      if outcome.exchanged { return true }
      expected = outcome.original
    }
    // Under the pace of an earlier policy it may have come to owe more than this one lets anybody.
    let most = now.nanoseconds &+ pace.recovery.nanoseconds
    if expected > most {
      _ = words[bucket].compareExchange(expected: expected, desired: most, ordering: .relaxed)
    }
    return false
  }
}

// MARK: - Alarms

extension Meters {
  /// A limit that has refused nothing for as long has stopped to bite.
  static let quiet = Interval.seconds(10)

  /// A rule has refused, or would have.
  /// - Parameter mayBegin: whether a beginning can be told; else it begins with a later one.
  /// - Returns: whether it begins to bite with this one; exactly one worker hears so.
  func bite(_ rule: Int, at now: Instant, mayBegin: Bool = true) -> Bool {
    let first = order[rule].first
    words[first].add(1, ordering: .relaxed)
    let end = (now + Self.quiet).nanoseconds
    var until = words[first + 1].load(ordering: .relaxed)
    // Not each of a flood moves the word that all workers look at.
    while until == 0 ? mayBegin : end &- until > Self.quiet.nanoseconds / 8 {
      let outcome = words[first + 1].compareExchange(
        expected: until, desired: end, ordering: .relaxed)
      if outcome.exchanged { return until == 0 }
      until = outcome.original
    }
    return false
  }

  /// Whether a rule still bites.
  /// - Returns: until when at least; `nil` for one that has stopped, which exactly one worker hears
  ///   as `.stopped`, and for one that did not bite.
  func state(_ rule: Int, at now: Instant) -> Biting {
    let first = order[rule].first
    let until = words[first + 1].load(ordering: .relaxed)
    if until == 0 { return .no }
    if until > now.nanoseconds { return .yes(until: Instant(nanoseconds: until)) }
    let outcome = words[first + 1].compareExchange(
      expected: until, desired: 0, ordering: .relaxed)
    return outcome.exchanged ? .stopped : .no
  }

  /// Whether a rule bites, without a change of its state.
  func bites(_ rule: Int, at now: Instant) -> Bool {
    words[order[rule].first + 1].load(ordering: .relaxed) > now.nanoseconds
  }

  /// How much a rule has refused, or would have, since the element began.
  func refused(_ rule: Int) -> Int { Int(words[order[rule].first].load(ordering: .relaxed)) }
}

/// Whether a limit refuses anything at the moment.
package enum Biting: Hashable, Sendable {
  case no
  /// It has refused something of late, and is to be looked at again then.
  case yes(until: Instant)
  /// It has refused nothing for a while, after it did.
  case stopped
}
