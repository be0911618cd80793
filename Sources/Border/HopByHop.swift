import Admission
import Basics
import BasicContainers
import Cryptography
import Dialogs
import Identity
import Routing
import SIP
import Transactions

// ACK and CANCEL: requests that go hop by hop, or that have no transaction of their own.
extension Core {
  // MARK: ACK

  /// An ACK for a 3xx to 6xx ends here; one for a 2xx goes on to the callee (RFC 3261 §17.1.1.3,
  /// §13.2.2.4).
  mutating func acknowledge(
    _ message: borrowing Message, _ essentials: Essentials, _ turn: Turn, _ patch: inout Patch,
    _ out: inout Outbox
  ) {
    let key = Matching.key(message, essentials, method: .invite, secret: secret)
    // Past a transaction that has ended, a token may still show the way: its INVITE had a late 2xx.
    if let server = serverIndex.find(key), !servers[server].machine.isTerminated {
      let isForCallee = servers[server].machine.acknowledge(now: turn.now, &shelf)
      settle(server: server)
      passage.verdict = .absorbed
      guard isForCallee else { return }
    }
    do throws(Refused) {
      guard let turn = governed(message, essentials, turn) else { throw Refused.silence }
      let admitted = try admitted(message, turn)
      let uri = try requestURI(message)
      let set = try readRouteSet(message, uri, essentials, turn)
      guard set.token != nil, essentials.maxForwards != 0, !hasLooped(message, essentials, turn)
      else {
        throw Refused.silence
      }
      try checkBreadth(message)
      let vouched = try vouched(admitted, message, turn)
      let routed = try passed(vouched, message, essentials, uri, set, turn)
      forwardACK(message, essentials, set, routed.search, turn, &patch, &out)
    } catch {
      // An ACK is never answered, but it may have to wait for a name as its INVITE had.
      if case .ask(let question) = error.answer, park(message, question, turn) {
        passage.verdict = .asking
        return
      }
      passage.verdict = .stray
      counters.strayAcks &+= 1
    }
  }

  /// RFC 3261 §16.6 for a request without a transaction: the branch is made from the one received,
  /// so that a retransmission gets the same (§16.11).
  private mutating func forwardACK(
    _ message: borrowing Message, _ essentials: Essentials, _ set: RouteSet, _ wanted: Search,
    _ turn: Turn, _ patch: inout Patch, _ out: inout Outbox
  ) {
    var search = wanted
    guard let way = regimes[turn.policy].routing.next(&search, arriving: turn.flow) else {
      return
    }
    let sent = writeACK(message, essentials, set, to: way.flow, turn, &patch, &out)
    if sent.count > Limits.datagram, let stream = stream(way, turn.now) {
      out.withdraw()
      patch.reset()
      patch.stamp(essentials.via, turn.flow.remote)
      _ = writeACK(message, essentials, set, to: stream, turn, &patch, &out)
    }
    if sent.isEmpty { return }
    counters.forwarded &+= 1
    noteDeparture(by: out.transmits[out.transmits.count &- 1].flow, to: way.peer)
  }

  private mutating func writeACK(
    _ message: borrowing Message, _ essentials: Essentials, _ set: RouteSet, to flow: Flow,
    _ turn: Turn, _ patch: inout Patch, _ out: inout Outbox
  ) -> Range<Int> {
    var hash = self.hash()
    hash.combine(message.bytes, essentials.via.whole)
    let mark = hash.finish()
    let branch = Handle(
      index: UInt32(truncatingIfNeeded: mark.a), generation: UInt32(mark.b & 0xff_ffff))
    let head = RequestOut(
      flow: flow, listener: flow.listener, arrival: turn.flow.listener,
      branch: seal(.stateless, branch),
      loop: loopHash(message, essentials, from: turn.peer, on: turn.flow.listener),
      recordRoute: .none)
    patch.applyRoutes(message, set)
    patch.addHead(message, head, configuration.listeners, maxForwards: essentials.maxForwards)
    patch.addLength(message, over: flow.transport)
    guard !patch.overflowed else { return 0..<0 }
    return out.send(to: flow, atMost: message.outline.end &+ patch.growth) {
      patch.write(message, into: &$0)
    }
  }

  /// The ACK of a final response other than 2xx, made from the INVITE as it was sent and the To of
  /// the response (RFC 3261 §17.1.1.3).
  mutating func sendACK(
    _ client: Handle, to response: borrowing Message, _ desk: inout Desk, _ out: inout Outbox
  ) {
    guard desk.lay(clients[client].machine.request(in: shelf)),
      let to = response.header(response.outline.to)
    else { return }
    let flow = clients[client].flow
    let sent = out.send(
      to: flow, owner: Ticket.client(client).payload,
      atMost: desk.bytes.count &+ response.bytes.count &+ 128
    ) { Self.writeOwn("ACK", desk, response.bytes, to.line, into: &$0) }
    let kept = shelf.keep(out.bytes.span.extracting(sent))
    clients[client].machine.acknowledged(kept: kept, &shelf)
  }

  /// A request for the hop that the INVITE on the desk went to: its Request-URI, our Via, its
  /// Route, From, Call-ID and the number of its CSeq (RFC 3261 §9.1, §17.1.1.3).
  private static func writeOwn(
    _ method: StaticString, _ desk: borrowing Desk, _ toBytes: Span<UInt8>, _ to: Slice,
    into out: inout OutputSpan<UInt8>
  ) {
    let invite = Message(desk.bytes.span, desk.table)
    out.write(method)
    out.write(" ")
    out.write(invite.bytes, invite.outline.requestURI)
    out.write(" SIP/2.0\r\n")
    var isFirstVia = true
    for place in 0..<invite.headers.count {
      let header = invite.headers[place]
      switch header.name {
      case .via where isFirstVia:
        isFirstVia = false
        out.write(invite.bytes, header.line)
      case .route, .from, .callID:
        out.write(invite.bytes, header.line)
      case .to:
        out.write(toBytes, to)
      case .cSeq:
        writeCSeq(method, invite, header, into: &out)
      default:
        break
      }
    }
    out.write("Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
  }

  private static func writeCSeq(
    _ method: StaticString, _ invite: borrowing Message, _ header: Header,
    into out: inout OutputSpan<UInt8>
  ) {
    do throws(Malformed) {
      let cSeq = try CSeq.parse(invite.bytes, header.value)
      out.write("CSeq: ")
      out.write(decimal: Int(cSeq.number))
      out.write(" ")
      out.write(method)
      out.write("\r\n")
    } catch {
      // It was sound when the INVITE was sent.
    }
  }

  // MARK: CANCEL

  /// The limit of a drain was reached: who waits for an answer gets 503, or 487 where he has sent a
  /// CANCEL before (RFC 3261 §9.2), and the callee is cancelled. One that has not answered yet is
  /// cancelled when it does, if that is in time.
  mutating func leave(
    _ server: Handle, _ now: Instant, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    guard servers.contains(server), servers[server].isPending else { return }
    let wasCancelled = exchange(&servers[server].isCancelled, with: true)
    let outcome = cancelBranch(of: server, now, &desk, &out)
    // Whoever cancelled it, its final response is to be acknowledged.
    if let outcome, outcome != .tooLate, let client = servers[server].client,
      !clients[client].isAwaited
    {
      clients[client].isAwaited = true
      cancelling &+= 1
    }
    if wasCancelled {
      return respondOwn(server, 487, "Request Terminated", now, &patch, &desk, &out)
    }
    endCall(of: server, now)
    respondOwn(server, 503, "Service Unavailable", now, &patch, &desk, &out)
  }

  /// Ends the call that an INVITE began and that nobody has answered: with the 503 that it gets.
  private mutating func endCall(of server: Handle, _ now: Instant) {
    guard servers[server].method == .invite, servers[server].isInitial,
      let call = servers[server].call, calls.contains(call), calls[call].state == .calling
    else { return }
    calls[call].status = 503
    end(call, .shutdown, now)
  }

  /// A target that was waited for has given its final response, or will not.
  mutating func awaitNoMore(_ client: Handle) {
    guard clients[client].isAwaited else { return }
    clients[client].isAwaited = false
    cancelling &-= 1
  }

  /// RFC 3261 §9.2 and §16.10: a CANCEL is answered here, and the branch at work is cancelled. It
  /// has to come from where its INVITE came from.
  mutating func cancel(
    _ message: borrowing Message, _ essentials: Essentials, _ turn: Turn, _ patch: inout Patch,
    _ desk: inout Desk, _ out: inout Outbox
  ) {
    let key = Matching.key(message, essentials, method: .invite, secret: secret)
    let found = serverIndex.find(key)
    guard let turn = governed(turn, by: found) else {
      return beStranger(turn.flow)
    }
    do throws(Refused) {
      _ = try admitted(message, turn)
    } catch {
      return refuse(message, essentials, error, turn, patch, &out)
    }
    passage.stage = .request
    guard let server = found, servers[server].source == turn.flow.remote,
      servers[server].peer == turn.peer
    else {
      let refusal = Refusal(481, .noSuchDialog, .cancelWithoutInvite)
      return refuse(message, essentials, Refused(refusal), turn, patch, &out)
    }
    passage.verdict = .answered
    let answer = Reply(200, "OK", toTag: toTag(message))
    reply(message, essentials.via, answer, turn, patch, &out)
    guard servers[server].machine.permits(487, now: turn.now), !servers[server].isCancelled else {
      return
    }
    servers[server].isCancelled = true
    if let call = servers[server].call, calls.contains(call), calls[call].state == .calling {
      calls[call].wasCancelled = true
    }
    // It waits for the outside, and is nowhere at this moment.
    if servers[server].isParked {
      return respondOwn(server, 487, "Request Terminated", turn.now, &patch, &desk, &out)
    }
    cancelBranch(of: server, turn.now, &desk, &out)
  }

  /// Cancels the branch at work, at once or after its first provisional response (RFC 3261 §9.1).
  /// - Returns: what came of it; `nil` when there is no such branch.
  @discardableResult
  mutating func cancelBranch(
    of server: Handle, _ now: Instant, _ desk: inout Desk, _ out: inout Outbox
  ) -> InviteClient.CancelOutcome? {
    guard servers[server].method == .invite, let client = servers[server].client,
      clients.contains(client)
    else { return nil }
    let outcome = clients[client].machine.cancel(now: now)
    if outcome == .send { sendCANCEL(client, now, &desk, &out) }
    settle(client: client)
    return outcome
  }

  /// Sends the CANCEL of a client transaction, as a client transaction of its own with the same
  /// branch.
  mutating func sendCANCEL(
    _ client: Handle, _ now: Instant, _ desk: inout Desk, _ out: inout Outbox
  ) {
    guard clients[client].cancel == nil, desk.lay(clients[client].machine.request(in: shelf)),
      let own = clients.upcoming()
    else { return }
    let flow = clients[client].flow
    let sent = out.send(
      to: flow, owner: Ticket.client(own).payload, atMost: desk.bytes.count &+ 128
    ) { Self.writeCANCEL(desk, into: &$0) }
    guard let kept = shelf.keep(out.bytes.span.extracting(sent)) else { return }
    let machine = ClientMachine(
      .cancel, request: kept, now: now, isReliable: flow.transport.isReliable, timeout: nil,
      timing(of: clients[client].server))
    let record = ClientTransaction(
      machine: machine, flow: flow, peer: clients[client].peer, method: .cancel,
      datagram: nil, server: nil, cancel: nil, isOpen: true)
    guard let handle = clients.insert(record) else { return }
    cancelling &+= 1
    clients[client].cancel = handle
    settle(client: handle)
  }

  private static func writeCANCEL(_ desk: borrowing Desk, into out: inout OutputSpan<UInt8>) {
    let invite = Message(desk.bytes.span, desk.table)
    guard let to = invite.header(invite.outline.to) else { return }
    writeOwn("CANCEL", desk, invite.bytes, to.line, into: &out)
  }
}
