import Admission
import Authentication
import Basics
import BasicContainers
import Cryptography
import Dialogs
import Identity
import Routing
import SIP
import Transactions

/// The tables of one border and the stages that fill them. The message at hand, its patch and the
/// outbox are arguments of every function, so that a view over received octets never overlaps a
/// change of the tables.
struct Core: ~Copyable {
  /// That of the policy in force; its listeners and sizes never change.
  var configuration: Configuration
  let worker: UInt8
  let tokens: TokenRing
  /// Keys of the hashes: for the index, for loops, for tags and for digests in logs.
  let secret: Key
  /// What Admission counts over all workers.
  let shared: Admission.Shared
  var regimes: Regimes
  var servers: SlotTable<ServerTransaction>
  var clients: SlotTable<ClientTransaction>
  var calls: SlotTable<Call>
  var serverIndex: Index
  /// Calls by Call-ID and the caller's tag; empty unless the policy mends lost route sets.
  var callIndex: Index
  var parked: SlotTable<Parked>
  /// How many of them each peer has, by its number; no entry for one that has none.
  var waiting: [UInt16: Int] = [:]
  /// What was asked of the outside and not answered yet, and by which name.
  var questions: SlotTable<Asked>
  var questionIndex: Index
  var inquiries: [Inquiry] = []
  var streamless = Streamless()
  /// What is to be done as soon as the outbox has room.
  var chores: [Chore] = []
  var shelf: Shelf
  var wheel: Wheel
  var counters = Counters()
  var tallies: Tallies
  /// How far the message at hand came.
  var passage = Passage()
  var notes: RigidArray<Note>
  var lostNotes = 0
  var strangers = Strangers()
  /// Calls that have not ended; the other records are of those that are remembered.
  var liveCalls = 0
  /// Calls that have ended and are remembered for their other usages only.
  var lingering = 0
  /// CANCEL requests that have no final response yet, and what an element that ends has cancelled.
  var cancelling = 0
  /// Limits that bite, and are watched until they stop.
  var alarms = Alarms()
  var isDraining = false
  /// The limit of a drain was reached: what is left is being ended.
  var isLeaving = false
  /// Server transactions whose final response has not gone out.
  var pending = 0
  /// The wall's time at the instant 0, in nanoseconds since 1970-01-01T00:00:00Z.
  var wallAtZero: Int64 = 0
  private var callCount: UInt64 = 0
  /// How many decisions had an id.
  var decisions: UInt64 = 0

  init(_ regime: Regime, worker: UInt8, seed: Seed, now: Instant) {
    shared = regime.shared
    configuration = regime.configuration.withoutRules()
    self.worker = worker
    tokens = TokenRing(seed: seed.tokens, id: 0)
    secret = seed.hashes
    regimes = Regimes(regime)
    tallies = Tallies(peers: regime.configuration.admission.peers.count)
    let first = UInt32(truncatingIfNeeded: seed.generations)
    let capacity = regime.configuration.capacity
    servers = SlotTable(limit: capacity.transactions, firstGeneration: first)
    clients = SlotTable(limit: capacity.transactions, firstGeneration: first)
    calls = SlotTable(
      limit: capacity.calls + capacity.endedCalls, firstGeneration: first)
    parked = SlotTable(limit: Limits.parked, firstGeneration: first)
    questions = SlotTable(limit: Limits.questions, firstGeneration: first)
    questionIndex = Index(expected: 64)
    serverIndex = Index(expected: 4096)
    callIndex = Index(expected: 64)
    shelf = Shelf(limit: capacity.shelf)
    wheel = Wheel(now: now, expected: 4096)
    notes = RigidArray(capacity: Limits.notes)
  }

  /// Tells the operator, as long as there is room: a flood of bad messages is counted and not all
  /// told.
  mutating func note(_ note: Note) {
    if notes.freeCapacity > 0 { notes.append(note) } else { lostNotes &+= 1 }
  }

  /// Whether all that one more piece of work can have to tell finds room.
  mutating func canTell() -> Bool { notes.freeCapacity >= Limits.notesOfOne }

  mutating func nextCallID() -> UInt64 {
    callCount &+= 1
    return UInt64(worker) << 56 | callCount
  }

  mutating func seal(_ kind: Token.Kind, _ handle: Handle) -> SealedToken {
    tokens.seal(
      Token(
        kind: kind, node: 0, worker: worker, index: handle.index, generation: handle.generation))
  }

  /// What time it is on the wall, in nanoseconds since 1970-01-01T00:00:00Z.
  mutating func wall(_ now: Instant) -> Int64 { wallAtZero &+ now.nanoseconds }

  mutating func hash() -> KeyedHash { KeyedHash(secret: secret) }
}

// MARK: Timers

extension Core {
  /// Puts a server transaction on the wheel where its machine wants to be looked at sooner than it
  /// would be, and takes it out of the tables when it has ended.
  mutating func settle(server handle: Handle) {
    if servers[handle].machine.isTerminated {
      if servers[handle].openBranches == 0 { remove(server: handle) }
      return
    }
    let deadline = servers[handle].machine.deadline
    guard deadline < servers[handle].armed else { return }
    servers[handle].armed = wheel.arm(Ticket.server(handle).payload, near: deadline)
  }

  mutating func settle(client handle: Handle) {
    if clients[handle].machine.isTerminated { return remove(client: handle) }
    let deadline = clients[handle].machine.deadline
    guard deadline < clients[handle].armed else { return }
    clients[handle].armed = wheel.arm(Ticket.client(handle).payload, near: deadline)
  }

  mutating func remove(server handle: Handle) {
    guard var record = servers.remove(handle) else { return }
    if record.isPending { pending &-= 1 }
    serverIndex.remove(record.key)
    regimes.release(record.policy, by: record.isPending ? .request : nil)
    record.machine.release(&shelf)
    shelf.release(record.request.take())
    shelf.release(record.best.response.take())
    if let client = record.client, clients.contains(client) { clients[client].server = nil }
  }

  mutating func remove(client handle: Handle) {
    guard clients.contains(handle) else { return }
    close(branch: handle)
    guard var record = clients.remove(handle) else { return }
    record.machine.release(&shelf)
    if let cancel = record.cancel { remove(client: cancel) }
    if let server = record.server, servers.contains(server), servers[server].client == handle {
      servers[server].client = nil
    }
  }
}

// MARK: The end

extension Core {
  /// Gives back what all records keep, without a word to anybody.
  mutating func releaseAll() {
    for handle in clients.handles() { remove(client: handle) }
    for handle in servers.handles() { remove(server: handle) }
    for handle in parked.handles() {
      guard let record = parked.remove(handle) else { continue }
      switch record.leave() {
      case .transaction: break
      case .octets(let kept, _): shelf.release(kept)
      }
    }
  }
}

extension Core {
  /// A branch brings nothing more that matters.
  mutating func close(branch client: Handle) {
    guard clients[client].isOpen else { return }
    clients[client].isOpen = false
    if clients[client].method == .cancel { return cancelling &-= 1 }
    awaitNoMore(client)
    guard let server = clients[client].server, servers.contains(server) else { return }
    servers[server].openBranches &-= 1
    if servers[server].openBranches == 0, servers[server].machine.isTerminated {
      remove(server: server)
    }
  }
}

/// Work that one input makes more of than an outbox may have room for.
enum Chore {
  /// A request that waited for the outside goes on.
  case resume(Handle)
  /// The limit of a drain was reached: a server transaction ends, or a call.
  case leave(Handle)
  case end(Handle)
}

extension Wheel {
  /// Arms an entry at a deadline, or at the wheel's edge for a later one.
  /// - Returns: when the entry will fire at the earliest; an entry that fires before is a stale
  ///   one.
  mutating func arm(_ payload: UInt64, near deadline: Instant) -> Instant {
    let when = min(deadline, edge)
    arm(payload, at: when)
    return when
  }
}
