import Policy
import Testing

@Suite("Routes that are never reached")
struct ShadowedRouteTests {
  private static let peers = """
    peers:
      - { name: a, sources: [10.0.0.1] }
      - { name: b, sources: [10.0.0.2], methods: [INVITE, BYE, OPTIONS] }
      - { name: c, targets: ["10.0.0.3"] }
    routes:

    """

  /// The conditions of routes, of which the last may be shadowed, and by which others it is.
  struct Case: Sendable, CustomTestStringConvertible {
    var routes: [String]
    var takers: [Int]

    init(_ routes: String..., by takers: [Int]) {
      self.routes = routes
      self.takers = takers
    }

    var testDescription: String { "\(routes) by \(takers)" }
  }

  static let cases: [Case] = [
    // Alone.
    Case("", "", by: [0]),
    Case("from: a", "", by: []),
    Case("", "from: a", by: [0]),
    Case("from: [b, a]", "from: a, method: INVITE", by: [0]),
    Case("method: [INVITE, BYE]", "method: [BYE, OPTIONS]", by: []),
    Case("method: INVITE", "method: [INVITE, CANCEL, ACK]", by: [0]),
    Case("scheme: sip", "scheme: [sip, tel]", by: []),
    Case("scheme: sip", "scheme: [sip, sips]", by: [0]),
    Case("domain: [x.example, y.example]", "domain: Y.example", by: [0]),
    Case("domain: x.example", "domain: [x.example, y.example]", by: []),
    Case("domain: x.example", "", by: []),
    Case(#"user-prefix: "+4""#, #"user-prefix: ["+44", "+49"]"#, by: [0]),
    Case(#"user-prefix: "+44""#, #"user-prefix: ["+44", "+49"]"#, by: []),
    Case(#"user-prefix: "+49""#, #"user-prefix: "+4""#, by: []),
    Case(#"user-prefix: "+4""#, "", by: []),
    // Between them.
    Case("from: a", "from: b", "", by: [0, 1]),
    Case("from: a", "from: c", "", by: []),
    Case("from: a", #"from: b, user-prefix: "+""#, "", by: []),
    Case("from: a", #"from: b, user-prefix: "+""#, #"user-prefix: "+1""#, by: [0, 1]),
    Case("method: INVITE", "method: [BYE, OPTIONS]", "from: b", by: [0, 1]),
    Case("method: INVITE", "method: [BYE, OPTIONS]", "from: a", by: []),
    Case("from: a", "method: [INVITE, BYE, OPTIONS]", "", by: [0, 1]),
    // A tel: URI has no domain, so none is left over.
    Case("domain: x.example", "domain: y.example", "domain: [y.example, x.example]", by: [0, 1]),
    Case("scheme: sip", "domain: x.example", by: [0]),
    Case("scheme: sip", "scheme: tel", #"user-prefix: "1""#, by: [0, 1]),
    Case("scheme: sip", "scheme: tel, domain: x.example", #"user-prefix: "1""#, by: []),
    // What only observes takes nothing, and a peer that is only observed may send all.
    Case("mode: observe", "", by: []),
    Case("", "mode: observe", by: [0]),
    // What else is asked for counts where the earlier ask for as much or less.
    Case(#"caller: { domain: x.example }"#, "", by: []),
    Case("", #"caller: { domain: x.example }"#, by: [0]),
    Case(
      #"caller: { domain: x.example }"#, #"from: a, caller: { domain: x.example }"#, by: [0]),
    Case(
      #"from: a, time: { days: mon }"#, #"from: b, time: { days: mon }"#, #"time: { days: mon }"#,
      by: [0, 1]),
    Case(#"from: a, time: { days: mon }"#, "from: b", #"time: { days: mon }"#, by: [0, 1]),
    Case(#"from: a, time: { days: mon }"#, "from: b", "", by: []),
    Case(
      #"header: { name: X-A, is: present }"#,
      #"header: [{ name: X-B, is: absent }, { name: X-A, is: present }]"#, by: [0]),
    Case(#"user-prefix: "+49""#, #"user-pattern: "+491X.""#, by: [0]),
    Case(#"user-prefix: "+49""#, #"user-pattern: ["+491X.", "+50"]"#, by: []),
    Case(#"user-prefix: "+491""#, #"user-pattern: "+49X.""#, by: []),
    Case(#"user-pattern: "+49X.""#, #"user-pattern: "+491X.""#, by: [0]),
    Case(#"user-pattern: "+49X.""#, #"user-prefix: "+491""#, by: []),
    Case(#"user-prefix: "*4""#, #"user-pattern: "*4X.""#, by: []),
    // Longer numbers never make up a shorter one: it can be dialled itself.
    Case(
      #"user-prefix: ["+490", "+491", "+492", "+493", "+494"]"#,
      #"user-prefix: ["+495", "+496", "+497", "+498", "+499"]"#, #"user-prefix: "+49""#, by: []),
    Case(
      #"from: a, user-prefix: "+49""#, #"domain: x.example, user-prefix: "+4""#,
      #"from: a, user-prefix: "+493", domain: z.example"#, by: [0]),
    Case(
      #"from: a, method: INVITE, user-prefix: "+49""#,
      #"domain: x.example, user-prefix: "+4", method: OPTIONS"#,
      #"from: a, user-prefix: "+493", domain: x.example, method: [INVITE, OPTIONS]"#, by: [0, 1]),
  ]

  @Test("by all that stand before them", arguments: cases)
  func shadowed(test: Case) {
    let lines = test.routes.enumerated().map { place, conditions in
      "  - { name: r\(place), \(conditions.isEmpty ? "" : conditions + ", ")to: c }\n"
    }
    let found = Look.at(Self.peers + lines.joined(), by: "shadowed-route")
    let last = test.routes.count - 1
    let named = test.takers.map { "`r\($0)` (p:\(11 + $0):13)" }.joined(separator: ", ")
    let verb = test.takers.count == 1 ? "takes" : "together take"
    let wanted =
      "warning: route `r\(last)` is never reached: \(named) \(verb) all that it would take"
    #expect(found == (test.takers.isEmpty ? [] : [wanted]))
  }

  /// The proof, held against what a search through all requests says.
  @Test("in random policies, exactly those that no request reaches", arguments: 0..<60)
  func random(seed: Int) throws {
    var random = Seeded(state: UInt64(seed))
    let routes = (0..<8).map { _ in Sketch(&random) }
    let lines = routes.enumerated().map { "  - { name: r\($0), \($1.text)to: c }\n" }
    let found = Look.at(Self.peers + lines.joined(), by: "shadowed-route")
    let names = found.map { $0.split(separator: "`")[1] }
    let reached = Set(
      Sketch.requests.compactMap { request in
        routes.firstIndex { $0.takes(request) }
      })
    let dead = Set(
      routes.indices.filter { place in
        !Sketch.requests.contains { routes[place].takes($0) }
      })
    let unreached = routes.indices.filter { !reached.contains($0) && !dead.contains($0) }
    #expect(names.map(String.init) == unreached.map { "r\($0)" }, "\(lines.joined())")
  }

  /// 30,000 routes are looked at in a time that does not grow with their square.
  @Test("many")
  func many() {
    let lines = (0..<30_000).map {
      "  - { name: r\($0), user-prefix: \"+\(1_000_000 + $0 * 7)\", to: c }\n"
    }
    let again = "  - { name: again, user-prefix: \"+10000071\", to: c }\n"
    let start = ContinuousClock.now
    let found = Look.at(Self.peers + lines.joined() + again, by: "shadowed-route")
    #expect(found.count == 1 && found[0].contains("`again`") && found[0].contains("`r1`"))
    #expect(ContinuousClock.now - start < .seconds(60))
  }
}

/// The conditions of a route, small enough that all requests can be tried.
struct Sketch {
  struct Request {
    var caller: String, method: String, scheme: String, domain: String, user: String
  }

  var callers: [String]
  var methods: [String]
  var schemes: [String]
  var domains: [String]
  var users: [String]

  init(_ random: inout Seeded) {
    func some(_ all: [String], _ random: inout Seeded) -> [String] {
      Bool.random(using: &random) ? [] : all.filter { _ in Bool.random(using: &random) }
    }
    callers = some(["a", "b"], &random)
    methods = some(["INVITE", "OPTIONS", "MESSAGE"], &random)
    schemes = some(["sip", "tel"], &random)
    domains = some(["x", "y"], &random)
    users = some(["1", "12", "2"], &random)
  }

  var text: String {
    [
      ("from", callers), ("method", methods), ("scheme", schemes), ("domain", domains),
      ("user-prefix", users),
    ].filter { !$0.1.isEmpty }.map { name, values in
      "\(name): [\(values.map { "\"\($0)\"" }.joined(separator: ", "))], "
    }.joined()
  }

  /// One of each kind that these conditions tell apart; caller `b` may send no MESSAGE.
  static let requests: [Request] = {
    var all: [Request] = []
    for caller in ["a", "b"] {
      for method in ["INVITE", "OPTIONS", "MESSAGE", "BYE", "INFO"]
      where caller == "a" || !["MESSAGE", "INFO"].contains(method) {
        for user in ["1", "12", "2", "13", "123", "21", "0", ""] {
          for domain in ["x", "y", "z"] {
            all.append(
              Request(caller: caller, method: method, scheme: "sip", domain: domain, user: user))
          }
          guard !user.isEmpty else { continue }
          all.append(
            Request(caller: caller, method: method, scheme: "tel", domain: "", user: user))
        }
      }
    }
    return all
  }()

  func takes(_ request: Request) -> Bool {
    func has(_ list: [String], _ value: String) -> Bool { list.isEmpty || list.contains(value) }
    return has(callers, request.caller) && has(methods, request.method)
      && has(schemes, request.scheme) && has(domains, request.domain)
      && (users.isEmpty || users.contains { request.user.hasPrefix($0) })
  }
}
