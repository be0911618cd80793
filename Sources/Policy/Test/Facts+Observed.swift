import Admission
import Border
import Routing
import SIP

// What rules that only observe would have done, as the border has told it.
extension Facts {
  /// - Returns: `nil` where nothing was observed.
  func observed(in stage: Passage.Stage) -> [Explanation.Observed]? {
    let found = judgement.observed.compactMap { observation in
      switch observation {
      case .methods(let refusal): stage == .admission ? methods(refusal) : nil
      case .responses: nil
      case .rateLimit(let limit): stage == .admission ? self.limit(Int(limit)) : nil
      case .sessionLimit(let limit): stage == .admission ? session(Int(limit)) : nil
      case .route(let route): stage == .routing ? self.route(Int(route)) : nil
      }
    }
    return found.isEmpty ? nil : found
  }

  private func methods(_ refusal: Refusal) -> Explanation.Observed {
    Explanation.Observed(
      rule: "methods", place: passage.peer.flatMap(place(of:)),
      fact: "it would be refused with \(refusal.status) \(refusal.phrase.text)")
  }

  private func limit(_ limit: Int) -> Explanation.Observed {
    let (text, place) = stopped(by: limit)
    return Explanation.Observed(
      rule: admission.rateLimits[limit].name, place: place, fact: "\(text): it would be stopped")
  }

  private func session(_ limit: Int) -> Explanation.Observed {
    let (text, place) = full(limit)
    return Explanation.Observed(
      rule: admission.nameOfLimit(limit), place: place, fact: "\(text): it would be refused")
  }

  private func route(_ route: Int) -> Explanation.Observed {
    let conditions = conditions(ofObserved: route)
    return Explanation.Observed(
      rule: routes[route].name, place: place(ofRoute: route), fact: "this route would take it",
      conditions: conditions.isEmpty ? nil : conditions)
  }
}
