import BasicContainers
import Basics
import CLinux

/// A listener's socket for datagrams, of one worker, and what is about to be sent on it. Messages
/// wait here as pointers into the outbox, so `flush` comes before the outbox is cleared.
@safe
struct Datagrams: ~Copyable {
  private static let places = 64

  private struct Waiting {
    var flow: Flow
    var owner: UInt64
    var count: Int
  }

  let descriptor: Descriptor
  let listener: UInt8
  private let worker: UInt8
  private let headers: UnsafeMutablePointer<mmsghdr>
  private let vectors: UnsafeMutablePointer<iovec>
  private let names: UnsafeMutableRawPointer
  private var flows = RigidArray<Waiting>(capacity: Datagrams.places)
  // What the socket did not take, in order; then nothing may overtake it.
  private var backlog = Buffer()
  private var backlogged = UniqueArray<Waiting>()
  private let waitingLimit: Int
  private var isWatchedForWriting = false
  /// Whether it is looked at in each turn instead of being watched: the kernel then neither wakes
  /// anyone for a datagram that comes in nor for one that has gone out, which under load is a
  /// twentieth of all that it does.
  private(set) var isPolled = false
  /// Looks in a row that found nothing.
  private var emptyLooks = 0

  init(
    _ descriptor: consuming Descriptor, listener: UInt8, worker: UInt8, waitingLimit: Int
  ) {
    self.descriptor = descriptor
    self.worker = worker
    self.listener = listener
    self.waitingLimit = waitingLimit
    let places = Self.places
    unsafe headers = .allocate(capacity: places)
    unsafe vectors = .allocate(capacity: places)
    unsafe names = .allocate(byteCount: places * 32, alignment: 8)
    for place in 0..<places {
      var header = unsafe mmsghdr()
      unsafe header.msg_hdr.msg_iov = vectors + place
      unsafe header.msg_hdr.msg_iovlen = 1
      unsafe header.msg_hdr.msg_name = names + place * 32
      unsafe headers[place] = header
    }
  }

  deinit {
    unsafe headers.deallocate()
    unsafe vectors.deallocate()
    unsafe names.deallocate()
  }

  var hasBacklog: Bool { !backlogged.isEmpty }
  var isFull: Bool { flows.isFull }
  var isEmpty: Bool { flows.isEmpty }

  /// Notes a message to be sent with the next `flush`; there must be room. The bytes stay where
  /// they are until then.
  mutating func add(_ bytes: Span<UInt8>, _ transmit: Transmit) {
    let place = flows.count
    unsafe bytes.withUnsafeBytes { from in
      unsafe vectors[place] = iovec(
        iov_base: UnsafeMutableRawPointer(mutating: from.baseAddress), iov_len: from.count)
    }
    let length = unsafe SocketAddress.write(transmit.flow.remote, to: names + place * 32)
    unsafe headers[place].msg_hdr.msg_namelen = length
    flows.append(Waiting(flow: transmit.flow, owner: transmit.owner, count: bytes.count))
  }

  /// Sends what was added.
  mutating func flush(_ counters: Counters, _ failures: inout Failures) {
    var next = 0
    while next < flows.count, !hasBacklog {
      let sent = unsafe sendmmsg(
        descriptor.number, headers + next, UInt32(flows.count &- next), 0)
      if sent > 0 {
        count(next..<next &+ Int(sent), counters)
        next &+= Int(sent)
        continue
      }
      let error = Errno.last
      if error.code == EINTR { continue }
      if error.isAgain || error.code == ENOBUFS { break }
      fail(flows[next], counters, &failures)
      next &+= 1
    }
    while next < flows.count {
      keep(next, counters, &failures)
      next &+= 1
    }
    flows.removeAll()
  }

  /// Sends what had to wait, until the socket takes no more.
  mutating func flushBacklog(_ counters: Counters, _ failures: inout Failures) {
    var done = 0
    while done < backlogged.count {
      let waiting = backlogged[done]
      let result = send(backlog.bytes.extracting(0..<waiting.count), waiting.flow.remote)
      let error = Errno.last
      if result < 0, error.code == EINTR { continue }
      if result < 0, error.isAgain || error.code == ENOBUFS { break }
      if result < 0 { fail(waiting, counters, &failures) }
      if result >= 0 {
        counters.add(.datagramsOut)
        counters.add(.octetsOut, waiting.count)
      }
      backlog.removeFirst(waiting.count)
      done &+= 1
    }
    backlogged.removeSubrange(0..<done)
  }

  /// Keeps the watch for room in step with whether anything waits for it.
  mutating func watch(_ poll: borrowing Poll, _ place: Int) {
    guard !isPolled, hasBacklog != isWatchedForWriting else { return }
    isWatchedForWriting = hasBacklog
    poll.change(descriptor.number, .datagrams(place), wanted)
  }

  private var wanted: Readiness { hasBacklog ? [.read, .write] : .read }

  /// Ends the watch: from now on it is looked at in each turn.
  mutating func startPolling(_ poll: borrowing Poll) {
    poll.remove(descriptor.number)
    (isPolled, emptyLooks) = (true, 0)
  }

  /// Watches it again. What came in between is told at once.
  mutating func endPolling(_ poll: borrowing Poll, _ place: Int) {
    // Without the watch it would be deaf, so it is looked at for as long as there is none.
    guard poll.add(descriptor.number, .datagrams(place), wanted) else { return }
    (isPolled, isWatchedForWriting) = (false, hasBacklog)
  }

  /// Notes what a look found.
  /// - Returns: whether it is worth another.
  mutating func looked(found count: Int) -> Bool {
    emptyLooks = count > 0 ? 0 : emptyLooks &+ 1
    return emptyLooks < Visit.emptyLooks
  }

  private func send(_ bytes: Span<UInt8>, _ remote: Endpoint) -> Int {
    let number = descriptor.number
    return unsafe SocketAddress(remote).withBytes { name, length in
      unsafe bytes.withUnsafeBytes { from in
        unsafe linux_send_to(number, from.baseAddress, from.count, name, length)
      }
    }
  }

  private func count(_ sent: Range<Int>, _ counters: Counters) {
    var octets = 0
    for place in sent { octets &+= flows[place].count }
    counters.add(.datagramsOut, sent.count)
    counters.add(.octetsOut, octets)
  }

  private func fail(
    _ waiting: Waiting, _ counters: Counters, _ failures: inout Failures
  ) {
    counters.add(.failures)
    guard waiting.owner != 0 else { return }
    failures.append(Failure(owner: waiting.owner, flow: waiting.flow, origin: worker))
  }

  private mutating func keep(
    _ place: Int, _ counters: Counters, _ failures: inout Failures
  ) {
    let waiting = flows[place]
    guard backlog.count &+ waiting.count <= waitingLimit else {
      counters.add(.queueFull)
      return fail(waiting, counters, &failures)
    }
    let first = unsafe vectors[place].iov_base?.assumingMemoryBound(to: UInt8.self)
    guard let first = unsafe first else { return }
    // The outbox still holds these bytes: it is cleared after the flush.
    backlog.append(unsafe Span(_unsafeStart: first, count: waiting.count))
    backlogged.append(waiting)
  }
}
