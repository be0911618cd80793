import BasicContainers
import Basics
import Synchronization

/// Buckets of sources that nobody has named: a table of one size for ever, which all workers use at
/// once without a lock.
///
/// A bucket is one word: 18 bits that tell the sources of a set apart, and 46 bits of TAT in
/// microseconds, which turn once in two years. A bucket that is full again (its TAT has passed)
/// knows nothing that an empty place does not, so it is taken out for nothing, and a flood of
/// sources that send little holds a place no longer than the interval of its pace. Where a set has
/// no such place, the bucket with the earliest TAT goes: of all that are there the one that has
/// sent the least.
final class SourceBuckets: Sendable {
  /// Places that a key may stand at: one line of the processor's cache.
  private static let ways = 8
  private static let timeBits: UInt64 = 46
  private static let timeMask: UInt64 = 1 << timeBits &- 1
  private let words: RigidArray<Atomic<UInt64>>
  private let setMask: UInt64

  /// - Parameter octets: how large it is at most; a power of two of them is used.
  init(octets: Int) {
    let sets = max(1, octets / (8 * Self.ways))
    let power = 1 << (Int.bitWidth - 1 - sets.leadingZeroBitCount)
    var words = RigidArray<Atomic<UInt64>>(capacity: power * Self.ways)
    for _ in 0..<power * Self.ways { words.append(Atomic(0)) }
    self.words = words
    setMask = UInt64(power - 1)
  }

  /// How many octets it holds.
  var octets: Int { words.count * 8 }

  /// Whether one more may happen, which then has happened.
  /// - Parameter key: a keyed hash of the source and of the limit; nobody can choose its place.
  func take(_ key: Key, _ pace: Pace, at now: Instant) -> Bool {
    let first = Int(truncatingIfNeeded: key.a & setMask) &* Self.ways
    let name = key.b << Self.timeBits
    while true {
      switch attempt(name, in: first..<first &+ Self.ways, pace, Self.time(now)) {
      case .taken: return true
      case .refused: return false
      case .overtaken: continue
      }
    }
  }

  private enum Spending {
    case taken, refused
    /// Another worker was here in between.
    case overtaken
  }

  private func attempt(
    _ name: UInt64, in set: Range<Int>, _ pace: Pace, _ time: UInt64
  ) -> Spending {
    var (place, found, least) = (set.lowerBound, UInt64(0), UInt64.max)
    for way in set {
      let word = words[way].load(ordering: .relaxed)
      let ahead = Self.lead(word, time)
      if ahead > 0, word & ~Self.timeMask == name { return spend(word, at: way, ahead, pace) }
      if ahead < least { (place, found, least) = (way, word, ahead) }
    }
    let expected = (time &+ Self.steps(pace.interval)) & Self.timeMask
    return exchange(at: place, found, name | expected) ? .taken : .overtaken
  }

  private func spend(
    _ word: UInt64, at place: Int, _ ahead: UInt64, _ pace: Pace
  ) -> Spending {
    guard ahead <= Self.steps(pace.tolerance) else { return .refused }
    let expected = (word &+ Self.steps(pace.interval)) & Self.timeMask
    return exchange(at: place, word, word & ~Self.timeMask | expected) ? .taken : .overtaken
  }

  private func exchange(at place: Int, _ old: UInt64, _ new: UInt64) -> Bool {
    words[place].compareExchange(expected: old, desired: new, ordering: .relaxed).exchanged
  }

  /// Microseconds on a clock of 46 bits.
  private static func time(_ now: Instant) -> UInt64 {
    UInt64(truncatingIfNeeded: now.nanoseconds / 1000) & timeMask
  }

  /// How far ahead a TAT lies; 0 for one that has passed, and for what is left of a former turn of
  /// the 46 bits: no bucket takes longer than `Limits.recovery` to fill.
  private static func lead(_ word: UInt64, _ time: UInt64) -> UInt64 {
    let ahead = (word &- time) & timeMask
    return ahead > UInt64(Limits.recovery.nanoseconds / 1000) ? 0 : ahead
  }

  /// Nanoseconds as microseconds, at least one.
  private static func steps(_ nanoseconds: Int64) -> UInt64 {
    UInt64(max(nanoseconds > 0 ? 1 : 0, nanoseconds / 1000))
  }
}
