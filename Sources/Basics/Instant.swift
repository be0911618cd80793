/// A length of time in nanoseconds. Smaller and cheaper than `Swift.Duration`, which is 128 bits
/// wide.
public struct Interval: Hashable, Comparable, Sendable {
  /// May be negative. 292 years fit.
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Wraps beyond 292 years instead of trapping.
  @inlinable
  public static func milliseconds(_ count: Int64) -> Interval {
    Interval(nanoseconds: count &* 1_000_000)
  }

  /// Wraps beyond 292 years instead of trapping.
  @inlinable
  public static func seconds(_ count: Int64) -> Interval {
    Interval(nanoseconds: count &* 1_000_000_000)
  }

  /// Whole milliseconds, rounded down.
  @inlinable
  public var milliseconds: Int64 { nanoseconds / 1_000_000 }

  @inlinable
  public static func < (a: Interval, b: Interval) -> Bool { a.nanoseconds < b.nanoseconds }

  @inlinable
  public static func + (a: Interval, b: Interval) -> Interval {
    Interval(nanoseconds: a.nanoseconds &+ b.nanoseconds)
  }

  @inlinable
  public static func * (a: Interval, factor: Int64) -> Interval {
    Interval(nanoseconds: a.nanoseconds &* factor)
  }
}

/// A point on the monotonic clock of this process. Nothing below `Platform` reads a clock: an
/// instant is always an argument, so that a test decides what time it is.
public struct Instant: Hashable, Comparable, Sendable {
  /// Since an origin that only the clock knows.
  public var nanoseconds: Int64

  /// Later than every instant that a clock will show.
  public static let distantFuture = Instant(nanoseconds: .max)

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable
  public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

  @inlinable
  public static func + (a: Instant, b: Interval) -> Instant {
    Instant(nanoseconds: a.nanoseconds &+ b.nanoseconds)
  }

  @inlinable
  public static func - (a: Instant, b: Instant) -> Interval {
    Interval(nanoseconds: a.nanoseconds &- b.nanoseconds)
  }
}
