/// One rule of the lint: something that can be wrong with a policy, under a name that stays what it
/// is over all versions.
package struct Rule: Sendable {
  /// What it is called: words with `-` between them.
  package let name: String
  /// How its findings count.
  package let severity: Finding.Severity
  /// What it finds, in one line.
  package let summary: String
  /// Looks at a policy that can be loaded; `nil` for what loading itself finds.
  let check: Check?

  /// - Parameter tell: takes each finding.
  typealias Check = @Sendable (_ study: Study, _ tell: (Place?, String) -> Void) -> Void

  init(
    _ name: String, _ summary: String, _ severity: Finding.Severity = .error,
    _ check: Check? = nil
  ) {
    self.name = name
    self.severity = severity
    self.summary = summary
    self.check = check
  }

  /// All rules.
  package static let all: [Rule] = loading + [shadowedRoute, unusedPeer]
}

extension Rule: Hashable {
  package static func == (a: Rule, b: Rule) -> Bool { a.name == b.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
