package import Basics

// RFC 3261 §17.1.1, Figure 5, as RFC 6026 §7.2 corrects it, with Timer C of RFC 3261 §16.8 and
// CANCEL of §9.1 (event / action):
//
//                     | INVITE from the TU / send it
//                     v
//              +------------+  A / resend the INVITE, A = 2*A
//     +--------|  Calling   |------------------------------------+ B / tell the TU
//     |        +------------+---------------------+              | transport error / tell the TU
//     |               | 1xx / pass it,            |              |
//     |               | CANCEL if it is waiting   |              |
//     |               v                           |              |
//     |        +------------+  101-199 / pass it, restart C      |
//     |        | Proceeding |  C / CANCEL         |              |
//     |        |            |---------------------|--------------+ 64*T1 after the CANCEL /
//     |        +------------+------------------+  |              | tell the TU
//     |               |                        |  |              |
//     +---------------+ 300-699 /              |  | 2xx /        |
//                     | pass it, send ACK      |  | pass it      |
//                     v                        v  v              |
//              +------------+            +------------+          |
//              | Completed  |            |  Accepted  |          |
//              +------------+            +------------+          |
//     300-699 / resend ACK |              | 2xx / pass it        |
//     D / -                |              | M / -                |
//     transport error / -  v              v                      |
//              +----------------------------------+              |
//              |            Terminated            |<-------------+
//              +----------------------------------+

/// The client transaction of an INVITE in a proxy (RFC 3261 §17.1.1, §9.1 and §16.8, RFC 6026
/// §7.2).
///
/// It holds the INVITE as it was sent, from which its owner makes CANCEL, ACK and the INVITE to
/// another target, and later the ACK. After each input its owner looks at `isTerminated` and at
/// `deadline`.
///
/// A target that is given less time than Timer B is *abandoned* when that time is over, and one
/// that may have got the INVITE when its connection has ended: its owner goes on to the next
/// target, and the machine lives on until Timer B, so that a late provisional response draws a
/// CANCEL and a late 2xx is passed on. Without this, the phone would ring on with nobody there.
package struct InviteClient: ~Copyable {
  private enum State: ~Copyable {
    case calling(Calling)
    case proceeding(Proceeding)
    case completed(Completed)
    case accepted(m: Instant)
    /// The request is there when it failed and the TU may want to try another target.
    case terminated(Ended)
  }

  private struct Calling: ~Copyable {
    let request: Kept
    var a: Retransmission
    /// When the TU is told that there is no response.
    let answerBy: Instant
    /// Timer B.
    let b: Instant
    let c: Instant
    var isCancelWanted = false
    var isAbandoned = false
    /// Whether it was sent more than once: an earlier copy may have arrived.
    var wasResent = false

    var end: Instant { isAbandoned ? b : min(answerBy, c) }
  }

  private struct Proceeding: ~Copyable {
    let request: Kept
    /// Timer C, or 64*T1 after the CANCEL.
    var end: Instant
    var isCancelled: Bool
    let isAbandoned: Bool
  }

  private struct Completed: ~Copyable {
    /// The request until there is an ACK, then the ACK.
    let kept: Kept
    let isACK: Bool
    let d: Instant
  }

  private struct Ended: ~Copyable {
    let request: Kept?
  }

  private var state: State
  private let timing: Timing
  private let isReliable: Bool
  /// When Timer C fires at the latest, however often it is restarted.
  private let latest: Instant

  /// - Parameters:
  ///   - request: the INVITE as it goes out.
  ///   - isReliable: whether it goes over a transport that retransmits by itself.
  ///   - timeout: how long this target has for its first response, where that is not 64*T1.
  ///   - latest: when the set-up is to be over: until then provisional responses restart Timer C.
  package init(
    request: consuming Kept, now: Instant, isReliable: Bool, timeout: Interval? = nil,
    latest: Instant = .distantFuture, timing: Timing = Timing()
  ) {
    self.timing = timing
    self.isReliable = isReliable
    self.latest = latest
    let b = timing.expiry(of: .b, from: now)
    let answerBy = timeout.map { now + $0 } ?? b
    state = .calling(
      Calling(
        request: request,
        a: Retransmission(from: now, timing.interval(of: .a, isReliable: isReliable)),
        answerBy: answerBy, b: max(b, answerBy),
        c: min(latest, timing.expiry(of: .c, from: now))))
  }

  /// The state of RFC 3261 §17.1.1.2 and RFC 6026 §7.2 that it is in.
  package var phase: Phase {
    switch state {
    case .calling: .calling
    case .proceeding: .proceeding
    case .completed: .completed
    case .accepted: .accepted
    case .terminated: .terminated
    }
  }

  /// Whether it may be forgotten, once `release` gave back what it keeps.
  package var isTerminated: Bool { phase == .terminated }

  /// When `expire` is next worth calling.
  package var deadline: Instant {
    switch state {
    case .calling(let calling): min(calling.a.due, calling.end)
    case .proceeding(let proceeding): proceeding.end
    case .completed(let completed): completed.d
    case .accepted(let m): m
    case .terminated: .distantFuture
    }
  }

  /// The INVITE as it was sent: for `.resend`, to make CANCEL and ACK from, and for another target.
  /// Empty once a 2xx has come or the ACK is kept.
  @_lifetime(borrow shelf)
  package func request(in shelf: borrowing Shelf) -> Span<UInt8> {
    switch state {
    case .calling(let calling): shelf.bytes(of: calling.request)
    case .proceeding(let proceeding): shelf.bytes(of: proceeding.request)
    case .completed(let completed): completed.isACK ? Span() : shelf.bytes(of: completed.kept)
    case .accepted: Span()
    case .terminated(let ended): shelf.bytes(of: ended.request)
    }
  }

  /// The ACK to send after `.resendACK`; empty when there is none.
  @_lifetime(borrow shelf)
  package func acknowledgement(in shelf: borrowing Shelf) -> Span<UInt8> {
    switch state {
    case .calling: Span()
    case .proceeding: Span()
    case .completed(let completed): completed.isACK ? shelf.bytes(of: completed.kept) : Span()
    case .accepted: Span()
    case .terminated: Span()
    }
  }

  // MARK: A response

  /// What is to be done with a response (RFC 3261 §17.1.1.2).
  package enum ResponseOutcome: Sendable {
    /// Nothing is to be done.
    case absorb
    /// It is for the TU.
    case pass
    /// It is for the TU. A CANCEL that waited for it is now to be made from `request(in:)` and
    /// sent.
    case passAndCancel
    /// It is for the TU. An ACK is to be made from `request(in:)` and this response, sent, and
    /// given to `acknowledged`.
    case passAndAcknowledge
    /// The kept ACK is to be sent again: `acknowledgement(in:)`.
    case resendACK
    /// As `.passAndAcknowledge`, but the TU is past it: an abandoned target, or an ACK that was not
    /// kept.
    case acknowledge
    /// An abandoned target rings: a CANCEL is to be made from `request(in:)` and sent.
    case cancel
  }

  /// A response came.
  package mutating func receive(
    _ status: UInt16, now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .calling(let calling):
      return proceed(calling, status, now, &shelf)
    case .proceeding(let proceeding):
      return proceed(proceeding, status, now, &shelf)
    case .completed(let completed):
      let isACK = completed.isACK
      state = .completed(completed)
      return status < 300 ? .absorb : isACK ? .resendACK : .acknowledge
    case .accepted(let m):
      state = .accepted(m: m)
      // RFC 6026 §7.2: every 2xx of a downstream fork is passed on.
      return isSuccess(status) ? .pass : .absorb
    case let terminated:
      state = terminated
      return .absorb
    }
  }

  private mutating func proceed(
    _ calling: consuming Calling, _ status: UInt16, _ now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    let (isAbandoned, isCancelWanted) = (calling.isAbandoned, calling.isCancelWanted)
    guard isProvisional(status) else {
      return finish(calling.request, status, isAbandoned, now, &shelf)
    }
    // RFC 3261 §9.1: a CANCEL may go out now, and not before.
    let isCancelled = isAbandoned || isCancelWanted
    var end = status == 100 ? calling.c : min(latest, timing.expiry(of: .c, from: now))
    if isCancelled { end = now + timing.t1 * 64 }
    state = .proceeding(
      Proceeding(
        request: calling.request, end: end, isCancelled: isCancelled, isAbandoned: isAbandoned))
    return isAbandoned ? .cancel : isCancelWanted ? .passAndCancel : .pass
  }

  private mutating func proceed(
    _ proceeding: consuming Proceeding, _ status: UInt16, _ now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    let isAbandoned = proceeding.isAbandoned
    guard isProvisional(status) else {
      return finish(proceeding.request, status, isAbandoned, now, &shelf)
    }
    // RFC 3261 §16.7 step 2: any provisional response but 100 restarts Timer C. Without an end to
    // that a callee could ring for ever.
    if !proceeding.isCancelled, status > 100 {
      proceeding.end = min(latest, timing.expiry(of: .c, from: now))
    }
    state = .proceeding(proceeding)
    return isAbandoned ? .absorb : .pass
  }

  private mutating func finish(
    _ request: consuming Kept, _ status: UInt16, _ isAbandoned: Bool, _ now: Instant,
    _ shelf: inout Shelf
  ) -> ResponseOutcome {
    if isSuccess(status) {
      shelf.release(request)
      state = .accepted(m: timing.expiry(of: .m, from: now))
      return .pass
    }
    let d = timing.expiry(of: .d, from: now, isReliable: isReliable)
    state = .completed(Completed(kept: request, isACK: false, d: d))
    return isAbandoned ? .acknowledge : .passAndAcknowledge
  }

  /// The ACK of a final response, 300 to 699, was sent. On a reliable transport, where Timer D is
  /// zero, the machine is then terminated.
  /// - Parameter kept: the ACK as it went out; `nil` when the shelf is full: the INVITE is then
  ///   held on to, and the ACK made anew for each retransmission of the response.
  package mutating func acknowledged(kept: consuming Kept?, _ shelf: inout Shelf) {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .completed(let completed):
      if isReliable {
        shelf.release(completed.kept)
        shelf.release(kept)
      } else if let kept {
        state = .completed(Completed(kept: kept, isACK: true, d: completed.d))
        shelf.release(completed.kept)
      } else {
        state = .completed(completed)
      }
    case let other:
      state = other
      shelf.release(kept)
    }
  }

  // MARK: CANCEL

  /// What is to be done where the TU wants the INVITE cancelled.
  package enum CancelOutcome: Sendable {
    /// Make it from `request(in:)` and send it. If no final response comes in 64*T1, `.timeout`
    /// will.
    case send
    /// Nothing came from the target yet. The CANCEL waits for its first provisional response.
    case wait
    /// It was sent, or is waiting, already.
    case already
    /// A final response was there already.
    case tooLate
  }

  /// The TU wants the INVITE cancelled (RFC 3261 §9.1).
  package mutating func cancel(now: Instant) -> CancelOutcome {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .calling(var calling):
      let isWaiting = calling.isCancelWanted || calling.isAbandoned
      calling.isCancelWanted = true
      state = .calling(calling)
      return isWaiting ? .already : .wait
    case .proceeding(var proceeding):
      let wasCancelled = proceeding.isCancelled
      if !wasCancelled { cancel(&proceeding, now) }
      state = .proceeding(proceeding)
      return wasCancelled ? .already : .send
    case let other:
      state = other
      return .tooLate
    }
  }

  private func cancel(_ proceeding: inout Proceeding, _ now: Instant) {
    proceeding.isCancelled = true
    proceeding.end = now + timing.t1 * 64
  }

  // MARK: Time

  /// What is to be done once a timer has fired.
  package enum ExpiryOutcome: Sendable {
    /// It is not time yet: look again at `deadline`.
    case notYet
    /// Timer A: send `request(in:)`.
    case resend
    /// No response in the time that the target has, or no final one in 64*T1 after CANCEL. To the
    /// TU it is a 408. The request is held until `release`; where the target had less time than
    /// Timer B, the machine is not terminated yet.
    case timeout
    /// Timer C: a CANCEL is to be made from `request(in:)` and sent (RFC 3261 §16.8). The machine
    /// counts as cancelled from now on.
    case timerC
    /// Timer D or M, or the end of an abandoned target: the machine is terminated.
    case ended
  }

  /// Time has passed.
  package mutating func expire(_ now: Instant, _ shelf: inout Shelf) -> ExpiryOutcome {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .calling(let calling):
      return now < calling.end ? retransmit(calling, now) : giveUp(calling, now, &shelf)
    case .proceeding(let proceeding):
      return expire(proceeding, now, &shelf)
    case .completed(let completed):
      if now < completed.d {
        state = .completed(completed)
        return .notYet
      }
      shelf.release(completed.kept)
      return .ended
    case .accepted(let m):
      if now < m { state = .accepted(m: m) }
      return now < m ? .notYet : .ended
    case let terminated:
      state = terminated
      return .ended
    }
  }

  private mutating func retransmit(
    _ calling: consuming Calling, _ now: Instant
  ) -> ExpiryOutcome {
    let isDue = now >= calling.a.due
    // Timer A is doubled without an upper bound.
    if isDue {
      calling.a.restart(from: now)
      calling.wasResent = true
    }
    state = .calling(calling)
    return isDue ? .resend : .notYet
  }

  private mutating func giveUp(
    _ calling: consuming Calling, _ now: Instant, _ shelf: inout Shelf
  ) -> ExpiryOutcome {
    if calling.isAbandoned {
      shelf.release(calling.request)
      return .ended
    }
    if now < calling.b {
      calling.isAbandoned = true
      calling.a.stop()
      state = .calling(calling)
    } else {
      state = .terminated(Ended(request: calling.request))
    }
    return .timeout
  }

  private mutating func expire(
    _ proceeding: consuming Proceeding, _ now: Instant, _ shelf: inout Shelf
  ) -> ExpiryOutcome {
    if now < proceeding.end {
      state = .proceeding(proceeding)
      return .notYet
    }
    if !proceeding.isCancelled {
      cancel(&proceeding, now)
      state = .proceeding(proceeding)
      return .timerC
    }
    if proceeding.isAbandoned {
      shelf.release(proceeding.request)
      return .ended
    }
    state = .terminated(Ended(request: proceeding.request))
    return .timeout
  }

  // MARK: Failure and end

  /// What a failure of the transport means.
  package enum FailureOutcome: Sendable {
    /// Nothing of this machine was being sent.
    case ignore
    /// The INVITE could not be sent, or its connection has ended: tell the TU, to which it is a
    /// 503. The machine is terminated, or the target abandoned; it holds the request until
    /// `release`.
    case failed
    /// The ACK could not be sent. The machine is terminated.
    case ended
  }

  /// The INVITE or the ACK could not be sent, or the connection that it went by has ended (RFC 3261
  /// §17.1.4).
  /// - Parameter mayHaveArrived: whether the target may have got what was sent last, and may answer
  ///   over another connection (RFC 3261 §18.2.2).
  package mutating func transportFailed(
    mayHaveArrived: Bool, _ shelf: inout Shelf
  ) -> FailureOutcome {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .calling(var calling):
      // It was sent before it was abandoned.
      let wasAbandoned = calling.isAbandoned
      if mayHaveArrived || wasAbandoned || calling.wasResent {
        calling.isAbandoned = true
        calling.a.stop()
        state = .calling(calling)
      } else {
        state = .terminated(Ended(request: calling.request))
      }
      return wasAbandoned ? .ignore : .failed
    case .completed(let completed):
      shelf.release(completed.kept)
      return .ended
    case let other:
      // In Proceeding nothing of ours is under way, and the callee may answer over another
      // connection.
      state = other
      return .ignore
    }
  }

  /// Ends the machine, whatever it is doing, and gives back what it keeps. Its owner calls it
  /// before it drops the machine.
  package mutating func release(into shelf: inout Shelf) {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .calling(let calling): shelf.release(calling.request)
    case .proceeding(let proceeding): shelf.release(proceeding.request)
    case .completed(let completed): shelf.release(completed.kept)
    case .accepted: break
    case .terminated(let ended): shelf.release(ended.request)
    }
  }
}
