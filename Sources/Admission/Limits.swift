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
  /// How many sources that no peer has are told so, all of them together.
  package static let unknownRefusals = Pace(10, in: .seconds(1), burst: 10)
  /// How many times as large as a request what a source gets for it that has proven nothing.
  package static let amplification = 3
  /// The longest time that a bucket may take to fill again: the clock of the table of sources is
  /// not longer.
  package static let recovery = Interval.seconds(3600)
}
