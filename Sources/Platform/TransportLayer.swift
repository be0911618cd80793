import BasicContainers
import Basics
import CLinux

/// The transport layer of one worker (RFC 3261 §18): its sockets, its streams, and the ways to the
/// other workers. It knows nothing of the element.
struct TransportLayer: ~Copyable {
  // Not private: another file that destroys the layer then refers to what is not there (Swift
  // 6.3.1).
  struct Accepting: ~Copyable {
    let descriptor: Descriptor
    let listener: UInt8
  }

  /// How long no connection is accepted after the kernel had no descriptor left.
  private static let breath = Interval.milliseconds(100)

  let worker: Int
  let poll: Poll
  let counters: Counters
  var streams: Streams
  var neighbours: Neighbours
  private var datagrams = UniqueArray<Datagrams>()
  // From a listener to its place in `datagrams`, -1 for none.
  private var places: [Int]
  /// How many of them are looked at in each turn.
  private(set) var polled = 0
  private var accepting = UniqueArray<Accepting>()
  private var acceptAgain: Instant?
  /// Streams that are held, by the worker that they wait for, in order.
  private var held: [[Handle]]
  /// Words to other workers that found no room.
  private var untold: [[Envelope]]
  private let limits: Limits

  init(
    worker: Int, listeners: [Listener], _ limits: Limits, _ census: Census, _ counters: Counters,
    _ neighbours: consuming Neighbours, _ poll: consuming Poll
  ) {
    self.worker = worker
    self.poll = poll
    self.counters = counters
    self.limits = limits
    held = (0..<neighbours.count).map { _ in [] }
    untold = (0..<neighbours.count).map { _ in [] }
    self.neighbours = neighbours
    streams = Streams(
      worker: UInt8(truncatingIfNeeded: worker), locals: listeners, limits, census, counters)
    places = listeners.map { _ in -1 }
  }

  /// Takes in the socket of a listener.
  mutating func add(
    _ socket: consuming Descriptor, _ transport: Transport, listener: Int
  ) throws(Errno) {
    let number = socket.number
    let place = UInt8(truncatingIfNeeded: listener)
    let token: Token
    if transport == .udp {
      token = .datagrams(datagrams.count)
      places[listener] = datagrams.count
      datagrams.append(
        Datagrams(
          socket, listener: place, worker: UInt8(truncatingIfNeeded: worker),
          waitingLimit: limits.waitingDatagrams))
    } else {
      token = .connections(accepting.count)
      accepting.append(Accepting(descriptor: socket, listener: place))
    }
    guard poll.add(number, token, .read) else { throw Errno.last }
  }

  /// When something is to be done here, whatever happens.
  var nextDeadline: Instant { min(streams.nextLook, acceptAgain ?? .distantFuture) }

  mutating func expire(now: Instant) {
    streams.expire(now: now)
    guard let again = acceptAgain, again <= now else { return }
    acceptAgain = nil
    for place in 0..<accepting.count {
      poll.change(accepting[place].descriptor.number, .connections(place), .read)
    }
  }

  /// Whether all that was to be sent has gone to the kernel, and the other workers have taken what
  /// was theirs.
  mutating func isQuiet() -> Bool {
    for words in untold where !words.isEmpty { return false }
    if neighbours.isAwaited { return false }
    for place in 0..<datagrams.count where datagrams[place].hasBacklog { return false }
    return streams.failures.isEmpty && !streams.hasUnwritten()
  }
}

// MARK: - The way in

extension TransportLayer {
  /// Takes the datagrams of one listener.
  mutating func receive(_ place: Int, into inbox: inout Inbox) -> Int {
    let count = inbox.receive(from: datagrams[place].descriptor.number)
    guard count > 0 else { return 0 }
    var octets = 0
    for datagram in 0..<count { octets &+= inbox.datagram(datagram).count }
    counters.add(.datagramsIn, count)
    counters.add(.octetsIn, octets)
    return count
  }

  func listener(_ place: Int) -> UInt8 { datagrams[place].listener }

  /// Sockets for datagrams.
  var datagramSockets: Int { datagrams.count }

  func isPolled(_ place: Int) -> Bool { datagrams[place].isPolled }

  /// Looks at a socket in each turn from now on, and no longer has it watched.
  mutating func startPolling(_ place: Int) {
    guard !datagrams[place].isPolled else { return }
    datagrams[place].startPolling(poll)
    counters.add(.pollings)
    polled &+= 1
  }

  mutating func endPolling(_ place: Int) {
    guard datagrams[place].isPolled else { return }
    datagrams[place].endPolling(poll, place)
    if !datagrams[place].isPolled { polled &-= 1 }
  }

  /// Notes what a look at a polled socket found. One that finds nothing again and again is watched.
  mutating func looked(_ place: Int, found count: Int) {
    if datagrams[place].hasBacklog { becameWritable(place) }
    if !datagrams[place].looked(found: count) { endPolling(place) }
  }

  /// The socket takes datagrams again.
  mutating func becameWritable(_ place: Int) {
    datagrams[place].flushBacklog(counters, &streams.failures)
    datagrams[place].watch(poll, place)
  }

  mutating func becameWritable(stream handle: Handle, now: Instant) {
    streams.becameWritable(handle, poll, now: now)
  }

  /// The next connection that waits at one listener.
  mutating func nextConnection(_ place: Int, now: Instant) -> NewConnection? {
    let listener = accepting[place].listener
    for _ in 0..<Visit.accepts {
      do throws(Errno) {
        let new = try Socket.accept(accepting[place].descriptor.number)
        let descriptor = Descriptor(new.descriptor)
        guard let remote = new.remote else { continue }
        return NewConnection(
          descriptor: descriptor, flow: Flow(.tcp, listener: listener, remote: remote))
      } catch {
        if error.isAgain { return nil }
        // The peer has gone again, or the network has: nothing of ours is wrong.
        guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.code) else { continue }
        // They still wait at the listener, which would wake us without end.
        poll.change(accepting[place].descriptor.number, .connections(place), [])
        acceptAgain = now + Self.breath
        return nil
      }
    }
    return nil
  }

  /// Gives a message to the worker that owns it.
  /// - Returns: whether the ring to it had room. If not, the message is the caller's to keep, or to
  ///   drop and count.
  mutating func handOver(_ bytes: Span<UInt8>, _ flow: Flow, to owner: Int) -> Bool {
    push(Envelope(.message, flow), bytes, to: owner)
  }

  private mutating func push(_ envelope: Envelope, _ body: Span<UInt8>, to other: Int) -> Bool {
    guard neighbours.push(envelope, body, to: other) else { return false }
    counters.add(.handedOver)
    return true
  }
}

// MARK: - Waiting for another worker

extension TransportLayer {
  /// Reads no more of a stream until the ring to a worker has room again.
  mutating func hold(_ handle: Handle, _ rest: Span<UInt8>, for owner: Int) {
    streams.hold(handle, rest, poll)
    held[owner].append(handle)
  }

  /// Whether something waits for a worker that has room for it.
  mutating func canResume() -> Bool {
    for other in 0..<held.count where isAwaited(other) && neighbours.hasRoomAgain(for: other) {
      return true
    }
    return false
  }

  private mutating func isAwaited(_ other: Int) -> Bool {
    !held[other].isEmpty || !untold[other].isEmpty
  }

  /// Tells another worker what it was to be told, and hands out some of the streams that wait for
  /// it, if it has room again.
  mutating func resume(_ other: Int) -> [Handle] {
    guard isAwaited(other), neighbours.hasRoomAgain(for: other) else { return [] }
    var told = 0
    while told < untold[other].count, push(untold[other][told], Span(), to: other) { told += 1 }
    untold[other].removeSubrange(0..<told)
    let streams = Array(held[other].prefix(Visit.resumed))
    held[other].removeFirst(streams.count)
    return streams
  }

  /// Puts a stream back that found no room after all.
  mutating func holdAgain(_ handle: Handle, for owner: Int) { held[owner].append(handle) }

  /// Tells another worker something, as soon as there is room.
  private mutating func tell(_ envelope: Envelope, to other: Int) {
    guard other < untold.count else { return }
    if untold[other].isEmpty, push(envelope, Span(), to: other) { return }
    guard untold[other].count < limits.untold else { return counters.add(.ringFull) }
    untold[other].append(envelope)
  }
}

// MARK: - The way out

extension TransportLayer {
  /// Sends all that an outbox holds, which may then be cleared.
  mutating func carry(_ outbox: borrowing Outbox, now: Instant) {
    for place in 0..<outbox.transmits.count {
      let transmit = outbox.transmits[place]
      let start = Int(transmit.start)
      let bytes = outbox.bytes.span.extracting(start..<start &+ Int(transmit.count))
      if transmit.flow.transport == .udp {
        send(datagram: bytes, transmit)
      } else {
        send(message: bytes, transmit, now: now)
      }
    }
    for place in 0..<datagrams.count where !datagrams[place].isEmpty { flush(place) }
    for place in 0..<outbox.closes.count { close(outbox.closes[place], now: now) }
    streams.flush(poll, now: now)
    neighbours.ringBells()
  }

  /// A message that another worker wants on a stream of ours.
  mutating func carry(_ bytes: Span<UInt8>, _ envelope: Envelope, now: Instant) {
    streams.send(
      bytes, envelope.flow, owner: envelope.owner, origin: envelope.origin, poll, now: now)
  }

  /// Tells another worker of its failure.
  mutating func tell(_ failure: Failure) {
    let kind: Envelope.Kind =
      switch failure.loss {
      case .unsent: .unsent
      case .refused: .refused
      case .unanswered: .unanswered
      }
    tell(Envelope(kind, failure.flow, owner: failure.owner), to: Int(failure.origin))
  }

  private mutating func send(datagram bytes: Span<UInt8>, _ transmit: Transmit) {
    let listener = Int(transmit.flow.listener)
    let place = listener < places.count ? places[listener] : -1
    guard place >= 0 else { return fail(transmit) }
    datagrams[place].add(bytes, transmit)
    if datagrams[place].isFull { flush(place) }
  }

  private mutating func send(message bytes: Span<UInt8>, _ transmit: Transmit, now: Instant) {
    let flow = transmit.flow
    let own = UInt8(truncatingIfNeeded: worker)
    guard let named = flow.connection, Int(named.worker) != worker,
      Int(named.worker) < neighbours.count
    else {
      return streams.send(bytes, flow, owner: transmit.owner, origin: own, poll, now: now)
    }
    let envelope = Envelope(.transmit, flow, owner: transmit.owner, origin: own)
    guard !push(envelope, bytes, to: Int(named.worker)) else { return }
    counters.add(.ringFull)
    fail(transmit)
  }

  /// Closes a stream, here or where it is held, after what was queued on it.
  mutating func close(_ connection: Connection, now: Instant) {
    guard Int(connection.worker) != worker else {
      return streams.close(connection.handle, poll, now: now)
    }
    let nowhere = Endpoint(.unspecified, port: 0)
    let flow = Flow(.tcp, listener: 0, remote: nowhere, connection: connection)
    tell(Envelope(.close, flow), to: Int(connection.worker))
  }

  mutating func closeUnframed(_ handle: Handle, now: Instant) {
    counters.add(.unframed)
    if let flow = streams.flow(handle) { streams.closings.append(flow, .unframed) }
    streams.close(handle, poll, now: now)
  }

  private mutating func flush(_ place: Int) {
    datagrams[place].flush(counters, &streams.failures)
    datagrams[place].watch(poll, place)
  }

  private mutating func fail(_ transmit: Transmit) {
    counters.add(.failures)
    guard transmit.owner != 0 else { return }
    let own = UInt8(truncatingIfNeeded: worker)
    streams.failures.append(Failure(owner: transmit.owner, flow: transmit.flow, origin: own))
  }
}
