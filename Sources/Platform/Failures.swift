import BasicContainers
import Basics

/// A message that came to nothing, and whom to tell.
struct Failure {
  var owner: UInt64
  var flow: Flow
  /// The worker whose element knows the owner.
  var origin: UInt8
  var loss = Loss.unsent
}

/// What was not sent or not answered, in the order in which it is told. One stream that ends may
/// bring more than a turn tells.
struct Failures: ~Copyable {
  /// More places than this are given back when all has been told.
  private static let kept = 4_096

  private var list = UniqueArray<Failure>()
  private var first = 0

  var count: Int { list.count &- first }

  var isEmpty: Bool { count == 0 }

  mutating func append(_ failure: Failure) { list.append(failure) }

  mutating func popFirst() -> Failure? {
    guard first < list.count else { return nil }
    let failure = list[first]
    first &+= 1
    if first == list.count {
      list.removeAll(keepingCapacity: list.capacity <= Self.kept)
      first = 0
    } else if first >= Self.kept, first >= list.count / 2 {
      // Fewer are moved than were told since the last time.
      list.removeSubrange(0..<first)
      first = 0
    }
    return failure
  }
}
