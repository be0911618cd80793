/// A place in a policy. Lines and columns begin at 1; columns count Unicode scalars.
package struct Place: Hashable, Comparable, Sendable {
  /// Which of the policy's files it is in: 0 for the one that was named, then those it includes in
  /// the order in which they are read.
  package var file = 0
  /// From 1.
  package var line: Int
  /// From 1, in characters.
  package var column: Int

  package init(file: Int = 0, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package static func < (a: Place, b: Place) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }
}

/// Something that is to be said of a policy, and where. Its description is `file:line:column:
/// error: message`.
package struct Finding: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whether a policy with it may be used: one with an error may not.
  package enum Severity: UInt8, Hashable, Sendable {
    /// The policy cannot be loaded.
    case error
    /// It can, and probably does not do what was meant.
    case warning
    /// It can, and whoever runs it should know this of it.
    case note
  }

  /// The file as it was named, or as the file that includes it names it.
  package var file: String
  /// `nil` where the finding is about the file as a whole.
  package var place: Place?
  /// The name of the rule that found it.
  package var rule: Rule
  /// That of its rule.
  package var severity: Severity
  /// What is wrong, in words, without its place.
  package var message: String
  /// What to do about it, where it is not what the rule says of all its findings.
  private var advice: String?

  /// What to do about it, in a sentence that begins in lower case.
  package var remedy: String { advice ?? rule.page.remedy }

  /// - Parameters:
  ///   - severity: that of the rule unless another is said.
  ///   - remedy: the rule's unless another is said.
  package init(
    file: String, place: Place?, _ rule: Rule, severity: Severity? = nil, message: String,
    remedy: String? = nil
  ) {
    advice = remedy
    self.file = file
    self.place = place
    self.rule = rule
    self.severity = severity ?? rule.severity
    self.message = message
  }

  package var description: String {
    let position = place.map { "\($0.line):\($0.column):" } ?? ""
    return "\(file):\(position) \(severity): \(message)"
  }
}

/// The findings of one policy as they are gathered.
struct Findings {
  /// The policy's files, at the places that `Place.file` names.
  var files: [String]
  private var list: [Finding] = []
  private var left = Limits.findings
  /// Errors for which no place was left.
  private var untold = 0

  /// Whether a part of the policy is missing, as its file could not be read: then what is not there
  /// may be in that.
  var isIncomplete = false

  init(file: String) { files = [file] }

  /// How many there are.
  var count: Int { list.count }

  var hasErrors: Bool { list.contains { $0.severity == .error } }

  /// - Parameters:
  ///   - place: `nil` for a finding about a file as a whole.
  ///   - file: which file that is.
  ///   - severity: where it is not that of the rule.
  ///   - remedy: where it is not that of the rule.
  mutating func add(
    _ rule: Rule, _ place: Place?, in file: Int = 0, _ message: String,
    severity: Finding.Severity? = nil, remedy: String? = nil
  ) {
    if isIncomplete, rule == .undefinedName { return }
    guard left > 0 else {
      if (severity ?? rule.severity) == .error { untold += 1 }
      return
    }
    left -= 1
    let name = files[place?.file ?? file]
    list.append(
      Finding(
        file: name, place: place, rule, severity: severity, message: message, remedy: remedy))
  }

  /// What keeps the policy from being loaded. Remarks on such a policy would mostly be about what
  /// is missing in it.
  var rejection: Rejection {
    let errors = sorted.filter { $0.severity == .error }
    guard untold > 0 else { return Rejection(findings: errors) }
    let rest = Finding(
      file: files[0], place: nil, .tooMany, message: "and so on: \(untold) more are not shown",
      remedy: "mend these, and look again")
    return Rejection(findings: errors + [rest])
  }

  /// By place; what was found first at a place stays first.
  var sorted: [Finding] {
    let first = Place(line: 0, column: 0)
    return list.enumerated().sorted { a, b in
      let (one, other) = (a.element.place ?? first, b.element.place ?? first)
      return one != other ? one < other : a.offset < b.offset
    }.map(\.element)
  }
}
