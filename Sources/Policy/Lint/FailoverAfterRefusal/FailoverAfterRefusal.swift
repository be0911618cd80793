extension Rule {
  static let failoverAfterRefusal = Rule(
    "failover-after-refusal", "the next target is tried although the call was answered for good",
    .failoverAfterRefusal, .warning
  ) { study, remarks in
    for item in study.settings("failover").flatMap(\.items) {
      guard let status = item.scalar, let meaning = meaning(of: status) else { continue }
      remarks.add(item.place, "\(status) \(meaning)")
    }
  }

  /// What a final status says that another target cannot say better.
  private static func meaning(of status: String) -> String? {
    switch status {
    case "401", "407":
      "asks the caller for credentials: another target would ask again, and the caller never hears"
    case "486": "says that the callee is busy: a call that a callee declined is not tried again"
    case "487": "says that the caller gave up, so nobody waits for another target"
    default: nil
    }
  }
}
