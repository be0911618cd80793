package import Basics

/// How often something may happen: the generic cell rate algorithm in its form of virtual
/// scheduling (ITU-T I.371 Annex A), by which RFC 7415 §3.5.1 paces SIP as well. All that it has to
/// remember is one instant, the theoretical arrival time (TAT): when the next one would come if all
/// came evenly. It is in the past for a bucket that is full.
package struct Pace: Hashable, Sendable {
  /// Nanoseconds between two of them in the long run; at least 1.
  package let interval: Int64
  /// How much sooner one may come than it was expected, in nanoseconds.
  package let tolerance: Int64

  /// - Parameters:
  ///   - count: how many may happen in `time`, in the long run.
  ///   - burst: how many may happen at once after a long rest; at least 1.
  package init(_ count: Int, in time: Interval, burst: Int) {
    let interval = max(1, time.nanoseconds / Int64(max(1, count)))
    self.interval = interval
    tolerance = interval.multipliedReportingOverflow(by: Int64(max(1, burst) - 1)).partialValue
  }

  /// How long after it has taken all that it could a bucket is full again.
  package var recovery: Interval { Interval(nanoseconds: interval &+ tolerance) }

  /// - Parameter expected: the TAT, on the clock of `now`.
  /// - Returns: the TAT after one more; `nil` where that comes too soon, and changes nothing.
  @inline(__always)
  func after(_ expected: Int64, at now: Int64) -> Int64? {
    guard expected &- now <= tolerance else { return nil }
    return max(expected, now) &+ interval
  }
}
