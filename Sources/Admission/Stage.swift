package import Basics
package import SIP

/// A request that has arrived, and where from. Nobody has judged it yet.
package struct Arrival: ~Copyable {
  /// The local address and the remote one that it came by.
  package let flow: Flow
  /// Who sends from there, by address alone.
  package let peer: PeerID

  package init(flow: Flow, peer: PeerID) {
    self.flow = flow
    self.peer = peer
  }
}

/// Proof that a request may cost this element something: it came from a peer that may send it.
package struct Admitted: ~Copyable {
  /// As the arrival's.
  package let flow: Flow
  /// The peer whose prefix and listener it came by, and whose methods allow it.
  package let peer: PeerID

  fileprivate init(_ arrival: consuming Arrival) {
    flow = arrival.flow
    peer = arrival.peer
  }
}

/// May this cost us anything? For now the ingress filter: source, listener and method.
package struct Stage: ~Copyable, Sendable {
  /// What the policy lets in.
  package let rules: Rules
  private let prefixes: Prefixes
  private let answering: Prefixes

  /// Builds the tables of prefixes, once for each load of a policy.
  package init(_ rules: Rules) {
    self.rules = rules
    prefixes = Prefixes(rules.sources)
    answering = Prefixes(rules.answering)
  }

  private init(_ rules: Rules, _ prefixes: Prefixes, _ answering: Prefixes) {
    (self.rules, self.prefixes, self.answering) = (rules, prefixes, answering)
  }

  /// Another one with the same tables, for another worker. A stage is never copied by accident:
  /// that would count references for each message.
  package func copy() -> Stage { Stage(rules, prefixes, answering) }

  /// Whether what comes on a flow may cost this element anything: asked when a connection is to be
  /// accepted, and of a datagram before its octets are looked at.
  package func admits(_ flow: Flow) -> Bool {
    peer(of: flow) != nil || peer(answering: flow) != nil
  }

  /// The peer that a flow belongs to, asked before anything of its message is read. A source that
  /// no peer has, or that uses another peer's listener, has none, and gets silence.
  package func peer(of flow: Flow) -> PeerID? {
    peer(of: flow, in: prefixes)
  }

  /// The peer that is called where a flow comes from, though it sends no requests from there.
  package func peer(answering flow: Flow) -> PeerID? { peer(of: flow, in: answering) }

  private func peer(of flow: Flow, in prefixes: Prefixes) -> PeerID? {
    guard let peer = prefixes.peer(of: flow.remote.address), lets(peer, use: flow) else {
      return nil
    }
    return peer
  }

  /// The prefix that the source of a flow lies in, whatever listener it came to.
  package func owner(of flow: Flow) -> Prefixes.Owner? { prefixes.owner(of: flow.remote.address) }

  /// Whether a peer may use the listener of a flow.
  package func lets(_ peer: PeerID, use flow: Flow) -> Bool {
    rules.peers[Int(peer.raw)].listeners >> UInt64(flow.listener) & 1 != 0
  }

  /// Whether the peer may send this method (RFC 3261 §21.4.6); only who sends from a known source
  /// gets as far as this.
  /// - Parameter observed: takes what rules that only observe would have done.
  /// - Returns: the proof, or 405.
  package func admit(
    _ arrival: consuming Arrival, _ message: borrowing Message, _ observed: inout Observations
  ) -> Verdict<Admitted> {
    let place = Int(arrival.peer.raw)
    guard !rules.peers[place].methods.contains(message.method) else {
      return .pass(Admitted(arrival))
    }
    let refusal = Refusal(405, .methodNotAllowed, .methodNotAllowed)
    switch rules.peers[place].mode {
    case .enforce: return .refuse(refusal)
    case .observe:
      observed.add(.methods(refusal))
      return .pass(Admitted(arrival))
    }
  }
}
