public import BasicContainers

/// How a message came to nothing.
public enum Loss: UInt8, Error, Sendable {
  /// It was not sent, or not whole: nobody can have acted on it.
  case unsent
  /// It was not sent, because where it was to go takes no stream: the connection was refused, or
  /// not taken in time.
  case refused
  /// It was sent, and the stream that it went by ended before its owner had its answer.
  case unanswered
}

/// One message to send: a range of the outbox's bytes and where they go.
public struct Transmit: Sendable {
  /// Where it goes; a flow without a connection may open one.
  public var flow: Flow
  /// Who is told when it cannot be sent: a payload that the sender understands, 0 for nobody.
  public var owner: UInt64
  /// Where it begins in `Outbox.bytes`.
  public var start: UInt32
  /// Its length in octets.
  public var count: UInt32

  @inlinable
  init(flow: Flow, owner: UInt64, start: UInt32, count: UInt32) {
    self.flow = flow
    self.owner = owner
    self.start = start
    self.count = count
  }
}

/// What an element wants done after an input: messages to send, streams to close. It is of a fixed
/// size and belongs to a worker, which drains and clears it after every input (the law of the
/// loop).
public struct Outbox: ~Copyable {
  /// The bytes of all messages, one after the other.
  public var bytes: RigidArray<UInt8>
  /// The messages, in the order in which they are to go out.
  public var transmits: RigidArray<Transmit>
  /// Streams that cannot be framed any more, or that are no longer wanted.
  public var closes: RigidArray<Connection>
  /// How many messages found no room. `hasRoom` is asked before each input, so this stays 0.
  public private(set) var overflows = 0
  /// The room that one input may need.
  @usableFromInline let reserve: Int

  /// - Parameters:
  ///   - bytes: the arena's size in octets.
  ///   - transmits: how many messages it can hold.
  ///   - reserve: the octets that one input may write at most; below it, `hasRoom` says no.
  public init(bytes: Int = 1 << 20, transmits: Int = 1024, reserve: Int = 1 << 18) {
    self.bytes = RigidArray(capacity: bytes)
    self.transmits = RigidArray(capacity: transmits)
    self.closes = RigidArray(capacity: 64)
    self.reserve = reserve
  }

  /// Whether one more input may be taken before the outbox is drained.
  @inlinable
  public var hasRoom: Bool {
    bytes.freeCapacity >= reserve && transmits.freeCapacity >= 32 && closes.freeCapacity >= 4
  }

  /// Whether there is nothing to do: neither to send nor to close.
  @inlinable
  public var isEmpty: Bool { transmits.isEmpty && closes.isEmpty }

  /// Writes one message and notes where it goes. The body appends the message's octets; when the
  /// arena or the list is full, nothing is sent and the overflow is counted.
  /// - Returns: the message's range in `bytes`, empty when it found no room.
  @inlinable
  @discardableResult
  public mutating func send(
    to flow: Flow, owner: UInt64 = 0, atMost: Int,
    _ write: (inout OutputSpan<UInt8>) -> Void
  ) -> Range<Int> {
    let start = bytes.count
    guard bytes.freeCapacity >= atMost, transmits.freeCapacity > 0 else {
      countOverflow()
      return start..<start
    }
    bytes.append(addingCount: atMost) { write(&$0) }
    let count = UInt32(truncatingIfNeeded: bytes.count &- start)
    transmits.append(
      Transmit(flow: flow, owner: owner, start: UInt32(truncatingIfNeeded: start), count: count))
    return start..<bytes.count
  }

  /// Takes the last message back: what was to stand behind it found no room.
  public mutating func withdraw() {
    guard let last = transmits.popLast() else { return }
    bytes.removeLast(Int(last.count))
  }

  @usableFromInline
  mutating func countOverflow() { overflows &+= 1 }

  /// Asks for a stream to be closed.
  @inlinable
  public mutating func close(_ connection: Connection) {
    if closes.freeCapacity > 0 { closes.append(connection) }
  }

  /// Empties it; called when all has been handed to the kernel.
  @inlinable
  public mutating func clear() {
    bytes.removeAll()
    transmits.removeAll()
    closes.removeAll()
  }
}
