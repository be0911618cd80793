package import Admission
package import Basics
package import Border
import BasicContainers
package import Dialogs
import SIP

/// A border element in a world: what `sallyport` does around a `Border`, without sockets. It keeps
/// the law of the loop: after every input it drains the outbox, then arms the one next deadline.
package final class Element: Station {
  package let world: World
  package let configuration: Configuration
  package private(set) var notes: [Note] = []
  /// How often something happened that must never happen: an outbox that ran over, a deadline that
  /// did not move.
  package private(set) var faults: [String] = []
  /// What the DNS of this world says: an address, or that there is none.
  package var names: [String: Address?] = [:]
  /// Why the names without an address have none.
  package var namelessness = Unresolved.noSuchName
  package var resolution = Interval.milliseconds(50)
  /// The names that were asked for, in their order.
  package private(set) var asked: [String] = []
  /// Who wanted to be told when one of the latest messages could not be sent.
  package private(set) var owners: [UInt64] = []
  /// Is shown every message that it sends, and where to.
  package var onTransmit: (_ bytes: [UInt8], _ flow: Flow) -> Void = { _, _ in }
  private let seed: Seed
  private var border: Border
  private var outbox: Outbox
  private let shared: Shared
  private var armed = Instant.distantFuture
  private var streams: [UInt32: Stream] = [:]
  private var incoming: [UInt32: Incoming] = [:]
  /// Who is told when a connection does not come about, or ends, by stream.
  private var sent: [UInt32: [UInt64]] = [:]

  /// - Parameters:
  ///   - worker: of `workers`. Several elements of one world and configuration are the workers of
  ///     one; the last of them hears what comes to its listeners.
  package init(
    _ world: World, _ configuration: Configuration, worker: UInt8 = 0, of workers: Int = 1,
    outbox: consuming Outbox = Outbox(), sharing shared: Shared = Shared()
  ) {
    self.world = world
    self.configuration = configuration
    self.shared = shared
    self.outbox = outbox
    seed = Seed(
      tokens: Key(world.seed, 1), hashes: Key(world.seed, 2), generations: world.seed &* 77)
    border = Border(
      configuration, worker: worker, of: workers, seed: seed, now: world.now,
      sharing: shared)
    for listener in configuration.listeners {
      world.listen(self, on: listener.local, stream: listener.transport.isReliable)
    }
  }

  // MARK: What a test asks

  package var occupancy: Occupancy { border.occupancy }
  package var counters: Counters { border.counters }
  package var figures: Figures { border.figures() }
  /// What became of the message that came last.
  package var passage: Passage { border.passage }
  package func isIdle() -> Bool { border.isIdle() }
  package var lostNotes: Int { border.lostNotes }
  package var ended: [Call.Summary] {
    notes.compactMap { if case .callEnded(let summary) = $0 { summary } else { nil } }
  }
  package var refusals: [Refusal] {
    notes.compactMap { if case .refused(let refusal, _, _) = $0 { refusal } else { nil } }
  }
  /// Whether nothing is left in any table.
  package var isEmpty: Bool {
    let left = occupancy
    return left.calls == 0 && left.endedCalls == 0 && left.serverTransactions == 0
      && left.clientTransactions == 0
      && left.timers == 0 && left.keptMessages == 0
  }

  /// The worker that a message belongs to.
  package func owner(of bytes: [UInt8]) -> Int { border.owner(of: bytes.span) }

  package func drainCalls() { border.drain() }

  /// Another version of the policy comes in force. Its peers have the numbers that they had.
  package func adopt(_ configuration: Configuration) {
    border.adopt(Regime(configuration, number: border.policy + 1, seed: seed, sharing: shared))
  }

  /// How many earlier versions are kept, how many of them something in progress needs, and what.
  package var earlierPolicies: Int { border.earlierPolicies }
  package var neededPolicies: Int { border.neededPolicies }
  package var holdings: [Border.Holding] { border.holdings }
  /// The number of the version in force.
  package var policy: UInt32 { border.policy }

  /// - Parameter wall: nanoseconds since 1970-01-01T00:00:00Z.
  package func setWall(_ wall: Int64) { border.setWall(wall, now: world.now) }

  package func endCalls() {
    border.endCalls(now: world.now, into: &outbox)
    settle()
  }

  /// Octets as they came, from anywhere: for inputs that no station would send.
  package func receive(_ bytes: [UInt8], from flow: Flow) {
    border.receive(bytes.span, from: flow, now: world.now, into: &outbox)
    settle()
  }

  /// Word that a message could not be sent.
  package func fail(_ owner: UInt64, _ loss: Loss = .unsent) {
    border.failed(owner: owner, loss, now: world.now, into: &outbox)
    settle()
  }

  // MARK: The law of the loop

  private func settle() {
    drain()
    arm()
  }

  private func drain() {
    if outbox.overflows > 0 { faults.append("the outbox ran over") }
    let transmits = (0..<outbox.transmits.count).map { outbox.transmits[$0] }
    let closes = (0..<outbox.closes.count).map { outbox.closes[$0] }
    let messages = copies(of: outbox)
    outbox.clear()
    for (transmit, message) in zip(transmits, messages) { send(message, transmit) }
    for connection in closes { streams[connection.handle.index]?.close() }
    border.drainNotes { notes.append($0) }
    while let inquiry = border.nextInquiry() { ask(inquiry) }
  }

  private func arm() {
    guard let deadline = border.nextDeadline(), deadline < armed else { return }
    armed = deadline
    world.schedule(at: deadline) { [self] in
      guard armed == deadline else { return }
      armed = .distantFuture
      border.expire(now: world.now, into: &outbox)
      if let next = border.nextDeadline(), next <= world.now, outbox.isEmpty, !border.hasNotes {
        faults.append("the deadline does not move")
      }
      settle()
    }
  }

  /// Asks the world's names, which answer after `resolution`, or never when they do not know the
  /// name at all.
  private func ask(_ inquiry: Inquiry) {
    let name = String(decoding: inquiry.name, as: UTF8.self)
    asked.append(name)
    guard let answer = names[name] else { return }
    let found = answer.map { Result.success($0) } ?? .failure(namelessness)
    world.schedule(after: resolution) { [self] in
      border.answer(inquiry.ticket, found, now: world.now, into: &outbox)
      settle()
    }
  }

  // MARK: Sending

  private func send(_ bytes: [UInt8], _ transmit: Transmit) {
    if transmit.owner != 0 {
      if owners.count >= 64 { owners.removeFirst(32) }
      owners.append(transmit.owner)
    }
    if bytes.isEmpty { faults.append("an empty message was sent") }
    onTransmit(bytes, transmit.flow)
    let local = configuration.listeners[Int(transmit.flow.listener)].local
    guard transmit.flow.transport.isReliable else {
      return world.send(bytes, from: local, to: transmit.flow.remote)
    }
    let stream = stream(for: transmit.flow, from: local)
    if transmit.owner != 0 { note(transmit.owner, on: stream) }
    stream.send(bytes, by: self)
  }

  private func note(_ owner: UInt64, on stream: Stream) {
    var owners = sent[stream.number, default: []]
    if owners.count >= 64 { owners = owners.filter { border.awaits($0) } }
    owners.append(owner)
    sent[stream.number] = owners
  }

  /// The connection that the flow names, else one to the same place, else a new one.
  private func stream(for flow: Flow, from local: Endpoint) -> Stream {
    if let connection = flow.connection, let stream = streams[connection.handle.index],
      !stream.isOver
    {
      return stream
    }
    for number in streams.keys.sorted() {
      if let stream = streams[number], !stream.isOver, stream.remote(of: self) == flow.remote {
        return stream
      }
    }
    let stream = world.connect(self, from: local.address, to: flow.remote)
    streams[stream.number] = stream
    incoming[stream.number] = Incoming()
    return stream
  }

  // MARK: Receiving

  package func datagram(_ bytes: [UInt8], from: Endpoint, to: Endpoint) {
    let flow = Flow(.udp, listener: listener(.udp, to), remote: from)
    guard border.welcome(flow, now: world.now) == .welcome else { return }
    receive(bytes, from: flow)
  }

  private func listener(_ transport: Transport, _ local: Endpoint) -> UInt8 {
    let place = configuration.listeners.firstIndex { listener in
      listener.transport == transport && listener.local.address == local.address
        && (listener.local.port == local.port || transport.isReliable)
    }
    return UInt8(place ?? 0)
  }

  package func accepted(_ stream: Stream, on local: Endpoint) {
    let remote = stream.remote(of: self)
    guard border.admits(Flow(.tcp, listener: listener(.tcp, local), remote: remote)) else {
      return stream.close()
    }
    streams[stream.number] = stream
    incoming[stream.number] = Incoming()
  }

  package func connected(_ stream: Stream) {}
  package func refused(_ stream: Stream) { forget(stream, .refused) }
  package func closed(_ stream: Stream) { forget(stream, .unanswered) }

  private func forget(_ stream: Stream, _ loss: Loss) {
    streams[stream.number] = nil
    incoming[stream.number] = nil
    for owner in sent.removeValue(forKey: stream.number) ?? [] { fail(owner, loss) }
  }

  package func octets(_ bytes: [UInt8], on stream: Stream) {
    incoming[stream.number]?.append(bytes)
    let connection = Connection(
      worker: 0, handle: Handle(index: stream.number, generation: 0))
    let flow = Flow(
      .tcp, listener: listener(.tcp, stream.local(of: self)), remote: stream.remote(of: self),
      connection: connection)
    while let found = incoming[stream.number]?.next() {
      switch found {
      case .message(let message): receive(message, from: flow)
      case .ping: stream.send([0x0d, 0x0a], by: self)
      case .last(let message):
        incoming[stream.number] = nil
        receive(message, from: flow)
        return stream.finish()
      case .broken: return stream.close()
      }
    }
  }
}

/// The messages of an outbox, in their order. A function of its own, since a view over a class's
/// outbox does not live long enough.
private func copies(of outbox: borrowing Outbox) -> [[UInt8]] {
  var messages: [[UInt8]] = []
  for place in 0..<outbox.transmits.count {
    let transmit = outbox.transmits[place]
    let start = Int(transmit.start)
    var copy = [UInt8]()
    copy.append(addingCapacity: Int(transmit.count)) {
      $0.write(outbox.bytes.span.extracting(start..<start + Int(transmit.count)))
    }
    messages.append(copy)
  }
  return messages
}
