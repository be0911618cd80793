import BasicContainers
import Basics
import CLinux

/// A connection that a peer opened and that nobody has taken in yet.
struct NewConnection: ~Copyable {
  let descriptor: Descriptor
  let flow: Flow

  consuming func begin(now: Instant) -> Stream {
    let flow = flow
    return Stream(descriptor, flow, accepted: true, now: now)
  }

  /// Ends it. What the peer has sent is thrown away first, unread: the kernel would tell it of an
  /// abort, and not of an end, if anything were left.
  consuming func refuse() { linux_discard(descriptor.number, Self.discarded) }

  /// Octets that are thrown away at most: who has sent more by then hears of an abort.
  private static let discarded = 256 << 10
}

/// One connection of a transport that carries streams.
struct Stream: ~Copyable {
  enum State {
    /// Being set up; what is to be sent waits.
    case connecting
    case open
    /// To be closed when all that waits is written. Nothing is read for the element any more.
    case finishing
    /// All is written and the other side was told so; it may still read.
    case lingering
  }

  /// A message that is not written whole, and somebody who wants to know if it never is.
  struct Waiting {
    /// Where it ends, counted from the stream's beginning.
    var end: Int64
    var owner: UInt64
    var origin: UInt8
    var flow: Flow
  }

  /// A message that is written whole, and somebody who may still await an answer to it.
  struct Sent {
    var owner: UInt64
    var at: Instant
    var origin: UInt8
  }

  /// Octets of memory that an empty buffer keeps. What a long message or a slow reader has taken is
  /// given back, or each stream would have the most that it ever needed for as long as it lasts.
  private static let kept = 16 << 10
  /// How many answers may be awaited before it is asked which of them have come.
  private static let fewSent = 64

  let descriptor: Descriptor
  let flow: Flow
  /// Whether the other side opened it.
  let isAccepted: Bool
  var state: State
  /// The beginning of a message that is not whole yet.
  var inbound = Buffer()
  var outbound = Buffer()
  private var waiting = UniqueArray<Waiting>()
  private var firstWaiting = 0
  private var sent = UniqueArray<Sent>()
  private var sentLimit = Stream.fewSent
  private var queued: Int64 = 0
  private var written: Int64 = 0
  /// Whether a whole message has come in.
  var hasSpoken = false
  /// Whether it stands in the list of streams to be written at the end of this turn.
  var isDirty = false
  /// Whether it is not read because the ring to the owner of its next message is full.
  var isHeld = false
  /// Whether the kernel tells nothing of it any more, while it is held: it has ended.
  var isMuted = false
  /// Whether the connection is gone, but not all is read that came before.
  var isBroken = false
  var watched: Readiness
  /// When the state or the unfinished message began.
  var since: Instant
  var lastHeard: Instant
  var lastWritten: Instant

  init(_ descriptor: consuming Descriptor, _ flow: Flow, accepted: Bool, now: Instant) {
    self.descriptor = descriptor
    self.flow = flow
    isAccepted = accepted
    state = accepted ? .open : .connecting
    watched = accepted ? .read : .write
    since = now
    lastHeard = now
    lastWritten = now
  }

  var waitingMessages: Int { waiting.count &- firstWaiting }

  mutating func queue(_ bytes: Span<UInt8>, owner: UInt64, origin: UInt8, flow: Flow, now: Instant)
  {
    if outbound.isEmpty { lastWritten = now }
    outbound.append(bytes)
    queued &+= Int64(bytes.count)
    guard owner != 0 else { return }
    waiting.append(Waiting(end: queued, owner: owner, origin: origin, flow: flow))
  }

  /// Writes as much as the kernel takes.
  /// - Returns: how many octets.
  mutating func write(now: Instant) throws(Errno) -> Int {
    var total = 0
    while !outbound.isEmpty {
      do throws(Errno) {
        let count = try outbound.drain(to: descriptor.number)
        total &+= count
        lastWritten = now
      } catch {
        if error.isAgain { break }
        throw error
      }
    }
    outbound.trim(to: Self.kept)
    written &+= Int64(total)
    noteWritten(now)
    return total
  }

  /// Moves the beginning of a message, if there is one, to the end of `scratch`.
  mutating func takeInbound(into scratch: inout Buffer) {
    guard !inbound.isEmpty else { return }
    scratch.append(inbound.bytes)
    inbound.removeAll()
    inbound.trim(to: Self.kept)
  }

  /// Takes the messages that were not written whole, for their owners to be told.
  mutating func takeWaiting() -> UniqueArray<Waiting> {
    waiting.removeSubrange(0..<firstWaiting)
    firstWaiting = 0
    return exchange(&waiting, with: UniqueArray())
  }

  /// What it wants to be told by the kernel.
  var wanted: Readiness {
    switch state {
    case .connecting: .write
    case .open where isHeld: outbound.isEmpty ? [] : .write
    case .open: outbound.isEmpty ? .read : [.read, .write]
    case .finishing: .write
    case .lingering: .read
    }
  }

  /// When it is to be closed if nothing happens.
  func deadline(_ limits: Limits) -> Instant {
    var deadline: Instant
    switch state {
    case .connecting: return since + limits.connect
    case .lingering: return since + limits.lingering
    case .finishing: deadline = .distantFuture
    // What it waits for is our doing.
    case .open where isHeld: deadline = .distantFuture
    case .open:
      deadline = max(lastHeard, lastWritten) + limits.idle
      if isUnfinished { deadline = min(deadline, since + limits.unfinished) }
    }
    if !outbound.isEmpty { deadline = min(deadline, lastWritten + limits.stalled) }
    return deadline
  }

  /// Whether the other side owes us the rest of a message, or the first one.
  var isUnfinished: Bool { !inbound.isEmpty || (isAccepted && !hasSpoken) }

  /// Whether so many answers are awaited that some of them will have come.
  var isCrowded: Bool { sent.count >= sentLimit }

  /// Forgets the messages whose owners await nothing any more; and the oldest, if there are more
  /// than `limit`. It is looked at again when there are twice as many, so that a message costs a
  /// few questions at most.
  mutating func sift(limit: Int, _ isAwaited: (Sent) -> Bool) {
    var kept = 0
    for place in 0..<sent.count where isAwaited(sent[place]) {
      sent[kept] = sent[place]
      kept &+= 1
    }
    sent.removeSubrange(kept..<sent.count)
    if kept > limit { sent.removeSubrange(0..<kept &- limit) }
    sentLimit = max(Self.fewSent, min(2 &* sent.count, limit &+ Self.fewSent))
  }

  /// Takes the messages that were written whole, for their owners to be told.
  mutating func takeSent() -> UniqueArray<Sent> { exchange(&sent, with: UniqueArray()) }

  private mutating func noteWritten(_ now: Instant) {
    while firstWaiting < waiting.count, waiting[firstWaiting].end <= written {
      let message = waiting[firstWaiting]
      sent.append(Sent(owner: message.owner, at: now, origin: message.origin))
      firstWaiting &+= 1
    }
    guard firstWaiting == waiting.count || firstWaiting > 256 else { return }
    waiting.removeSubrange(0..<firstWaiting)
    firstWaiting = 0
  }
}
