package import Basics

/// How much of this machine peers may use. Each limit has its answer, which stands beside it.
package struct Limits: Hashable, Sendable {
  /// Streams of all workers together, both ways. A further one is closed as soon as it is accepted;
  /// a message that needs a new one fails.
  package var connections = 16_384
  /// Of these, how many each way leaves to the other, a quarter at most: however many streams peers
  /// open, so many can be opened to peers, and the reverse. The answer is the same.
  package var reservedConnections = 1_024
  /// Of the streams that peers may open, how many are left to sources that have none yet, a quarter
  /// at most: a crowd from a few addresses shuts no other peer out. The answer is the same.
  package var firstConnections = 1_024
  /// Streams that one source may have: an address of IPv4, or a /64 of IPv6. A further one is
  /// closed as soon as it is accepted.
  package var connectionsPerSource = 2_048
  /// Octets that may wait to be written on one stream. Beyond it the stream is closed and the
  /// owners of what was not written are told.
  package var waiting = 256 << 10
  /// Messages with an owner that may wait on one stream; the same answer.
  package var waitingMessages = 4_096
  /// Octets of datagrams that may wait, for each listener of a worker, while its socket takes none.
  /// Beyond it the datagram is dropped and its owner is told.
  package var waitingDatagrams = 1 << 20
  /// Octets of one message on a stream. Beyond it the stream is closed.
  package var message = 65_536
  /// Octets on the way from one worker to another. Beyond it a datagram is dropped and counted, and
  /// a stream is not read until there is room again.
  package var ring = 4 << 20
  /// Words to another worker that wait for room on the way there. Beyond it they are dropped and
  /// counted, and a transaction that would have been told waits for its timer.
  package var untold = 65_536
  /// Messages, sent on one stream, whose owners wait for an answer. Beyond it the oldest is
  /// forgotten: when the stream ends, its transaction waits for its timer.
  package var unanswered = 65_536

  /// How long a stream may take for its first message, and for each that it has begun. Then it is
  /// closed.
  package var unfinished = Interval.seconds(10)
  /// How long a stream may be silent. Then it is closed.
  package var idle = Interval.seconds(600)
  /// How long octets may wait on a stream without one of them being taken. Then it is closed.
  package var stalled = Interval.seconds(10)
  /// How long a connection may take to be set up. Then the messages for it have failed.
  package var connect = Interval.seconds(4)
  /// How long another worker's message is remembered that was sent on a stream: 64*T1, after which
  /// no transaction waits for its first answer.
  package var answer = Interval.seconds(32)
  /// How long a stream that we close may take to read what was written before.
  package var lingering = Interval.seconds(2)

  package init() {}

  /// Descriptors that are left to the rest of the process: logs, name look-ups, whatever opens a
  /// file.
  private static let spareDescriptors = 64

  /// Lowers the number of streams to what the process may open.
  mutating func fit(descriptors: Int, used: Int) {
    connections = min(connections, max(1, descriptors - used - Self.spareDescriptors))
  }
}

/// What bounds one turn of the loop, so that no socket can keep the others waiting.
enum Visit {
  /// Datagrams that one call takes.
  static let datagrams = 32
  /// Calls for one listener in a turn.
  static let datagramCalls = 4
  /// Octets that are read from one stream in a turn.
  static let streamOctets = 32 << 10
  /// Connections accepted from one listener in a turn.
  static let accepts = 32
  /// Looks in a row that find no datagram; then the socket is watched again.
  static let emptyLooks = 4
  /// Records taken from one ring in a turn.
  static let ringRecords = 128
  /// Streams that waited for room in one ring and are gone on with in a turn.
  static let resumed = 16
  /// Events taken from the kernel in a turn.
  static let events = 256
  /// Times that `expire` is called in a turn.
  static let rounds = 16
  /// How long a worker that is about to end sleeps at most.
  static let glance = Interval.milliseconds(1)
  /// Failures that are told in a turn.
  static let failures = 1_024
}
