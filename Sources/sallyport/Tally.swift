import Synchronization

/// What the workers tell the main thread, which never waits for one of them.
final class Tally: Sendable {
  /// What one worker says of itself.
  final class Desk: Sendable {
    /// The number of the policy that it works by.
    let policy = Atomic<UInt32>(1)
    /// How many earlier versions it keeps, and how many of them something in progress needs.
    let earlier = Atomic<Int>(0)
    let needed = Atomic<Int>(0)
  }

  /// Calls that the limit of a drain ended.
  let callsCut = Atomic<Int>(0)
  /// One for each worker.
  let desks: [Desk]

  init(workers: Int) { desks = (0..<workers).map { _ in Desk() } }

  /// How many workers have taken up a version.
  func adopted(_ number: UInt32) -> Int {
    desks.count { $0.policy.load(ordering: .acquiring) == number }
  }

  /// The most earlier versions that something in progress needs on any worker.
  var needed: Int { desks.map { $0.needed.load(ordering: .relaxed) }.max() ?? 0 }

  /// The most earlier versions that any worker keeps.
  var earlier: Int { desks.map { $0.earlier.load(ordering: .relaxed) }.max() ?? 0 }
}
