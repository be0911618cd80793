import Testing

/// What a rule found, and where. Written `file:line: what is wrong`, so that editors jump to it.
struct Finding: Equatable, CustomStringConvertible {
  let path: String
  let line: Int
  let what: String

  var description: String { "\(path):\(line): \(what)" }
}

extension SourceText {
  func finding(_ line: Int, _ what: String) -> Finding {
    Finding(path: path, line: line, what: what)
  }
}

/// One rule of the house: a text in, findings out.
struct Rule: Sendable, CustomTestStringConvertible {
  let name: String
  let find: @Sendable (SourceText) -> [Finding]

  var testDescription: String { name }
}
