import BasicContainers
import Basics

/// What a worker shares with the threads that speak to it.
final class Desk<Letter: Sendable>: Sendable {
  let mailbox = Mailbox<Letter>()
  let bell: Doorbell
  let counters = Counters()

  init() throws(Errno) { bell = try Doorbell() }
}

/// One thread, one epoll loop, one element.
///
/// A turn of the loop: wait for events, and under load a little longer for more of them; take what
/// is there, a bounded piece of each source; let the timers run; and send. After every input the
/// outbox is drained before it could overflow, and at the end of the turn it is empty.
struct Worker<E: Element & ~Copyable>: ~Copyable {
  private var element: E
  private var outbox = Outbox()
  private var layer: TransportLayer
  private let desk: Desk<E.Letter>
  private let ending: Ending
  private var batching: Batching
  private var now: Instant
  /// Something was left for the next turn, which is not to wait then.
  private var isBusy = false
  /// How many failures may still be told in this turn.
  private var untold = Visit.failures
  private var isDrained = false
  /// Whether it would be drained but for what is on its way, to the kernel or to another worker.
  private var isLingering = false
  /// Whether it knows that the end has begun.
  private var isEnding = false

  init(
    _ element: consuming E, _ layer: consuming TransportLayer, _ desk: Desk<E.Letter>,
    _ ending: Ending, batching: Interval
  ) {
    self.element = element
    self.layer = layer
    self.desk = desk
    self.ending = ending
    now = Clock.now()
    self.batching = Batching(longest: batching, now: now)
  }

  /// Serves until it is told to end.
  mutating func run() {
    var inbox = Inbox()
    var scratch = Buffer(capacity: 2 * Visit.streamOctets)
    while !isOver() {
      let events = sleep()
      now = Clock.now()
      isBusy = false
      untold = Visit.failures
      var drained = 0
      for place in 0..<events {
        drained &+= visit(layer.poll.event(place), &inbox, &scratch)
      }
      drained &+= takePolled(&inbox)
      drained &+= takeOver()
      drained &+= resume(&scratch)
      takeLetters()
      expire()
      settle()
      desk.counters.add(.turns)
      nap(after: drained)
    }
  }

  /// Waits for events, and for no longer than until the next deadline.
  private mutating func sleep() -> Int {
    desk.bell.lieDown()
    let hasWork =
      isBusy || layer.polled > 0 || !desk.mailbox.isEmpty || !layer.neighbours.isEmpty
      || layer.canResume() || hasToEnd
    let deadline = min(layer.nextDeadline, element.nextDeadline() ?? .distantFuture)
    var end = min(deadline, ending.deadline)
    // Nobody says when another worker has taken what it was given.
    if isLingering { end = min(end, now + Visit.glance) }
    let events: Int
    if hasWork || end <= now {
      events = layer.poll.wait(Interval(nanoseconds: 0))
    } else {
      events = layer.poll.wait(end == .distantFuture ? nil : end - Clock.now())
    }
    desk.bell.getUp()
    return events
  }

  /// Under load, waits a little so that the next turn takes more at once. What came while this turn
  /// worked counts: a worker that is busy for longer than the wait does not wait at all, or it
  /// would fall behind with time to spare.
  private mutating func nap(after drained: Int) {
    let wait = batching.wait(after: drained, now: now)
    guard wait.nanoseconds > 0 else { return endPolling() }
    guard !isBusy else { return }
    let rest = wait.nanoseconds - (Clock.now() - now).nanoseconds
    guard rest >= Batching.shortest else { return }
    desk.counters.add(.naps)
    Clock.sleep(Interval(nanoseconds: rest))
  }

  /// Whether the end has begun, or is there, since `isOver` looked: who rang then found nobody
  /// asleep.
  private var hasToEnd: Bool {
    ending.isComplete || (!isEnding && ending.deadline != .distantFuture)
  }

  private mutating func isOver() -> Bool {
    guard ending.deadline != .distantFuture else { return false }
    isEnding = true
    guard now < ending.deadline else { return true }
    let isDone = element.isDrained()
    let isQuiet = isDone && layer.isQuiet()
    isLingering = isDone && !isQuiet
    note(drained: isQuiet)
    return ending.isComplete
  }

  private mutating func note(drained: Bool) {
    guard drained != isDrained else { return }
    isDrained = drained
    ending.count(drained)
  }
}

// MARK: - Inputs

extension Worker where E: ~Copyable {
  /// Serves one event.
  /// - Returns: how many messages came in by it.
  private mutating func visit(
    _ event: (token: Token, readiness: Readiness), _ inbox: inout Inbox, _ scratch: inout Buffer
  ) -> Int {
    switch event.token {
    case .bell:
      desk.bell.quiet()
      return 0
    case .datagrams(let place):
      if event.readiness.contains(.write) { layer.becameWritable(place) }
      if batching.isWorthwhile { layer.startPolling(place) }
      return layer.isPolled(place) ? 0 : takeDatagrams(place, &inbox)
    case .connections(let place):
      accept(place)
      return 0
    case .stream(let handle):
      return visit(stream: handle, event.readiness, &scratch)
    }
  }

  /// Takes in the connections that wait at one listener, of peers that may have one.
  private mutating func accept(_ place: Int) {
    for _ in 0..<Visit.accepts {
      guard let new = layer.nextConnection(place, now: now) else { return }
      if element.admits(new.flow) {
        layer.streams.accept(new, layer.poll, now: now)
      } else {
        desk.counters.add(.strangeConnections)
        new.refuse()
      }
    }
  }

  /// Looks at the sockets that are not watched while there is load.
  private mutating func takePolled(_ inbox: inout Inbox) -> Int {
    guard layer.polled > 0 else { return 0 }
    var total = 0
    for place in 0..<layer.datagramSockets where layer.isPolled(place) {
      let count = takeDatagrams(place, &inbox)
      layer.looked(place, found: count)
      total &+= count
    }
    return total
  }

  private mutating func endPolling() {
    guard layer.polled > 0 else { return }
    for place in 0..<layer.datagramSockets { layer.endPolling(place) }
  }

  private mutating func takeDatagrams(_ place: Int, _ inbox: inout Inbox) -> Int {
    let listener = layer.listener(place)
    var total = 0
    for _ in 0..<Visit.datagramCalls {
      let count = layer.receive(place, into: &inbox)
      total &+= count
      for datagram in 0..<count {
        let bytes = inbox.datagram(datagram)
        guard let source = inbox.source(datagram), !bytes.isEmpty else {
          desk.counters.add(.unusable)
          continue
        }
        let flow = Flow(.udp, listener: listener, remote: source)
        guard element.admits(flow) else {
          desk.counters.add(.strangeDatagrams)
          continue
        }
        if case .noRoom = take(bytes, flow) { desk.counters.add(.ringFull) }
      }
      settle()
      if count < Visit.datagrams { return total }
    }
    isBusy = true
    return total
  }

  private enum Taking {
    case taken
    /// The ring to the worker that owns it is full.
    case noRoom(owner: Int)
  }

  /// A whole message: for the element here, or for that of another worker.
  private mutating func take(_ bytes: Span<UInt8>, _ flow: Flow) -> Taking {
    if layer.neighbours.count > 1 {
      let owner = element.owner(of: bytes)
      if owner != layer.worker, owner >= 0, owner < layer.neighbours.count {
        return layer.handOver(bytes, flow, to: owner) ? .taken : .noRoom(owner: owner)
      }
    }
    receive(bytes, flow)
    return .taken
  }

  private mutating func receive(_ bytes: Span<UInt8>, _ flow: Flow) {
    if !outbox.hasRoom { settle() }
    element.receive(bytes, from: flow, now: now, into: &outbox)
  }

  private mutating func visit(
    stream handle: Handle, _ readiness: Readiness, _ scratch: inout Buffer
  ) -> Int {
    if layer.streams.isHeld(handle) {
      if !readiness.isDisjoint(with: .trouble) {
        layer.streams.mute(handle, layer.poll)
      } else if readiness.contains(.write) {
        layer.becameWritable(stream: handle, now: now)
      }
      return 0
    }
    if !readiness.isDisjoint(with: [.write, .trouble]) {
      layer.becameWritable(stream: handle, now: now)
    }
    guard !readiness.isDisjoint(with: [.read, .trouble]) else { return 0 }
    switch layer.streams.read(handle, into: &scratch, now: now) {
    case .nothing: return 0
    case .ended:
      layer.streams.close(handle, .ended)
      return 0
    case .octets:
      return takeFrames(handle, scratch)
    }
  }

  /// Cuts what a stream has brought into messages, and keeps the rest.
  private mutating func takeFrames(_ handle: Handle, _ scratch: borrowing Buffer) -> Int {
    guard let flow = layer.streams.flow(handle) else { return 0 }
    let bytes = scratch.bytes
    let longest = layer.streams.limits.message
    var used = 0
    var messages = 0
    while used < bytes.count {
      let rest = bytes.extracting(used..<bytes.count)
      switch element.frame(rest) {
      case .needMore:
        if !layer.streams.keep(handle, rest, now: now) {
          settle()
          layer.closeUnframed(handle, now: now)
        }
        return messages
      case .message(let count) where count > 0 && count <= min(rest.count, longest):
        if case .noRoom(let owner) = take(rest.extracting(0..<count), flow) {
          layer.hold(handle, rest, for: owner)
          return messages
        }
        used &+= count
        messages &+= 1
        // What the message has caused may be the stream's end.
        if !outbox.hasRoom { settle() }
        guard layer.streams.heard(handle, now: now) else { return messages }
      case .keepAlive(let count, let pong) where count > 0 && count <= rest.count:
        if pong, !layer.streams.pong(handle, now: now) { return messages }
        used &+= count
      default:
        // What the messages before it have caused is still sent.
        settle()
        layer.closeUnframed(handle, now: now)
        return messages
      }
    }
    return messages
  }
}

// MARK: - Other threads, and time

extension Worker where E: ~Copyable {
  /// Goes on with the streams that waited for room in the ring to another worker.
  private mutating func resume(_ scratch: inout Buffer) -> Int {
    var messages = 0
    for other in 0..<layer.neighbours.count {
      for handle in layer.resume(other) {
        // Another stream may have taken the room.
        guard layer.neighbours.hasRoomAgain(for: other) else {
          layer.holdAgain(handle, for: other)
          continue
        }
        if layer.streams.release(handle, into: &scratch, layer.poll, now: now) {
          messages &+= takeFrames(handle, scratch)
        }
      }
    }
    if layer.canResume() { isBusy = true }
    return messages
  }
}

extension Worker where E: ~Copyable {
  /// Takes what the other workers have handed over, in their order.
  private mutating func takeOver() -> Int {
    var total = 0
    for other in 0..<layer.neighbours.count {
      guard let ring = layer.neighbours.ring(from: other) else { continue }
      var left = Visit.ringRecords
      while left > 0, let envelope = ring.front() {
        note(drained: false)
        open(envelope, ring.body(of: envelope))
        ring.removeFirst(envelope)
        left &-= 1
      }
      if left == 0 { isBusy = true }
      if left < Visit.ringRecords { layer.neighbours.grantRoom(to: other) }
      total &+= Visit.ringRecords &- left
    }
    desk.counters.add(.takenOver, total)
    return total
  }

  private mutating func open(_ envelope: Envelope, _ body: Span<UInt8>) {
    switch envelope.kind {
    case .message: receive(body, envelope.flow)
    case .transmit: layer.carry(body, envelope, now: now)
    case .unsent: tell(envelope.owner, envelope.flow, .unsent)
    case .refused: tell(envelope.owner, envelope.flow, .refused)
    case .unanswered: tell(envelope.owner, envelope.flow, .unanswered)
    case .close:
      if let connection = envelope.flow.connection { layer.close(connection, now: now) }
    case .skip: break
    }
  }

  private mutating func takeLetters() {
    guard !desk.mailbox.isEmpty else { return }
    for letter in desk.mailbox.takeAll() {
      if !outbox.hasRoom { settle() }
      element.take(letter, now: now, into: &outbox)
    }
  }

  private mutating func expire() {
    layer.expire(now: now)
    for _ in 0..<Visit.rounds {
      guard let deadline = element.nextDeadline(), deadline <= now else { return }
      if !outbox.hasRoom { settle() }
      element.expire(now: now, into: &outbox)
    }
    isBusy = true
  }

  /// Sends what is in the outbox, and tells of what could not be sent, as much as a turn may. What
  /// that causes is sent too: the outbox is empty afterwards, whatever happens.
  private mutating func settle() {
    drain()
    if tellFailures() { drain() }
    if !layer.streams.failures.isEmpty { isBusy = true }
    while let one = layer.streams.closings.popLast() { element.closed(one.flow, one.closing) }
  }

  private mutating func drain() {
    layer.carry(outbox, now: now)
    outbox.clear()
    if layer.streams.isCrowded { layer.streams.sift(by: &element, now: now) }
  }

  /// - Returns: whether there was anything to tell.
  private mutating func tellFailures() -> Bool {
    let before = untold
    while untold > 0, outbox.hasRoom, let failure = layer.streams.failures.popFirst() {
      untold &-= 1
      if Int(failure.origin) == layer.worker {
        element.failed(
          owner: failure.owner, flow: failure.flow, failure.loss, now: now, into: &outbox)
      } else {
        layer.tell(failure)
      }
    }
    return untold < before
  }

  private mutating func tell(_ owner: UInt64, _ flow: Flow, _ loss: Loss) {
    if !outbox.hasRoom { settle() }
    element.failed(owner: owner, flow: flow, loss, now: now, into: &outbox)
  }
}
