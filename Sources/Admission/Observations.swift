/// What a rule that only observes would have done with a request.
package enum Observation: Hashable, Sendable {
  /// Admission would have refused its method.
  case methods(Refusal)
  /// Admission would have let a response fall for where it came from.
  case responses
  /// The route at this place of the rules would have been taken, or refused for want of a target.
  case route(UInt32)
  /// The rate limit at this place of the rules would have stopped it.
  case rateLimit(UInt32)
  /// The session limit at this place of all limits would have refused it.
  case sessionLimit(UInt32)
}

/// What rules that only observe would have done with one request. It has a fixed size; beyond the
/// first few they are only counted.
package struct Observations: Sendable {
  /// How many are kept.
  package static let most = 4

  private var kept = InlineArray<4, Observation>(repeating: .route(0))
  /// How many there were.
  package private(set) var count = 0

  package init() {}

  /// Beyond `most` it is counted only.
  package mutating func add(_ observation: Observation) {
    if count < Self.most { kept[count] = observation }
    count &+= 1
  }

  /// One of the first `most`.
  package subscript(place: Int) -> Observation { kept[place] }
}
