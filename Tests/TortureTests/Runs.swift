import Basics
import Foundation
import Policy
import Testing
import Torture

/// The folders of the project, played in process.
enum Runs {
  static let folders = ["rfc4475", "rfc5118", "found"]

  static func read(_ name: String) throws -> Folder {
    try Folder.read(MessageFiles.root.appending(path: name).path)
  }

  static func player() throws -> InProcess {
    try InProcess(try Snapshot.load(text: Quickstart.text, name: "quickstart", cores: 1))
  }

  /// What was seen of every attempt of a folder, as a proxy.
  static func observations(_ name: String) throws -> [(attempt: Attempt, seen: Observation)] {
    var player = try player()
    let cases = try read(name).cases.filter { $0.role == .proxy }
    return cases.flatMap { $0.attempts() }.map { ($0, player.play($0)) }
  }
}

extension Attempt {
  /// The same with other outcomes expected.
  func expecting(_ change: (Torture.Outcome) -> Torture.Outcome) -> Attempt {
    var attempt = self
    attempt.of.line.required = of.line.required.map(change)
    attempt.of.line.tolerated = of.line.tolerated.map(change)
    return attempt
  }
}

extension Torture.Outcome {
  /// Another outcome, over the same transports.
  var flipped: Torture.Outcome {
    get throws {
      let prefix = overStreams.map { $0 ? "stream:" : "udp:" } ?? ""
      let line = "x proxy \(prefix)\(deed == .forward ? "488" : "forward") §1"
      let lines = try Expected(line, path: "x").lines
      return try #require(lines.first?.required.first)
    }
  }
}
