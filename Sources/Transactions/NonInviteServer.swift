package import Basics

// RFC 3261 §17.2.2, Figure 8, with erratum 1470, RFC 4320 and RFC 6026 §8 (event / action):
//
//                     | request / pass it to the TU
//                     v
//               +------------+  request / -
//        +------|   Trying   |  transport error / tell the TU
//        |      +------------+
//        |             | 100 from the TU / send it
//        |             v
//        |      +------------+  request / resend the 100
//        |      | Proceeding |  100 from the TU / send it
//        |      +------------+  transport error / tell the TU
//        |             |
//        +-------------+ 200-699 but 408 from the TU / send it
//                      v
//               +------------+  request / resend the response
//               | Completed  |  any response from the TU / -
//               +------------+  transport error / tell the TU
//                      | J / -
//                      v
//               +------------+  from Trying and Proceeding, 64*T1 after the request: the client
//               | Terminated |  has given up and no response is due (RFC 4320 §4.2)
//               +------------+

/// The server transaction of any request but INVITE and ACK (RFC 3261 §17.2.2, RFC 4320).
///
/// After each input its owner looks at `isTerminated` and at `deadline`.
package struct NonInviteServer: ~Copyable {
  private enum State: ~Copyable {
    case trying(Trying)
    case proceeding(Proceeding)
    case completed(Completed)
    case terminated
  }

  private struct Trying {
    /// When a 100 is due, once.
    var due: Instant
    /// When the client's Timer F has fired for sure.
    let end: Instant
  }

  private struct Proceeding: ~Copyable {
    let response: Kept?
    let end: Instant
  }

  private struct Completed: ~Copyable {
    let response: Kept?
    let j: Instant
  }

  private var state: State
  private let timing: Timing
  private let isReliable: Bool
  /// When a 100 is due if nothing else was sent, which is also the earliest that an unreliable
  /// transport may carry one: by then the client's Timer E has been reset to T2 (RFC 4320 §4.1).
  package let tryingDue: Instant

  /// - Parameter isReliable: whether the request came over a transport that retransmits by itself.
  package init(now: Instant, isReliable: Bool, timing: Timing = Timing()) {
    self.timing = timing
    self.isReliable = isReliable
    tryingDue = now + timing.untilT2
    let end = timing.expiry(of: .f, from: now)
    state = .trying(Trying(due: tryingDue, end: end))
  }

  /// The state of RFC 3261 §17.2.2 that it is in.
  package var phase: Phase {
    switch state {
    case .trying: .trying
    case .proceeding: .proceeding
    case .completed: .completed
    case .terminated: .terminated
    }
  }

  /// Whether it may be forgotten, once `release` gave back what it keeps.
  package var isTerminated: Bool { phase == .terminated }

  /// When `expire` is next worth calling.
  package var deadline: Instant {
    switch state {
    case .trying(let trying): min(trying.due, trying.end)
    case .proceeding(let proceeding): proceeding.end
    case .completed(let completed): completed.j
    case .terminated: .distantFuture
    }
  }

  /// The response to send after `.resend`; empty when none is kept.
  @_lifetime(borrow shelf)
  package func response(in shelf: borrowing Shelf) -> Span<UInt8> {
    switch state {
    case .proceeding(let proceeding): shelf.bytes(of: proceeding.response)
    case .completed(let completed): shelf.bytes(of: completed.response)
    case .trying: Span()
    case .terminated: Span()
    }
  }

  // MARK: A retransmission of the request

  /// What is to be done with a retransmission of the request.
  package enum RequestOutcome: Sendable {
    /// Nothing is to be done.
    case absorb
    /// Send `response(in:)`.
    case resend
  }

  /// The request came again.
  package func receive() -> RequestOutcome {
    switch state {
    case .proceeding(let proceeding): proceeding.response == nil ? .absorb : .resend
    case .completed(let completed): completed.response == nil ? .absorb : .resend
    case .trying: .absorb
    case .terminated: .absorb
    }
  }

  // MARK: A response of the TU

  /// What is to be done with a response of the TU.
  package enum ResponseOutcome: Sendable {
    /// Send it.
    case send
    /// Send it; it was the final response.
    case completed
    /// Another final response went before it: it must not be sent.
    case tooLate
    /// RFC 4320 §4.1 and §4.2 forbid it: 101 to 199, 408, and a 100 too early.
    case forbidden
  }

  /// What `respond` would say to a response: to ask before one is written.
  package func permits(_ status: UInt16, now: Instant) -> Bool {
    switch state {
    case .trying: isLawful(status, now)
    case .proceeding: isLawful(status, now)
    case .completed: false
    case .terminated: false
    }
  }

  private func isLawful(_ status: UInt16, _ now: Instant) -> Bool {
    switch status {
    case 100: isReliable || now >= tryingDue
    case ..<200: false
    case 408: false
    default: true
    }
  }

  /// The TU sends a response.
  /// - Parameter kept: the response as it goes out, to be sent again when the request comes again;
  ///   `nil` when the shelf is full.
  package mutating func respond(
    _ status: UInt16, kept: consuming Kept?, now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    switch exchange(&state, with: .terminated) {
    case .trying(let trying):
      state = .trying(trying)
      return proceed(status, kept, now, &shelf)
    case .proceeding(let proceeding):
      state = .proceeding(proceeding)
      return proceed(status, kept, now, &shelf)
    case let other:
      state = other
      shelf.release(kept)
      return .tooLate
    }
  }

  private mutating func proceed(
    _ status: UInt16, _ kept: consuming Kept?, _ now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    guard isLawful(status, now) else {
      shelf.release(kept)
      return .forbidden
    }
    let end = giveUp
    release(into: &shelf)
    if isProvisional(status) {
      state = .proceeding(Proceeding(response: kept, end: end))
      return .send
    }
    if isReliable {
      // Timer J is zero: nobody will ask for the response again.
      shelf.release(kept)
    } else {
      state = .completed(Completed(response: kept, j: timing.expiry(of: .j, from: now)))
    }
    return .completed
  }

  private var giveUp: Instant {
    switch state {
    case .trying(let trying): trying.end
    case .proceeding(let proceeding): proceeding.end
    case .completed: .distantFuture
    case .terminated: .distantFuture
    }
  }

  // MARK: Time

  /// What is to be done once a timer has fired.
  package enum ExpiryOutcome: Sendable {
    /// It is not time yet: look again at `deadline`.
    case notYet
    /// Nothing was sent so far: a 100 is due (RFC 4320 §4.1). Said once.
    case tryingDue
    /// No final response came in 64*T1 and none is to be sent any more. The machine is terminated.
    case unanswered
    /// Timer J: the machine is terminated.
    case ended
  }

  /// Time has passed.
  package mutating func expire(_ now: Instant, _ shelf: inout Shelf) -> ExpiryOutcome {
    switch exchange(&state, with: .terminated) {
    case .trying(var trying):
      if now >= trying.end { return .unanswered }
      let isDue = now >= trying.due
      if isDue { trying.due = .distantFuture }
      state = .trying(trying)
      return isDue ? .tryingDue : .notYet
    case .proceeding(let proceeding):
      if now >= proceeding.end {
        shelf.release(proceeding.response)
        return .unanswered
      }
      state = .proceeding(proceeding)
      return .notYet
    case .completed(let completed):
      if now >= completed.j {
        shelf.release(completed.response)
        return .ended
      }
      state = .completed(completed)
      return .notYet
    case .terminated:
      return .ended
    }
  }

  // MARK: Failure and end

  /// What a failure of the transport means.
  package enum FailureOutcome: Sendable {
    /// Nothing was under way.
    case ignore
    /// Tell the TU. The machine stays as it is: another retransmission of the request may have
    /// better luck (RFC 6026 §8 on RFC 3261 §17.2.4).
    case inform
  }

  /// A response could not be sent.
  package func transportFailed() -> FailureOutcome {
    isTerminated ? .ignore : .inform
  }

  /// Ends the machine, whatever it is doing, and gives back what it keeps.
  package mutating func release(into shelf: inout Shelf) {
    switch exchange(&state, with: .terminated) {
    case .trying: break
    case .proceeding(let proceeding): shelf.release(proceeding.response)
    case .completed(let completed): shelf.release(completed.response)
    case .terminated: break
    }
  }
}
