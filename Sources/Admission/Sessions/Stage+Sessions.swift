package import Basics
package import SIP

// What Border asks of session limits: where the record of a call is made, and where it moves.
extension Stage {
  /// Counts a call that begins for the element, its caller, its source and its called user.
  /// - Parameters:
  ///   - flow: what its INVITE came by.
  ///   - seat: whose call it is; takes what it is counted under.
  ///   - marks: takes which limits begin to bite, and which would refuse it and only observe.
  /// - Returns: the refusal of the limit that is full; then nothing is counted.
  package func enter(
    _ message: borrowing Message, _ flow: Flow, at now: Instant, _ seat: inout Seat,
    _ marks: inout Marks
  ) -> Refusal? {
    guard let full = sessions.enter(message, flow, at: now, &seat, &marks) else { return nil }
    return refusal(of: full)
  }

  /// Counts a call that has entered for its way out.
  /// - Returns: the refusal of the limit that is full, where no other way is left; then nothing is
  ///   counted for this one.
  package func depart(
    to callee: PeerID, _ endpoint: Endpoint, at now: Instant, _ seat: inout Seat,
    _ marks: inout Marks
  ) -> Refusal? {
    guard let full = sessions.depart(to: callee, endpoint, at: now, &seat, &marks) else {
      return nil
    }
    return refusal(of: full)
  }

  /// A call has entered and finds no way out: it gives back what it had.
  package func leave(_ seat: Seat) { sessions.leaveEntered(seat) }

  /// Moves a call to another way out.
  /// - Parameters:
  ///   - isHalfOpen: whether its INVITE has no 2xx.
  ///   - isForced: it is there already, by a late answer, whatever the limits say.
  /// - Returns: whether there was room; else it stays where it was.
  package func move(
    to callee: PeerID, _ endpoint: Endpoint, isHalfOpen: Bool, isForced: Bool = false,
    at now: Instant, _ seat: inout Seat, _ marks: inout Marks
  ) -> Bool {
    sessions.move(
      to: callee, endpoint, isHalfOpen: isHalfOpen, isForced: isForced, at: now, &seat, &marks)
      == nil
  }

  /// A call got a 2xx: it is half open no more. This and what follows is the same under every
  /// version of the policy.
  package func answered(_ seat: Seat) { sessions.ledger.answered(seat) }

  /// A call has ended, and gives back all that it has.
  /// - Parameter isHalfOpen: whether its INVITE had no 2xx.
  package func ended(_ seat: Seat, isHalfOpen: Bool) {
    sessions.ledger.ended(seat, isHalfOpen: isHalfOpen)
  }

  /// A call that had ended goes on after a late 2xx: it takes again what it had, whatever the
  /// limits say.
  package func resumed(_ seat: inout Seat) { sessions.ledger.resumed(&seat) }

  /// How many calls the element has, over all workers.
  package var allSessions: Headcount { sessions.ledger.all }

  private func refusal(of rule: Int) -> Refusal {
    Refusal(
      limit: sessions.rules[rule].status, .sessionLimit,
      rule: UInt32(truncatingIfNeeded: rules.rateLimits.count &+ rule))
  }
}
