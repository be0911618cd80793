import Admission
import Basics
import Cryptography
import Routing
import SIP
import Transactions

/// A server transaction with the response context of RFC 3261 §16.7: what the proxy core needs to
/// know until the final response has gone out.
struct ServerTransaction: ~Copyable {
  var machine: ServerMachine
  /// How `Core.serverIndex` finds it.
  let key: Key
  let method: Method
  /// Where responses go (RFC 3261 §18.2.2, RFC 3581 §4).
  let flow: Flow
  /// Where the request came from: a CANCEL must come from there as well.
  let source: Endpoint
  let peer: PeerID
  /// The number of the policy that it began under, and keeps.
  let policy: UInt32
  /// The request as it was received, for as long as another target may have to be tried or a
  /// response of our own made.
  var request: Kept?
  /// The branch at work.
  var client: Handle?
  /// How many client transactions may still bring a 2xx: while there are any, the record outlives
  /// its machine, so that each of them goes upstream (RFC 3261 §16.7 steps 5 and 9).
  var openBranches = 0
  var call: Handle?
  /// The calls that a request of a spiral belongs to, `call` among them.
  var passes: Passes?
  /// The targets that are left to try.
  var search: Search
  /// The best final response of the branches that failed so far, as it would go upstream.
  var best: Best
  /// What a redirecting target named, tried before the targets that are left.
  var redirected = Redirected()
  /// The tags of To and From, as their digests: which dialog of its call the request belongs to.
  let tags: (to: UInt32, from: UInt32)
  /// When the set-up that an INVITE asks for is over; never for other requests.
  let setupEnd: Instant
  /// Whether the request had no To tag: an INVITE is then the one that the call began with.
  let isInitial: Bool
  var isCancelled = false
  /// Whether it began another usage of its dialog, which its refusal ends.
  var beganUsage = false
  /// Whether it waits for the outside: it has been sent nowhere, or has a redirection to follow.
  var isParked = false
  /// Whether its final response has not gone out yet.
  var isPending = true
  /// The time of its valid entry on the wheel.
  var armed = Instant.distantFuture

  /// Contacts of 3xx responses that may lead to configured peers.
  struct Redirected {
    var contacts: [Contact] = []
    /// The digests of all that ever stood there: `Limits.contacts` for each 3xx that was followed.
    var seen: [UInt64] = []
    /// How many 3xx were followed: a ring of redirections must end.
    var followed = 0
    /// The Request-URI of the branch at work, if it is one of those contacts.
    var current: [UInt8]?
    /// Whether the name of the contact before had no address, or one that is no peer's.
    var lacksAddress = false
  }

  /// The first and the last pass of an INVITE through this element; the records between them are
  /// found by `Call.previous`.
  struct Passes {
    var newest: Handle
    var oldest: Handle
  }

  /// Whether there is another place to try.
  var hasNext: Bool { !search.isEmpty || !redirected.contacts.isEmpty }

  /// Which of the failed branches' responses speaks for all (RFC 3261 §16.7 step 6).
  struct Best: ~Copyable {
    var response: Kept?
    /// 0 while there is none.
    var status: UInt16 = 0
  }
}

/// A client transaction, and whose it is.
struct ClientTransaction: ~Copyable {
  var machine: ClientMachine
  let flow: Flow
  let peer: PeerID
  let method: Method
  /// The listener to send it from as a datagram after all, where it went over a stream for its size
  /// only (RFC 3261 §18.1.1).
  let datagram: UInt8?
  /// The server transaction that it serves; none for a CANCEL, or once the core is past it.
  var server: Handle?
  /// The CANCEL that was sent for this INVITE: it has the same branch (RFC 3261 §9.1), and so is
  /// found through it.
  var cancel: Handle?
  /// Whether a final response may come that matters: a 2xx to an INVITE, any to a CANCEL.
  var isOpen: Bool
  /// Whether this element waits for its final response before it ends: it has to be acknowledged.
  var isAwaited = false
  var armed = Instant.distantFuture
}

/// What a wheel entry, or the owner of a message to send, names: eight bits of kind, 24 of
/// generation, 32 of index.
enum Ticket {
  case server(Handle)
  case client(Handle)
  case call(Handle)
  case parked(Handle)
  case question(Handle)

  init?(_ payload: UInt64) {
    let handle = Handle(
      index: UInt32(truncatingIfNeeded: payload),
      generation: UInt32(truncatingIfNeeded: payload >> 32) & 0xff_ffff)
    switch payload >> 56 {
    case 1: self = .server(handle)
    case 2: self = .client(handle)
    case 3: self = .call(handle)
    case 4: self = .parked(handle)
    case 5: self = .question(handle)
    default: return nil
    }
  }

  var payload: UInt64 {
    switch self {
    case .server(let handle): Self.pack(1, handle)
    case .client(let handle): Self.pack(2, handle)
    case .call(let handle): Self.pack(3, handle)
    case .parked(let handle): Self.pack(4, handle)
    case .question(let handle): Self.pack(5, handle)
    }
  }

  private static func pack(_ kind: UInt64, _ handle: Handle) -> UInt64 {
    kind << 56 | UInt64(handle.generation) << 32 | UInt64(handle.index)
  }
}

/// What is known of the input at hand.
struct Turn {
  var flow: Flow
  var now: Instant
  var peer: PeerID
  /// The number of the policy that it goes by.
  var policy: UInt32
  /// Whether the request has waited for the outside and comes by the stages again.
  var isAgain = false
}

/// A kept message laid out to be read again: its octets and their table.
struct Desk: ~Copyable {
  var bytes: [UInt8] = []
  var table = HeaderTable()

  init() { bytes.reserveCapacity(SIP.Limits.message) }

  /// Takes a copy.
  /// - Returns: whether it is a message (it was one when it was kept).
  mutating func lay(_ kept: Span<UInt8>) -> Bool {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(addingCapacity: kept.count) { $0.write(kept) }
    return Self.read(bytes, into: &table)
  }

  private static func read(_ bytes: [UInt8], into table: inout HeaderTable) -> Bool {
    do throws(Malformed) {
      try Parser.parse(bytes.span, into: &table)
      return true
    } catch {
      return false
    }
  }
}
