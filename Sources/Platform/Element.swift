package import Basics

/// Where the first message in a stream's bytes ends (RFC 3261 §18.3).
package enum Frame: Hashable, Sendable {
  /// The first message is not whole yet.
  case needMore
  /// The first so many octets are one message.
  case message(Int)
  /// The first so many octets are CRLF between messages. Two of them are a ping, which is answered
  /// with one CRLF, the pong (RFC 5626 §3.5.1).
  case keepAlive(Int, pong: Bool)
  /// The first so many octets are a message, and where the next one begins cannot be known: it is
  /// taken, what it causes is sent, and the stream is closed.
  case last(Int)
  /// Where a message ends cannot be known any more: the stream is closed.
  case broken
}

/// What a worker drives: protocol logic without a socket or a clock. It gets whole messages and
/// instants and leaves what is to be sent in an outbox.
///
/// The worker keeps the law of the loop: it asks `hasRoom` before each input, drains the outbox
/// after it, and then arms the one next deadline. All calls come from the one thread of the worker.
///
/// Every requirement is `mutating`: a borrowing call through `inout` would copy a large struct
/// first.
package protocol Element: ~Copyable, SendableMetatype {
  /// What other threads may tell it: a new policy, an answer of the name service, the wish to
  /// drain.
  associatedtype Letter: Sendable

  /// Whether a source may have a connection: asked of one that a peer opens before it is taken in.
  /// Who is not admitted finds it closed.
  mutating func admits(_ flow: Flow) -> Bool
  /// Whether a source is anybody's at all; it counts nothing. Asked where it costs more to find out
  /// whether the source is forged.
  mutating func knows(_ flow: Flow) -> Bool
  /// Whether a message may cost this machine more than this question: asked once of each datagram
  /// and of each message of a stream, by the worker that received it and before its octets are
  /// looked at. What is not welcome gets silence.
  mutating func welcomes(_ flow: Flow, now: Instant) -> Bool
  /// One whole message: a datagram, or one that was cut from a stream by `frame`.
  mutating func receive(
    _ bytes: Span<UInt8>, from flow: Flow, now: Instant, into out: inout Outbox)
  /// Time has reached `nextDeadline()`. It may leave work undone, so long as the deadline then
  /// stays due.
  mutating func expire(now: Instant, into out: inout Outbox)
  /// When `expire` is to be called, `nil` for never.
  mutating func nextDeadline() -> Instant?
  /// A `Transmit` with an owner came to nothing. It could not be sent: refused, timed out, too
  /// long, no room in a queue, or the stream ended before it was written. Or it was sent, and its
  /// stream has ended since; that is told of every message whose owner may still await an answer.
  mutating func failed(
    owner: UInt64, flow: Flow, _ loss: Loss, now: Instant, into out: inout Outbox)
  /// Whether the owner of a message that was sent still wants to hear of the end of its stream.
  /// Asked now and then of all messages of a stream, so that those with an answer are forgotten.
  mutating func awaits(_ owner: UInt64) -> Bool
  /// A stream was closed for cause: for the operator. What waited on it is told by `failed`.
  mutating func closed(_ flow: Flow, _ closing: Closing)
  /// A letter from another thread.
  mutating func take(_ letter: consuming Letter, now: Instant, into out: inout Outbox)
  /// Which worker (from 0) owns the message: a peek, not a parse. A number that no worker has means
  /// that whoever received it keeps it.
  mutating func owner(of bytes: Span<UInt8>) -> Int
  /// How long the first message of a stream's bytes is. The bytes are never empty.
  mutating func frame(_ bytes: Span<UInt8>) -> Frame
  /// Whether nothing is left to be done, once it was told to drain.
  mutating func isDrained() -> Bool
}
