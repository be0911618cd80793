/// What one rule has to say of a policy. Its first remarks are kept and the others counted, so that
/// no rule can crowd out the findings of another.
struct Remarks {
  struct Remark {
    var place: Place?
    var severity: Finding.Severity
    var message: String
  }

  private let usual: Finding.Severity
  private(set) var list: [Remark] = []
  /// The first that was not kept.
  private var next: (place: Place?, severity: Finding.Severity)?
  private var omitted = 0

  /// - Parameter severity: that of a remark which does not say its own.
  init(_ severity: Finding.Severity) { usual = severity }

  /// - Parameter severity: where the rule goes by degrees.
  mutating func add(
    _ place: Place?, _ message: @autoclosure () -> String, _ severity: Finding.Severity? = nil
  ) {
    let severity = severity ?? usual
    guard list.count < Limits.remarksOfRule else {
      // The gravest severity has the lowest number.
      if next == nil || severity.rawValue < next?.severity.rawValue ?? 0 {
        next = (place, severity)
      }
      omitted += 1
      return
    }
    list.append(Remark(place: place, severity: severity, message: message()))
  }

  /// All that is to be told, at most one more than a rule may have.
  var told: [Remark] {
    guard let next else { return list }
    let rest = Remark(
      place: next.place, severity: next.severity,
      message: "and so on: \(omitted) of these findings, of which this is one, are not shown")
    return list + [rest]
  }
}
