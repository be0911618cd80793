/// What is to be known of a rule: `sallyport lint --explain` prints it.
package struct Page: Sendable {
  /// What the rule finds, and why it matters at the border of a provider: paragraphs of lines.
  package let text: String
  /// What to do about a finding, in a sentence that begins in lower case.
  package let remedy: String
  /// The policy that is running, for a rule about a change of it.
  package let before: Example?
  /// A policy that the rule finds something in, at the line that ends with `Example.mark`.
  package let bad: Example
  /// A policy like it that the rule finds nothing in.
  package let good: Example

  init(
    _ text: String, remedy: String, before: Example? = nil, bad: Example, good: Example
  ) {
    self.before = before
    self.text = text
    self.remedy = remedy
    self.bad = bad
    self.good = good
  }
}

/// A whole policy, in one file or several.
package struct Example: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  /// One of its files.
  package struct File: Sendable {
    /// As the file that includes it names it.
    package let name: String
    /// All its lines.
    package let text: String
  }

  /// What the lines end with that a rule finds something in.
  package static let mark = "# <- here"

  /// The policy itself, and then what it includes.
  package let files: [File]

  /// A policy in one file.
  package init(stringLiteral text: String) { self.init(text) }

  /// - Parameter parts: the names and texts of what it includes.
  init(_ text: String, including parts: (name: String, text: String)...) {
    files =
      [File(name: "policy.yaml", text: text + "\n")]
      + parts.map { File(name: $0.name, text: $0.text + "\n") }
  }

  /// As it would be shown: the text, each file under its name where there are several.
  package var shown: String {
    guard files.count > 1 else { return files[0].text }
    return files.map { "# \($0.name)\n\($0.text)" }.joined(separator: "\n")
  }

  /// The files, to load the policy from.
  package var library: Library {
    .memory(Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.text) }))
  }
}

extension Rule {
  /// The page as a text for people.
  package var explanation: String {
    """
    \(name) (\(severity)): \(summary)

    \(page.text)

    Remedy: \(page.remedy)

    \(page.before.map { "While this runs:\n\n\(Self.indented($0.shown))\n\n" } ?? "")Found in:

    \(Self.indented(page.bad.shown))

    Not found in:

    \(Self.indented(page.good.shown))
    """
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
      .trimmed
  }
}

extension String {
  /// Without line ends at its end.
  fileprivate var trimmed: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
