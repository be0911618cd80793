import Basics
import SIP
import Transactions

/// A server transaction's machine, of either kind (RFC 3261 §17.2).
enum ServerMachine: ~Copyable {
  case invite(InviteServer)
  case other(NonInviteServer)

  var deadline: Instant {
    switch self {
    case .invite(let machine): machine.deadline
    case .other(let machine): machine.deadline
    }
  }

  var isTerminated: Bool {
    switch self {
    case .invite(let machine): machine.isTerminated
    case .other(let machine): machine.isTerminated
    }
  }

  /// Whether a response of this status would still go out.
  func permits(_ status: UInt16, now: Instant) -> Bool {
    switch self {
    case .invite(let machine): machine.permits(status)
    case .other(let machine): machine.permits(status, now: now)
    }
  }

  /// Whether the request's retransmission is to be answered with `response(in:)`.
  func wantsResend() -> Bool {
    switch self {
    case .invite(let machine):
      switch machine.receive() {
      case .absorb: false
      case .resend: true
      }
    case .other(let machine):
      switch machine.receive() {
      case .absorb: false
      case .resend: true
      }
    }
  }

  @_lifetime(borrow shelf)
  func response(in shelf: borrowing Shelf) -> Span<UInt8> {
    switch self {
    case .invite(let machine): machine.response(in: shelf)
    case .other(let machine): machine.response(in: shelf)
    }
  }

  /// The response went out.
  mutating func respond(
    _ status: UInt16, kept: consuming Kept?, now: Instant, _ shelf: inout Shelf
  ) {
    switch consume self {
    case .invite(var machine):
      _ = machine.respond(status, kept: kept, now: now, &shelf)
      self = .invite(machine)
    case .other(var machine):
      _ = machine.respond(status, kept: kept, now: now, &shelf)
      self = .other(machine)
    }
  }

  mutating func release(_ shelf: inout Shelf) {
    switch consume self {
    case .invite(var machine):
      machine.release(into: &shelf)
      self = .invite(machine)
    case .other(var machine):
      machine.release(into: &shelf)
      self = .other(machine)
    }
  }
}

extension ServerMachine {
  /// What is to be done when time has passed.
  enum Expiry {
    case nothing
    case resend
    /// A 100 is due for a request that is not an INVITE (RFC 4320 §4.1).
    case trying
    /// It ended, after its final response.
    case ended
    /// It ended without a final response.
    case unanswered
  }

  mutating func expire(_ now: Instant, _ shelf: inout Shelf) -> Expiry {
    switch consume self {
    case .invite(var machine):
      let outcome = machine.expire(now, &shelf)
      self = .invite(machine)
      switch outcome {
      case .notYet: return .nothing
      case .resend: return .resend
      case .noACK, .ended: return .ended
      }
    case .other(var machine):
      let outcome = machine.expire(now, &shelf)
      self = .other(machine)
      switch outcome {
      case .notYet: return .nothing
      case .tryingDue: return .trying
      case .unanswered: return .unanswered
      case .ended: return .ended
      }
    }
  }

  /// An ACK came that matches.
  /// - Returns: whether it acknowledges a 2xx and goes on to the callee.
  mutating func acknowledge(now: Instant, _ shelf: inout Shelf) -> Bool {
    guard case .invite(var machine) = consume self else { preconditionFailure("ACK finds INVITE") }
    let outcome = machine.acknowledge(now: now, &shelf)
    self = .invite(machine)
    switch outcome {
    case .pass: return true
    case .absorb, .confirmed: return false
    }
  }
}

/// A client transaction's machine, of either kind (RFC 3261 §17.1).
enum ClientMachine: ~Copyable {
  case invite(InviteClient)
  case other(NonInviteClient)

  /// - Parameters:
  ///   - timeout: how long the target has for its first response to an INVITE.
  ///   - latest: when Timer C of an INVITE fires at the latest.
  init(
    _ method: Method, request: consuming Kept, now: Instant, isReliable: Bool, timeout: Interval?,
    latest: Instant = .distantFuture, _ timing: Timing
  ) {
    if method == .invite {
      self = .invite(
        InviteClient(
          request: request, now: now, isReliable: isReliable, timeout: timeout, latest: latest,
          timing: timing))
    } else {
      self = .other(
        NonInviteClient(
          request: request, now: now, isReliable: isReliable, timeout: timeout, timing: timing))
    }
  }

  var deadline: Instant {
    switch self {
    case .invite(let machine): machine.deadline
    case .other(let machine): machine.deadline
    }
  }

  var isTerminated: Bool {
    switch self {
    case .invite(let machine): machine.isTerminated
    case .other(let machine): machine.isTerminated
    }
  }

  /// Whether the end of the stream that its request went by would make it fail. An INVITE that has
  /// a provisional response is past that: the rest may come on another stream (RFC 3261 §18.2.2).
  var awaitsAnswer: Bool {
    switch self {
    case .invite(let machine): machine.phase == .calling
    case .other(let machine): machine.phase == .trying || machine.phase == .proceeding
    }
  }

  @_lifetime(borrow shelf)
  func request(in shelf: borrowing Shelf) -> Span<UInt8> {
    switch self {
    case .invite(let machine): machine.request(in: shelf)
    case .other(let machine): machine.request(in: shelf)
    }
  }

  @_lifetime(borrow shelf)
  func acknowledgement(in shelf: borrowing Shelf) -> Span<UInt8> {
    switch self {
    case .invite(let machine): machine.acknowledgement(in: shelf)
    case .other: Span()
    }
  }

  mutating func receive(
    _ status: UInt16, now: Instant, _ shelf: inout Shelf
  ) -> InviteClient.ResponseOutcome {
    switch consume self {
    case .invite(var machine):
      let outcome = machine.receive(status, now: now, &shelf)
      self = .invite(machine)
      return outcome
    case .other(var machine):
      let outcome = machine.receive(status, now: now, &shelf)
      self = .other(machine)
      switch outcome {
      case .absorb: return .absorb
      case .pass: return .pass
      }
    }
  }

  /// The ACK for a final response went out.
  mutating func acknowledged(kept: consuming Kept?, _ shelf: inout Shelf) {
    guard case .invite(var machine) = consume self else { preconditionFailure("ACK is for INVITE") }
    machine.acknowledged(kept: kept, &shelf)
    self = .invite(machine)
  }

  mutating func cancel(now: Instant) -> InviteClient.CancelOutcome {
    guard case .invite(var machine) = consume self else {
      preconditionFailure("CANCEL is for INVITE")
    }
    let outcome = machine.cancel(now: now)
    self = .invite(machine)
    return outcome
  }

  mutating func expire(_ now: Instant, _ shelf: inout Shelf) -> InviteClient.ExpiryOutcome {
    switch consume self {
    case .invite(var machine):
      let outcome = machine.expire(now, &shelf)
      self = .invite(machine)
      return outcome
    case .other(var machine):
      let outcome = machine.expire(now, &shelf)
      self = .other(machine)
      switch outcome {
      case .notYet: return .notYet
      case .resend: return .resend
      case .timeout: return .timeout
      case .ended: return .ended
      }
    }
  }

  /// The request or the ACK could not be sent, or its stream has ended.
  /// - Parameter mayHaveArrived: whether the target may answer an INVITE all the same.
  /// - Returns: whether the core is to be told: to it, it is a 503 (RFC 3261 §16.9).
  mutating func transportFailed(mayHaveArrived: Bool, _ shelf: inout Shelf) -> Bool {
    switch consume self {
    case .invite(var machine):
      let outcome = machine.transportFailed(mayHaveArrived: mayHaveArrived, &shelf)
      self = .invite(machine)
      return outcome == .failed
    case .other(var machine):
      let outcome = machine.transportFailed()
      self = .other(machine)
      return outcome == .failed
    }
  }

  mutating func release(_ shelf: inout Shelf) {
    switch consume self {
    case .invite(var machine):
      machine.release(into: &shelf)
      self = .invite(machine)
    case .other(var machine):
      machine.release(into: &shelf)
      self = .other(machine)
    }
  }
}
