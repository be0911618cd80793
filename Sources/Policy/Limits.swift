/// What a policy may be at most. Each limit is answered by a finding that names it.
package enum Limits {
  /// Octets of one file, and of all files of a policy together.
  package static let octets = 32 << 20
  /// Scalars, lists and mappings of one file: what a tree of them costs in memory is bounded by it.
  package static let nodes = 2_000_000
  /// Files of one policy.
  package static let files = 256
  /// How deep files may include one another.
  package static let includeDepth = 8
  /// Lists and mappings within one another.
  package static let depth = 24
  /// Findings that are kept of one policy.
  package static let findings = 1_000
  /// Keys written twice that are told one by one.
  package static let repeatedKeys = 20
  /// Octets that may be read again in search of the second place of a key that stands twice.
  package static let searchForRepeated = 16 << 20
  /// Routes that each later route is compared with, to say of it that it is never reached.
  package static let broadRoutes = 64
  /// A listener is one bit in a peer's set of them.
  package static let listeners = 64
  /// A peer's number has 16 bits.
  package static let peers = 65_535
  /// Octets of the path of a Unix socket, as the kernel has them.
  package static let socketPath = 107
  /// Threads that serve.
  package static let workers = 64
}
