/// What comments and skipped tests must say.
enum Remarks {
  static let toDo = Rule(name: "what is left to do has its reason") { text in
    text.comments.compactMap { line, comment in
      for word in ["TO" + "DO", "FIX" + "ME"] {
        guard let place = comment.firstWord(word) else { continue }
        let rest = comment[place...]
        let reason = rest.hasPrefix("(") ? rest.dropFirst().prefix { $0 != ")" } : ""
        if reason.count < 10 { return text.finding(line, "`\(word)` without its `(reason)`") }
      }
      return nil
    }
  }

  /// RFC 3261 §17.2.1: this form and no other, so that one search finds them all.
  static let citations = Rule(name: "an RFC is cited in one form") { text in
    text.comments.compactMap { line, comment in
      guard let wrong = wrongCitation(comment) else { return nil }
      return text.finding(line, "`\(wrong)`: write it as RFC 3261 §17.2.1")
    }
  }

  private static func wrongCitation(_ comment: String) -> String? {
    let words = comment.split { " \t()[],;`*".contains($0) }.map(String.init)
    for (index, word) in words.enumerated() {
      let next = index + 1 < words.count ? words[index + 1] : ""
      let lower = word.lowercased()
      if lower.hasPrefix("rfc"), word != "RFC", isNumber(lower.dropFirst(3).drop { $0 == "-" }) {
        return word
      }
      if lower == "rfc", word != "RFC", isNumber(next[...]) { return "\(word) \(next)" }
      if ["section", "sections", "sec.", "sect."].contains(lower), isNumber(next[...]) {
        return "\(word) \(next)"
      }
      if word == "§" { return "§ \(next)" }
    }
    return nil
  }

  private static func isNumber(_ text: Substring) -> Bool { text.first?.isNumber ?? false }

  static let skippedTests = Rule(name: "a test that is skipped says why") { text in
    guard text.path.hasPrefix("Tests/") else { return [] }
    return text.words.compactMap { word in
      guard skips.contains(word.text) else { return nil }
      guard text.code[word.range.upperBound...].first == UInt8(ascii: "(") else { return nil }
      return text.hasReason(after: word)
        ? nil : text.finding(word.line, "`\(word.text)` says not why")
    }
  }

  private static let skips: Set<String> = [
    "disabled", "enabled", "withKnownIssue", "XCTSkip", "XCTSkipIf", "XCTSkipUnless",
  ]

  /// In every file of the tree, whatever its language.
  static let machinePaths = Rule(name: "no path of somebody's machine is written down") { text in
    text.lines.enumerated().compactMap { index, line in
      for folder in ["work", "home", "root", "Users"] where line.names(folder: folder) {
        return text.finding(index + 1, "a path below /\(folder) exists on one machine only")
      }
      return nil
    }
  }
}

extension SourceText {
  /// Whether a string that says something stands in the argument list after the word.
  func hasReason(after word: Word) -> Bool {
    var depth = 0
    var opened: Int?
    for place in word.range.upperBound..<code.count {
      switch code[place] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "\""):
        if let start = opened, place - start > 10 { return true }
        opened = opened == nil ? place : nil
      default: continue
      }
      if depth == 0 { return false }
    }
    return false
  }
}

extension String {
  /// The place after `word`, where it stands as a word of its own.
  func firstWord(_ word: String) -> Index? {
    guard let found = firstRange(of: word) else { return nil }
    let before = found.lowerBound == startIndex ? " " : self[index(before: found.lowerBound)]
    let after = found.upperBound == endIndex ? " " : self[found.upperBound]
    return before.isLetter || after.isLetter ? nil : found.upperBound
  }

  /// Whether a path that starts with this folder at the root stands in the text.
  func names(folder: String) -> Bool {
    guard let found = firstRange(of: "/\(folder)/") else { return false }
    guard found.lowerBound != startIndex else { return true }
    let before = self[index(before: found.lowerBound)]
    return !before.isLetter && !before.isNumber && !"._-)}".contains(before)
  }
}
