import Admission
import Border

extension Rule {
  static let idleSessionLimit = Rule(
    "idle-session-limit", "a session limit that is never reached, as a wider one is lower",
    .idleSessionLimit, .warning
  ) { study, remarks in
    let limits = study.admission.sessionLimits
    for (number, limit) in limits.enumerated() {
      let wider = limits.indices.first { place in
        place != number && limits[place].mode == .enforce && limits[place].holds(allOf: limit)
          && limits[place].keeps(limit, orEqually: place < number)
      }
      guard let wider else { continue }
      remarks.add(
        study.places.sessionLimits[number],
        "session limit `\(limit.name)` is never reached: `\(limits[wider].name)`, which counts the"
          + " same calls and others, is lower")
    }
  }
}

extension Admission.Rules.SessionLimit {
  /// Whether one count of this stands for all calls that stand in one count of the other.
  fileprivate func holds(allOf other: Admission.Rules.SessionLimit) -> Bool {
    switch (subject, other.subject) {
    case (.element, .source), (.element, .calledPrefix), (.element, .target),
      (.element, .element):
      true
    case (.peer, .peer), (.peer, .source), (.egress, .egress), (.egress, .target),
      (.target, .target):
      hasPeers(of: other)
    case (.peer, .calledPrefix):
      other.peers?.count == 1 && hasPeers(of: other)
    case (.source, .source):
      hasPeers(of: other) && ipv4Bits <= other.ipv4Bits && ipv6Bits <= other.ipv6Bits
    default: false
    }
  }

  private func hasPeers(of other: Admission.Rules.SessionLimit) -> Bool {
    guard let peers else { return true }
    return other.peers.map { Set($0).isSubset(of: peers) } ?? false
  }

  /// Whether it is full before the other one is.
  fileprivate func keeps(_ other: Admission.Rules.SessionLimit, orEqually isFirst: Bool) -> Bool {
    let most = { (limit: UInt32?) in limit.map { Int($0) } ?? .max }
    func isLower(_ own: Int, _ their: UInt32?) -> Bool {
      guard let their else { return true }
      return own < Int(their) || isFirst && own == Int(their)
    }
    // What is half open counts as a call as well.
    return isLower(most(calls), other.calls)
      && isLower(min(most(halfOpen), most(calls)), other.halfOpen)
  }
}
