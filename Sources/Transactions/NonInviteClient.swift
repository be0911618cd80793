package import Basics

// RFC 3261 §17.1.2, Figure 6 (event / action):
//
//                     | request from the TU / send it
//                     v
//              +------------+  E / resend the request, E = min(2*E, T2)
//     +--------|   Trying   |------------------------------------+
//     |        +------------+                                    |
//     |               | 1xx / pass it                            |
//     |               v                                          |
//     |        +------------+  E / resend the request, E = T2    | F / tell the TU
//     |        | Proceeding |  1xx / pass it                     | transport error /
//     |        +------------+------------------------------------+ tell the TU
//     |               |                                          |
//     +---------------+ 200-699 / pass it                        |
//                     v                                          |
//              +------------+  any response / -                  |
//              | Completed  |                                    |
//              +------------+                                    |
//                     | K / -                                    |
//                     v                                          |
//              +------------+                                    |
//              | Terminated |<-----------------------------------+
//              +------------+

/// The client transaction of any request but INVITE and ACK, CANCEL included (RFC 3261 §17.1.2).
///
/// After each input its owner looks at `isTerminated` and at `deadline`. A response that comes
/// after Timer F finds no machine and is stray (RFC 4320 §4.2).
package struct NonInviteClient: ~Copyable {
  private enum State: ~Copyable {
    case trying(Pending)
    case proceeding(Pending)
    case completed(k: Instant)
    /// The request is there when it failed and the TU may want to try another target.
    case terminated(Ended)
  }

  private struct Pending: ~Copyable {
    let request: Kept?
    var e: Retransmission
    let f: Instant
  }

  private struct Ended: ~Copyable {
    var request: Kept?
  }

  private var state: State
  private let timing: Timing
  private let isReliable: Bool

  /// - Parameters:
  ///   - request: the request as it goes out; `nil` when the shelf is full: it is then sent once
  ///     only.
  ///   - isReliable: whether it goes over a transport that retransmits by itself.
  ///   - timeout: Timer F where this target is given another time than 64*T1.
  package init(
    request: consuming Kept?, now: Instant, isReliable: Bool, timeout: Interval? = nil,
    timing: Timing = Timing()
  ) {
    self.timing = timing
    self.isReliable = isReliable
    var e = Retransmission(from: now, timing.interval(of: .e, isReliable: isReliable))
    if request == nil { e.stop() }
    let f = timeout.map { now + $0 } ?? timing.expiry(of: .f, from: now)
    state = .trying(Pending(request: request, e: e, f: f))
  }

  /// The state of RFC 3261 §17.1.2.2 that it is in.
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
    case .trying(let pending): min(pending.e.due, pending.f)
    case .proceeding(let pending): min(pending.e.due, pending.f)
    case .completed(let k): k
    case .terminated: .distantFuture
    }
  }

  /// The request as it was sent: for `.resend`, and for another target after `.timeout` or
  /// `.failed`. Empty once a final response has come.
  @_lifetime(borrow shelf)
  package func request(in shelf: borrowing Shelf) -> Span<UInt8> {
    switch state {
    case .trying(let pending): shelf.bytes(of: pending.request)
    case .proceeding(let pending): shelf.bytes(of: pending.request)
    case .completed: Span()
    case .terminated(let ended): shelf.bytes(of: ended.request)
    }
  }

  // MARK: A response

  /// What is to be done with a response (RFC 3261 §17.1.2.2).
  package enum ResponseOutcome: Sendable {
    /// Nothing is to be done.
    case absorb
    /// It is for the TU.
    case pass
  }

  /// A response came.
  package mutating func receive(
    _ status: UInt16, now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .trying(let pending):
      return proceed(pending, status, now, &shelf)
    case .proceeding(let pending):
      return proceed(pending, status, now, &shelf)
    case let other:
      state = other
      return .absorb
    }
  }

  private mutating func proceed(
    _ pending: consuming Pending, _ status: UInt16, _ now: Instant, _ shelf: inout Shelf
  ) -> ResponseOutcome {
    if isProvisional(status) {
      state = .proceeding(pending)
      return .pass
    }
    shelf.release(pending.request)
    // Timer K is zero on a reliable transport.
    if !isReliable { state = .completed(k: timing.expiry(of: .k, from: now)) }
    return .pass
  }

  // MARK: Time

  /// What is to be done once a timer has fired.
  package enum ExpiryOutcome: Sendable {
    /// It is not time yet: look again at `deadline`.
    case notYet
    /// Timer E: send `request(in:)`.
    case resend
    /// Timer F: no final response came. The machine is terminated and holds the request until
    /// `release`.
    case timeout
    /// Timer K: the machine is terminated.
    case ended
  }

  /// Time has passed.
  package mutating func expire(_ now: Instant, _ shelf: inout Shelf) -> ExpiryOutcome {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .trying(var pending):
      let outcome = expire(&pending, now, doubling: true)
      state = outcome == .timeout ? end(pending) : .trying(pending)
      return outcome
    case .proceeding(var pending):
      let outcome = expire(&pending, now, doubling: false)
      state = outcome == .timeout ? end(pending) : .proceeding(pending)
      return outcome
    case .completed(let k):
      if now < k { state = .completed(k: k) }
      return now < k ? .notYet : .ended
    case let terminated:
      state = terminated
      return .ended
    }
  }

  private func expire(
    _ pending: inout Pending, _ now: Instant, doubling: Bool
  ) -> ExpiryOutcome {
    if now >= pending.f { return .timeout }
    guard now >= pending.e.due else { return .notYet }
    pending.e.restart(from: now, atLeast: doubling ? nil : timing.t2, atMost: timing.t2)
    return .resend
  }

  private func end(_ pending: consuming Pending) -> State {
    .terminated(Ended(request: pending.request))
  }

  // MARK: Failure and end

  /// What a failure of the transport means.
  package enum FailureOutcome: Sendable {
    /// A final response was there already.
    case ignore
    /// Tell the TU, to which it is a 503. The machine is terminated and holds the request until
    /// `release`.
    case failed
  }

  /// The request could not be sent (RFC 3261 §17.1.4).
  package mutating func transportFailed() -> FailureOutcome {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .trying(let pending):
      state = end(pending)
      return .failed
    case .proceeding(let pending):
      state = end(pending)
      return .failed
    case let other:
      state = other
      return .ignore
    }
  }

  /// Ends the machine, whatever it is doing, and gives back what it keeps. Its owner calls it
  /// before it drops the machine.
  package mutating func release(into shelf: inout Shelf) {
    switch exchange(&state, with: .terminated(Ended(request: nil))) {
    case .trying(let pending): shelf.release(pending.request)
    case .proceeding(let pending): shelf.release(pending.request)
    case .completed: break
    case .terminated(let ended): shelf.release(ended.request)
    }
  }
}
