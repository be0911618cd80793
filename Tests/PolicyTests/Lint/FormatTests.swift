import Testing

@testable import Policy

@Suite("How findings are shown")
struct FormatTests {
  @Test(
    "a caret stands under the column",
    arguments: [
      ("abc", 1, "abc", "^"), ("abc", 3, "abc", "  ^"), ("abc", 4, "abc", "   ^"),
      ("abc", 99, "abc", "   ^"), ("", 1, "", "^"),
      ("\ta", 2, "    a", "    ^"), ("ab\tc", 4, "ab  c", "    ^"),
      ("日本: x", 5, "日本: x", "      ^"), ("e\u{301}: x", 5, "e\u{301}: x", "   ^"),
      ("a\u{202e}b", 3, "a\u{fffd}b", "  ^"), ("🏠 x", 3, "🏠 x", "   ^"),
    ])
  func caret(line: String, column: Int, shown: String, caret: String) {
    let excerpt = Excerpt(line, column: column)
    #expect(excerpt.line == shown)
    #expect(excerpt.caret == caret)
  }

  @Test("of a long line, the part around the caret", arguments: [1, 2, 500, 501, 999, 1000, 1001])
  func long(column: Int) {
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    let line = String((0..<1000).map { letters[$0 % 26] })
    let excerpt = Excerpt(line, column: column)
    #expect(excerpt.line.count <= 106)
    #expect(excerpt.line.hasPrefix("...") == (column > 40))
    #expect(excerpt.line.hasSuffix("...") == (column < 900))
    let place = excerpt.caret.count - 1
    let under = Array(excerpt.line).dropFirst(place).first
    #expect(under == Array(line).dropFirst(column - 1).first)
  }

  private static let files: Library = .memory([
    "good.yaml": """
    version: 1
    listeners: [{ name: a, transport: udp, address: "127.0.0.1:5060" }]
    peers:
      - { name: b, sources: [127.0.0.1] }
    """,
    "warned.yaml": """
    version: 1
    include: good.yaml
    peers: [{ name: idle }]
    """,
    "bad.yaml": "version: 1\nlisteners: []\npasword: hunter2\npassword: hunter2\n",
  ])

  @Test(
    "the worst policy decides the status",
    arguments: [
      (["good.yaml"], Int32(0), "good.yaml: nothing found"),
      (["warned.yaml"], 1, "warned.yaml: 1 warning"),
      (["bad.yaml"], 2, "bad.yaml: 3 errors"),
      (["good.yaml", "warned.yaml", "good.yaml"], 1, "3 policies: 1 warning"),
      (["warned.yaml", "bad.yaml", "warned.yaml"], 2, "3 policies: 3 errors, 1 warning"),
      (["none.yaml"], 2, "none.yaml: 1 error"),
    ])
  func status(paths: [String], status: Int32, summary: String) {
    let inspection = Inspection(of: paths, from: Self.files)
    #expect(inspection.status == status)
    #expect(inspection.summary == summary)
    #expect(inspection.text().hasSuffix(summary + "\n"))
  }

  @Test("text for people")
  func text() {
    #expect(
      Inspection(of: ["warned.yaml"], from: Self.files).text() == """
        warned.yaml:3:17: warning: peer `idle` is not used: it has no sources and no route leads \
        to it [unused-peer]
            peers: [{ name: idle }]
                            ^
            remedy: give it `sources`, name it in a route, or take it out

        warned.yaml: 1 warning

        """)
    let bad = Inspection(of: ["bad.yaml"], from: Self.files).text()
    #expect(bad.contains("password: ********") && !bad.contains("hunter2"))
    #expect(
      Inspection(of: ["none.yaml"], from: Self.files).text()
        .hasPrefix("none.yaml: error: there is no such file [unreadable]\n    remedy: "))
  }

  @Test("no rule crowds out the others")
  func crowd() throws {
    let peers = (0..<300).map { "  - { name: p\($0) }\n" }.joined()
    let text = Look.listeners + "element: { log: { personal: clear } }\npeers:\n" + peers
    let snapshot = try Snapshot.load(text: text, name: "p", cores: 1)
    let unused = snapshot.remarks.filter { $0.rule == .unusedPeer }
    #expect(unused.count == Limits.remarksOfRule + 1)
    #expect(unused.last?.message.hasPrefix("and so on: 200 of these findings") == true)
    #expect(snapshot.remarks.contains { $0.rule == .personalDataInLog })
  }
}
