import Synchronization

/// What a worker counts.
package enum Count: Int, CaseIterable, Sendable {
  case datagramsIn, datagramsOut, octetsIn, octetsOut
  /// Messages that came in on streams, and messages that were put on one.
  case streamMessagesIn, streamMessagesOut
  /// Records given to another worker, and taken from one.
  case handedOver, takenOver
  /// Records lost because the ring to another worker was full: datagrams of peers, mostly.
  case ringFull
  /// Times that a stream was not read on because the ring to the owner of its message was full.
  case held
  /// Datagrams without octets, of a foreign address family, or cut by the kernel.
  case unusable
  /// Datagrams lost because the socket took no more and the queue was full.
  case queueFull
  /// Messages that were not sent, for any reason, and whose owner was told.
  case failures
  /// Datagrams that came in by another interface than leads back to their source.
  case wrongWay
  /// Datagrams, and connections, of sources that the element does not admit.
  case unwelcome, strangeConnections
  /// Streams accepted, opened by us, and closed.
  case accepted, connected, closed
  /// Streams that are open.
  case open
  /// Streams closed because a limit on their number was reached.
  case refused
  /// Streams closed because they could not be framed; because a message, or anything at all, did
  /// not come in time; because the other side does not read.
  case unframed, late, unread
  /// Turns of the loop, and turns in which it slept to collect more.
  case turns, naps
  /// Times that the watch of a socket for datagrams ended because it is looked at in each turn.
  case pollings
}

/// The counts of one worker. It alone writes them; any thread may read.
package final class Counters: Sendable {
  private let counts: InlineArray<32, Atomic<UInt64>> = InlineArray { _ in Atomic<UInt64>(0) }

  /// All counts at 0.
  package init() {
    precondition(Count.allCases.count <= 32)
  }

  /// The count as some thread wrote it last: two counts read one after the other need not agree.
  package subscript(count: Count) -> UInt64 {
    counts[count.rawValue].load(ordering: .relaxed)
  }

  func add(_ count: Count, _ number: Int = 1) {
    // One writer: no need to lock the bus for it.
    let old = counts[count.rawValue].load(ordering: .relaxed)
    let new = old &+ UInt64(truncatingIfNeeded: number)
    counts[count.rawValue].store(new, ordering: .relaxed)
  }
}
