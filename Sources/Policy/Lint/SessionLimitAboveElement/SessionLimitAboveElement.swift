import Admission
import Border

extension Rule {
  static let sessionLimitAboveElement = Rule(
    "session-limit-above-element", "calls that one peer may have for itself, of all that there are",
    .sessionLimitAboveElement, .warning
  ) { study, remarks in
    let limits = study.admission.sessionLimits
    let whole = study.wholeOfSessions
    // What a section says of all peers is one thing to tell.
    var told: Set<Place> = []
    for (number, limit) in limits.enumerated() where limit.isOfOnePeer {
      let spent = whole.first { one in limit.calls.map { one.calls <= Int($0) } ?? false }
      let place = study.places.sessionLimits[number]
      guard let spent, told.insert(place).inserted else { continue }
      remarks.add(
        place,
        "session limit `\(limit.name)` lets one peer alone have the \(spent.calls) calls that"
          + " \(spent.name) lets all of them have together")
    }
  }
}

extension Admission.Rules.SessionLimit {
  /// Whether it counts the calls of one peer together, on either side.
  fileprivate var isOfOnePeer: Bool { subject == .peer || subject == .egress }
}

extension Study {
  /// What bounds the calls of the element.
  fileprivate var wholeOfSessions: [(name: String, calls: Int)] {
    var whole = admission.sessionLimits.compactMap { limit -> (name: String, calls: Int)? in
      guard limit.subject == .element, limit.mode == .enforce, let calls = limit.calls else {
        return nil
      }
      return ("`\(limit.name)`", Int(calls))
    }
    if let calls = settings.tables.calls { whole.append(("`element.limits.calls`", calls)) }
    return whole
  }
}
