import Admission
import Basics
import BasicContainers
import Cryptography
import Dialogs
import Routing
import SIP
import Transactions

/// What a forwarded request has to say of itself besides its own text.
struct Errand {
  var essentials: Essentials
  var set: RouteSet
  var way: Way
  /// What takes the place of the Request-URI, when a 3xx named it (RFC 3261 §16.5).
  var requestURI: [UInt8]?
}

// A request that may leave: its transactions, its call and the message that goes out (RFC 3261
// §16.6).
extension Core {
  /// Makes the server transaction (and the call) of a request that was routed, and sends it to its
  /// first target.
  mutating func begin(
    _ message: borrowing Message, _ essentials: Essentials, _ key: Key, _ set: RouteSet,
    _ routed: consuming Routed, _ turn: Turn, _ patch: inout Patch, _ out: inout Outbox
  ) throws(Refused) {
    let departure = try depart(message, essentials, set, routed, turn)
    guard let server = enter(message, essentials, key, departure, set, turn) else {
      abandon(departure, set)
      throw full
    }
    if message.method == .invite { sendTrying(message, server, turn, patch, &out) }
    let errand = Errand(essentials: essentials, set: set, way: departure.way)
    do throws(Refused) {
      try forward(message, errand, for: server, turn.now, &patch, &out)
    } catch {
      abandon(departure, set)
      // What was to be changed for the way out is no part of the refusal.
      patch.reset()
      patch.stamp(essentials.via, turn.flow.remote)
      if message.method == .invite { return decline(message, server, error, turn, patch, &out) }
      remove(server: server)
      throw error
    }
    settle(server: server)
    noteUse(message, essentials, server, turn.now)
    begun(departure, set)
  }

  /// A call has begun: its record is there to stay. One that found no room was never a call, and
  /// leaves no entry on the wheel: a flood of them would make it grow.
  private mutating func begun(_ departure: Departure, _ set: RouteSet) {
    guard let call = departure.call, set.token == nil else { return }
    counters.calls &+= 1
    tallies.add(.calls, of: calls[call].caller)
    _ = wheel.arm(Ticket.call(call).payload, near: calls[call].deadline)
  }

  /// As `begin`, for a request that has its server transaction: it had to wait for the outside.
  mutating func begin(
    again message: borrowing Message, _ essentials: Essentials, _ server: Handle, _ set: RouteSet,
    _ routed: consuming Routed, _ turn: Turn, _ patch: inout Patch, _ out: inout Outbox
  ) throws(Refused) {
    let departure = try depart(message, essentials, set, routed, turn)
    servers[server].call = departure.call
    servers[server].passes = set.passes
    servers[server].search = departure.search
    let errand = Errand(essentials: essentials, set: set, way: departure.way)
    patch.reset()
    patch.stamp(essentials.via, turn.flow.remote)
    do throws(Refused) {
      try forward(message, errand, for: server, turn.now, &patch, &out)
    } catch {
      abandon(departure, set)
      throw error
    }
    settle(server: server)
    noteUse(message, essentials, server, turn.now)
    begun(departure, set)
  }

  /// Refuses an INVITE that has had its 100: its transaction stays, so that the refusal is sent
  /// until there is an ACK, which ends here, and what comes again is absorbed (RFC 3261 §17.2.1).
  private mutating func decline(
    _ message: borrowing Message, _ server: Handle, _ refused: Refused, _ turn: Turn,
    _ patch: borrowing Patch, _ out: inout Outbox
  ) {
    guard case .refusal(let refusal, let extra) = refused.answer else { return }
    var reply = Reply(refusal.status, refusal.phrase.text, toTag: toTag(message), extra: extra)
    reply.decision = toldDecision(turn.peer, by: turn.policy)
    let sent = out.send(to: servers[server].flow, atMost: reply.room(for: message, patch)) {
      reply.write(answering: message, patch, into: &$0)
    }
    passage.verdict = .refused(refusal)
    count(refusal, of: turn.peer.raw)
    note(.refused(refusal, subject(message, turn), method: message.method))
    let kept = shelf.keep(out.bytes.span.extracting(sent))
    responded(server, refusal.status, kept, turn.now)
  }

  /// Where a request goes first, the targets that are left after that, and its call.
  struct Departure {
    var way: Way
    var search: Search
    var call: Handle?
  }

  private mutating func depart(
    _ message: borrowing Message, _ essentials: Essentials, _ set: RouteSet,
    _ routed: consuming Routed, _ turn: Turn
  ) throws(Refused) -> Departure {
    var search = routed.search
    passage.stage = .departure
    passage.route = search.route
    guard let way = regimes[turn.policy].routing.next(&search, arriving: turn.flow) else {
      throw Refused(Refusal(480, .temporarilyUnavailable, .noTarget))
    }
    if search.route != nil { passage.target = search.next &- 1 }
    guard !servers.isFull, !clients.isFull else { throw full }
    let call = try call(for: message, essentials, set, way, turn)
    return Departure(way: way, search: search, call: call)
  }

  /// A request could not leave after all: the call that it would have begun is none.
  private mutating func abandon(_ departure: Departure, _ set: RouteSet) {
    if let call = departure.call, set.token == nil { forget(call) }
  }

  var full: Refused { Refused(Refusal(503, .serviceUnavailable, .tableFull)) }

  /// RFC 3261 §21.5.14: what it grows to on its way out is more than can be sent.
  private var tooLarge: Refused { Refused(Refusal(513, .messageTooLarge, .tooLarge)) }

  /// The call that a request belongs to: that of its token, or a new one for an INVITE that begins
  /// a dialog.
  private mutating func call(
    for message: borrowing Message, _ essentials: Essentials, _ set: RouteSet,
    _ callee: Way, _ turn: Turn
  ) throws(Refused) -> Handle? {
    if let token = set.token { return token.kind.isCall ? token.handle : nil }
    guard message.method == .invite, essentials.toTag == nil else { return nil }
    guard liveCalls < configuration.capacity.calls else { throw full }
    let key = callKey(message, essentials.callID, essentials.fromTag)
    let deadline = turn.now + regimes[turn.policy].callDuration
    var record = Call(
      id: nextCallID(), callIDDigest: callIDDigest(message.bytes, essentials.callID), key: key,
      caller: (turn.peer.raw, turn.flow), callee: (callee.peer.raw, callee.flow),
      policy: turn.policy,
      began: turn.now, deadline: deadline)
    record.previous = previousPass(message)
    guard let handle = calls.insert(record) else { throw full }
    enlist(handle)
    regimes.hold(turn.policy, by: .call)
    if regimes[turn.policy].routing.rules.mendsLostRoutes { callIndex.insert(key, handle) }
    return handle
  }

  /// Makes the server transaction of a request; without a departure it is one that waits.
  mutating func enter(
    _ message: borrowing Message, _ essentials: Essentials, _ key: Key, _ departure: Departure?,
    _ set: RouteSet, _ turn: Turn
  ) -> Handle? {
    let isReliable = turn.flow.transport.isReliable
    let timing = regimes[turn.policy].timing
    let machine =
      message.method == .invite
      ? ServerMachine.invite(InviteServer(isReliable: isReliable, timing: timing))
      : .other(
        NonInviteServer(now: turn.now, isReliable: isReliable, timing: timing))
    guard let request = shelf.keep(message.bytes.extracting(..<message.outline.end)) else {
      return nil
    }
    let tags = (
      to: tagDigest(message.bytes, essentials.toTag),
      from: tagDigest(message.bytes, essentials.fromTag)
    )
    let record = ServerTransaction(
      machine: machine, key: key, method: message.method,
      flow: responseFlow(essentials.via, turn.flow), source: turn.flow.remote,
      peer: turn.peer, policy: turn.policy, request: request, client: nil, call: departure?.call,
      passes: set.passes, search: departure?.search ?? Search(), best: ServerTransaction.Best(),
      tags: tags,
      setupEnd: message.method == .invite
        ? turn.now + regimes[turn.policy].setupDuration : .distantFuture,
      isInitial: essentials.toTag == nil)
    // There is room: `begin` has asked.
    guard let handle = servers.insert(record) else { return nil }
    serverIndex.insert(key, handle)
    regimes.hold(turn.policy, by: .request)
    pending &+= 1
    return handle
  }

  /// RFC 3261 §16.2: an INVITE gets its 100 at once.
  mutating func sendTrying(
    _ message: borrowing Message, _ server: Handle, _ turn: Turn, _ patch: borrowing Patch,
    _ out: inout Outbox
  ) {
    let reply = Reply(100, "Trying")
    let sent = out.send(to: servers[server].flow, atMost: reply.room(for: message, patch)) {
      reply.write(answering: message, patch, into: &$0)
    }
    let kept = shelf.keep(out.bytes.span.extracting(sent))
    servers[server].machine.respond(100, kept: kept, now: turn.now, &shelf)
  }

  /// Sends a request to one target, with a client transaction of its own. Throws where there is no
  /// room for it, and where it is too large as it would leave.
  mutating func forward(
    _ message: borrowing Message, _ errand: Errand, for server: Handle, _ now: Instant,
    _ patch: inout Patch, _ out: inout Outbox
  ) throws(Refused) {
    guard let client = clients.upcoming() else { throw full }
    var flow = errand.way.flow
    var datagram: UInt8?
    var sent = write(message, errand, to: flow, for: server, as: client, &patch, &out)
    // RFC 3261 §18.1.1: what counts is the size with which it leaves.
    if sent.count > Limits.datagram, let stream = stream(errand.way, now) {
      out.withdraw()
      patch.reset()
      patch.stamp(errand.essentials.via, servers[server].source)
      datagram = flow.listener
      flow = stream
      sent = write(message, errand, to: flow, for: server, as: client, &patch, &out)
    }
    guard !patch.overflowed else { throw tooLarge }
    guard !sent.isEmpty else { throw full }
    guard sent.count <= Limits.largest(over: flow) else {
      out.withdraw()
      throw tooLarge
    }
    guard let kept = shelf.keep(out.bytes.span.extracting(sent)) else {
      out.withdraw()
      throw full
    }
    let timeout = regimes[servers[server].policy].routing
      .targetTimeout(servers[server].search)
    let machine = ClientMachine(
      message.method, request: kept, now: now, isReliable: flow.transport.isReliable,
      timeout: timeout, latest: servers[server].setupEnd, timing(of: server))
    let record = ClientTransaction(
      machine: machine, flow: flow, peer: errand.way.peer, method: message.method,
      datagram: datagram, server: server, cancel: nil, isOpen: message.method == .invite)
    // There is room: it was asked for.
    guard clients.insert(record) != nil else { throw full }
    servers[server].client = client
    if message.method == .invite { servers[server].openBranches &+= 1 }
    if let call = servers[server].call, calls.contains(call), errand.essentials.toTag == nil {
      // Another target than the first may be the one that answers.
      retarget(call, to: errand.way.peer.raw)
      calls[call].calleeFlow = flow
    }
    counters.forwarded &+= 1
    noteDeparture(by: flow, to: errand.way.peer)
    settle(client: client)
  }

  /// The stream to where a way leads, unless none was to be had there of late.
  mutating func stream(_ way: Way, _ now: Instant) -> Flow? {
    guard let stream = way.stream, !streamless.contains(stream.remote, now) else { return nil }
    return stream
  }

  /// Writes a request as it goes out on a flow.
  /// - Returns: where it stands in the outbox; empty when it found no room.
  private mutating func write(
    _ message: borrowing Message, _ errand: Errand, to flow: Flow, for server: Handle,
    as client: Handle, _ patch: inout Patch, _ out: inout Outbox
  ) -> Range<Int> {
    let head = RequestOut(
      flow: flow, listener: flow.listener, arrival: servers[server].flow.listener,
      branch: seal(.branch, client),
      loop: loopHash(
        message, errand.essentials, from: servers[server].peer,
        on: servers[server].flow.listener),
      recordRoute: recordRoute(message, errand, leaving: flow.listener, server))
    patch.applyRoutes(message, errand.set)
    if let uri = errand.requestURI {
      patch.replace(message.outline.requestURI) { $0.write(uri.span) }
    }
    patch.addHead(
      message, head, configuration.listeners, maxForwards: errand.essentials.maxForwards)
    patch.addLength(message, over: flow.transport)
    guard !patch.overflowed else { return 0..<0 }
    return out.send(
      to: flow, owner: Ticket.client(client).payload,
      atMost: message.outline.end &+ patch.growth
    ) { patch.write(message, into: &$0) }
  }

  /// RFC 3261 §16.6 step 4: a request that may begin a dialog carries our way back. Two values
  /// where the sides differ in transport, address family or interface (RFC 5658 §5).
  private mutating func recordRoute(
    _ message: borrowing Message, _ errand: Errand, leaving: UInt8, _ server: Handle
  ) -> RequestOut.RecordRoute {
    guard message.method.createsDialog, errand.essentials.toTag == nil, errand.set.token == nil
    else { return .none }
    let isOne = servers[server].flow.listener == leaving
    if let call = servers[server].call {
      return isOne
        ? .one(seal(.both, call)) : .two(caller: seal(.caller, call), callee: seal(.callee, call))
    }
    let peers = Handle(
      index: UInt32(servers[server].peer.raw) << 16 | UInt32(errand.way.peer.raw), generation: 0)
    return isOne
      ? .one(seal(.bothOfOther, peers))
      : .two(caller: seal(.callerOfOther, peers), callee: seal(.calleeOfOther, peers))
  }
}
