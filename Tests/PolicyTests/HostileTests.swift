import Foundation
import Onslaught
import Testing

@testable import Policy

@Suite("No text makes the loader hang or fall")
struct HostileTests {
  /// An alias bomb: nine levels, each nine times the one before.
  private static let bomb = (1...9).reduce("a0: &a0 [x]\n") { text, level in
    let names = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
    return text + "a\(level): &a\(level) [\(names)]\n"
  }

  @Test(
    "bombs, depth and length",
    arguments: [
      bomb, "a: [\(bomb.replacing("\n", with: ", "))]", "? *a : b", "{? &a [x] : *a}",
      "a: b\n  \"c\nx: &a [1]\ny: [*a, *a]", "--- &a\nx: *a", "a:\n  ]\n  &b c\nd: *b",
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
      String(repeating: "- ", count: 100_000) + "x",
      (0..<3_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      String(repeating: "? ", count: 10_000), String(repeating: "a: ", count: 10_000),
      String(repeating: "'", count: 100_001), String(repeating: "\"\\", count: 50_000),
      "[" + String(repeating: ",", count: 100_000),
      "version: " + String(repeating: "9", count: 100_000),
      String(repeating: "x", count: 200_000) + ": 1", "<<: {a: 1}", "\u{feff}\u{feff}version: 1",
      "\"\\ud800\": 1", "\"\\x00\": \"\\0\"", "a: \"\\U0010ffff\"", "{a: b, a: c, {a: b}: d}",
    ])
  func hostile(text: String) {
    let start = ContinuousClock.now
    let findings = Sample.findings(text)
    #expect(!findings.isEmpty)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("more values than a policy may have are refused before they cost memory")
  func tooManyValues() {
    let text = "version: [" + String(repeating: "1,", count: Limits.nodes / 2 + 10) + "1]"
    let findings = Sample.findings(text)
    #expect(findings.count == 1)
    #expect(findings[0].hasSuffix("error: a policy has at most \(Limits.nodes) values"))
  }

  @Test("as many findings as are kept, and no more but one that counts the others")
  func manyFindings() {
    let text = "version: 1\nlisteners: []\n" + (0..<3_000).map { "k\($0): 1\n" }.joined()
    let told = Sample.findings(text)
    #expect(told.count == Limits.findings + 1)
    #expect(told.last == "p: error: and so on: 2001 more are not shown")
  }

  @Test("many keys that stand twice: each is told once, up to the limit")
  func manyRepeated() {
    let text = Sample.right + (0..<40).map { "k\($0): 1\nk\($0): 2\n" }.joined()
    let twice = Sample.findings(text).filter { $0.contains("stands twice") }
    #expect(twice.count == Limits.repeatedKeys + 1)
  }

  @Test("the quickstart with random changes loads or is told what is wrong", arguments: 0..<8)
  func mutations(seed: Int) throws {
    var random = Seeded(state: UInt64(seed))
    let original = try Data(contentsOf: URL(fileURLWithPath: Sample.shipped("quickstart.yaml")))
    let text = Array(
      String(decoding: original, as: UTF8.self).split(separator: "\n")
        .filter { !$0.hasPrefix("#") }.joined(separator: "\n").utf8)
    var loaded = 0
    for _ in 0..<500 {
      var octets = text
      for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&octets, &random) }
      do throws(Rejection) {
        _ = try Snapshot.load(octets: octets, name: "p", cores: 1)
        loaded += 1
      } catch {
        #expect(!error.findings.isEmpty)
      }
      let faults = PolicyText.faults(octets)
      #expect(faults == [])
    }
    #expect(loaded > 0 && loaded < 500)
  }

  @Test(
    "texts whose findings a fuzzer found to have no place in them",
    arguments: [
      // A mapping in brackets that the text ends within: YAML finds it in a line of its own.
      "a: {"
    ])
  func places(text: String) {
    let faults = PolicyText.faults(Array(text.utf8))
    #expect(faults == [])
  }

  /// A policy with a part, a table and tests, as the fuzzer takes them.
  private static func seed(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Sample.root.appending(path: "Tests/Fuzz/seeds/policies/\(name)")))
  }

  @Test("the fuzzer's seeds in several files reach includes, tables, tests and comparisons")
  func parts() throws {
    let right = PolicyText(try Self.seed("parts"))
    #expect(right.faults == [])
    #expect(right.isLoaded && right.cases == 3)
    let wrong = PolicyText(try Self.seed("parts-wrong"))
    #expect(wrong.faults == [])
    #expect(!wrong.isLoaded && wrong.cases == 0)
    #expect(wrong.files == ["p.yaml", "part.yaml", "table.csv"])
    let text = String(decoding: try Self.seed("parts"), as: UTF8.self)
    let odd = PolicyText(Array(text.replacing("within: caller", with: "within: nobody").utf8))
    #expect(odd.faults == [])
    #expect(odd.isLoaded && odd.cases == 0 && odd.files.contains("p.test.yaml"))
    let plain = text.replacing("  - { name: table, from: left, table: table.csv }\n", with: "")
      .replacing("prefix,to\n+49,right\n+4930,right\n", with: "")
    let alone = PolicyText(Array(plain.utf8))
    #expect(alone.faults == [])
    #expect(alone.compared.withItself && alone.compared.withPart && alone.cases == 3)
  }

  @Test("a policy in several files with random changes, and all that reads it", arguments: 0..<4)
  func mutatedParts(seed: Int) throws {
    var random = Seeded(state: UInt64(seed))
    let original = try Self.seed("parts")
    var ran = 0
    for _ in 0..<40 {
      var octets = original
      Self.mutate(&octets, &random)
      let text = PolicyText(octets)
      #expect(text.faults == [], "\(String(decoding: octets, as: UTF8.self))")
      ran += text.cases
    }
    #expect(ran > 0)
  }

  private static func mutate(_ octets: inout [UInt8], _ random: inout Seeded) {
    guard !octets.isEmpty else { return }
    let place = Int.random(in: 0..<octets.count, using: &random)
    let end = min(octets.count, place + Int.random(in: 1...12, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: octets[place] = UInt8.random(in: 0...255, using: &random)
    case 1:
      octets[place] = Array("[]{}:,-?&*!|>'\"#% \n\t0".utf8).randomElement(using: &random) ?? 0
    case 2: octets.removeSubrange(place..<end)
    case 3: octets.insert(contentsOf: octets[place..<end], at: 0)
    case 4:
      let from = Int.random(in: 0..<octets.count, using: &random)
      let part = octets[from..<min(octets.count, from + 40)]
      octets.insert(contentsOf: part, at: place)
    default: octets.swapAt(place, Int.random(in: 0..<octets.count, using: &random))
    }
  }
}
