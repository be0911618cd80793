import Basics
import Synchronization

/// How the workers end: together, because a drained one may still hold the streams of another's
/// calls.
final class Ending: Sendable {
  private let end = Atomic<Int64>(.max)
  private let drained = Atomic<Int>(0)
  private let gone = Atomic<Int>(0)
  private let bells: [Doorbell]

  init(_ bells: [Doorbell]) { self.bells = bells }

  /// When the workers end at the latest.
  var deadline: Instant { Instant(nanoseconds: end.load(ordering: .relaxed)) }

  /// A second word can only bring the end nearer.
  func begin(by deadline: Instant) {
    end.min(deadline.nanoseconds, ordering: .acquiringAndReleasing)
    for bell in bells { bell.ring() }
  }

  /// A worker has nothing left to do, or has something again.
  func count(_ isDrained: Bool) {
    drained.wrappingAdd(isDrained ? 1 : -1, ordering: .acquiringAndReleasing)
    if isComplete { for bell in bells { bell.ring() } }
  }

  /// A worker has ended.
  func leave() { gone.wrappingAdd(1, ordering: .releasing) }

  /// Whether all workers have ended.
  var isOver: Bool { gone.load(ordering: .acquiring) == bells.count }

  var isComplete: Bool { drained.load(ordering: .acquiring) == bells.count }
}
