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
  /// Findings of one rule about a policy that can be loaded. Others are counted.
  package static let remarksOfRule = 100
  /// Combinations of peer, domain and user prefix that are kept of all routes, to say of a route
  /// that it is never reached. Beyond them nothing is said.
  package static let routeCases = 1 << 20
  /// Steps that are taken with those. Beyond them nothing is said.
  package static let routeSteps = 1 << 24
  /// Comparisons of what routes ask for besides, for the same end.
  package static let comparisons = 1 << 18
  /// A listener is one bit in a peer's set of them.
  package static let listeners = 64
  /// A peer's number has 16 bits.
  package static let peers = 65_535
  /// Lines of all tables of routes.
  package static let tableLines = 1_000_000
  /// Routes that a request may have to try one after the other: they share a peer, a domain and a
  /// user prefix, or what their patterns begin with, and only the rest of the patterns, From, To,
  /// headers or hours tell them apart.
  package static let likeRoutes = 1_000
  /// Words that are compared with names that nothing has, to say what may have been meant.
  package static let spellings = 1 << 18
  /// Octets of the path of a Unix socket, as the kernel has them.
  package static let socketPath = 107
  /// Threads that serve.
  package static let workers = 64
}
