package import Basics
package import SIP

/// A request that has arrived, and where from. Nobody has judged it yet.
package struct Arrival: ~Copyable {
  package let flow: Flow
  package let peer: PeerID

  package init(flow: Flow, peer: PeerID) {
    self.flow = flow
    self.peer = peer
  }
}

/// Proof that a request may cost this element something: it came from a peer that may send it.
package struct Admitted: ~Copyable {
  package let flow: Flow
  package let peer: PeerID

  fileprivate init(_ arrival: consuming Arrival) {
    flow = arrival.flow
    peer = arrival.peer
  }
}

/// May this cost us anything? For now the ingress filter: source, listener and method.
package struct Stage: Sendable {
  package let rules: Rules
  private let prefixes: Prefixes
  private let answering: Prefixes

  package init(_ rules: Rules) {
    self.rules = rules
    prefixes = Prefixes(rules.sources)
    answering = Prefixes(rules.answering)
  }

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
    guard let peer = prefixes.peer(of: flow.remote.address),
      rules.peers[Int(peer.raw)].listeners >> UInt64(flow.listener) & 1 != 0
    else { return nil }
    return peer
  }

  /// - Parameter observed: takes what rules that only observe would have done.
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
