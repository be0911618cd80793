import BasicContainers
import Basics
import CLinux

/// All streams of one worker: those that peers opened, and those that we opened, by where they
/// lead.
struct Streams: ~Copyable {
  /// Why a stream ends.
  enum Cause {
    case ended, late, unread, unwanted
    /// The connection was refused, or not set up in time.
    case refused

    var count: Count? {
      switch self {
      case .late: .late
      case .unread: .unread
      case .ended, .refused, .unwanted: nil
      }
    }
  }

  /// What reading has brought.
  enum Reading {
    case nothing
    case octets
    /// No more will come.
    case ended
  }

  private static let pong: [UInt8] = [0x0d, 0x0a]
  let worker: UInt8
  private let locals: [Listener]
  let limits: Limits
  let census: Census
  let counters: Counters
  var table: SlotTable<Stream>
  var routes = Index(expected: 64)
  private let secret = Entropy.key()
  private var dirty = UniqueArray<Handle>()
  /// Streams that await many answers.
  private var crowded = UniqueArray<Handle>()
  /// What was not sent.
  var failures = Failures()
  /// When to look for streams that have used up their time.
  var nextLook = Instant.distantFuture

  init(
    worker: UInt8, locals: [Listener], _ limits: Limits, _ census: Census, _ counters: Counters
  ) {
    self.worker = worker
    self.locals = locals
    self.limits = limits
    self.census = census
    self.counters = counters
    // A generation of another life of this process must not name a stream of this one.
    let first = UInt32(truncatingIfNeeded: Entropy.word())
    table = SlotTable(limit: limits.connections, firstGeneration: first)
  }

  var count: Int { table.count }

  func contains(_ handle: Handle) -> Bool { table.contains(handle) }

  /// Whether something is still to be written. It looks at all streams: a question for the end.
  mutating func hasUnwritten() -> Bool {
    for handle in table.handles() where table.with(handle, { $0.outbound.isEmpty }) == false {
      return true
    }
    return false
  }
}

// MARK: - How streams begin

extension Streams {
  /// Takes in a connection that a peer opened.
  mutating func accept(
    _ new: consuming NewConnection, _ poll: borrowing Poll, now: Instant
  ) {
    let source = new.flow.remote.address
    guard !table.isFull, census.enter(source) else {
      counters.add(.refused)
      return new.refuse()
    }
    let number = new.descriptor.number
    // There is room.
    guard let handle = table.insert(new.begin(now: now)) else { return census.leave(source) }
    counters.add(.accepted)
    counters.add(.open)
    guard poll.add(number, .stream(handle), .read) else { return close(handle, .ended) }
    lookBy(now + min(limits.unfinished, limits.idle))
  }

  /// Begins to connect.
  private mutating func connect(
    _ flow: Flow, _ poll: borrowing Poll, now: Instant
  ) throws(Loss) -> Handle {
    guard flow.transport == .tcp, Int(flow.listener) < locals.count, !table.isFull,
      census.enter(nil)
    else { throw .unsent }
    let new: (descriptor: Int32, isDone: Bool)
    do throws(Errno) {
      new = try Socket.connect(to: flow.remote, from: locals[Int(flow.listener)].local.address)
    } catch {
      census.leave(nil)
      throw error.code == ECONNREFUSED ? .refused : .unsent
    }
    var own = flow
    own.connection = nil
    var stream = Stream(Descriptor(new.descriptor), own, accepted: false, now: now)
    if new.isDone { stream.state = .open }
    let wanted = stream.wanted
    stream.watched = wanted
    // There is room: it was asked for.
    guard let handle = table.insert(stream) else {
      census.leave(nil)
      throw .unsent
    }
    counters.add(.open)
    counters.add(.connected)
    routes.insert(route(flow), handle)
    guard poll.add(new.descriptor, .stream(handle), wanted) else {
      close(handle, .ended)
      throw .unsent
    }
    lookBy(now + min(limits.connect, limits.idle))
    return handle
  }

  func route(_ flow: Flow) -> Key {
    var hash = KeyedHash(secret: secret)
    hash.combine(flow.remote.address.high)
    hash.combine(flow.remote.address.low)
    hash.combine(UInt64(flow.remote.port) << 16 | UInt64(flow.listener))
    return hash.finish()
  }
}

// MARK: - Writing

extension Streams {
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
      close(handle, .unread)
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
      close(handle, .unread)
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

// MARK: - Reading

extension Streams {
  /// The flow of what comes in on a stream.
  mutating func flow(_ handle: Handle) -> Flow? {
    table.with(handle) { stream in
      var flow = stream.flow
      flow.connection = Connection(worker: worker, handle: handle)
      return flow
    }
  }

  /// The stream can be written to: a connection may have been set up, or what waits goes on.
  mutating func becameWritable(_ handle: Handle, _ poll: borrowing Poll, now: Instant) {
    let error: Int32? = table.with(handle) { stream in
      guard stream.state == .connecting else { return 0 }
      let error = linux_socket_error(stream.descriptor.number)
      if error == 0 {
        stream.state = .open
        stream.lastHeard = now
      }
      return error
    }
    guard error == 0 else { return close(handle, .refused) }
    write(handle, poll, now: now)
  }

  /// Puts what came in into `scratch`, after the beginning of a message that was there already.
  mutating func read(_ handle: Handle, into scratch: inout Buffer, now: Instant) -> Reading {
    scratch.removeAll()
    return table.with(handle) { stream in
      guard stream.state != .connecting else { return .nothing }
      stream.takeInbound(into: &scratch)
      let before = scratch.count
      do throws(Errno) {
        let count = try scratch.fill(from: stream.descriptor.number, atMost: Visit.streamOctets)
        counters.add(.octetsIn, count)
        if count == 0 { return .ended }
        if before == 0, stream.hasSpoken { stream.since = now }
        stream.lastHeard = now
        // What a stream says that we close is read, so that it sees the end, and not an abort; no
        // more.
        guard stream.state == .open else { return .nothing }
        return .octets
      } catch {
        guard error.isAgain else { return .ended }
        if before > 0 { stream.inbound.append(scratch.bytes) }
        return .nothing
      }
    } ?? .nothing
  }

  /// Notes that a whole message came in on the stream.
  /// - Returns: whether what follows it still counts: the stream may have been closed meanwhile, by
  ///   the element or because the other side does not read.
  mutating func heard(_ handle: Handle, now: Instant) -> Bool {
    counters.add(.streamMessagesIn)
    return table.with(handle) { stream in
      stream.hasSpoken = true
      stream.since = now
      return stream.state == .open
    } ?? false
  }

  /// Keeps the beginning of a message for the next time.
  /// - Returns: whether it may still become one.
  mutating func keep(_ handle: Handle, _ rest: Span<UInt8>, now: Instant) -> Bool {
    guard rest.count < limits.message else { return false }
    let isLate = table.with(handle) { stream in
      stream.inbound.append(rest)
      return !rest.isEmpty
    }
    if isLate == true { lookBy(now + limits.unfinished) }
    return true
  }

  // MARK: Held streams

  mutating func isHeld(_ handle: Handle) -> Bool {
    table.contains(handle) && table[handle].isHeld
  }

  /// Keeps what a stream has brought, and reads no more of it until `release`.
  mutating func hold(_ handle: Handle, _ rest: Span<UInt8>, _ poll: borrowing Poll) {
    counters.add(.held)
    _ = table.with(handle) { stream in
      stream.inbound.append(rest)
      stream.isHeld = true
    }
    watch(handle, poll)
  }

  /// A held stream has ended. Of that the kernel would tell without end, and what came before it
  /// is not looked at yet.
  mutating func mute(_ handle: Handle, _ poll: borrowing Poll) {
    let number = table.with(handle) { stream in
      stream.isMuted = true
      return stream.descriptor.number
    }
    if let number { poll.remove(number) }
  }

  /// Reads a stream again.
  /// - Returns: whether it is still there and open, and what it has brought before, in `scratch`.
  mutating func release(
    _ handle: Handle, into scratch: inout Buffer, _ poll: borrowing Poll, now: Instant
  ) -> Bool {
    scratch.removeAll()
    guard isHeld(handle) else { return false }
    let muted: (Int32, Readiness)?? = table.with(handle) { stream in
      stream.isHeld = false
      stream.since = now
      stream.lastHeard = now
      stream.takeInbound(into: &scratch)
      guard exchange(&stream.isMuted, with: false) else { return nil }
      stream.watched = stream.wanted
      return (stream.descriptor.number, stream.watched)
    }
    guard let muted else { return false }
    if let (number, wanted) = muted {
      guard poll.add(number, .stream(handle), wanted) else {
        close(handle, .ended)
        return false
      }
    }
    watch(handle, poll)
    lookBy(now + min(limits.unfinished, limits.idle))
    return true
  }
}
