import Basics
import Foundation
import Policy
import Testing
import Torture

@Suite("The messages of the project, put to this element")
struct FoldersPassTests {
  private func report(_ names: [String]) throws -> Report {
    var report = Report(of: "the border")
    var player = try Runs.player()
    report.play(try names.map(Runs.read), as: .proxy, by: &player)
    return report
  }

  @Test("all pass or are tolerated, and none is skipped", arguments: Runs.folders)
  func pass(folder: String) throws {
    let report = try report([folder])
    for row in report.rows where row.verdict.kind == .fail {
      Issue.record("\(row.attempt.title): \(row.verdict.expected); \(row.verdict.seen)")
    }
    #expect(report.gaps == [])
    #expect(report.count(.skipped) == 0)
    #expect(!report.hasFailed)
    let messages = Set(report.rows.map(\.attempt.of.name)).count
    switch folder {
    case "rfc4475": #expect(messages == 49)
    case "rfc5118": #expect(messages == 12)
    default: #expect(messages >= 7)
    }
  }

  @Test("every message has a line for a proxy, and one for a UAS unless it was found here")
  func roles() throws {
    for name in Runs.folders {
      let cases = try Runs.read(name).cases
      for message in try MessageFiles.names(in: name) {
        let roles = Set(cases.filter { $0.name == message }.map(\.role))
        #expect(roles.isSuperset(of: name == "found" ? [.proxy] : [.proxy, .uas]), "\(message)")
      }
    }
  }

  @Test("the same run comes to the same")
  func steady() throws {
    let (one, other) = (try report(Runs.folders), try report(Runs.folders))
    #expect(one.text == other.text)
  }

  @Test("flipping what one attempt is expected to come to makes it fail", arguments: Runs.folders)
  func flips(folder: String) throws {
    for (attempt, seen) in try Runs.observations(folder) {
      #expect(Judge(attempt, seen).verdict().kind != .fail, "\(attempt.title)")
      // Each word that what was seen fits becomes one that it does not fit.
      let change = { (outcome: Torture.Outcome) throws -> Torture.Outcome in
        var alone = attempt
        (alone.of.line.required, alone.of.line.tolerated) = ([outcome], [])
        return Judge(alone, seen).verdict().kind == .pass ? try outcome.flipped : outcome
      }
      var other = attempt
      other.of.line.required = try attempt.required.map(change)
      other.of.line.tolerated = try attempt.tolerated.map(change)
      #expect(Judge(other, seen).verdict().kind == .fail, "\(attempt.title)")
    }
  }

  @Test("the policy that is compiled in is the quickstart without its comments")
  func quickstart() throws {
    let path = MessageFiles.root.deletingLastPathComponent()
      .appending(path: "Policies/quickstart.yaml")
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").filter {
      let text = $0.drop { $0 == " " }
      return !text.isEmpty && !text.hasPrefix("#")
    }
    #expect(lines.map(String.init) == Quickstart.text.split(separator: "\n").map(String.init))
  }
}
