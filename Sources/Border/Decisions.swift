import Admission
import Basics

// Every decision on a message has an id: it stands in the log and, where the policy allows it, in
// the answer, so that who was refused can say which line of the log it was.
extension Core {
  /// The id of what is decided on the message at hand: drawn once, when it is first asked for. It
  /// tells nobody how many there were before.
  mutating func decision() -> UInt64 {
    if passage.decision == 0 {
      decisions &+= 1
      var hash = self.hash()
      hash.combine(0x6465_6369_6465)
      hash.combine(UInt64(worker) << 56 | decisions)
      passage.decision = hash.finish().a | 1
    }
    return passage.decision
  }

  /// The id for the answer to a peer; 0 where the policy does not give it away.
  mutating func toldDecision(_ peer: PeerID, by policy: UInt32) -> UInt64 {
    regimes[policy].admission.tellsDecisions(peer) ? decision() : 0
  }
}
