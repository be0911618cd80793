import Basics
import Synchronization

/// How the workers end: together, because a drained one may still hold the streams of another's
/// calls.
final class Ending: Sendable {
  private let end = Atomic<Int64>(.max)
  private let drained = Atomic<Int>(0)
  private let complete = Atomic(false)
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

  /// A worker has nothing left to do, and the others have taken all that it gave them; or it has
  /// something again, which it says before it takes what another has given it.
  func count(_ isDrained: Bool) {
    let change = isDrained ? 1 : -1
    let count = drained.wrappingAdd(change, ordering: .acquiringAndReleasing).newValue
    guard count == bells.count else { return }
    complete.store(true, ordering: .releasing)
    for bell in bells { bell.ring() }
  }

  /// A worker has ended.
  func leave() { gone.wrappingAdd(1, ordering: .releasing) }

  /// Whether all workers have ended.
  var isOver: Bool { gone.load(ordering: .acquiring) == bells.count }

  /// Whether all had nothing left to do at one moment. It stays so: what comes in afterwards, while
  /// some have ended, is not waited for.
  var isComplete: Bool { complete.load(ordering: .acquiring) }
}
