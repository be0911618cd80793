package import Basics

/// The record of a call: made for every INVITE that begins a dialog, whatever the mode, and ended
/// once, with one line in the log. Counts of calls are counts of these records and so cannot drift.
package struct Call: Sendable {
  package enum State: UInt8, Sendable {
    /// The INVITE has no final response yet.
    case calling
    /// A 2xx went to the caller.
    case answered
  }

  /// Why it ended.
  package enum Cause: UInt8, Sendable, CaseIterable {
    /// A BYE of one side was answered, or could not be.
    case bye
    /// The caller sent CANCEL.
    case cancelled
    /// A final response other than 2xx; `status` says which.
    case refused
    /// Nobody answered in time.
    case timeout
    /// The longest time that a call may last is over.
    case tooLong
    /// The element was told to stop.
    case shutdown
  }

  /// Names the call in logs; has nothing to do with its Call-ID.
  package var id: UInt64
  /// A keyed digest of the Call-ID, so that lines of one call can be found without the Call-ID in
  /// clear.
  package var callIDDigest: UInt64
  /// The numbers of the peers on both sides, as Admission gives them.
  package var caller: UInt16
  package var callee: UInt16
  /// Where the caller's requests come from, and where the INVITE went: the way for requests whose
  /// sender lost the route set, where the policy mends that.
  package var callerFlow: Flow
  package var calleeFlow: Flow
  /// How it is found without a token: by Call-ID and the caller's tag.
  package var key: Key
  /// The number of the policy that the call began under, and keeps.
  package var policy: UInt32
  package var state = State.calling
  /// The final status of its INVITE; 0 before one was sent.
  package var status: UInt16 = 0
  package var wasCancelled = false
  /// Timer C ended the ringing (RFC 3261 §16.8).
  package var rangTooLong = false
  /// Digests of the callee's tags, one for each dialog that a 2xx has made; 0 where there is none.
  /// More than these are not told apart: the call ends with the last one that is known.
  private var dialogs: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  package var began: Instant
  package var answered = Instant(nanoseconds: 0)
  /// When it ends if nobody ends it before.
  package var deadline: Instant

  package init(
    id: UInt64, callIDDigest: UInt64, key: Key, caller: (peer: UInt16, flow: Flow),
    callee: (peer: UInt16, flow: Flow), policy: UInt32, began: Instant, deadline: Instant
  ) {
    self.id = id
    self.callIDDigest = callIDDigest
    self.key = key
    self.caller = caller.peer
    self.callee = callee.peer
    callerFlow = caller.flow
    calleeFlow = callee.flow
    self.policy = policy
    self.began = began
    self.deadline = deadline
  }

  /// The 2xx to its INVITE went to the caller. A further 2xx of a fork changes nothing.
  package mutating func answer(status: UInt16, now: Instant) {
    guard state == .calling else { return }
    state = .answered
    self.status = status
    answered = now
  }

  /// A 2xx made a dialog with the callee's tag of this digest. It may be one that is known already.
  package mutating func begin(dialog tag: UInt32) {
    if dialogs.0 == tag || dialogs.1 == tag || dialogs.2 == tag || dialogs.3 == tag { return }
    if dialogs.0 == 0 {
      dialogs.0 = tag
    } else if dialogs.1 == 0 {
      dialogs.1 = tag
    } else if dialogs.2 == 0 {
      dialogs.2 = tag
    } else if dialogs.3 == 0 {
      dialogs.3 = tag
    }
  }

  /// The dialog with the callee's tag of this digest has ended.
  /// - Returns: whether it was the last one of the call; `false` for one that the call does not
  ///   know.
  package mutating func end(dialog tag: UInt32) -> Bool {
    if dialogs.0 == tag {
      dialogs.0 = 0
    } else if dialogs.1 == tag {
      dialogs.1 = 0
    } else if dialogs.2 == tag {
      dialogs.2 = 0
    } else if dialogs.3 == tag {
      dialogs.3 = 0
    } else {
      return false
    }
    return dialogs == (0, 0, 0, 0)
  }

  /// What is left of it when it ends.
  package func summary(cause: Cause, now: Instant) -> Summary {
    Summary(call: self, cause: cause, ended: now)
  }

  /// One line in the log.
  package struct Summary: Sendable {
    package var call: Call
    package var cause: Cause
    package var ended: Instant

    /// From the answer to the end; zero for a call that nobody answered.
    package var duration: Interval {
      call.state == .answered ? ended - call.answered : Interval(nanoseconds: 0)
    }

    /// From the INVITE to its final response, or to the end.
    package var setup: Interval {
      (call.state == .answered ? call.answered : ended) - call.began
    }
  }
}
