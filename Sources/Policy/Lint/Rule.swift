/// One rule of the lint: something that can be wrong with a policy, under a name that stays what it
/// is over all versions. Each stands in a folder of its own, with its page.
package struct Rule: Sendable {
  /// What it is called: words with `-` between them.
  package let name: String
  /// How its findings count; where it goes by degrees, the gravest of them.
  package let severity: Finding.Severity
  /// What it finds, in one line.
  package let summary: String
  /// What `lint --explain` prints: why it matters, what to do, and two examples.
  package let page: Page
  /// Looks at a policy that can be loaded; `nil` for what loading itself finds.
  let check: Check?

  typealias Check = @Sendable (_ study: Study, _ remarks: inout Remarks) -> Void

  init(
    _ name: String, _ summary: String, _ page: Page, _ severity: Finding.Severity = .error,
    _ check: Check? = nil
  ) {
    self.name = name
    self.severity = severity
    self.summary = summary
    self.page = page
    self.check = check
  }
}

extension Rule: Hashable {
  package static func == (a: Rule, b: Rule) -> Bool { a.name == b.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
