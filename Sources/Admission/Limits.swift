package import Basics

/// What Admission may hold.
package enum Limits {
  /// Octets of the table of sources when the policy says nothing: half a million sources that have
  /// sent something of late. Beyond that those that have sent the least are forgotten.
  package static let sourceTable = 4 << 20
  /// The most that a policy may ask for.
  package static let largestSourceTable = 1 << 30
  /// Rate limits of a policy.
  package static let rateLimits = 256
  /// Session limits of a policy, besides those of peers in their short form.
  package static let sessionLimits = 256
  /// Peers whose calls are counted in words of their own from the start.
  package static let ledgerPeers = 256
  /// Tables of what is counted by name, each with a lock.
  package static let ledgerTables = 64
  /// Sources, targets and beginnings of called users that calls are counted for at one time. Where
  /// there would be more, limits of these let no further one in.
  package static let namedCounts = 1 << 20
  /// How many sources that no peer has are told so, all of them together.
  package static let unknownRefusals = Pace(10, in: .seconds(1), burst: 10)
  /// How many times as large as a request what a source gets for it that has proven nothing.
  package static let amplification = 3
  /// The longest time that a bucket may take to fill again: the clock of the table of sources is
  /// not longer.
  package static let recovery = Interval.seconds(3600)
}
