package import Basics

/// What a run came to.
package struct Report: Sendable {
  /// What one attempt came to.
  package struct Row: Sendable {
    /// The message, how it was played, and what was expected of it.
    package var attempt: Attempt
    /// What is said of it.
    package var verdict: Verdict
  }

  /// What was tortured, in words.
  package var subject: String
  /// In the order in which they were played.
  package var rows: [Row] = []
  /// What was not played, as the player came to its end before.
  package var unplayed: [Attempt] = []
  /// Files without lines, and lines without files: each fails the run.
  package var gaps: [Folder.Gap] = []
  /// What else whoever reads the results should know, a sentence each.
  package var remarks: [String] = []

  /// Begins with nothing.
  package init(of subject: String) { self.subject = subject }

  /// How many attempts came to this.
  package func count(_ kind: Verdict.Kind) -> Int { rows.count { $0.verdict.kind == kind } }

  /// Whether anything failed, or was not played at all.
  package var hasFailed: Bool { count(.fail) > 0 || !gaps.isEmpty || !unplayed.isEmpty }
}

extension Report {
  /// Plays folders, one message after the other.
  /// - Parameters:
  ///   - role: what the element is taken for; lines for other roles are not looked at.
  ///   - transport: over this one only; `nil` for those that the messages ask for.
  ///   - player: puts them to the element.
  ///   - tell: is told of each attempt before it is played, with its place and their number.
  package mutating func play(
    _ folders: [Folder], as role: Role, over transport: Transport? = nil,
    by player: inout some Player & ~Copyable,
    tell: (_ attempt: Attempt, _ place: Int, _ count: Int) -> Void = { _, _, _ in }
  ) {
    gaps += folders.flatMap(\.gaps)
    let cases = folders.flatMap(\.cases).filter { $0.role == role }
    let attempts = cases.flatMap { $0.attempts(over: transport) }
    defer { remark(ofChallenges: rows.filter(\.verdict.isChallenge)) }
    for (place, attempt) in attempts.enumerated() {
      tell(attempt, place, attempts.count)
      rows.append(Row(attempt: attempt, verdict: Self.verdict(attempt, &player)))
      if let end = player.end {
        unplayed += attempts[(place + 1)...]
        let left = unplayed.count
        return remarks.append("stopped at \(attempt.title), \(left) before the end: \(end)")
      }
    }
  }

  private mutating func remark(ofChallenges rows: [Row]) {
    guard !rows.isEmpty else { return }
    let names = Set(rows.map(\.attempt.of.name)).sorted().joined(separator: ", ")
    remarks.append("challenged, so they were read, and what they are about was not seen: \(names)")
  }

  private static func verdict(
    _ attempt: Attempt, _ player: inout some Player & ~Copyable
  ) -> Verdict {
    if let reason = attempt.of.line.skip {
      return Verdict(.skipped, expected: attempt.expectation, seen: reason)
    }
    guard !attempt.required.isEmpty || !attempt.tolerated.isEmpty else {
      return Verdict(
        .skipped, expected: "nothing", seen: "nothing is expected over \(attempt.transport)")
    }
    return Judge(attempt, player.play(attempt)).verdict()
  }
}

// MARK: As text

extension Report {
  /// A table, and the counts under it.
  package var text: String {
    var lines: [String] = []
    var folder: String?
    let width = rows.map { $0.attempt.title.count }.max() ?? 0
    for row in rows {
      if folder != row.attempt.of.folder {
        folder = row.attempt.of.folder
        lines += ["\(row.attempt.of.folder), \(row.attempt.of.role): \(subject)"]
      }
      lines += row.lines(width)
    }
    lines += gaps.map { "FAIL       \($0.sentence)" }
    return (lines + remarks + [summary]).map(\.bearable).joined(separator: "\n")
  }

  /// The counts in one line.
  package var summary: String {
    let messages = Set(rows.map { "\($0.attempt.of.folder)/\($0.attempt.of.name)" }).count
    let failed = count(.fail) + gaps.count
    return "\(messages) messages, \(rows.count) times: \(count(.pass)) pass, "
      + "\(count(.tolerated)) tolerated, \(failed) failed, \(count(.skipped)) skipped"
      + (unplayed.isEmpty ? "" : ", \(unplayed.count) not played")
  }
}

extension Report.Row {
  fileprivate func lines(_ width: Int) -> [String] {
    let pad = String(repeating: " ", count: max(width - attempt.title.count, 0))
    let title = "\(attempt.title)\(pad)"
    switch verdict.kind {
    case .pass: return ["pass       \(title)  \(verdict.seen)"]
    case .tolerated:
      return [
        "tolerated  \(title)  \(verdict.seen), where \(attempt.of.line.section) asks for \(wanted)"
      ]
    case .skipped: return ["skipped    \(title)  \(verdict.seen)"]
    case .fail:
      let blank = String(repeating: " ", count: width + 11)
      return [
        "FAIL       \(title)  expected \(verdict.expected) (\(attempt.of.line.section))",
        "\(blank)  seen     \(verdict.seen)",
      ]
    }
  }

  private var wanted: String { attempt.required.map(\.description).joined(separator: " or ") }
}

extension String {
  /// What could steer a terminal, in names of files and in what others sent, by its number.
  fileprivate var bearable: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
