import Admission
import Basics
import BasicContainers
import Cryptography
import Dialogs
import Routing
import SIP
import Transactions

// The way of a response: from the client transaction that it answers to the server transaction
// above it (RFC 3261 §16.7).
extension Core {
  mutating func response(
    _ message: borrowing Message, _ turn: Turn, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    counters.responses &+= 1
    tallies.response(message.outline.status)
    let essentials: Essentials
    do throws(Malformed) {
      essentials = try Essentials(message)
    } catch {
      // A response is never answered.
      counters.malformedDropped &+= 1
      tallies.add(.malformed, of: turn.peer.raw)
      let found = error.found(in: message.bytes)
      return note(.malformed(error, found, subject(message, turn), isAnswered: false))
    }
    guard let client = client(of: message, essentials) else {
      // RFC 6026 §7.1: a proxy does not forward what no transaction of its own waits for.
      counters.strayResponses &+= 1
      return
    }
    guard isHeard(message, essentials, from: client, turn) else { return }
    let status = message.outline.status
    let outcome = clients[client].machine.receive(status, now: turn.now, &shelf)
    if status >= 200 { awaitNoMore(client) }
    if status >= 300 || status >= 200 && clients[client].method == .cancel {
      close(branch: client)
    }
    let isForCore = act(on: outcome, client, message, turn, &desk, &out)
    if isForCore { pass(message, essentials, from: client, turn, &patch, &desk, &out) }
    if clients.contains(client) { settle(client: client) }
  }

  /// Whether a response comes from where its request went to, as Admission says by the policy that
  /// the request went by.
  private mutating func isHeard(
    _ message: borrowing Message, _ essentials: Essentials, from client: Handle, _ turn: Turn
  ) -> Bool {
    let (peer, server) = (clients[client].peer, clients[client].server)
    let isOfPeer = peer == turn.peer || isOf(peer, turn.flow, by: server)
    let hearing = regimes[policy(of: server)].admission.hears(
      turn.flow, isOfPeer: isOfPeer, to: clients[client].flow, of: peer)
    switch hearing {
    case .taken: return true
    case .observed:
      let method = Method(message.bytes, essentials.cSeq.methodText)
      counters.observed &+= 1
      note(.observed(.responses, subject(message, turn), method: method))
      return true
    case .refused:
      (passage.verdict, passage.callee) = (.silence(.responseSource), peer)
      counters.misplacedResponses &+= 1
      note(
        .misplaced(
          status: message.outline.status, subject(message, turn), asked: clients[client].flow))
      return false
    }
  }

  /// The version of the policy that a server transaction keeps; the one in force where there is
  /// none.
  private mutating func policy(of server: Handle?) -> UInt32 {
    guard let server, servers.contains(server) else { return regimes.number }
    return servers[server].policy
  }

  /// The client transaction whose branch is in the top Via, if the response is one to its request.
  private mutating func client(
    of message: borrowing Message, _ essentials: Essentials
  ) -> Handle? {
    guard let branch = essentials.via.branch, branch.count > 7 + SealedToken.length,
      let sealed = SealedToken(reading: message.bytes, at: branch.start &+ 7),
      let token = tokens.open(sealed), token.kind == .branch, token.worker == worker,
      clients.contains(token.handle)
    else { return nil }
    let method = Method(message.bytes, essentials.cSeq.methodText)
    if method == clients[token.handle].method {
      // Without a Via below ours it has nowhere to go.
      let isOnward =
        essentials.via.hasMore
        || message.next(.via, from: Int(message.outline.via) &+ 1) != nil
      return isOnward ? token.handle : nil
    }
    guard method == .cancel, let cancel = clients[token.handle].cancel, clients.contains(cancel)
    else { return nil }
    return cancel
  }

  /// Does what the machine asks for.
  /// - Returns: whether the response goes on to the core.
  private mutating func act(
    on outcome: InviteClient.ResponseOutcome, _ client: Handle, _ message: borrowing Message,
    _ turn: Turn, _ desk: inout Desk, _ out: inout Outbox
  ) -> Bool {
    switch outcome {
    case .absorb:
      return false
    case .pass:
      return true
    case .passAndCancel:
      sendCANCEL(client, turn.now, &desk, &out)
      return true
    case .passAndAcknowledge:
      sendACK(client, to: message, &desk, &out)
      return true
    case .acknowledge:
      sendACK(client, to: message, &desk, &out)
      return false
    case .cancel:
      sendCANCEL(client, turn.now, &desk, &out)
      return false
    case .resendACK:
      let flow = clients[client].flow
      let kept = clients[client].machine.acknowledgement(in: shelf)
      out.send(to: flow, owner: Ticket.client(client).payload, atMost: kept.count) {
        $0.write(kept)
      }
      return false
    }
  }

  /// RFC 3261 §16.7 steps 3 to 6.
  private mutating func pass(
    _ message: borrowing Message, _ essentials: Essentials, from client: Handle, _ turn: Turn,
    _ patch: inout Patch, _ desk: inout Desk, _ out: inout Outbox
  ) {
    let status = message.outline.status
    // Step 5: a 100 is not forwarded.
    guard status > 100, let server = clients[client].server, servers.contains(server) else {
      return
    }
    patch.reset()
    guard let top = message.header(message.outline.via) else { return }
    patch.removeVia(essentials.via, top)
    patch.endStatusCode(message)
    patch.addLength(message, over: servers[server].flow.transport)
    guard status >= 300 else {
      if status >= 200 {
        answered(message, essentials, server, by: client, turn.now)
        noteSession(message, server, turn.now)
      }
      passUpstream(message, server, status, turn.now, patch, &out)
      if status >= 200 { cancelOther(server, than: client, turn.now, &desk, &out) }
      return
    }
    if status < 400, !redirect(message, server, turn.now) {
      return respondOwn(
        server, 500, "Redirection Refused", turn.now, &patch, &desk, &out)
    }
    let isLast = !isFailover(server, after: status, client)
    guard isLast else {
      if status >= 400 { keepBest(message, server, status, patch) }
      noteFailure(of: client, .status, status, hasNext: true, subject(message, turn))
      return tryNext(server, turn.now, &patch, &desk, &out)
    }
    finish(message, server, status, turn.now, &patch, &out)
  }

  /// RFC 3261 §16.7 step 10: when a target that had been given up answers after all, the one that
  /// was tried in its place must not ring on.
  private mutating func cancelOther(
    _ server: Handle, than client: Handle, _ now: Instant, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    guard servers.contains(server), servers[server].method == .invite,
      let other = servers[server].client, other != client, clients.contains(other)
    else { return }
    let outcome = clients[other].machine.cancel(now: now)
    if outcome == .send { sendCANCEL(other, now, &desk, &out) }
    settle(client: other)
  }

  /// Whether the policy lets another target be tried after this status, and there is one.
  private mutating func isFailover(_ server: Handle, after status: UInt16, _ client: Handle) -> Bool
  {
    guard !servers[server].isCancelled, servers[server].isPending, status < 600,
      servers[server].client == client
    else { return false }
    if status < 400 { return !servers[server].redirected.contacts.isEmpty }
    return servers[server].hasNext
      && regimes[servers[server].policy].routing
        .allowsFailover(servers[server].search, after: status)
  }

  /// Sends a response on, as it is patched.
  private mutating func passUpstream(
    _ message: borrowing Message, _ server: Handle, _ status: UInt16, _ now: Instant,
    _ patch: borrowing Patch, _ out: inout Outbox
  ) {
    guard !patch.overflowed else { return }
    guard servers[server].machine.permits(status, now: now) else {
      // RFC 3261 §16.7 steps 5 and 9: a 2xx to an INVITE goes upstream whatever went before it, and
      // past a transaction that has ended; or its dialog would hang.
      guard servers[server].method == .invite, status >= 200, status < 300 else { return }
      out.send(to: servers[server].flow, atMost: message.outline.end &+ patch.growth) {
        patch.write(message, into: &$0)
      }
      return
    }
    let sent = out.send(
      to: servers[server].flow, atMost: message.outline.end &+ patch.growth
    ) { patch.write(message, into: &$0) }
    let isKept = status < 200 || status >= 300 || servers[server].method != .invite
    let kept = isKept ? shelf.keep(out.bytes.span.extracting(sent)) : nil
    responded(server, status, kept, now)
  }

  /// Notes in the machine, the call and the tables that a response went out.
  mutating func responded(
    _ server: Handle, _ status: UInt16, _ kept: consuming Kept?, _ now: Instant
  ) {
    servers[server].machine.respond(status, kept: kept, now: now, &shelf)
    if status >= 200 {
      if servers[server].isPending {
        pending &-= 1
        regimes.remember(servers[server].policy, by: .request)
      }
      servers[server].isPending = false
      shelf.release(servers[server].request.take())
      concludeCall(server, status, now)
    }
    settle(server: server)
  }

  /// The best response is chosen and goes out (RFC 3261 §16.7 step 6).
  private mutating func finish(
    _ message: borrowing Message, _ server: Handle, _ status: UInt16, _ now: Instant,
    _ patch: inout Patch, _ out: inout Outbox
  ) {
    if servers[server].best.status != 0, precedes(servers[server].best.status, status) {
      return sendBest(server, now, &out)
    }
    // A 503 speaks of one target; upstream it would speak of this element.
    if status == 503, servers[server].hasNext {
      patch.replaceStatus(message, 500, "Server Internal Error")
      return passUpstream(message, server, 500, now, patch, &out)
    }
    passUpstream(message, server, status, now, patch, &out)
  }

  /// RFC 3261 §16.7 step 6: any 6xx before all others, then the lowest class; within the class the
  /// first of those that tell the caller how to ask again, then the first, and a 503 last: it goes
  /// upstream only when every target is down.
  private func precedes(_ a: UInt16, _ b: UInt16) -> Bool { rank(a) <= rank(b) }

  private func rank(_ status: UInt16) -> UInt16 {
    let ofClass = status / 100 * 3
    return switch status {
    case 600...: 0
    case 401, 407, 415, 420, 484: ofClass
    case 503: ofClass &+ 2
    default: ofClass &+ 1
    }
  }

  private mutating func keepBest(
    _ message: borrowing Message, _ server: Handle, _ status: UInt16, _ patch: borrowing Patch
  ) {
    let best = servers[server].best.status
    guard best == 0 || !precedes(best, status) else { return }
    let length = message.outline.end &+ patch.growth
    var copy = [UInt8]()
    copy.append(addingCapacity: length) { patch.write(message, into: &$0) }
    let kept = shelf.keep(copy.span)
    // Without room for it the one before stays the best.
    guard kept != nil else { return }
    shelf.release(servers[server].best.response.take())
    servers[server].best.response = kept
    servers[server].best.status = status
  }

  private mutating func sendBest(_ server: Handle, _ now: Instant, _ out: inout Outbox) {
    let status = servers[server].best.status
    guard let kept = servers[server].best.response.take() else { return }
    let flow = servers[server].flow
    if servers[server].machine.permits(status, now: now) {
      out.send(to: flow, atMost: kept.count) { $0.write(shelf.bytes(of: kept)) }
    }
    responded(server, status, kept, now)
  }

  // MARK: The next target

  /// A target gave no answer or could not be reached: to the core a 408, or a 503 (RFC 3261 §16.8,
  /// §16.9).
  mutating func targetFailed(
    _ client: Handle, _ failure: TargetFailure, _ now: Instant, _ patch: inout Patch,
    _ desk: inout Desk, _ out: inout Outbox
  ) {
    guard let server = clients[client].server, servers.contains(server),
      servers[server].client == client
    else { return }
    let hasNext =
      servers[server].hasNext && !servers[server].isCancelled && now < servers[server].setupEnd
    noteFailure(
      of: client, failure, failure.isDown ? 503 : 408, hasNext: hasNext,
      subject(ofClient: client, &desk))
    if hasNext { return tryNext(server, now, &patch, &desk, &out) }
    giveUp(server, failure.isDown ? .unavailable : .timeout, now, &patch, &desk, &out)
  }

  /// Sends the request that is kept to the next target, or first by another way to one.
  mutating func tryNext(
    _ server: Handle, first way: Way? = nil, _ now: Instant, _ patch: inout Patch,
    _ desk: inout Desk, _ out: inout Outbox
  ) {
    guard now < servers[server].setupEnd else {
      return giveUp(server, .timeout, now, &patch, &desk, &out)
    }
    guard desk.lay(shelf.bytes(of: servers[server].request)) else { return }
    guard let fault = resend(desk, server, first: way, now, &patch, &out) else { return }
    giveUp(server, fault, now, &patch, &desk, &out)
  }

  /// Why no target is left.
  enum Fault: UInt16 {
    case timeout = 408
    case unavailable = 503
    /// It grew too large for the last one.
    case tooLarge = 513
  }

  private mutating func resend(
    _ desk: borrowing Desk, _ server: Handle, first: Way?, _ now: Instant,
    _ patch: inout Patch, _ out: inout Outbox
  ) -> Fault? {
    let message = Message(desk.bytes.span, desk.table)
    var fault = Fault.unavailable
    do throws(Malformed) {
      let essentials = try Essentials(message)
      let uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
      var set = try routeSet(
        message, uri, on: servers[server].flow.listener, by: servers[server].policy)
      if essentials.toTag == nil { set.opensNoDoor() }
      var next = first.map { Step.way($0) } ?? nextStep(server, now)
      while case .way(let way) = next {
        guard move(server, to: way, now) else {
          next = nextStep(server, now)
          continue
        }
        patch.reset()
        patch.stamp(essentials.via, servers[server].source)
        let errand = Errand(
          essentials: essentials, set: set, way: way,
          requestURI: servers[server].redirected.current)
        do throws(Refused) {
          try forward(message, errand, for: server, now, &patch, &out)
          return nil
        } catch {
          fault = error.isTooLarge ? .tooLarge : .unavailable
        }
        next = nextStep(server, now)
      }
      if case .waits = next { return nil }
      return fault
    } catch {
      // It was sound when it came.
      return fault
    }
  }

  /// No target is left and none has answered, or not well enough: the best response so far, or one
  /// of our own.
  mutating func giveUp(
    _ server: Handle, _ fault: Fault, _ now: Instant, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    if servers[server].best.status != 0, !servers[server].isCancelled {
      return sendBest(server, now, &out)
    }
    if servers[server].isCancelled {
      return respondOwn(server, 487, "Request Terminated", now, &patch, &desk, &out)
    }
    if fault == .unavailable, servers[server].redirected.lacksAddress {
      return respondOwn(server, 500, "Redirection Refused", now, &patch, &desk, &out)
    }
    let phrase: StaticPhrase =
      switch fault {
      // RFC 4320 §4.2: never a 408 to a request that is not an INVITE; its machine forbids it.
      case .timeout: .requestTimeout
      case .unavailable: .serviceUnavailable
      case .tooLarge: .messageTooLarge
      }
    respondOwn(server, fault.rawValue, phrase.text, now, &patch, &desk, &out)
  }

  /// A response of our own to a request that is kept.
  mutating func respondOwn(
    _ server: Handle, _ status: UInt16, _ phrase: StaticString, _ now: Instant,
    _ patch: inout Patch, _ desk: inout Desk, _ out: inout Outbox, decision: UInt64 = 0
  ) {
    guard servers[server].machine.permits(status, now: now) else {
      if status >= 200 { concludeCall(server, status, now) }
      return
    }
    guard desk.lay(shelf.bytes(of: servers[server].request)) else { return }
    var reply = Reply(status, phrase)
    reply.decision = decision
    let kept = writeOwnResponse(desk, server, reply, &patch, &out)
    responded(server, status, kept, now)
  }

  private mutating func writeOwnResponse(
    _ desk: borrowing Desk, _ server: Handle, _ wanted: Reply, _ patch: inout Patch,
    _ out: inout Outbox
  ) -> Kept? {
    let message = Message(desk.bytes.span, desk.table)
    var reply = wanted
    reply.toTag = wanted.status == 100 ? 0 : toTag(message)
    patch.reset()
    do throws(Malformed) {
      patch.stamp(try Essentials.topVia(message), servers[server].source)
    } catch {
      return nil
    }
    let sent = out.send(to: servers[server].flow, atMost: reply.room(for: message, patch)) {
      reply.write(answering: message, patch, into: &$0)
    }
    return shelf.keep(out.bytes.span.extracting(sent))
  }
}

extension Patch {
  /// RFC 3261 §7.2: a space follows the code even where no phrase does. One that lacks it is
  /// understood, but not passed on so.
  mutating func endStatusCode(_ message: borrowing Message) {
    let end = message.outline.reason.start
    if message.bytes[end &- 1] != 0x20 { insert(at: end) { $0.write(octet: 0x20) } }
  }

  mutating func replaceStatus(
    _ message: borrowing Message, _ status: Int, _ phrase: StaticString
  ) {
    let line = Slice(from: message.outline.start &+ 8, to: message.outline.reason.end)
    replace(line) {
      $0.write(decimal: status)
      $0.write(" ")
      $0.write(phrase)
    }
  }
}
