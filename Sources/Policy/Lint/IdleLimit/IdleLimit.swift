import Admission
import Border
import SIP

extension Rule {
  static let idleLimit = Rule(
    "idle-limit", "a rate limit that can stop nothing that another rule would not", .idleLimit,
    .warning
  ) { study, remarks in
    let limits = study.admission.rateLimits
    for (number, limit) in limits.enumerated() {
      guard let why = study.idleness(of: limit, number) else { continue }
      remarks.add(study.places.rateLimits[number], "rate limit `\(limit.name)` \(why)")
    }
  }
}

extension Study {
  /// Why a limit can stop nothing; `nil` for one that can.
  fileprivate func idleness(of limit: Admission.Rules.RateLimit, _ number: Int) -> String? {
    let senders = limit.peers.map { callers.intersection($0) } ?? callers
    if senders.isEmpty { return "counts what no peer sends: those that it is for have no sources" }
    let sent = MethodSet(bits: senders.reduce(0) { $0 | methods(of: $1).bits })
    let counted = limit.unit == .calls ? MethodSet([.invite]) : limit.methods
    if limit.unit != .messages, sent.bits & counted.bits & limit.methods.bits == 0 {
      return "counts methods that its peers may not send"
    }
    let limits = admission.rateLimits
    let other = limits.indices.first { place in
      place != number && limits[place].mode == .enforce && limits[place].takes(all: limit)
        && (place < number || !limit.takes(all: limits[place]))
    }
    return other.map { "stops nothing that `\(limits[$0].name)` would not stop" }
  }
}

extension Admission.Rules.RateLimit {
  /// Whether it counts all that another one counts, in buckets of the same kind, and lets no more
  /// of it pass.
  fileprivate func takes(all other: Admission.Rules.RateLimit) -> Bool {
    subject == other.subject && ipv4Bits <= other.ipv4Bits && ipv6Bits <= other.ipv6Bits
      && counts(asMuchAs: other) && pace.isAtLeastAsStrict(as: other.pace)
  }

  /// Whether it counts all that another one counts.
  func counts(asMuchAs other: Admission.Rules.RateLimit) -> Bool {
    let hasPeers = peers.map { own in other.peers.map { Set($0).isSubset(of: own) } ?? false }
    return (hasPeers ?? true) && unit.rawValue <= other.unit.rawValue
      && other.methods.bits & ~methods.bits == 0
      && (prefixes.isEmpty || prefixes == other.prefixes)
  }
}

extension Pace {
  /// Whether it lets no more pass than another one, at once and in the long run.
  func isAtLeastAsStrict(as other: Pace) -> Bool {
    interval >= other.interval && tolerance / interval <= other.tolerance / other.interval
  }
}
