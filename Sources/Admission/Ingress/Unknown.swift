package import Basics
import Synchronization

extension Rules {
  /// What a source gets that no peer has, or that comes to a listener which its peer may not use.
  package enum Unknown: UInt8, Hashable, Sendable, CaseIterable {
    case silence
    /// Now and then a stateless 403, over UDP.
    case refuse
  }
}

extension Stage {
  /// Whether a source that no peer has may be told so. Its address is not proven, so what it is
  /// told is little: `Shared.mayRefuseUnknown` says how often, and `Rules.amplification` how large.
  /// Over a stream its connection was closed, which says enough.
  package func refuses(unknown flow: Flow) -> Bool {
    rules.unknown == .refuse && !flow.transport.isReliable
  }
}

extension Shared {
  /// Whether one more source that no peer has may be told so, which it then is. All workers and all
  /// such sources share so few of them that nobody's traffic is made of them.
  package func mayRefuseUnknown(at now: Instant) -> Bool {
    let pace = Limits.unknownRefusals
    var expected = unknownRefusals.load(ordering: .relaxed)
    while let next = pace.after(expected, at: now.nanoseconds) {
      let outcome = unknownRefusals.compareExchange(
        expected: expected, desired: next, ordering: .relaxed)
      if outcome.exchanged { return true }
      expected = outcome.original
    }
    return false
  }
}
