/// A place in a policy file. Lines and columns begin at 1; columns count Unicode scalars.
package struct Place: Hashable, Comparable, Sendable {
  /// From 1.
  package var line: Int
  /// From 1, in characters.
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (a: Place, b: Place) -> Bool {
    a.line != b.line ? a.line < b.line : a.column < b.column
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
  }

  /// The path as it was given.
  package var file: String
  /// `nil` where the finding is about the file as a whole.
  package var place: Place?
  /// An error unless the policy is legal and probably not meant.
  package var severity: Severity
  /// What is wrong, in words, without its place.
  package var message: String

  package init(file: String, place: Place?, severity: Severity = .error, message: String) {
    self.file = file
    self.place = place
    self.severity = severity
    self.message = message
  }

  package var description: String {
    let position = place.map { "\($0.line):\($0.column):" } ?? ""
    return "\(file):\(position) \(severity): \(message)"
  }
}

/// The findings of one file as they are gathered.
struct Findings {
  let file: String
  private var list: [Finding] = []
  private var left = Limits.findings

  init(file: String) { self.file = file }

  var hasErrors: Bool { list.contains { $0.severity == .error } }

  mutating func error(_ place: Place?, _ message: String) { add(.error, place, message) }

  mutating func warning(_ place: Place?, _ message: String) { add(.warning, place, message) }

  private mutating func add(_ severity: Finding.Severity, _ place: Place?, _ message: String) {
    guard left > 0 else { return }
    left -= 1
    list.append(Finding(file: file, place: place, severity: severity, message: message))
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
