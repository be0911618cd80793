package import Admission
package import Basics
import BasicContainers
import Cryptography
import Dialogs
import Routing
import SIP
import Transactions

/// The secrets of one worker, drawn at random once by whoever makes the border.
package struct Seed: Sendable {
  /// The key of the tokens on the wire.
  package var tokens: Key
  /// The key of the hashes.
  package var hashes: Key
  /// Where generations begin, so that names of an earlier life are dead.
  package var generations: UInt64

  package init(tokens: Key, hashes: Key, generations: UInt64) {
    self.tokens = tokens
    self.hashes = hashes
    self.generations = generations
  }
}

/// A whole border element without sockets, clock or randomness: the pipeline of the stages, and the
/// tables.
///
/// **The law of the loop**: after every input, drain the outbox; then arm the one next deadline.
///
/// An input is a message that came, an instant that has passed, or word that a message could not be
/// sent. What is to be done comes back in the outbox. Before each input the outbox is asked whether
/// it `hasRoom`.
package struct Border: ~Copyable {
  private var table = HeaderTable()
  var patch = Patch()
  var desk = Desk()
  var core: Core
  private let workers: Int

  /// - Parameters:
  ///   - regime: what the policy comes to, built once for all workers: its tables are shared.
  ///   - worker: the number of the worker that this one belongs to, of `workers`.
  ///   - seed: the same for all workers of an element, so that each knows the tokens of all, and
  ///     that of the regime.
  package init(
    _ regime: Regime, worker: UInt8 = 0, of workers: Int = 1, seed: Seed, now: Instant
  ) {
    core = Core(regime, worker: worker, seed: seed, now: now)
    self.workers = workers
  }

  /// A border that is alone, or whose tables are small.
  /// - Parameter shared: the same for all borders of one element.
  package init(
    _ configuration: Configuration, worker: UInt8 = 0, of workers: Int = 1, seed: Seed,
    now: Instant, sharing shared: Admission.Shared = Admission.Shared()
  ) {
    let regime = Regime(configuration, number: 1, seed: seed, sharing: shared)
    self.init(regime, worker: worker, of: workers, seed: seed, now: now)
  }

  deinit {
    // Transactions may be under way when a drain reaches its limit: what they keep is no leak.
    var core = self.core
    core.releaseAll()
  }

  /// Whether a source may send anything at all. Whoever holds the sockets asks it of a connection
  /// before it is accepted, and of a datagram before anything is done with it.
  package mutating func admits(_ flow: Flow) -> Bool {
    if core.admits(flow) { return true }
    core.noteStranger(flow)
    return false
  }

  /// Whether a source is a peer's, or a place where one is called; nothing is counted.
  package mutating func knows(_ flow: Flow) -> Bool { core.admits(flow) }

  /// Whether a message of a source may come in, before anything of it is looked at. It is counted
  /// for the limits of what a peer sends, so it is asked once for each message: by the worker that
  /// received it, whoever owns it.
  package mutating func welcome(_ flow: Flow, now: Instant) -> Welcome {
    core.welcome(flow, now)
  }

  /// A message came: a datagram, or one that was framed from a stream.
  package mutating func receive(
    _ bytes: Span<UInt8>, from flow: Flow, now: Instant, into out: inout Outbox
  ) {
    core.counters.received &+= 1
    core.passage = Passage()
    // A source that no peer has costs nothing but this look-up, and gets silence.
    guard let sender = core.sender(bytes, flow) else {
      core.noteStranger(flow)
      return turnAway(bytes, flow, &out)
    }
    let turn = Turn(flow: flow, now: now, peer: sender.peer, policy: sender.policy)
    do throws(Malformed) {
      try Parser.parse(bytes, into: &table)
    } catch {
      guard sender.policy == core.regimes.number || Peek.isResponse(bytes) else {
        return core.beStranger(flow)
      }
      return core.unreadable(bytes, error, turn)
    }
    process(bytes, table, turn, &core, &patch, &desk, &out)
  }

  /// A source that no peer has gets a word where the policy says so, and `welcome` let it come so
  /// far: never one for a response, nor for what cannot be read.
  private mutating func turnAway(_ bytes: Span<UInt8>, _ flow: Flow, _ out: inout Outbox) {
    guard core.regimes.current.admission.refuses(unknown: flow), !Peek.isResponse(bytes) else {
      return
    }
    do throws(Malformed) {
      try Parser.parse(bytes, into: &table)
    } catch {
      return
    }
    refuseStranger(bytes, table, flow, &core, &patch, &out)
  }

  /// Time has passed: to be called when `nextDeadline` has come. It stays due while there is no
  /// room in the outbox or for notes, so both are to be drained in between.
  package mutating func expire(now: Instant, into out: inout Outbox) {
    core.expire(now, &patch, &desk, &out)
    core.watchAlarms(now)
    doChores(now, &out)
  }

  /// Does what has waited for room in the outbox, as far as there is room, and room to tell of it.
  mutating func doChores(_ now: Instant, _ out: inout Outbox) {
    while out.hasRoom, core.canTell(), let chore = core.chores.popLast() {
      switch chore {
      case .end(let handle): core.end(handle, .shutdown, now)
      case .resume(let handle): resume(handle, now, &out)
      case .leave(let handle): core.leave(handle, now, &patch, &desk, &out)
      }
    }
  }

  /// When `expire` is next worth calling.
  package mutating func nextDeadline() -> Instant? {
    guard core.chores.isEmpty else { return Instant(nanoseconds: 0) }
    let deadline = min(core.wheel.nextDeadline() ?? .distantFuture, core.alarms.deadline)
    return deadline == .distantFuture ? nil : deadline
  }

  /// A message whose `owner` was set could not be sent, or went by a stream that has ended since.
  package mutating func failed(
    owner: UInt64, _ loss: Loss, now: Instant, into out: inout Outbox
  ) {
    core.failed(owner, loss, now, &patch, &desk, &out)
  }

  /// Whether the owner of a message still wants to hear that its stream has ended: its transaction
  /// has no answer yet.
  package mutating func awaits(_ owner: UInt64) -> Bool {
    guard case .client(let client) = Ticket(owner), core.clients.contains(client) else {
      return false
    }
    return core.clients[client].machine.awaitsAnswer
  }

  /// Which worker a message belongs to: written in our branch for a response, else by its Call-ID.
  package mutating func owner(of bytes: Span<UInt8>) -> Int {
    if workers == 1 { return 0 }
    if Peek.isResponse(bytes) {
      guard let via = Peek.via(bytes), let branch = Peek.branch(bytes, in: via),
        branch.count > 7 + SealedToken.length,
        let sealed = SealedToken(reading: bytes, at: branch.start &+ 7),
        let token = core.tokens.open(sealed), Int(token.worker) < workers
      else { return Int(core.worker) }
      return Int(token.worker)
    }
    guard let callID = Peek.callID(bytes) else { return Int(core.worker) }
    var hash = core.hash()
    hash.combine(bytes, callID)
    return Int(truncatingIfNeeded: hash.finish().a >> 33) % workers
  }

  /// Tells what time it is, for routes that are open at some hours only; without it the wall's time
  /// begins at 1970-01-01T00:00:00Z with the clock of `now`. Who owns the border says it again now
  /// and then, as the clock on the wall is set now and then.
  /// - Parameter wall: nanoseconds since 1970-01-01T00:00:00Z.
  package mutating func setWall(_ wall: Int64, now: Instant) {
    core.wallAtZero = wall &- now.nanoseconds
  }

  // MARK: The operator's side

  /// From now on an INVITE that begins a call gets 503; what is under way goes on.
  package mutating func drain() { core.isDraining = true }

  /// Ends all that is left: the limit of a drain was reached. Whoever still waits for an answer
  /// gets 503 (RFC 3261 §21.5.4: another element may serve him), and callees that ring are
  /// cancelled. It is done piece by piece, so that each call is told: what finds no room yet is due
  /// at once, by `nextDeadline`.
  package mutating func endCalls(now: Instant, into out: inout Outbox) {
    core.isDraining = true
    core.isLeaving = true
    // The last chore is done first: a call that still rings ends with its 503.
    for handle in core.calls.handles() { core.chores.append(.end(handle)) }
    for handle in core.servers.handles() where core.servers[handle].isPending {
      core.chores.append(.leave(handle))
    }
    doChores(now, &out)
  }

  /// Whether nothing is under way any more: no call, no transaction that waits for a final
  /// response, no CANCEL that was not heard.
  package mutating func isIdle() -> Bool {
    core.liveCalls == 0 && core.pending == 0 && core.cancelling == 0
  }

  /// Whether there is something to tell.
  package var hasNotes: Bool { !core.notes.isEmpty }

  /// Hands out what there is to tell, in the order in which it happened.
  package mutating func drainNotes(_ tell: (Note) -> Void) {
    for place in 0..<core.notes.count { tell(core.notes[place]) }
    core.notes.removeAll()
  }

  /// How many notes found no room since the border began.
  package var lostNotes: Int { core.lostNotes }

  /// Whether anything came from a source that no peer has since `takeStrangers`.
  package mutating func hasStrangers() -> Bool { core.strangers.count > 0 }

  /// What came from sources that no peer has since the last call. How often to ask is up to the one
  /// who tells the operator: these sources cost no notes, however many there are.
  package mutating func takeStrangers() -> Strangers {
    exchange(&core.strangers, with: Strangers())
  }

  /// The peer that a flow leads to or comes from, if any: of a stream, for the operator.
  package mutating func peer(of flow: Flow) -> PeerID? {
    core.peer(of: flow)
  }

  /// What it did since it began.
  package var counters: Counters { core.counters }

  /// What the tables hold now: all 0 once the last call is over and forgotten.
  package var occupancy: Occupancy {
    Occupancy(
      calls: core.liveCalls, endedCalls: core.calls.count - core.liveCalls,
      serverTransactions: core.servers.count,
      clientTransactions: core.clients.count, timers: core.wheel.count,
      keptMessages: core.shelf.inUse)
  }
}

/// Makes the view in a function of its own: a view over one argument may not overlap a change of
/// another.
private func process(
  _ bytes: Span<UInt8>, _ table: borrowing HeaderTable, _ turn: Turn, _ core: inout Core,
  _ patch: inout Patch, _ desk: inout Desk, _ out: inout Outbox
) {
  let message = Message(bytes, table)
  if message.isRequest {
    core.request(message, turn, &patch, &desk, &out)
  } else {
    core.response(message, turn, &patch, &desk, &out)
  }
}

private func refuseStranger(
  _ bytes: Span<UInt8>, _ table: borrowing HeaderTable, _ flow: Flow, _ core: inout Core,
  _ patch: inout Patch, _ out: inout Outbox
) {
  core.refuseStranger(Message(bytes, table), flow, &patch, &out)
}

extension Core {
  /// A source has no peer: only the first one is remembered, until the operator was told.
  mutating func noteStranger(_ flow: Flow) {
    counters.unknownSource &+= 1
    if strangers.count == 0 { strangers.first = flow }
    strangers.count &+= 1
  }

  /// A source that only an earlier version of the policy knows, with what is no part of a call that
  /// began under it: it gets silence, as any that no peer has.
  mutating func beStranger(_ flow: Flow) {
    passage.stage = .source
    passage.verdict = .silence(.unknownSource)
    noteStranger(flow)
  }

  /// Octets that are no SIP message at all. A stream lives on: its framing still holds.
  mutating func unreadable(_ bytes: Span<UInt8>, _ fault: Malformed, _ turn: Turn) {
    passage.stage = .grammar
    passage.verdict = .unreadable(fault)
    if fault.fault == .empty { return }
    counters.malformedDropped &+= 1
    tallies.add(.malformed, of: turn.peer.raw)
    var subject = Subject(peer: turn.peer, flow: turn.flow)
    subject.decision = decision()
    note(.malformed(fault, fault.found(in: bytes), subject, isAnswered: false))
  }
}
