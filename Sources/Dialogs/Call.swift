package import Basics

/// The record of a call: made for every INVITE that begins a dialog, whatever the mode, and ended
/// once, with one line in the log. Counts of calls are counts of these records and so cannot drift.
///
/// A call that has ended is remembered for a while, so that what is late still finds its way: a
/// NOTIFY after REFER, for as long as that subscription lasts (RFC 5057 §3: a dialog lives as long
/// as its last usage), a BYE that crossed another, a further 2xx of a fork. Such a 2xx makes a
/// dialog, and with it a call again, which ends once more with a line of its own.
package struct Call: Sendable {
  /// How far it has got.
  package enum State: UInt8, Sendable {
    /// The INVITE has no final response yet.
    case calling
    /// A 2xx went to the caller.
    case answered
    /// The operator was told of its end. The record is remembered until `deadline`.
    case ended
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
    /// Its session expired without a refresh (RFC 4028 §10): its BYE was lost, or a party is gone.
    case sessionExpired
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
  /// As `caller`; another target of a failover changes it until one answers.
  package var callee: UInt16
  /// Where the caller's requests come from, and where the INVITE went: the way for requests whose
  /// sender lost the route set, where the policy mends that.
  package var callerFlow: Flow
  /// As `callerFlow`, of the target that was tried last.
  package var calleeFlow: Flow
  /// The names of the narrower counts of sessions that it stands in, as Admission gives them; 0 for
  /// none. What it counts for is given back by these, and by its peers' numbers.
  package var narrow: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  /// The name of the count of its target; 0 for none.
  package var target: UInt64 = 0
  /// How it is found without a token: by Call-ID and the caller's tag.
  package var key: Key
  /// The number of the policy that the call began under, and keeps.
  package var policy: UInt32
  /// Decides what a BYE or a late response means for it.
  package var state = State.calling
  /// The final status of its INVITE; 0 before one was sent.
  package var status: UInt16 = 0
  /// Whether the caller's CANCEL came while it rang, so that its end counts as `.cancelled`.
  package var wasCancelled = false
  /// Timer C ended the ringing (RFC 3261 §16.8).
  package var rangTooLong = false
  /// Digests of the callee's tags, one for each dialog that a 2xx has made: 0 where there is none,
  /// with its lowest bit off for a dialog that has ended. More than these are not told apart: the
  /// call ends with the last one that is known.
  private var dialogs: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  /// When its INVITE came.
  package var began: Instant
  /// When the first 2xx went to the caller; meaningless before.
  package var answered = Instant(nanoseconds: 0)
  /// When it ends at the latest, and all that was begun in its dialogs with it.
  private var longest: Instant
  /// When its session expires, as far as the parties have agreed on that (RFC 4028).
  private var sessionEnd = Instant.distantFuture
  /// Until when it is remembered in any case, once it has ended.
  private var rememberedUntil = Instant(nanoseconds: 0)
  /// Whether it is remembered for its other usages only, and holds one of the places for that.
  package private(set) var isLingering = false
  /// How long other usages of its dialogs last, as far as is known (RFC 5057 §3), and how many were
  /// begun and did not end: at most, for one that is refreshed counts again.
  private var usedUntil = Instant(nanoseconds: 0)
  private var usages: UInt8 = 0
  /// The record of the pass before this one, where its INVITE came through this element more than
  /// once (a spiral).
  package var previous: Handle?

  /// A call that rings.
  /// - Parameters:
  ///   - caller: the peer's number and where the INVITE came from.
  ///   - callee: the peer's number and where the INVITE goes first.
  ///   - deadline: when it ends at the latest.
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
    longest = deadline
  }

  /// Says when it ends at the latest.
  package mutating func last(until deadline: Instant) { longest = deadline }

  /// The 2xx to its INVITE went to the caller. A further 2xx of a fork changes nothing.
  /// - Parameter deadline: when it ends at the latest.
  package mutating func answer(status: UInt16, now: Instant, deadline: Instant? = nil) {
    guard state == .calling else { return }
    if let deadline { longest = deadline }
    state = .answered
    self.status = status
    answered = now
  }

  /// A 2xx made a dialog with the callee's tag of this digest (whose lowest bit is on).
  /// - Returns: whether it is one that the call did not know, and that it knows from now on; a 2xx
  ///   that comes again, even after the end of its dialog, makes none. A call that has ended takes
  ///   none beyond those that it tells apart: it may have known and lost it.
  package mutating func begin(dialog tag: UInt32) -> Bool {
    if isKnown(tag) { return false }
    if isFree(dialogs.0) {
      dialogs.0 = tag
    } else if isFree(dialogs.1) {
      dialogs.1 = tag
    } else if isFree(dialogs.2) {
      dialogs.2 = tag
    } else if isFree(dialogs.3) {
      dialogs.3 = tag
    } else {
      return false
    }
    return true
  }

  /// Whether a place may be taken by a new dialog.
  private func isFree(_ dialog: UInt32) -> Bool {
    state == .ended ? dialog == 0 : dialog & 1 == 0
  }

  private func isKnown(_ tag: UInt32) -> Bool {
    dialogs.0 | 1 == tag || dialogs.1 | 1 == tag || dialogs.2 | 1 == tag || dialogs.3 | 1 == tag
  }

  /// Whether a 2xx ever made a dialog.
  package var hasDialogs: Bool { dialogs != (0, 0, 0, 0) }

  /// The dialog with the callee's tag of this digest has ended.
  /// - Returns: whether it was the last one of the call; `false` for one that the call does not
  ///   know, or that has ended before.
  package mutating func end(dialog tag: UInt32) -> Bool {
    if dialogs.0 == tag {
      dialogs.0 &= ~1
    } else if dialogs.1 == tag {
      dialogs.1 &= ~1
    } else if dialogs.2 == tag {
      dialogs.2 &= ~1
    } else if dialogs.3 == tag {
      dialogs.3 &= ~1
    } else {
      return false
    }
    return (dialogs.0 | dialogs.1 | dialogs.2 | dialogs.3) & 1 == 0
  }

  /// When it ends if nobody ends it before; once it has ended, when its record is forgotten.
  package var deadline: Instant {
    switch state {
    case .calling: longest
    case .answered: min(longest, sessionEnd)
    case .ended: max(rememberedUntil, usedUntil)
    }
  }

  /// Whether its session expires before it has lasted as long as a call may.
  package var expiresFirst: Bool { sessionEnd < longest }

  /// The parties have agreed on when their session expires unless it is refreshed (RFC 4028 §7), or
  /// that it does not. Where several dialogs go on, each has its own agreement, and the last to
  /// expire counts.
  package mutating func agree(sessionEnd end: Instant) {
    sessionEnd = dialogsGoingOn <= 1 ? end : max(sessionEnd, end)
  }

  private var dialogsGoingOn: UInt32 {
    (dialogs.0 & 1) &+ (dialogs.1 & 1) &+ (dialogs.2 & 1) &+ (dialogs.3 & 1)
  }

  /// When it is worth looking at: at its deadline, and before that when its grace is over.
  package var attention: Instant {
    state == .ended && !isLingering ? rememberedUntil : deadline
  }

  /// It is remembered for its other usages only from now on.
  package mutating func linger() { isLingering = true }

  /// What becomes of another usage of its dialogs: a subscription (RFC 6665, RFC 3515).
  package enum Usage: Hashable, Sendable {
    /// It was asked for, or refreshed, until then.
    case begins(until: Instant)
    /// It goes on until then.
    case lasts(until: Instant)
    /// It is over, or was refused.
    case ends
  }

  /// Notes what becomes of another usage. None outlives the longest time that a call may last.
  package mutating func note(_ usage: Usage) {
    switch usage {
    case .begins(let end):
      usages = usages == .max ? .max : usages + 1
      usedUntil = max(usedUntil, min(end, longest))
    case .lasts(let end):
      usedUntil = max(usedUntil, min(end, longest))
    case .ends:
      usages = usages == 0 ? 0 : usages - 1
      if usages == 0 { usedUntil = Instant(nanoseconds: 0) }
    }
  }

  /// It has ended, and is remembered for at least this long, and as long as its other usages last.
  package mutating func end(now: Instant, rememberedFor grace: Interval) {
    state = .ended
    rememberedUntil = now + grace
  }

  /// A late 2xx made a dialog after its end: it goes on.
  package mutating func resume(status: UInt16, now: Instant, deadline: Instant) {
    state = .answered
    isLingering = false
    self.status = status
    answered = now
    longest = deadline
    sessionEnd = .distantFuture
  }

  /// What is left of it when it ends.
  package func summary(cause: Cause, now: Instant) -> Summary {
    Summary(call: self, cause: cause, ended: now)
  }

  /// One line in the log.
  package struct Summary: Sendable {
    /// As it was when it ended.
    package var call: Call
    /// Why it ended.
    package var cause: Cause
    /// When it ended, on the clock of `Call.began`.
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
