import Foundation
import Policy
import Testing

/// What holds of every rule: its page is true, and it stands where it should.
@Suite("Rules of the lint")
struct RuleTests {
  /// What a policy has, loaded or not, and what is found in the change to it.
  static func findings(_ example: Example, after before: Example? = nil) -> [Finding] {
    do throws(Rejection) {
      if let before {
        let running = try Snapshot.load(path: "policy.yaml", from: before.library, cores: 2)
        let next = try Snapshot.load(path: "policy.yaml", from: example.library, cores: 2)
        return running.changesForRestart(to: next)
      }
      return try Snapshot.load(path: example.files[0].name, from: example.library, cores: 2)
        .remarks
    } catch {
      return error.findings
    }
  }

  /// The lines with the mark, as `file:line`.
  private static func marked(_ example: Example) -> [String] {
    example.files.flatMap { file in
      file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .filter { $0.element.hasSuffix(Example.mark) }.map { "\(file.name):\($0.offset + 1)" }
    }
  }

  @Test("finds what its page says, where its page says it", arguments: Rule.all)
  func bad(rule: Rule) {
    let found = Self.findings(rule.page.bad, after: rule.page.before).filter { $0.rule == rule }
    let marked = Self.marked(rule.page.bad)
    #expect(marked.count == 1)
    #expect(found.map { "\($0.file):\($0.place?.line ?? 0)" } == marked, "\(found)")
    #expect(found.allSatisfy { $0.severity == rule.severity }, "\(found)")
  }

  @Test(
    "finds nothing in the other policy of its page, and no rule finds a fault", arguments: Rule.all)
  func good(rule: Rule) {
    let found = Self.findings(rule.page.good, after: rule.page.before)
    #expect(Self.marked(rule.page.good) == [])
    #expect(found.filter { $0.rule == rule } == [])
    #expect(found.filter { $0.severity == .error } == [])
  }

  @Test("has a page in whole sentences, and a name of its own", arguments: Rule.all)
  func page(rule: Rule) throws {
    #expect(rule.page.text.hasSuffix(".") && rule.page.text.count > 100)
    #expect(!rule.page.remedy.isEmpty && !rule.page.remedy.hasSuffix("."))
    #expect(rule.page.text.split(separator: "\n").allSatisfy { $0.count <= 104 })
    #expect(Rule.all.filter { $0.name == rule.name }.count == 1)
    #expect(rule.name.wholeMatch(of: try Regex("[a-z]+(-[a-z]+)*")) != nil)
    #expect(rule.explanation.contains(rule.page.remedy))
  }

  @Test("each has the folder of its name, and no other folder is there")
  func folders() throws {
    let root = Sample.root.appending(path: "Sources/Policy/Lint")
    let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
    let folders = names.filter { !$0.hasSuffix(".swift") && $0 != "Format" }
    let wanted = Rule.all.map { rule in
      rule.name.split(separator: "-").map(\.capitalized).joined()
    }
    #expect(folders.sorted() == wanted.sorted())
    for folder in folders {
      let files = try FileManager.default.contentsOfDirectory(
        atPath: root.appending(path: folder).path)
      #expect(files.contains("\(folder).swift") && files.contains("\(folder)+Page.swift"))
    }
  }

  @Test("the page of the documentation lists each, as it is")
  func listed() throws {
    let page = try String(
      contentsOf: Sample.root.appending(path: "Sources/Policy/Policy.docc/Rules.md"),
      encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    let wanted = Rule.all.map { "| `\($0.name)` | \($0.severity) | \($0.summary) |" }
    #expect(rows.map(String.init) == wanted)
  }

  @Test("a name that no rule has is asked about")
  func question() {
    #expect(Rule.named("open-relay")?.severity == .warning)
    #expect(Rule.named("open-really") == nil)
    #expect(Rule.question("open-really") == "; did you mean `open-relay`?")
    #expect(Rule.question("zzz") == "")
  }
}

extension Rule: CustomTestStringConvertible {
  public var testDescription: String { name }
}
