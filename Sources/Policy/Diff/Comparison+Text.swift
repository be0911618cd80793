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
    if !renames.isEmpty {
      lines.append("renamed, and the same otherwise\(changes.isEmpty ? "" : " (old names above)")")
      for rename in renames { lines.append(rename.line) }
      lines.append("")
    }
    if !gaps.isEmpty {
      lines.append("not compared, so that there may be more differences")
      for gap in gaps { lines.append("  \(gap)") }
      lines.append("")
    }
    lines.append(conclusion)
    return lines.joined(separator: "\n")
  }

  private var conclusion: String {
    let asked = "\(requests) requests were put to both policies"
    if isEmpty, gaps.isEmpty { return "no difference: \(asked)" }
    if isEmpty { return "no difference was found in what was compared: \(asked)" }
    let cut = gaps.isEmpty ? "" : "; not all was compared"
    return "\(changes.count) kinds of requests with another verdict, \(settings.count) settings,"
      + " \(renames.count) renamed: \(asked)\(cut)"
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
    let lines = [
      "\(kind) \(name) \(fact): \(Self.list(methods))\(whom)",
      "  - \(telling(old))\(old.placeInBrackets)", "  + \(telling(new))\(new.placeInBrackets)",
    ]
    // One message has no call before it.
    let explain = witness.call == nil ? ["  explain \(witness.arguments)"] : []
    return lines + explain + ["  test    \(witness.testCase)"]
  }

  private static func list(_ words: [String]) -> String {
    let more = words.count > most ? " and \(words.count - most) more" : ""
    return words.prefix(most).joined(separator: ", ") + more
  }
}

extension Rename {
  fileprivate var line: String {
    let places = [oldPlace, newPlace].map { $0 ?? "-" }
    return "  \(kind) \(old) (\(places[0])) is now \(new) (\(places[1]))"
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
