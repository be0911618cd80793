package import Admission
package import Authentication
package import Basics
package import SIP

/// What identities are asked for and given. Nothing has landed: no identity is verified or signed
/// yet.
package struct Rules: Sendable {
  package init() {}
}

/// Proof that the claim of identity was looked at, and what came of it.
package struct Vouched: ~Copyable {
  /// As the proof of Authentication has it.
  package let flow: Flow
  /// Who sends it, which is not who calls.
  package let peer: PeerID
  /// What is known of the identity in From.
  package let claim: Claim

  /// What is known of the identity in From.
  package enum Claim: UInt8, Hashable, Sendable {
    /// Nobody has checked it.
    case unverified
  }

  fileprivate init(_ authenticated: consuming Authenticated, _ claim: Claim) {
    flow = authenticated.flow
    peer = authenticated.peer
    self.claim = claim
  }
}

/// May they claim that identity?
package struct Stage: ~Copyable, Sendable {
  private let rules: Rules

  package init(_ rules: Rules) { self.rules = rules }

  /// Another one by the same rules, for another worker.
  package func copy() -> Stage { Stage(rules) }

  /// Says honestly that nothing was verified.
  package func vouch(
    _ authenticated: consuming Authenticated, _ message: borrowing Message
  ) -> Verdict<Vouched> {
    .pass(Vouched(authenticated, .unverified))
  }
}
