import Basics
import Border
import Policy
import Routing
import Testing

@Suite("Tables of routes")
struct TableTests {
  private static let peers = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
    peers:
      - { name: left, sources: [10.0.0.1], targets: ["10.0.0.1"] }
      - { name: right, sources: [10.0.0.2], targets: ["10.0.0.2", "10.0.0.3"], timeout: 7s }
      - { name: silent, sources: [10.0.0.4] }

    """

  private static func policy(_ routes: String) -> String { peers + "routes:\n" + routes }

  private static let plain = policy("  - { name: numbers, table: t.csv }\n")

  private func load(_ policy: String, _ table: String?) throws(Rejection) -> Snapshot {
    var files = ["etc/p": policy]
    files["etc/t.csv"] = table
    return try Snapshot.load(path: "etc/p", from: .memory(files), cores: 2)
  }

  private func findings(_ table: String?, policy: String = plain) -> [String] {
    do throws(Rejection) {
      return try load(policy, table).warnings.map(\.description)
    } catch {
      return error.findings.map(\.description)
    }
  }

  @Test("a table without rows is a route that takes nothing, and that is told")
  func empty() {
    let told = "etc/p:9:29: warning: `t.csv` has no rows: route `numbers` takes nothing"
    #expect(findings("prefix,to\n").contains(told), "\(findings("prefix,to\n"))")
    #expect(!findings("prefix,to\n+49,left\n").contains(told))
  }

  @Test("rows stand in the place of their route, those with the longest prefix first")
  func order() throws {
    let policy = Self.policy(
      """
        - { name: first, user-prefix: "11", to: left }
        - name: numbers
          from: left
          domain: example.com
          failover: [500]
          table: t.csv
        - { name: last, to: left }
      """)
    let snapshot = try load(
      policy, "prefix,to\n+4,left\n+49,right\n+48,left|right\n+4915,left\n+47,left|right\n")
    let rules = snapshot.configuration.routing
    #expect(
      rules.routes.map { $0.userPrefixes.map { String(decoding: $0, as: UTF8.self) } } == [
        ["11"], ["+4915"], ["+49"], ["+48"], ["+47"], ["+4"], [],
      ])
    for route in rules.routes.dropFirst().dropLast() {
      #expect(route.name == "numbers" && route.failover == [500] && route.from.count == 1)
      #expect(route.domains == [Array("example.com".utf8)])
    }
    let ports = rules.routes.map {
      rules.targets[$0.targets].map { $0.endpoint.address.ipv4 & 0xff }
    }
    #expect(ports == [[1], [1], [2, 3], [1, 2, 3], [1, 2, 3], [1], [1]])
    #expect(rules.targets[rules.routes[2].targets].allSatisfy { $0.timeout == .seconds(7) })
    // What leads to the same place shares its targets.
    #expect(rules.routes[3].targets == rules.routes[4].targets)
    let places = snapshot.places.routes.map(snapshot.places.text)
    #expect(places[1] == "etc/t.csv:5:1" && places[5] == "etc/t.csv:2:1")
    #expect(places[6] == "etc/p:15:13")
  }

  @Test("white space, quotation marks, comments, empty lines, ends of lines, order of columns")
  func writing() throws {
    let table =
      "\u{feff}# a comment with Ä, and \"\r\n\r\n  name , to,prefix\r\n"
      + "\t germany , left | right ,\"+49\" \r\n,\"right\", +1\n\n # the end\nx,left,2"
    // Blanks within a list of peers are part of the names, and no name has such.
    #expect(
      findings(table) == [
        "etc/t.csv:4:13: error: `to`: `left ` is not a name: 1 to 64 letters, digits, `-`, `_` and"
          + " `.`",
        "etc/t.csv:4:19: error: `to`: ` right` is not a name: 1 to 64 letters, digits, `-`, `_` and"
          + " `.`",
      ])
    let routes = try load(Self.plain, table.replacingBlanks).configuration.routing.routes
    #expect(routes.map(\.name) == ["numbers.germany", "numbers", "numbers.x"])
    #expect(routes.map { $0.userPrefixes[0].count } == [3, 2, 1])
  }

  @Test(
    "what is wrong with a table is told with its place",
    arguments: [
      (
        "",
        "etc/t.csv: error: the table is empty; it begins with the line `prefix,to` or"
          + " `prefix,to,name`"
      ),
      (
        "# nothing\n\n",
        "etc/t.csv: error: the table is empty; it begins with the line `prefix,to`"
          + " or `prefix,to,name`"
      ),
      ("+49,to\n", "etc/t.csv:1:1: error: `+49` is not a column of a table (prefix, to, name)"),
      (
        "prefix,too\n",
        "etc/t.csv:1:8: error: `too` is not a column of a table (prefix, to, name);"
          + " did you mean `to`?"
      ),
      ("prefix\n", "etc/t.csv:1:1: error: the first line of a table names the column `to`"),
      ("prefix,to, to\n", "etc/t.csv:1:12: error: the column `to` stands twice"),
      (
        "prefix,to\n+49\n",
        "etc/t.csv:2:1: error: this line has 1 values, and the first line of the"
          + " table 2"
      ),
      (
        "prefix,to\n\n  +49,left,x\n",
        "etc/t.csv:3:3: error: this line has 3 values, and the first"
          + " line of the table 2"
      ),
      (
        "prefix,to\n+49,left\n+1,right\n+49,right\n",
        "etc/t.csv:4:1: error: `+49` stands already in"
          + " line 2"
      ),
      (
        "prefix,to\n+49,lefd\n",
        "etc/t.csv:2:5: error: there is no peer `lefd`; did you mean"
          + " `left`?"
      ),
      (
        "prefix,to\n+49,left|lefd\n",
        "etc/t.csv:2:10: error: there is no peer `lefd`; did you mean"
          + " `left`?"
      ),
      (
        "prefix,to\n+49,silent\n+48,silent\n",
        "etc/t.csv:2:5: error: peer `silent` has no targets to"
          + " route to"
      ),
      (
        "prefix,to\n+49,\n",
        "etc/t.csv:2:5: error: `to`: `` is not a name: 1 to 64 letters, digits,"
          + " `-`, `_` and `.`"
      ),
      (
        "prefix,to\n,left\n",
        "etc/t.csv:2:1: error: `prefix`: `` is not the beginning of a user part,"
          + " such as `+4930`"
      ),
      (
        "prefix,to\n+4 9,left\n",
        "etc/t.csv:2:1: error: `prefix`: `+4 9` is not the beginning of a"
          + " user part, such as `+4930`"
      ),
      (
        "prefix,to\n+49-30,left\n",
        "etc/t.csv:2:1: error: `prefix`: `+49-30` has separators; numbers are compared without"
          + " them, so write `+4930`"
      ),
      (
        "prefix,to,name\n+49,left,a b\n",
        "etc/t.csv:2:10: error: `name`: `a b` is not a name: 1 to"
          + " 64 letters, digits, `-`, `_` and `.`"
      ),
      (
        "prefix,to\n\"+49,left\n",
        "etc/t.csv:2:1: error: a quotation mark stands at both ends of a"
          + " value or nowhere in it"
      ),
      (
        "prefix,to\n+49,le\"ft\"\n",
        "etc/t.csv:2:5: error: a quotation mark stands at both ends of a"
          + " value or nowhere in it"
      ),
      (
        "prefix,to\n+49,left\0\n",
        "etc/t.csv:2:9: error: this is a binary file, not the text of a"
          + " policy"
      ),
    ])
  func wrong(table: String, finding: String) {
    #expect(findings(table) == [finding])
  }

  @Test("all that is wrong is told, in the order of the table")
  func all() {
    let found = findings("prefix,to\n+4x y,left\n+49\n+48,nobody\n")
    #expect(found.count == 3)
    #expect(found.map { $0.split(separator: ":")[1] } == ["2", "3", "4"])
  }

  @Test("what a route with a table cannot have, and a table that is not there")
  func routes() {
    let table = "prefix,to\n+49,left\n"
    #expect(
      findings(nil) == ["etc/p:9:29: error: `t.csv`: there is no such file"])
    #expect(
      findings(table, policy: Self.policy("  - { name: n, table: t.csv, to: left }\n")) == [
        "etc/p:9:5: error: a route has only one of `to`, `table`, not `to`, `table`"
      ])
    #expect(
      findings(table, policy: Self.policy("  - { name: n, table: t.csv, user-prefix: '1' }\n")) == [
        "etc/p:9:43: error: a route with a `table` has its user prefixes there"
      ])
  }

  @Test("no octets are too odd for a table: each is loaded, or has findings with places in it")
  func mutations() {
    var chance = Seeded(state: 7)
    let right = Array("# x\r\nprefix,to,name\n+49,left|right,a\n \"+4\" ,left,\n\n+1,right,b".utf8)
    let octets = Array(",|\"#\n\r\t +a\u{fe}\u{0}é".utf8)
    var loaded = 0
    for _ in 0..<2_000 {
      var table = right
      for _ in 0..<1 + chance.next() % 4 {
        let place = Int(chance.next() % UInt64(table.count))
        switch chance.next() % 3 {
        case 0: table.remove(at: place)
        case 1: table.insert(octets[Int(chance.next() % UInt64(octets.count))], at: place)
        default: table[place] = octets[Int(chance.next() % UInt64(octets.count))]
        }
      }
      let found = findings(String(decoding: table, as: UTF8.self))
      let errors = found.filter { $0.contains("error: ") }
      if errors.isEmpty { loaded += 1 }
      #expect(errors.allSatisfy { $0.hasPrefix("etc/t.csv:") }, "\(errors)")
    }
    #expect((100..<1_900).contains(loaded))
  }

  @Test("tables have a limit of lines together")
  func limit() throws {
    let table = "prefix,to\n1,left" + String(repeating: "\n", count: Limits.tableLines / 2)
    let twice = Self.policy("  - { name: a, table: t.csv }\n  - { name: b, table: t.csv }\n")
    #expect(
      findings(table, policy: twice) == [
        "etc/p:10:23: error: the tables of a policy have at most 1000000 lines together"
      ])
  }

  @Test("a route behind a table is told of by its own name")
  func observed() throws {
    let policy = Self.policy(
      "  - { name: t, table: t.csv }\n  - { name: lab, mode: observe, to: left }\n")
    let remarks = try load(policy, "prefix,to\n+49,left\n+48,right\n").remarks
    #expect(remarks.contains { $0.message.hasPrefix("route `lab` only observes") })
  }

  @Test("a peer that only a table leads to is used, and what is in force for it is told")
  func used() throws {
    let policy = """
      version: 1
      listeners: [{ name: u4, transport: udp, address: "127.0.0.1:5060" }]
      peers:
        - { name: left, sources: [10.0.0.1] }
        - { name: right, targets: ["10.0.0.2"] }
      routes: [{ name: numbers, from: left, timeout: 9s, table: t.csv }]
      """
    let snapshot = try load(policy, "prefix,to\n+49,right\n")
    #expect(!snapshot.warnings.contains { $0.rule.name == "unused-peer" })
    let settings = snapshot.effective(peer: "right") ?? []
    #expect(settings.contains { $0.section == "routes.numbers" && $0.value == "9s" })
  }
}

extension String {
  /// Without blanks around `|`.
  fileprivate var replacingBlanks: String {
    split(separator: " | ", omittingEmptySubsequences: false).joined(separator: "|")
  }
}
