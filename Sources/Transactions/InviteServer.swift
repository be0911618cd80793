package import Basics

// RFC 3261 §17.2.1, Figure 7, as RFC 6026 §7.1 corrects it (event / action):
//
//                      | INVITE / pass it to the TU
//                      v
//     INVITE /   +------------+   101-199 from the TU / send it
//     resend it  |            |   transport error / tell the TU
//     +--------->| Proceeding |<---------+
//     +----------|            |----------+
//                +------------+
//   300-699 from |            | 2xx from the TU /
//   the TU /     |            | send it
//   send it      v            v
//        +-----------+    +----------+   INVITE / -
//   +--->| Completed |    | Accepted |   ACK / pass it to the TU
//   +----|           |    |          |   2xx from the TU / send it
//        +-----------+    +----------+   transport error / tell the TU
//   INVITE / resend |  |              |
//   G / resend      |  | ACK / -      | L / -
//   transport error |  v              |
//   / tell the TU   | +-----------+   |
//                   | | Confirmed |   |   INVITE, ACK / -
//   H / tell the TU | +-----------+   |
//                   |   | I / -       |
//                   v   v             v
//                  +-------------------+
//                  |    Terminated     |
//                  +-------------------+

/// The server transaction of an INVITE (RFC 3261 §17.2.1 with RFC 6026 §7.1).
///
/// It holds the last response for as long as that may have to be sent again. A 2xx is never sent
/// again from here: this element is a proxy, and the callee does that. After each input its owner
/// looks at `isTerminated` and at `deadline`. In Proceeding it has no timer: its client
/// transactions have.
package struct InviteServer: ~Copyable {
  private enum State: ~Copyable {
    case proceeding(Proceeding)
    case completed(Completed)
    case confirmed(i: Instant)
    case accepted(l: Instant)
    case terminated
  }

  private struct Proceeding: ~Copyable {
    let response: Kept?
  }

  private struct Completed: ~Copyable {
    let response: Kept?
    var g: Retransmission
    let h: Instant
  }

  private var state: State = .proceeding(Proceeding(response: nil))
  private let timing: Timing
  private let isReliable: Bool
  private let retransmitsFinal: Bool

  /// - Parameters:
  ///   - isReliable: whether the INVITE came over a transport that retransmits by itself.
  ///   - retransmitsFinal: `false` for a source that has not proved its address. Timer G then never
  ///     fires, so that a forged INVITE draws one final response and no more.
  package init(isReliable: Bool, retransmitsFinal: Bool = true, timing: Timing = Timing()) {
    self.timing = timing
    self.isReliable = isReliable
    self.retransmitsFinal = retransmitsFinal
  }

  /// The state of RFC 3261 §17.2.1 and RFC 6026 §7.1 that it is in.
  package var phase: Phase {
    switch state {
    case .proceeding: .proceeding
    case .completed: .completed
    case .confirmed: .confirmed
    case .accepted: .accepted
    case .terminated: .terminated
    }
  }

  /// Whether it may be forgotten, once `release` gave back what it keeps.
  package var isTerminated: Bool { phase == .terminated }

  /// When `expire` is next worth calling.
  package var deadline: Instant {
    switch state {
    case .proceeding: .distantFuture
    case .terminated: .distantFuture
    case .completed(let completed): min(completed.g.due, completed.h)
    case .confirmed(let i): i
    case .accepted(let l): l
    }
  }

  /// The response to send after `.resend`; empty when none is kept.
  @_lifetime(borrow shelf)
  package func response(in shelf: borrowing Shelf) -> Span<UInt8> {
    switch state {
    case .proceeding(let proceeding): shelf.bytes(of: proceeding.response)
    case .completed(let completed): shelf.bytes(of: completed.response)
    case .confirmed: Span()
    case .accepted: Span()
    case .terminated: Span()
    }
  }

  // MARK: A retransmission of the INVITE

  /// What is to be done with a retransmission of the INVITE.
  package enum RequestOutcome: Sendable {
    /// Nothing is to be done.
    case absorb
    /// Send `response(in:)`.
    case resend
  }

  /// The INVITE came again.
  package func receive() -> RequestOutcome {
    switch state {
    case .proceeding(let proceeding): proceeding.response == nil ? .absorb : .resend
    case .completed(let completed): completed.response == nil ? .absorb : .resend
    // RFC 6026 §7.1: the callee's 2xx has its own retransmissions.
    case .confirmed: .absorb
    case .accepted: .absorb
    case .terminated: .absorb
    }
  }

  // MARK: ACK

  /// What an ACK means, which is for this transaction only if its response was none of 2xx.
  package enum AckOutcome: Sendable {
    /// Nothing is to be done.
    case absorb
    /// It acknowledges a 2xx: it goes on to the callee.
    case pass
    /// It ended the wait for it; on a reliable transport the machine is terminated.
    case confirmed
  }

  /// An ACK came that matches this transaction.
  package mutating func acknowledge(now: Instant, _ shelf: inout Shelf) -> AckOutcome {
    switch exchange(&state, with: .terminated) {
    case .completed(let completed):
      shelf.release(completed.response)
      if !isReliable { state = .confirmed(i: timing.expiry(of: .i, from: now)) }
      return .confirmed
    case .accepted(let l):
      state = .accepted(l: l)
      return .pass
    case let other:
      state = other
      return .absorb
    }
  }

  // MARK: A response of the TU

  /// What is to be done with a response of the TU.
  package enum ResponseOutcome: Sendable {
    /// Send it.
    case send
    /// Send it; it was the first 2xx.
    case accepted
    /// Send it; it was the final response, 300 to 699.
    case completed
    /// Another final response went before it: it must not be sent.
    case tooLate
  }

  /// Whether `respond` would let a response out: to ask before one is written.
  package func permits(_ status: UInt16) -> Bool {
    switch state {
    case .proceeding: true
    case .accepted: isSuccess(status)
    case .completed: false
    case .confirmed: false
    case .terminated: false
    }
  }

  /// The TU sends a response.
  /// - Parameter kept: the response as it goes out, to be sent again when the INVITE comes again;
  ///   `nil` when the shelf is full. That of a 2xx is released at once.
  package mutating func respond(
    _ status: UInt16, kept: consuming Kept?, now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    guard permits(status) else {
      shelf.release(kept)
      return .tooLate
    }
    switch exchange(&state, with: .terminated) {
    case .proceeding(let last):
      shelf.release(last.response)
      return proceed(status, kept, now, &shelf)
    case let other:
      shelf.release(kept)
      state = other
      return .send
    }
  }

  private mutating func proceed(
    _ status: UInt16, _ kept: consuming Kept?, _ now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    if isProvisional(status) {
      state = .proceeding(Proceeding(response: kept))
      return .send
    }
    if isSuccess(status) {
      shelf.release(kept)
      // RFC 6026 §7.1: on a reliable transport as well.
      state = .accepted(l: timing.expiry(of: .l, from: now))
      return .accepted
    }
    var g = Retransmission(from: now, timing.interval(of: .g, isReliable: isReliable))
    if !retransmitsFinal || kept == nil { g.stop() }
    let h = timing.expiry(of: .h, from: now)
    state = .completed(Completed(response: kept, g: g, h: h))
    return .completed
  }

  // MARK: Time

  /// What is to be done once a timer has fired.
  package enum ExpiryOutcome: Sendable {
    /// It is not time yet: look again at `deadline`.
    case notYet
    /// Timer G: send `response(in:)`.
    case resend
    /// Timer H: the ACK did not come. The machine is terminated.
    case noACK
    /// Timer I or L: the machine is terminated.
    case ended
  }

  /// Time has passed.
  package mutating func expire(_ now: Instant, _ shelf: inout Shelf) -> ExpiryOutcome {
    switch exchange(&state, with: .terminated) {
    case .proceeding(let proceeding):
      state = .proceeding(proceeding)
      return .notYet
    case .completed(let completed):
      return expire(completed, now, &shelf)
    case .confirmed(let i):
      if now < i { state = .confirmed(i: i) }
      return now < i ? .notYet : .ended
    case .accepted(let l):
      if now < l { state = .accepted(l: l) }
      return now < l ? .notYet : .ended
    case .terminated:
      return .ended
    }
  }

  private mutating func expire(
    _ completed: consuming Completed, _ now: Instant, _ shelf: inout Shelf
  ) -> ExpiryOutcome {
    if now >= completed.h {
      shelf.release(completed.response)
      return .noACK
    }
    let isDue = now >= completed.g.due
    if isDue { completed.g.restart(from: now, atMost: timing.t2) }
    state = .completed(completed)
    return isDue ? .resend : .notYet
  }

  // MARK: Failure and end

  /// What a failure of the transport means.
  package enum FailureOutcome: Sendable {
    /// Nothing was under way.
    case ignore
    /// Tell the TU. The machine stays as it is: another retransmission of the INVITE may have
    /// better luck (RFC 6026 §8 on RFC 3261 §17.2.4).
    case inform
  }

  /// A response could not be sent.
  package func transportFailed() -> FailureOutcome {
    switch state {
    case .proceeding: .inform
    case .completed: .inform
    case .accepted: .inform
    case .confirmed: .ignore
    case .terminated: .ignore
    }
  }

  /// Ends the machine, whatever it is doing, and gives back what it keeps.
  package mutating func release(into shelf: inout Shelf) {
    switch exchange(&state, with: .terminated) {
    case .proceeding(let proceeding): shelf.release(proceeding.response)
    case .completed(let completed): shelf.release(completed.response)
    case .confirmed: break
    case .accepted: break
    case .terminated: break
    }
  }
}
