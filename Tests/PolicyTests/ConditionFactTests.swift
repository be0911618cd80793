import Policy
import Testing

@Suite("What explain says of the conditions of routes")
struct ConditionFactTests {
  private static let head = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "10.0.0.1:5060" }
    peers:
      - { name: left, sources: [10.1.0.0/16] }
      - { name: right, targets: ["udp:10.2.0.1:5060"] }
    routes:

    """

  /// Puts a request at 12:00 on a Monday to one route.
  private func explain(
    _ condition: String, _ request: String = "INVITE sip:+4930@x.example", _ headers: [String] = [],
    more: String = ""
  ) throws -> Explanation {
    let route = "  - { name: r, to: right\(condition.isEmpty ? "" : ", ")\(condition) }\n"
    let snapshot = try Snapshot.load(text: Self.head + route + more, name: "p", cores: 1)
    return try Explanation.of(
      nil, short: (request, headers), from: "10.1.0.9", to: "u4", at: "2024-01-01T12:00:00Z",
      under: snapshot)
  }

  /// A condition, what it asks for, what the message has, and the headers of the message.
  typealias Line = (condition: String, wanted: String, found: String, headers: [String])

  private static let from = "From `<sip:caller@10.1.0.9>;tag=caller-1`"

  static let failing: [Line] = [
    ("method: OPTIONS", "OPTIONS", "INVITE", []),
    ("scheme: [tel, sips]", "`sips` or `tel`", "`sip`", []),
    ("from: right", "`right`", "`left`", []),
    ("domain: [a.example, b.example]", "`a.example` or `b.example`", "`x.example`", []),
    ("user-prefix: \"+44\"", "users that begin with `+44`", "`+4930`", []),
    ("user-pattern: [\"+1XX\", \"+2.\"]", "users like `+1XX` or `+2.`", "`+4930`", []),
    (
      "time: { days: [sat, sun], between: \"08:00-18:00\", zone: \"+01:00\" }",
      "sat, sun 08:00-18:00 (+01:00)", "mon 2024-01-01T12:00:00Z", []
    ),
    (
      "time: { between: \"08:00-09:00\" }", "every day 08:00-09:00 (UTC)",
      "mon 2024-01-01T12:00:00Z", []
    ),
    ("caller: { domain: other.example }", "a From with the domain `other.example`", from, []),
    (
      "caller: { user-prefix: \"+31\", user-pattern: \"+3X.\" }",
      "a From with a user that begins with `+31` and with a user like `+3X.`", from, []
    ),
    (
      "callee: { domain: other.example }", "a To with the domain `other.example`",
      "To `<sip:+4930@x.example>`", []
    ),
    ("header: { name: Subject, is: present }", "a Subject", "without Subject", []),
    ("header: { name: Subject, is: absent }", "no Subject", "Subject `hello`", ["s: hello"]),
    (
      "header: { name: Subject, equals: [x, y] }", "a Subject that is `x` or `y`",
      "Subject `hello`", ["Subject: hello"]
    ),
    (
      "header: { name: X-Trunk, contains: blue }", "a X-Trunk with `blue` in it",
      "X-Trunk `red` and `green`", ["X-Trunk: red", "x-trunk: green"]
    ),
    (
      "header: { name: X-Trunk, contains: green, value: first }",
      "a first X-Trunk with `green` in it", "X-Trunk `red` and `green`",
      ["X-Trunk: red", "x-trunk: green"]
    ),
  ]

  @Test("of a route that is passed over: what it wanted, and what the message had")
  func passedOver() throws {
    for line in Self.failing {
      let told = try explain(line.condition, headers: line.headers)
      let over = try #require(told.steps.last?.passedOver?.first, "\(line.condition)")
      let key = String(line.condition.prefix { $0 != ":" })
      let fact = "it is for \(line.wanted); this is \(line.found)"
      #expect(over.condition == key && over.fact == fact, "\(over)")
      let condition = try #require(over.conditions.first)
      #expect(condition.condition == key && !condition.holds)
      #expect(condition.wanted == line.wanted && condition.found == line.found)
      #expect(told.text.contains("not r (p:8:13), by \(key):\n"))
      #expect(told.text.contains("  \(fact)\n"))
    }
    let keys = Set(Self.failing.map { $0.condition.prefix { $0 != ":" } })
    #expect(keys.count == 10, "every condition that a route can have")
  }

  private func explain(_ condition: String, headers: [String]) throws -> Explanation {
    try explain(condition, "INVITE sip:+4930@x.example", headers)
  }

  static let holding: [Line] = [
    ("method: [INVITE]", "INVITE, ACK, CANCEL", "INVITE", []),
    ("from: left", "`left`", "`left`", []),
    ("user-pattern: \"+49XX\"", "users like `+49XX`", "`+4930`", []),
    ("time: { days: mon-fri }", "mon-fri (UTC)", "mon 2024-01-01T12:00:00Z", []),
    ("caller: { domain: 10.1.0.9 }", "a From with the domain `10.1.0.9`", from, []),
    (
      "callee: { user-pattern: \"+49!\" }", "a To with a user like `+49!`",
      "To `<sip:+4930@x.example>`", []
    ),
    ("header: { name: Subject, is: absent }", "no Subject", "without Subject", []),
    (
      "header: { name: Subject, contains: ell }", "a Subject with `ell` in it", "Subject `hello`",
      ["Subject: hello"]
    ),
  ]

  @Test("of the route that takes it: what it wanted, and what the message had")
  func taken() throws {
    for line in Self.holding {
      let told = try explain(line.condition, headers: line.headers)
      #expect(told.route == "r")
      let step = try #require(told.steps.first { $0.stage == "routing" })
      let condition = try #require(step.conditions?.first, "\(line.condition)")
      #expect(condition.holds && condition.wanted == line.wanted, "\(condition)")
      #expect(condition.found == line.found)
      let key = line.condition.prefix { $0 != ":" }
      #expect(told.text.contains("\(key): it is for \(line.wanted); this is \(line.found)\n"))
      #expect(told.json.contains("\"wanted\" : "))
    }
    let none = try explain("")
    #expect(none.steps.first { $0.stage == "routing" }?.conditions == nil)
  }

  @Test("all conditions of a route are told, those behind the one that decided too")
  func others() throws {
    let told = try explain(
      "domain: x.example, user-pattern: \"+1.\", header: [{ name: Subject, is: absent },"
        + " { name: Date, is: present }]")
    let over = try #require(told.steps.last?.passedOver?.first)
    let found = over.conditions.map { "\($0.condition) \($0.holds)" }
    #expect(found == ["domain true", "user-pattern false", "header true", "header false"])
    #expect(over.condition == "user-pattern")
    #expect(
      told.text.contains("domain holds: it is for `x.example`; this is `x.example`\n"))
    #expect(told.text.contains("header fails too: it is for a Date; this is without Date\n"))
  }

  @Test("of a route that only observes, too, and of many routes that they are many")
  func observedAndMany() throws {
    let many = (0..<30).map { "  - { name: n\($0), user-prefix: \"+1\($0)\", to: right }" }
    let told = try explain(
      "user-prefix: \"+49\", mode: observe", more: many.joined(separator: "\n"))
    let step = try #require(told.steps.last)
    #expect(step.observed?.first?.conditions?.map(\.found) == ["`+4930`"])
    #expect(step.passedOver?.count == 19 && step.passedOverBesides == 11)
    #expect(told.text.contains("and 11 more routes that do not take it, or only observe"))
    #expect(told.text.contains("user-prefix: it is for users that begin with `+49`; this is"))
  }
}
