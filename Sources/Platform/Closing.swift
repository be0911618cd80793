import Basics
import BasicContainers

/// Why a stream was closed here, though nobody who sends on it had asked for that.
package enum Closing: UInt8, CaseIterable, Sendable {
  /// Where its next message ends cannot be known, or it would be too long.
  case unframed
  /// Its first message, or the rest of one, did not come in time.
  case unfinished
  /// It was silent for too long.
  case idle
  /// The other side does not read, or not fast enough.
  case unread
  /// There are too many streams, or too many of that source.
  case tooMany
}

/// Streams that were closed for cause and of which the element has not heard. Beyond their limit
/// they are counted only, as all are.
struct Closings: ~Copyable {
  struct One {
    var flow: Flow
    var closing: Closing
  }

  private var list = RigidArray<One>(capacity: 64)

  var isEmpty: Bool { list.isEmpty }

  mutating func append(_ flow: Flow, _ closing: Closing) {
    if list.freeCapacity > 0 { list.append(One(flow: flow, closing: closing)) }
  }

  mutating func popLast() -> One? { list.popLast() }
}
