package import Basics

/// Where responses of a peer may come from. All of them answer a request of ours: they bear our
/// branch and its MAC, whatever is said here.
package enum ResponseSource: UInt8, Hashable, Sendable, CaseIterable {
  /// Over UDP the very address and port that the request was sent to.
  case exact
  /// That address, at any port.
  case address
  /// Any source or target of the peer.
  case peer
}

/// What a response is worth by where it comes from.
package enum Hearing: Hashable, Sendable {
  case taken
  /// It is taken, as the rule that would refuse it only observes.
  case observed
  /// Let fall: whoever sends it was not asked.
  case refused
}

extension Stage {
  /// Whether a response is taken from where it comes. Over a stream any connection of the peer
  /// will do: its handshake has proven the address.
  /// - Parameters:
  ///   - isOfPeer: whether it comes from a source or target of the peer that was asked.
  ///   - request: the flow that its request was sent by.
  ///   - peer: who was asked.
  package func hears(
    _ response: Flow, isOfPeer: Bool, to request: Flow, of peer: PeerID
  ) -> Hearing {
    // A target may lie within a prefix of another peer, which sends requests from there.
    let isThere = response.remote.address == request.remote.address
    guard isOfPeer || isThere else { return .refused }
    if response.transport.isReliable { return .taken }
    let place = Int(peer.raw)
    // Whoever an earlier version of the policy knew and this one does not.
    guard place < rules.peers.count else { return .refused }
    let fits =
      switch rules.peers[place].responses {
      case .exact: response.remote == request.remote && !request.transport.isReliable
      case .address: isThere
      case .peer: true
      }
    if fits { return .taken }
    return rules.peers[place].mode == .observe ? .observed : .refused
  }
}
