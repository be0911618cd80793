/// A directory of messages and what is expected of each.
package struct Folder: Sendable {
  /// A file without a line, or a line without a file: each fails a run.
  package struct Gap: Hashable, Sendable {
    /// The message's name.
    package var name: String
    /// `file[:line]: what is missing`.
    package var sentence: String
  }

  /// As it was named.
  package var path: String
  /// In the order of EXPECTED, and of the roles in it.
  package var cases: [Case]
  /// What has no other half.
  package var gaps: [Gap]
  /// The octets of each message under its name, whether EXPECTED has a line for it or not.
  package var messages: [String: [UInt8]]

  /// How the file of a message ends.
  package static let ending = ".msg"
  /// What the file with the outcomes is called.
  package static let expected = "EXPECTED"

  /// - Parameters:
  ///   - path: what findings call the folder.
  ///   - expected: the text of its EXPECTED.
  ///   - messages: the text of each message under its name without the ending.
  /// - Throws: all that is wrong in EXPECTED and in the markup of the messages.
  package init(
    path: String, expected text: String, messages: [String: [UInt8]]
  ) throws(Expected.Broken) {
    let expected = try Expected(text, path: "\(path)/\(Self.expected)")
    self.path = path
    (cases, gaps, self.messages) = ([], [], [:])
    var findings: [String] = []
    for (name, text) in messages.sorted(by: { $0.key < $1.key }) {
      do throws(Markup.Fault) {
        self.messages[name] = try Markup.expand(text)
      } catch {
        findings.append("\(path)/\(name)\(Self.ending):\(error)")
      }
    }
    findings += expected.lines.compactMap { line in
      guard line.plays.contains(.liveResponse), let message = self.messages[line.name],
        !Wire(message).isResponse
      else { return nil }
      return "\(expected.path):\(line.number): error: `\(line.name)` is no response, "
        + "and cannot be played as `\(Play.liveResponse.rawValue)`"
    }
    guard findings.isEmpty else { throw Expected.Broken(findings: findings) }
    join(expected)
  }

  /// Whether a run as that role says anything of it: a run that looks at nothing is not to pass.
  package func isPlayed(as role: Role) -> Bool {
    !gaps.isEmpty || cases.contains { $0.role == role }
  }

  private mutating func join(_ expected: Expected) {
    for line in expected.lines {
      guard let message = messages[line.name] else {
        let file = "\(line.name)\(Self.ending)"
        gaps.append(
          Gap(name: line.name, sentence: "\(expected.path):\(line.number): there is no \(file)"))
        continue
      }
      for role in line.roles {
        cases.append(Case(folder: path, role: role, line: line, octets: message))
      }
    }
    let known = Set(expected.lines.map(\.name))
    for name in messages.keys.sorted() where !known.contains(name) {
      let sentence = "\(path)/\(name)\(Self.ending): it has no line in \(Self.expected)"
      gaps.append(Gap(name: name, sentence: sentence))
    }
  }
}
