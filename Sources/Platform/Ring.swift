import Basics
import Synchronization

/// What goes from one worker to another.
struct Envelope {
  enum Kind: UInt8 {
    /// A message that the other owns.
    case message
    /// A message for a stream that the other holds.
    case transmit
    /// A message of the other that this one could not send, for whatever reason or as nobody took
    /// the stream; or that it sent on a stream that has ended since.
    case unsent, refused, unanswered
    /// A stream that the other holds is to be closed.
    case close
    /// Nothing: the rest of the ring up to its end is not used.
    case skip
  }

  var kind: Kind
  /// The worker that wants to know when a transmit fails.
  var origin: UInt8 = 0
  var count: UInt32 = 0
  var owner: UInt64 = 0
  var flow: Flow

  init(_ kind: Kind, _ flow: Flow, owner: UInt64 = 0, origin: UInt8 = 0) {
    self.kind = kind
    self.flow = flow
    self.owner = owner
    self.origin = origin
  }
}

/// The way from one worker to one other: records in order, in a fixed number of octets. One thread
/// pushes and one takes; neither ever waits.
@safe
final class Ring: @unchecked Sendable {
  // Why it may be shared: `cachedHead` belongs to the pusher; octets between head and tail belong
  // to the taker and all others to the pusher, and each gives them over by a releasing store.
  private let storage: UnsafeMutableRawPointer
  private let capacity: Int
  private let tail = Atomic<Int>(0)
  private var cachedHead = 0
  // Keeps what the pusher and what the taker write on different cache lines.
  private let padding: InlineArray<16, UInt64> = InlineArray(repeating: 0)
  private let head = Atomic<Int>(0)
  /// Whether the pusher waits for room, and the taker is to wake it.
  private let isRoomAwaited = Atomic(false)

  private static let header = (MemoryLayout<Envelope>.stride + 15) & ~15

  /// - Parameter capacity: octets, rounded up to a power of two.
  init(capacity: Int) {
    var size = 1 << 12
    while size < capacity { size *= 2 }
    self.capacity = size
    unsafe storage = .allocate(byteCount: size, alignment: 64)
  }

  deinit { unsafe storage.deallocate() }

  /// Whether there is something to take; for both sides.
  var isEmpty: Bool {
    head.load(ordering: .acquiring) == tail.load(ordering: .acquiring)
  }

  /// How much is kept free for records of more weight: a message of which the sender still has the
  /// octets leaves an eighth, and one that would be lost half of that.
  private func reserve(for kind: Envelope.Kind) -> Int {
    switch kind {
    case .message: capacity / 8
    case .transmit: capacity / 16
    case .unsent, .refused, .unanswered, .close, .skip: 0
    }
  }

  /// Adds a record, or says that there is no room.
  func push(_ envelope: Envelope, _ body: Span<UInt8>) -> Bool {
    var at = tail.load(ordering: .relaxed)
    let size = Self.header &+ (body.count &+ 15) & ~15
    let left = capacity &- at & (capacity &- 1)
    let needed = left < size ? left &+ size : size
    guard hasRoom(needed &+ reserve(for: envelope.kind), at) else { return false }
    if left < size {
      write(Envelope(.skip, envelope.flow), at)
      at &+= left
    }
    var envelope = envelope
    envelope.count = UInt32(truncatingIfNeeded: body.count)
    write(envelope, at)
    unsafe body.withUnsafeBytes { from in
      guard let first = from.baseAddress else { return }
      let place = at & (capacity &- 1) &+ Self.header
      unsafe (storage + place).copyMemory(from: first, byteCount: from.count)
    }
    tail.store(at &+ size, ordering: .releasing)
    return true
  }

  /// The first record, or `nil`.
  func front() -> Envelope? {
    var at = head.load(ordering: .relaxed)
    while at != tail.load(ordering: .acquiring) {
      let envelope = read(at)
      if envelope.kind != .skip { return envelope }
      at &+= capacity &- at & (capacity &- 1)
      head.store(at, ordering: .releasing)
    }
    return nil
  }

  /// The octets of the first record, good until `removeFirst`.
  @_lifetime(borrow self)
  func body(of front: Envelope) -> Span<UInt8> {
    let place = head.load(ordering: .relaxed) & (capacity &- 1) &+ Self.header
    let first = unsafe (storage + place).assumingMemoryBound(to: UInt8.self)
    return unsafe _overrideLifetime(
      Span(_unsafeStart: first, count: Int(front.count)), borrowing: self)
  }

  func removeFirst(_ front: Envelope) {
    let size = Self.header &+ (Int(front.count) &+ 15) & ~15
    head.store(head.load(ordering: .relaxed) &+ size, ordering: .releasing)
  }

  // MARK: Waiting for room

  /// Whether the pusher that found no room may go on: half of the ring is free. If not, the taker
  /// will wake it.
  func hasRoomAgain() -> Bool {
    if isHalfFree { return true }
    isRoomAwaited.store(true, ordering: .relaxed)
    // Either this second look sees what the taker has freed, or the taker's look sees the wish.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    return isHalfFree
  }

  /// Whether the taker is to wake the pusher, now that it has taken something.
  func grantsRoom() -> Bool {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    guard isRoomAwaited.load(ordering: .relaxed), isHalfFree else { return false }
    return isRoomAwaited.exchange(false, ordering: .acquiringAndReleasing)
  }

  private var isHalfFree: Bool {
    let used = tail.load(ordering: .acquiring) &- head.load(ordering: .acquiring)
    return used <= capacity / 2
  }

  private func hasRoom(_ size: Int, _ at: Int) -> Bool {
    if at &+ size &- cachedHead <= capacity { return true }
    cachedHead = head.load(ordering: .acquiring)
    return at &+ size &- cachedHead <= capacity
  }

  private func write(_ envelope: Envelope, _ at: Int) {
    let place = at & (capacity &- 1)
    // Less room than a header before the end needs no mark: `read` knows.
    guard capacity &- place >= Self.header else { return }
    unsafe (storage + place).storeBytes(of: envelope, as: Envelope.self)
  }

  private func read(_ at: Int) -> Envelope {
    let place = at & (capacity &- 1)
    guard capacity &- place >= Self.header else {
      let nowhere = Flow(.udp, listener: 0, remote: Endpoint(.unspecified, port: 0))
      return Envelope(.skip, nowhere)
    }
    return unsafe (storage + place).load(as: Envelope.self)
  }
}
