package import Basics

/// What the records of calls may be at most.
package enum Limits {
  /// How many calls a worker holds when the policy says nothing; beyond it an INVITE gets 503.
  package static let calls = 100_000
  /// How many calls that have ended a worker remembers; beyond it a call is forgotten at its end,
  /// and what comes for it later gets 481. Half of them may be there only for subscriptions that
  /// go on.
  package static let endedCalls = 400_000
  /// How long a subscription within a call is believed to last when it is not refreshed.
  package static let usage = Interval.seconds(3600)
  /// How long a call lasts at most when the policy says nothing: a lost BYE must not leave a record
  /// for ever.
  package static let callDuration = Interval.seconds(12 * 3600)
  /// How long the set-up of a call lasts at most when the policy says nothing: a callee who rings
  /// for ever restarts Timer C with each 18x (RFC 3261 §16.7 step 2). Three of its rounds.
  package static let setupDuration = Interval.seconds(600)
}
