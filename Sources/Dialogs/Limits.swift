package import Basics

/// What the records of calls may be at most.
package enum Limits {
  /// How many calls a worker holds when the policy says nothing; beyond it an INVITE gets 503.
  package static let calls = 100_000
  /// How long a call lasts at most when the policy says nothing: a lost BYE must not leave a record
  /// for ever.
  package static let callDuration = Interval.seconds(12 * 3600)
}
