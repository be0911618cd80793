/// What an attempt came to.
package struct Verdict: Hashable, Sendable {
  /// From the best to the worst that can be said of it.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// What the RFC asks for.
    case pass
    /// What the RFC leaves open.
    case tolerated
    /// Neither.
    case fail
    /// Not played, for a reason that EXPECTED gives.
    case skipped
  }

  /// What is said of it.
  package var kind: Kind
  /// What was expected, in words.
  package var expected: String
  /// What was seen, in words.
  package var seen: String
  /// Whether it is a challenge that it was given for: the message was read, and no more is known.
  package var isChallenge = false

  package init(_ kind: Kind, expected: String, seen: String) {
    self.kind = kind
    self.expected = expected
    self.seen = seen
  }
}
