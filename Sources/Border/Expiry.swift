import Basics
import Dialogs
import Routing
import SIP
import Transactions

// What time does. Each machine hangs on the wheel with one valid entry; an entry that fires before
// the time that its record remembers is a stale one.
extension Core {
  mutating func expire(
    _ now: Instant, _ patch: inout Patch, _ desk: inout Desk, _ out: inout Outbox
  ) {
    while out.hasRoom, canTell(), let payload = wheel.expire(now) {
      switch Ticket(payload) {
      case .server(let handle):
        if servers.contains(handle), servers[handle].armed <= now {
          servers[handle].armed = .distantFuture
          expire(server: handle, now, &patch, &desk, &out)
        }
      case .client(let handle):
        if clients.contains(handle), clients[handle].armed <= now {
          clients[handle].armed = .distantFuture
          expire(client: handle, now, &patch, &desk, &out)
        }
      case .call(let handle):
        if calls.contains(handle) { expire(call: handle, now) }
      case .parked(let handle):
        if parked.contains(handle) { patienceEnds(handle, now) }
      case .question(let handle):
        if questions.contains(handle) { expire(question: handle, now) }
      case nil:
        break
      }
    }
  }

  private mutating func expire(
    server handle: Handle, _ now: Instant, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    switch servers[handle].machine.expire(now, &shelf) {
    case .nothing, .ended:
      break
    case .resend:
      resendResponse(handle, &out)
    case .trying:
      respondOwn(handle, 100, "Trying", now, &patch, &desk, &out)
    case .unanswered:
      // A BYE that nobody answered ends its call all the same, and a subscription that nobody
      // confirmed has not begun.
      concludeCall(handle, 408, now)
    }
    if servers.contains(handle) { settle(server: handle) }
  }

  private mutating func expire(
    client handle: Handle, _ now: Instant, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    switch clients[handle].machine.expire(now, &shelf) {
    case .notYet, .ended:
      break
    case .resend:
      let flow = clients[handle].flow
      let kept = clients[handle].machine.request(in: shelf)
      out.send(to: flow, owner: Ticket.client(handle).payload, atMost: kept.count) {
        $0.write(kept)
      }
    case .timeout:
      if clients[handle].machine.isTerminated { close(branch: handle) }
      targetFailed(handle, .timeout, now, &patch, &desk, &out)
    case .timerC:
      if let server = clients[handle].server, servers.contains(server),
        let call = servers[server].call, calls.contains(call), servers[server].isInitial
      {
        calls[call].rangTooLong = true
      }
      sendCANCEL(handle, now, &desk, &out)
      endSetup(handle, now, &patch, &desk, &out)
    }
    if clients.contains(handle) { settle(client: handle) }
  }

  /// The whole set-up of a call has lasted long enough: the caller gets the best response that
  /// there was, or 408, and does not wait for what the cancelled callee says. Within a dialog he
  /// does, as after any Timer C: a 408 would end the dialog (RFC 3261 §12.2.1.2).
  private mutating func endSetup(
    _ client: Handle, _ now: Instant, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    guard let server = clients[client].server, servers.contains(server),
      servers[server].client == client, servers[server].isInitial, !servers[server].isCancelled,
      servers[server].setupEnd <= now
    else { return }
    giveUp(server, .timeout, now, &patch, &desk, &out)
    if servers.contains(server) { servers[server].isCancelled = true }
  }

  private mutating func expire(call handle: Handle, _ now: Instant) {
    var next = calls[handle].attention
    if next <= now {
      switch calls[handle].state {
      case .calling:
        // Its INVITE has a final response to come, and Timer C sees to it.
        next = now + callDuration(handle)
      case .answered:
        end(handle, calls[handle].expiresFirst ? .sessionExpired : .tooLong, now)
      case .ended:
        guard lingers(handle, now) else { return forget(handle) }
      }
      guard calls.contains(handle) else { return }
      if calls[handle].state == .ended { next = calls[handle].attention }
    }
    _ = wheel.arm(Ticket.call(handle).payload, near: next)
  }

  /// Whether a call whose grace is over is remembered on, for its other usages. Those may hold half
  /// of the places of ended calls, so that one that has just ended finds one.
  private mutating func lingers(_ call: Handle, _ now: Instant) -> Bool {
    guard calls[call].deadline > now else { return false }
    if calls[call].isLingering { return true }
    guard lingering < configuration.capacity.endedCalls / 2 else { return false }
    calls[call].linger()
    lingering &+= 1
    return true
  }

  /// A message could not be sent, or its stream ended before it was answered (RFC 3261 §17.1.4,
  /// §16.9, §18.4).
  mutating func failed(
    _ owner: UInt64, _ loss: Loss, _ now: Instant, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    guard case .client(let handle) = Ticket(owner), clients.contains(handle) else { return }
    let isForCore = clients[handle].machine.transportFailed(
      mayHaveArrived: loss == .unanswered, &shelf)
    if clients[handle].machine.isTerminated { close(branch: handle) }
    // What may still come is passed on, and not waited for.
    if isForCore { awaitNoMore(handle) }
    if isForCore, loss != .unanswered, let (server, way) = datagramWay(handle) {
      // Another loss, such as a stream's end amid the message, says nothing of the next stream.
      if loss == .refused { streamless.note(way.flow.remote, until: now + Limits.streamlessTime) }
      tryNext(server, first: way, now, &patch, &desk, &out)
    } else if isForCore {
      targetFailed(handle, TargetFailure(loss), now, &patch, &desk, &out)
    }
    if clients.contains(handle) { settle(client: handle) }
  }

  /// RFC 3261 §18.1.1: a request that went over a stream for its size only, and was not sent,
  /// goes as a datagram: not all who are called take streams (RFC 2543).
  private mutating func datagramWay(_ client: Handle) -> (Handle, Way)? {
    guard let listener = clients[client].datagram, let server = clients[client].server,
      servers.contains(server), servers[server].client == client, !servers[server].isCancelled
    else { return nil }
    let remote = clients[client].flow.remote
    return (server, Way(Flow(.udp, listener: listener, remote: remote), clients[client].peer))
  }
}
