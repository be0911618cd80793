/// The file EXPECTED of a folder: for each message and role, the outcomes that are asked for and
/// those that are tolerated.
package struct Expected: Sendable {
  /// `NAME ROLE[,ROLE] [key=value…] OUTCOME… [~ OUTCOME…] §SECTION [; note]`
  package struct Line: Hashable, Sendable {
    /// The message's file without its ending.
    package var name: String
    /// Whom it is about.
    package var roles: [Role]
    /// In how many ways it is played.
    package var plays: [Play] = [.asItIs]
    /// One of them is a pass.
    package var required: [Outcome] = []
    /// One of them is neither a pass nor a fault: the RFC leaves the choice.
    package var tolerated: [Outcome] = []
    /// Why it is not played.
    package var skip: String?
    /// Where the RFC says so, such as `§3.1.2.4`.
    package var section: String
    /// What else is to be said of it; may be empty.
    package var note = ""
    /// Where it stands in the file, from 1.
    package var number: Int
  }

  /// What is wrong with a line, in words, without its place.
  struct Complaint: Error {
    var text: String

    init(_ text: String) { self.text = text }
  }

  /// An EXPECTED that cannot be read: all that is wrong with it.
  package struct Broken: Error, CustomStringConvertible {
    /// Each `file:line: error: what`.
    package var findings: [String]

    package var description: String { findings.joined(separator: "\n") }
  }

  /// The file as it was named.
  package var path: String
  /// In their order; comments and empty lines are none.
  package var lines: [Line]

  /// Reads the text of a file.
  /// - Parameter path: what findings call it.
  package init(_ text: String, path: String) throws(Broken) {
    self.path = path
    lines = []
    var findings: [String] = []
    var known: [String: Int] = [:]
    let texts = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (place, text) in texts.enumerated() {
      do throws(Complaint) {
        guard let line = try Self.line(text, place + 1) else { continue }
        for role in line.roles {
          guard let first = known.updateValue(place + 1, forKey: "\(line.name) \(role)") else {
            continue
          }
          throw Complaint("`\(line.name)` as \(role) stands in line \(first) already")
        }
        lines.append(line)
      } catch {
        findings.append("\(path):\(place + 1): error: \(error.text)")
      }
    }
    guard findings.isEmpty else { throw Broken(findings: findings) }
  }

  private static func line(_ text: Substring, _ number: Int) throws(Complaint) -> Line? {
    let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    let note = parts.count > 1 ? String(parts[1]).trimmed : ""
    var words = (parts.first ?? "").split { $0 == " " || $0 == "\t" }.map(String.init)
    guard let name = words.first else {
      guard note.isEmpty else { throw Complaint("a note stands alone") }
      return nil
    }
    if name.hasPrefix("#") { return nil }
    guard words.count > 1 else { throw Complaint("`\(name)` has no role and no outcome") }
    guard let section = words.popLast(), section.hasPrefix("§"), section.count > 1, words.count > 1
    else {
      throw Complaint("`\(name)` has no section, such as `§3.1.2.4`, at its end")
    }
    var line = Line(
      name: name, roles: try roles(words[1]), section: section, note: note, number: number)
    words.removeFirst(2)
    while let word = words.first, try line.takes(option: word) { words.removeFirst() }
    try line.take(outcomes: words)
    return line
  }

  private static func roles(_ word: String) throws(Complaint) -> [Role] {
    if word == "all" { return Role.allCases }
    var roles: [Role] = []
    for part in word.split(separator: ",", omittingEmptySubsequences: false) {
      guard let role = Role(rawValue: String(part)) else {
        throw Complaint("`\(part)` is no role (proxy, uas, registrar, all)")
      }
      guard !roles.contains(role) else { throw Complaint("role `\(part)` stands twice") }
      roles.append(role)
    }
    return roles
  }
}

extension Expected.Line {
  /// Takes a word `key=value`.
  /// - Returns: whether it is one; an outcome has its equals signs in brackets.
  fileprivate mutating func takes(option word: String) throws(Expected.Complaint) -> Bool {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].contains("[") else { return false }
    guard parts[0] == "play" else {
      throw Expected.Complaint("`\(parts[0])` is no key (play)")
    }
    plays = []
    for part in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      guard let play = Play(rawValue: String(part)) else {
        throw Expected.Complaint("`\(part)` is no way to play (as-is, crlf, live-response)")
      }
      guard !plays.contains(play) else { throw Expected.Complaint("`\(part)` stands twice") }
      plays.append(play)
    }
    return true
  }

  fileprivate mutating func take(outcomes words: [String]) throws(Expected.Complaint) {
    if words == ["skip"] {
      guard !note.isEmpty else {
        throw Expected.Complaint("`\(name)` is skipped without a reason after `;`")
      }
      skip = note
      return
    }
    var isTolerated = false
    if let word = words.first(where: { word in words.count { $0 == word } > 1 }) {
      throw Expected.Complaint("`\(word)` stands twice")
    }
    for word in words {
      if word == "~" {
        isTolerated = true
      } else if isTolerated {
        tolerated.append(try Outcome(word))
      } else {
        required.append(try Outcome(word))
      }
    }
    guard !required.isEmpty else {
      throw Expected.Complaint("`\(name)` has no outcome that is asked for")
    }
    guard !isTolerated || !tolerated.isEmpty else {
      throw Expected.Complaint("nothing stands after `~`")
    }
  }
}

extension String {
  /// Without the white space around it.
  var trimmed: String {
    let from = drop(while: \.isWhitespace)
    return String(from.reversed().drop(while: \.isWhitespace).reversed())
  }
}
