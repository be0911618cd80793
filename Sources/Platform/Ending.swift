import Basics
import Synchronization

/// How the workers end: together, because a drained one may still hold the streams of another's
/// calls.
final class Ending: Sendable {
  private let end = Atomic<Int64>(.max)
  private let drained = Atomic<Int>(0)
  private let bells: [Doorbell]

  init(_ bells: [Doorbell]) { self.bells = bells }

  /// When the workers end at the latest.
  var deadline: Instant { Instant(nanoseconds: end.load(ordering: .relaxed)) }

  func begin(by deadline: Instant) {
    end.store(deadline.nanoseconds, ordering: .releasing)
    for bell in bells { bell.ring() }
  }

  /// A worker has nothing left to do, or has something again.
  func count(_ isDrained: Bool) {
    drained.wrappingAdd(isDrained ? 1 : -1, ordering: .acquiringAndReleasing)
    if isComplete { for bell in bells { bell.ring() } }
  }

  var isComplete: Bool { drained.load(ordering: .acquiring) == bells.count }
}
