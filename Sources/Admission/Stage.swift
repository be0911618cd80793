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

  package func admit(
    _ arrival: consuming Arrival, _ message: borrowing Message
  ) -> Verdict<Admitted> {
    guard rules.peers[Int(arrival.peer.raw)].methods.contains(message.method) else {
      return .refuse(Refusal(405, .methodNotAllowed, .methodNotAllowed))
    }
    return .pass(Admitted(arrival))
  }
}
