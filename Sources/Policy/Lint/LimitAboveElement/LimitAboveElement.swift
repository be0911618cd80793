import Admission
import Border

extension Rule {
  static let limitAboveElement = Rule(
    "limit-above-element", "a rate that one peer or source may have for itself, of all there is",
    .limitAboveElement, .warning
  ) { study, remarks in
    let limits = study.admission.rateLimits
    let whole = limits.filter { $0.subject == .element && $0.mode == .enforce }
    for (number, limit) in limits.enumerated() where limit.subject != .element {
      let spent = whole.first {
        $0.counts(asMuchAs: limit) && $0.pace.interval >= limit.pace.interval
      }
      guard let spent else { continue }
      remarks.add(
        study.places.rateLimits[number],
        "rate limit `\(limit.name)` lets one alone spend all that `\(spent.name)` lets pass for"
          + " everybody")
    }
  }
}
