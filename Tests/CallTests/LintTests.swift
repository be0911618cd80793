import Foundation
import Testing

/// What `sallyport lint` writes, and the status that it ends with.
@Suite("The verb lint", .timeLimit(.minutes(1)))
struct LintTests {
  private static let right = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
    peers:
      - { name: a, sources: [127.0.0.1] }

    """

  /// Writes policies, looks at them, and gives what was said.
  private func lint(
    _ policies: [String], _ options: [String] = [], ends wanted: Int32
  ) async throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let names = policies.indices.map { "p\($0).yaml" }
    for (name, text) in zip(names, policies) {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let child = try Child(
      "lint", Element.binary.path, ["lint"] + options + names, in: folder)
    let status = try await child.status(within: .seconds(20))
    #expect(status == wanted, "\(child.said)")
    return child.said
  }

  @Test(
    "the status is that of the worst policy",
    arguments: [
      ([""], Int32(0), "p0.yaml: nothing found\n"),
      (["  - { name: b }\n"], 1, "p0.yaml: 1 warning\n"),
      (["", "  - { nam: b }\n", "  - { name: b }\n"], 2, "3 policies: 1 error, 1 warning\n"),
    ])
  func status(ends: [String], status: Int32, summary: String) async throws {
    let said = try await lint(ends.map { Self.right + $0 }, ends: status)
    #expect(said.hasSuffix(summary))
  }

  @Test("text for people has the place, the rule, the line and a caret")
  func text() async throws {
    let said = try await lint([Self.right + "  - { nam: b }\n"], ends: 2)
    #expect(
      said.hasPrefix(
        """
        p0.yaml:6:7: error: `nam` is not a key of a peer; did you mean `name`? [unknown-key]
              - { nam: b }
                  ^
            remedy:
        """))
  }

  @Test("SARIF 2.1.0 has what readers of it need")
  func sarif() async throws {
    let said = try await lint(
      [Self.right + "  - { name: b }\n"], ["--format", "sarif"], ends: 1)
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any])
    #expect(document["version"] as? String == "2.1.0")
    #expect((document["$schema"] as? String)?.hasSuffix("sarif-2.1.0.json") == true)
    let run = try #require((document["runs"] as? [[String: Any]])?.first)
    #expect(run["columnKind"] as? String == "unicodeCodePoints")
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] is String && driver["version"] is String)
    let rules = try #require(driver["rules"] as? [[String: Any]])
    for rule in rules {
      #expect(rule["id"] is String)
      for key in ["shortDescription", "fullDescription", "help"] {
        #expect((rule[key] as? [String: Any])?["text"] is String, "\(rule)")
      }
      #expect((rule["defaultConfiguration"] as? [String: Any])?["level"] is String)
    }
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.count == 1)
    let result = try #require(results.first)
    let number = try #require(result["ruleIndex"] as? Int)
    #expect(result["ruleId"] as? String == "unused-peer")
    #expect(rules[number]["id"] as? String == "unused-peer")
    #expect(result["level"] as? String == "warning")
    #expect(((result["message"] as? [String: Any])?["text"] as? String)?.contains("`b`") == true)
    let location = try #require((result["locations"] as? [[String: Any]])?.first)
    let place = try #require(location["physicalLocation"] as? [String: Any])
    #expect((place["artifactLocation"] as? [String: Any])?["uri"] as? String == "p0.yaml")
    #expect(place["region"] as? [String: Int] == ["startLine": 6, "startColumn": 13])
  }

  @Test("JSON for programs")
  func json() async throws {
    let said = try await lint([Self.right + "  - { name: b }\n"], ["--format", "json"], ends: 1)
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any])
    let finding = try #require((document["findings"] as? [[String: Any]])?.first)
    #expect(finding["rule"] as? String == "unused-peer")
    #expect(finding["line"] as? Int == 6 && finding["column"] as? Int == 13)
    #expect(document["warnings"] as? Int == 1 && document["status"] as? Int == 1)
  }

  @Test("what is in force for a peer")
  func effective() async throws {
    let said = try await lint([Self.right], ["--effective", "a"], ends: 0)
    #expect(said.hasPrefix("peer a\n") && said.contains("built in"))
    _ = try await lint([Self.right], ["--effective", "b"], ends: 64)
    _ = try await lint(["version: 2"], ["--effective", "a"], ends: 2)
    let wrong = try await lint([Self.right], ["--effective", "b"], ends: 64)
    #expect(wrong == "sallyport lint: p0.yaml has no peer `b`; did you mean `a`?\n")
  }

  @Test("the rules, a page and what is in force, as JSON for programs")
  func language() async throws {
    func object(_ options: [String], _ policies: [String] = []) async throws -> Any {
      let said = try await lint(policies, options + ["--format", "json"], ends: 0)
      return try JSONSerialization.jsonObject(with: Data(said.utf8))
    }
    let rules = try await object(["--rules"]) as? [[String: Any]]
    let page = try await object(["--explain", "open-relay"]) as? [String: Any]
    let effective = try await object(["--effective", "a"], [Self.right]) as? [String: Any]
    #expect(rules?.contains { $0["name"] as? String == "open-relay" } == true)
    #expect((page?["page"] as? [String: Any])?["remedy"] is String)
    let settings = effective?["settings"] as? [[String: Any]]
    #expect(settings?.contains { $0["key"] as? String == "timer-c" } == true)
    _ = try await lint([], ["--rules", "--format", "sarif"], ends: 64)
  }

  @Test("pages of rules, and a wrong use of the command")
  func explain() async throws {
    let page = try await lint([], ["--explain", "open-relay"], ends: 0)
    #expect(page.hasPrefix("open-relay (warning): ") && page.contains("\nRemedy: "))
    let list = try await lint([], ["--rules"], ends: 0)
    #expect(list.split(separator: "\n").contains { $0.hasPrefix("open-relay ") })
    let wrong = try await lint([], ["--explain", "open-realy"], ends: 64)
    #expect(wrong.contains("did you mean `open-relay`?"))
    _ = try await lint([], ends: 64)
    _ = try await lint([Self.right], ["--format", "xml"], ends: 64)
  }
}
