import BasicContainers
import Basics

// MARK: - Writing

extension Streams {
  private static let pong: [UInt8] = [0x0d, 0x0a]

  /// Queues a message on the stream that its flow names, or else on one to where the flow leads
  /// (RFC 3261 §18.2.2). `flush` writes it.
  mutating func send(
    _ bytes: Span<UInt8>, _ flow: Flow, owner: UInt64, origin: UInt8, _ poll: borrowing Poll,
    now: Instant
  ) {
    let handle: Handle
    do throws(Loss) {
      handle = if let found = find(flow) { found } else { try connect(flow, poll, now: now) }
    } catch {
      return fail(Failure(owner: owner, flow: flow, origin: origin, loss: error))
    }
    if !hasRoom(handle, bytes.count) { write(handle, poll, now: now) }
    guard table.contains(handle), hasRoom(handle, bytes.count) else {
      close(handle, .cause(.unread))
      return fail(Failure(owner: owner, flow: flow, origin: origin))
    }
    let isNew = table.with(handle) { stream in
      stream.queue(bytes, owner: owner, origin: origin, flow: flow, now: now)
      return !exchange(&stream.isDirty, with: true)
    }
    if isNew == true { dirty.append(handle) }
    counters.add(.streamMessagesOut)
  }

  /// Answers a ping (RFC 5626 §3.5.1).
  /// - Returns: whether the stream is still there: a peer that sends pings and does not read is
  ///   closed.
  mutating func pong(_ handle: Handle, now: Instant) -> Bool {
    guard hasRoom(handle, Self.pong.count) else {
      close(handle, .cause(.unread))
      return false
    }
    let isNew = table.with(handle) { stream in
      stream.queue(Self.pong.span, owner: 0, origin: worker, flow: stream.flow, now: now)
      return !exchange(&stream.isDirty, with: true)
    }
    if isNew == true { dirty.append(handle) }
    return true
  }

  /// Writes what was queued in this turn.
  mutating func flush(_ poll: borrowing Poll, now: Instant) {
    for place in 0..<dirty.count { write(dirty[place], poll, now: now) }
    dirty.removeAll(keepingCapacity: true)
  }

  /// The stream that a flow names or leads to, if it can still take a message.
  private mutating func find(_ flow: Flow) -> Handle? {
    if let named = flow.connection, named.worker == worker, canWrite(named.handle) {
      return named.handle
    }
    guard let handle = routes.find(route(flow)), canWrite(handle) else { return nil }
    return handle
  }

  private mutating func canWrite(_ handle: Handle) -> Bool {
    table.with(handle) { stream in
      switch stream.state {
      case .connecting, .open: !stream.isBroken
      case .finishing, .lingering: false
      }
    } ?? false
  }

  private mutating func hasRoom(_ handle: Handle, _ count: Int) -> Bool {
    table.with(handle) { stream in
      stream.outbound.count &+ count <= limits.waiting
        && stream.waitingMessages < limits.waitingMessages
    } ?? false
  }

  /// Writes what waits on one stream.
  mutating func write(_ handle: Handle, _ poll: borrowing Poll, now: Instant) {
    let isBroken = table.with(handle) { stream in
      stream.isDirty = false
      guard stream.state != .connecting else { return false }
      guard !stream.isBroken else { return stream.state != .open }
      do throws(Errno) {
        let count = try stream.write(now: now)
        counters.add(.octetsOut, count)
      } catch {
        // What came before is read first: it may be the answers. The kernel tells of the end again
        // and again until the stream is read to it.
        stream.isBroken = stream.state == .open && error.isEndOfConnection
        return !stream.isBroken
      }
      if stream.isCrowded { crowded.append(handle) }
      return false
    }
    if isBroken == true { return close(handle, .ended) }
    finish(handle, now: now)
    watch(handle, poll)
    if let deadline = table.with(handle, { $0.outbound.isEmpty ? nil : $0.lastWritten }) ?? nil {
      lookBy(deadline + limits.stalled)
    }
  }

  mutating func watch(_ handle: Handle, _ poll: borrowing Poll) {
    let change: (Int32, Readiness)? =
      table.with(handle) { stream in
        let wanted = stream.wanted
        guard wanted != stream.watched else { return nil }
        stream.watched = wanted
        return (stream.descriptor.number, wanted)
      } ?? nil
    if let (number, wanted) = change { poll.change(number, .stream(handle), wanted) }
  }
}

// MARK: - Answers

extension Streams {
  /// Whether some stream awaits so many answers that it is time to ask which of them have come.
  var isCrowded: Bool { !crowded.isEmpty }

  /// Forgets the messages that nobody awaits an answer to any more.
  mutating func sift<E: Element & ~Copyable>(by element: inout E, now: Instant) {
    while let handle = crowded.popLast() {
      let (worker, memory, limit) = (worker, limits.answer, limits.unanswered)
      _ = table.with(handle) { stream in
        guard stream.isCrowded else { return }
        stream.sift(limit: limit) { sent in
          // Only its own element can be asked; others' owners are forgotten after their time.
          sent.origin == worker ? element.awaits(sent.owner) : now - sent.at < memory
        }
      }
    }
  }
}
