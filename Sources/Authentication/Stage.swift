package import Admission
package import Basics
package import SIP

/// How each peer is recognised. By its configured source is the only way that has landed.
package struct Rules: Sendable {
  package init() {}
}

/// Proof of who asks.
package struct Authenticated: ~Copyable {
  /// As the proof of Admission has it.
  package let flow: Flow
  /// Who it is, as far as `evidence` goes.
  package let peer: PeerID
  /// What showed it.
  package let evidence: Evidence

  /// What the recognition rests on.
  package enum Evidence: UInt8, Hashable, Sendable {
    /// The source address alone, which over UDP anybody can write.
    case source
  }

  fileprivate init(_ admitted: consuming Admitted, by evidence: Evidence) {
    flow = admitted.flow
    peer = admitted.peer
    self.evidence = evidence
  }
}

/// Who is asking?
package struct Stage: ~Copyable, Sendable {
  private let rules: Rules

  package init(_ rules: Rules) { self.rules = rules }

  /// Another one by the same rules, for another worker.
  package func copy() -> Stage { Stage(rules) }

  /// Recognises a peer by its configured source, and says so in the proof.
  package func recognize(
    _ admitted: consuming Admitted, _ message: borrowing Message
  ) -> Verdict<Authenticated> {
    .pass(Authenticated(admitted, by: .source))
  }
}
