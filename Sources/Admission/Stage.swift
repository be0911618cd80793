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

  package init(_ rules: Rules) {
    self.rules = rules
    prefixes = Prefixes(rules.sources)
  }

  /// The peer that a flow belongs to, asked before anything of its message is read. A source that
  /// no peer has, or that uses another peer's listener, has none, and gets silence.
  package func peer(of flow: Flow) -> PeerID? {
    guard let peer = prefixes.peer(of: flow.remote.address),
      rules.peers[Int(peer.raw)].listeners >> UInt64(flow.listener) & 1 != 0
    else { return nil }
    return peer
  }

  /// The peer that an address belongs to, whatever the listener.
  package func peer(of address: Address) -> PeerID? { prefixes.peer(of: address) }

  package func admit(
    _ arrival: consuming Arrival, _ message: borrowing Message
  ) -> Verdict<Admitted> {
    guard rules.peers[Int(arrival.peer.raw)].methods.contains(message.method) else {
      return .refuse(Refusal(405, .methodNotAllowed, .methodNotAllowed))
    }
    return .pass(Admitted(arrival))
  }
}
