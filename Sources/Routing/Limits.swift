import Basics

/// What routing may hold of the outside.
enum Limits {
  /// Host names whose addresses are remembered.
  static let names = 256
  /// For how long an address, and the lack of one, is believed. The resolver does not tell the
  /// record's own time.
  static let lifetime = Interval.seconds(60)
  static let negativeLifetime = Interval.seconds(5)
  /// For how long a name that nobody answered for in time is not waited for again.
  static let silentLifetime = Interval.seconds(30)
  /// Combinations of a route's prefixes, domains and peers that are looked up at once, for each
  /// value that it lists: what the index takes grows with what the policy says, and no faster.
  static let combinations = 8
  /// Routes that only observe that are told of one request.
  static let observations = 32
}
