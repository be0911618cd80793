import Foundation

extension Comparison {
  /// Lines for a terminal.
  package var text: String {
    var lines: [String] = []
    for change in changes { lines += change.lines + [""] }
    if !settings.isEmpty {
      lines.append("settings")
      for setting in settings { lines += setting.lines }
      lines.append("")
    }
    lines.append(conclusion)
    return lines.joined(separator: "\n")
  }

  private var conclusion: String {
    let asked = "\(requests) requests were put to both policies"
    let cut =
      isCut ? "; the policies are too large to look at everything, so there may be more" : ""
    if isEmpty { return "no difference: \(asked)\(cut)" }
    return "\(changes.count) kinds of requests with another verdict, \(settings.count) settings:"
      + " \(asked)\(cut)"
  }

  /// As JSON, for programs.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers alone: nothing in it can fail to be encoded.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}

extension Comparison.Change {
  private static let most = 8

  fileprivate var lines: [String] {
    let whom = peers.isEmpty ? "" : " from \(Self.list(peers))"
    return [
      "\(kind) \(name) \(fact): \(Self.list(methods))\(whom)",
      "  - \(telling(old))\(Self.place(old))", "  + \(telling(new))\(Self.place(new))",
      "  explain \(witness.arguments)", "  test    \(witness.testCase)",
    ]
  }

  private static func place(_ outcome: Outcome) -> String {
    outcome.place.map { "  (\($0))" } ?? ""
  }

  private static func list(_ words: [String]) -> String {
    let more = words.count > most ? " and \(words.count - most) more" : ""
    return words.prefix(most).joined(separator: ", ") + more
  }
}

extension SettingChange {
  fileprivate var lines: [String] {
    [
      "  \(path)", "    - \(old)\(oldPlace.map { "  (\($0))" } ?? "")",
      "    + \(new)\(newPlace.map { "  (\($0))" } ?? "")",
    ]
  }
}
