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
  var datagrams = UniqueArray<Datagrams>()
  // From a listener to its place in `datagrams`, -1 for none.
  var places: [Int]
  /// How many of them are looked at in each turn.
  private(set) var polled = 0
  private var accepting = UniqueArray<Accepting>()
  private var acceptAgain: Instant?
  /// Streams that are held, by the worker that they wait for, in order.
  var held: [[Handle]]
  /// Words to other workers that found no room.
  var untold: [[Envelope]]
  let limits: Limits
  /// `nil` where it does not matter by which interface a datagram came in.
  private var reversePath: ReversePath?

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

  /// From now on `leadsBack` asks the kernel; the sockets have to tell how datagrams came in.
  mutating func checkReversePath() throws(Refusal) {
    do throws(Errno) {
      reversePath = .some(try ReversePath())
    } catch {
      throw Refusal.system(code: error.code)
    }
  }

  var checksReversePath: Bool { reversePath != nil }

  /// Whether a datagram came in by the interface that leads back to its source.
  mutating func leadsBack(
    _ datagram: Int, of inbox: borrowing Inbox, to source: Endpoint, now: Instant
  ) -> Bool {
    reversePath?.leadsBack(to: source.address, over: inbox.interface(datagram), now: now) ?? true
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

  mutating func push(_ envelope: Envelope, _ body: Span<UInt8>, to other: Int) -> Bool {
    guard neighbours.push(envelope, body, to: other) else { return false }
    counters.add(.handedOver)
    return true
  }
}
