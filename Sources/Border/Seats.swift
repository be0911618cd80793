package import Admission
import Basics
import Dialogs
import Routing
import SIP
import Transactions

// The counts of sessions. A call takes its places when its record is made, moves with it to another
// target, and gives them back with it, once: so the counts cannot drift from the records.
extension Core {
  /// Takes the places of a call that begins, on the way out that has room: the next one where this
  /// one is full.
  /// - Parameters:
  ///   - record: of the call; is not in the table yet.
  ///   - way: where it goes first; gets the one that has room.
  /// - Throws: the refusal of the limit that is full. Then it has no places.
  mutating func seat(
    _ record: inout Call, _ message: borrowing Message, _ way: inout Way, _ search: inout Search,
    _ turn: Turn
  ) throws(Refused) {
    var (seat, marks) = (record.seat, Marks())
    var refusal = regimes[turn.policy].admission.enter(
      message, turn.flow, at: turn.now, &seat, &marks)
    if refusal != nil {
      passage.stage = .admission
    } else {
      refusal = findWay(&way, &search, &seat, turn, &marks)
      if refusal != nil { regimes[turn.policy].admission.leave(seat) }
    }
    tell(marks, message, turn)
    if let refusal { throw Refused(refusal) }
    record.take(seat)
  }

  private mutating func findWay(
    _ way: inout Way, _ search: inout Search, _ seat: inout Seat, _ turn: Turn,
    _ marks: inout Marks
  ) -> Refusal? {
    while true {
      guard
        let full = regimes[turn.policy].admission.depart(
          to: way.peer, way.flow.remote, at: turn.now, &seat, &marks)
      else { return nil }
      guard let next = regimes[turn.policy].routing.next(&search, arriving: turn.flow) else {
        return full
      }
      way = next
    }
  }

  /// Tells which session limits begin to bite, and what those that only observe would have done.
  private mutating func tell(_ marks: Marks, _ message: borrowing Message, _ turn: Turn) {
    raise(marks, turn)
    guard marks.observes > 0 else { return }
    var observed = Observations()
    for place in 0..<marks.observes {
      observed.add(.sessionLimit(UInt32(truncatingIfNeeded: marks.observing(place))))
    }
    // A request that has waited begins its call only now.
    var turn = turn
    turn.isAgain = false
    tell(observed, message, turn)
  }

  /// Moves the call of an INVITE to the next target that is tried.
  /// - Returns: whether that has room; else the call keeps the place that it has.
  mutating func move(_ server: Handle, to way: Way, _ now: Instant) -> Bool {
    guard servers[server].method == .invite, servers[server].isInitial,
      let call = servers[server].call, calls.contains(call), calls[call].state == .calling
    else { return true }
    var flow = servers[server].flow
    flow.remote = servers[server].source
    let policy = regimes.governing(servers[server].policy)
    let turn = Turn(flow: flow, now: now, peer: servers[server].peer, policy: policy)
    var (seat, marks) = (calls[call].seat, Marks())
    let hasRoom = regimes[policy].admission.move(
      to: way.peer, way.flow.remote, isHalfOpen: true, at: now, &seat, &marks)
    raise(marks, turn)
    reseat(call, at: seat)
    return hasRoom
  }

  /// A 2xx came from a target that need not be the one tried last: the call is there, whatever the
  /// limits say.
  mutating func settle(call: Handle, at flow: Flow, of peer: PeerID, _ now: Instant) {
    var (seat, marks) = (calls[call].seat, Marks())
    let isHalfOpen = calls[call].state == .calling
    _ = regimes[calls[call].policy].admission.move(
      to: peer, flow.remote, isHalfOpen: isHalfOpen, isForced: true, at: now, &seat, &marks)
    reseat(call, at: seat)
    calls[call].calleeFlow = flow
  }

  /// A call goes on after its end: it takes its places again, whatever the limits say.
  mutating func reseat(_ call: Handle) {
    var seat = calls[call].seat
    regimes.current.admission.resumed(&seat)
    calls[call].take(seat)
  }

  /// The INVITE of a call gets its 2xx: it is half open no more.
  mutating func noteAnswer(_ call: Handle) {
    guard calls[call].state == .calling else { return }
    regimes.current.admission.answered(calls[call].seat)
  }

  /// A call ends, or its record is forgotten before: it gives its places back.
  mutating func unseat(_ record: Call) {
    guard record.state != .ended else { return }
    regimes.current.admission.ended(
      record.seat, isHalfOpen: record.state == .calling)
  }
}

extension Call {
  /// Where it stands in the counts of Admission.
  var seat: Seat {
    var seat = Seat(caller: PeerID(raw: caller), callee: PeerID(raw: callee))
    (seat.narrow, seat.target) = (narrow, target)
    return seat
  }

  mutating func take(_ seat: Seat) {
    callee = seat.callee.raw
    (narrow, target) = (seat.narrow, seat.target)
  }
}

// MARK: Sessions that expire

extension Core {
  /// What a 2xx to an INVITE or UPDATE agrees on for its session (RFC 4028 §7.2): when it expires
  /// unless it is refreshed, or, without Session-Expires, that it does not. The parties know a
  /// little earlier and send BYE (§10), which has the grace to come.
  mutating func noteSession(_ message: borrowing Message, _ server: Handle, _ now: Instant) {
    let method = servers[server].method
    guard method == .invite || method == .update, let call = servers[server].call else { return }
    let end = sessionEnd(message, now)
    var place: Handle? = servers[server].passes?.newest ?? call
    for _ in 0..<Limits.routes {
      guard let pass = place, calls.contains(pass) else { return }
      calls[pass].agree(sessionEnd: end)
      place = before(pass, servers[server].passes)
    }
  }

  private mutating func sessionEnd(_ message: borrowing Message, _ now: Instant) -> Instant {
    guard let line = message.next(.sessionExpires) else { return .distantFuture }
    do throws(Malformed) {
      let value = try SessionExpires.parse(message.bytes, message.headers[line].value)
      let seconds = max(Limits.leastSession, Interval.seconds(Int64(value.seconds)))
      return now + seconds + configuration.timing.t1 * 64
    } catch {
      // Its receiver will say what is wrong with it.
      return .distantFuture
    }
  }
}

// MARK: Audit

extension Border {
  /// Adds the calls of this worker to a recount. That of all workers is what `Admission.Shared`
  /// says by its own `tally`, while nothing comes in between.
  package mutating func recount(into tally: inout Tally) {
    for handle in core.calls.handles() where core.calls[handle].state != .ended {
      tally.add(core.calls[handle].seat, isHalfOpen: core.calls[handle].state == .calling)
    }
  }

  /// How many calls the whole element has, over all workers.
  package var sessions: Headcount { core.regimes.current.admission.allSessions }
}
