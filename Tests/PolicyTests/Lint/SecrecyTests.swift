import Testing

@testable import Policy

@Suite("Secrets in the lines that are shown")
struct SecrecyTests {
  private static func shown(_ lines: [String]) -> [String] {
    var secrecy = Secrecy()
    return lines.map { secrecy.redacted($0) }
  }

  @Test(
    "a secret is not shown",
    arguments: [
      ("  password: hunter2", "  password: ********"),
      ("  - { user: a, Shared-Secret: 'x', b: c }", "  - { user: a, Shared-Secret: ********"),
      (#"  "ha1" : abc"#, #"  "ha1" : ********"#),
      ("  password: \"#hunter2x\"", "  password: ********"),
      ("  password: '#hunter2x'", "  password: ********"),
      ("  password:#hunter2", "  password:********"),
      ("  - my_pasword: x", "  - my_pasword: ********"),
      ("  token: a, password: b", "  token: ********"),
      ("  secret: env:A, password: b", "  secret: env:A, password: ********"),
      ("  secret: # none\t", "  secret: # none\t"), ("İ password: b", "İ password: ********"),
      ("{ password: }", "{ password: }"), ("  password:", "  password:"),
    ])
  func line(line: String, shown: String) {
    #expect(Self.shown([line]) == [shown])
  }

  @Test(
    "keys that hold one",
    arguments: [
      "pass", "dbPass", "DB_PASS", "pwd", "user-pwd", "api_keys", "apiKeys", "API-KEY",
      "pin", "\"pin\"", "userPin", "user_pin", "PIN", "password2", "passcode", "credentials",
      "credential", "psk", "ha1", "secrets", "tokens", "passwrd", "pw", "sip_auth",
    ])
  func keys(key: String) {
    #expect(Self.shown(["  - \(key): hunter2"]) == ["  - \(key): ********"])
  }

  @Test("keys of the language hold none, and neither do words that end like one that does")
  func language() {
    let others = ["mapping", "spin", "keyboard", "passing", "name", "sources", "tokenizer"]
    for key in Set(Self.keys(of: .policy) + Self.keys(of: .suite) + others) {
      #expect(Self.shown(["\(key): x"]) == ["\(key): x"])
    }
  }

  private static func keys(of table: Table, depth: Int = 0) -> [String] {
    guard depth < 8 else { return [] }
    return table.keys.flatMap { [$0.name] + keys(of: $0.shape, depth: depth + 1) }
  }

  private static func keys(of shape: Shape?, depth: Int) -> [String] {
    switch shape {
    case .table(let table)?: keys(of: table, depth: depth)
    case .list(let item)?, .oneOrMore(let item)?: keys(of: item, depth: depth)
    default: []
    }
  }

  @Test(
    "one that is named may be seen",
    arguments: [
      "  password: file:/etc/x", #"  password: "env:SECRET""#, "  name: key", "  sources: x",
      "  key: 'file:a'",
    ])
  func named(line: String) {
    #expect(Self.shown([line]) == [line])
  }

  /// A bar stands where a line is struck out.
  @Test(
    "what stands below the key of a secret belongs to it",
    arguments: [
      ["a:", "  password:", "    |hunter2", "  name: b"],
      ["  psk: # old", "    - |hunter2", "    - |hunter3", "  name: b"],
      ["psk:", "- |hunter2", "- |hunter3", "name: b"],
      ["- psk:", "  - |hunter2", "  - |hunter3", "  name: b", "- name: c"],
      ["password: |a", "", "  |b", "  |c", "x: y"],
      ["password: ||", "  |# no comment", "    |'it's", "x: y"],
      ["password: |>-", "  |a", "x: y"],
      ["password:", "# a comment", "  |hunter2", "  # a comment", "  |hunter3", "x: y"],
      ["password: |[", "|a,", "|b", "]", "x: y"],
      ["password: |{ a: b,", "  |c: d }", "x: y"],
      ["password: |{ a: [", "|b], c", "|d: e }", "x: y"],
      [#"password: |"a"#, #"|b \" c"#, #"|# d"#, #"|e""#, "x: y"],
      ["password: |'it''s", "|b'", "x: y"],
      ["password: |it's {", "x: y"], ["password: |!!str", "|hunter2", "x: y"],
      ["password: |&a [", "|hunter2", "]", "x: y"],
      ["- { user: a, secret: |x,", "    methods: y }", "- z"],
      ["- { user: a, secret:", "|x,", "  methods: y }"],
      ["a: [{ secret: |[x", "|y], token: [", "|hunter2", "]}]", "x: y"],
      ["secrets:", "  |password: a", "  |other: hunter2", "x: y"],
      ["? password", "|: hunter2", "x: y"], ["secrets:", "  |a: b", "    - |c", "x: y"],
      ["password: file:/etc/x", "name: x"],
    ])
  func below(lines: [String]) {
    let struck = lines.map { Self.parted($0).map { $0.0 + Secrecy.stars } ?? $0 }
    #expect(Self.shown(lines.map { Self.parted($0).map { $0.0 + $0.1 } ?? $0 }) == struck)
  }

  /// A line before and behind its first bar.
  private static func parted(_ line: String) -> (String, String)? {
    guard let bar = line.firstIndex(of: "|") else { return nil }
    return (String(line[..<bar]), String(line[line.index(after: bar)...]))
  }

  @Test("a line is struck out by what stands above it in its file, however far")
  func file() {
    let lines = ["version: 1", "passwd:"] + (0..<40).map { "  - hunter\($0)" } + ["x: 1"]
    var source = SourceLines(.memory(["p": lines.joined(separator: "\n")]))
    let shown = (1...lines.count).map { source.line($0, of: "p") }
    #expect(shown[1] == "passwd:" && shown[42] == "x: 1" && shown.count == 43)
    #expect(shown[2...41].allSatisfy { $0 == "  - ********" })
    let beyond = source.line(44, of: "p")
    #expect(beyond == nil)
  }
}
