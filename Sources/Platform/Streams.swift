import BasicContainers
import Basics
import CLinux

/// All streams of one worker: those that peers opened, and those that we opened, by where they
/// lead.
struct Streams: ~Copyable {
  /// Why a stream ends.
  enum Cause: Equatable {
    case ended, unwanted
    /// The connection was refused, or not set up in time.
    case refused
    /// The operator is told.
    case cause(Closing)

    var count: Count? {
      switch self {
      case .cause(.unfinished), .cause(.idle): .late
      case .cause(.unread): .unread
      case .cause(.unframed): .unframed
      case .cause(.tooMany), .ended, .refused, .unwanted: nil
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

  let worker: UInt8
  private let locals: [Listener]
  let limits: Limits
  let census: Census
  let counters: Counters
  var table: SlotTable<Stream>
  var routes = Index(expected: 64)
  private let secret = Entropy.key()
  var dirty = UniqueArray<Handle>()
  /// Streams that await many answers.
  var crowded = UniqueArray<Handle>()
  /// What was not sent.
  var failures = Failures()
  /// What was closed for cause.
  var closings = Closings()
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
      closings.append(new.flow, .tooMany)
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
  mutating func connect(
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
