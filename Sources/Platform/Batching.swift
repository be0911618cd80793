import Basics

/// How long the loop waits for more before it looks: nothing costs as much as a turn of the loop
/// for one message. While messages are rare there is no wait at all; when they are many, it waits
/// until about `target` of them are there, and never longer than it was allowed to.
struct Batching {
  /// Messages that make a turn cheap; beyond it more waiting gains little.
  static let target: Int64 = 32
  /// Fewer than so many in the longest wait are not worth waiting for.
  static let worthwhile: Int64 = 3
  /// A sleep that is shorter, in nanoseconds, costs more than it gathers.
  static let shortest: Int64 = 20_000
  /// The time over which the rate is smoothed, in nanoseconds.
  static let memory: Int64 = 8_000_000

  /// The longest wait; 0 switches it off.
  let longest: Interval
  /// Messages for each second, smoothed.
  private(set) var rate: Int64 = 0
  private var last: Instant

  init(longest: Interval, now: Instant) {
    self.longest = longest
    self.last = now
  }

  /// Takes note of what a turn drained, and says how long to wait before the next.
  mutating func wait(after drained: Int, now: Instant) -> Interval {
    let elapsed = max(1, (now - last).nanoseconds)
    last = now
    let weight = min(elapsed, Self.memory)
    // rate += (drained / elapsed - rate) * weight / memory
    let seen = Int64(drained) &* 1_000_000_000 / elapsed
    rate &+= (seen &- rate) &* (weight / 1_000) / (Self.memory / 1_000)
    return wait
  }

  /// Whether there is so much that it is gathered.
  var isWorthwhile: Bool { wait.nanoseconds > 0 }

  private var wait: Interval {
    guard longest.nanoseconds > 0, rate > 0 else { return Interval(nanoseconds: 0) }
    let expected = rate &* (longest.nanoseconds / 1_000) / 1_000_000
    guard expected >= Self.worthwhile else { return Interval(nanoseconds: 0) }
    return min(longest, Interval(nanoseconds: Self.target &* 1_000_000_000 / rate))
  }
}
