package import Basics
import CLinux

/// The clocks of this machine. Only the loop and the program read them.
package enum Clock {
  /// The monotonic clock, which nobody sets.
  package static func now() -> Instant { Instant(nanoseconds: linux_clock(CLOCK_MONOTONIC)) }

  /// Nanoseconds since 1970-01-01T00:00:00Z: for log lines and Date headers, never for timers.
  package static func wall() -> Int64 { linux_clock(CLOCK_REALTIME) }

  /// The processor time, user and kernel, that the calling thread has used.
  package static func processorTime() -> Interval {
    Interval(nanoseconds: linux_clock(CLOCK_THREAD_CPUTIME_ID))
  }

  /// Stops the calling thread for so long.
  static func sleep(_ interval: Interval) {
    var time = timespec(
      tv_sec: Int(interval.nanoseconds / 1_000_000_000),
      tv_nsec: Int(interval.nanoseconds % 1_000_000_000))
    // A signal that cuts it short does no harm: the loop only looks earlier.
    _ = unsafe nanosleep(&time, nil)
  }
}
