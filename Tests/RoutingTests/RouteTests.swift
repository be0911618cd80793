import Admission
import Basics
import Routing
import SIP
import Testing

@Suite("Routes: the first whose conditions hold")
struct RouteTests {
  private static let endpoint = Endpoint(Address(ipv4: 0x0a00_0002), port: 5060)
  private static let choice = ListenerChoice(udp: 0, tcp: 1)

  static let target = Target(
    peer: PeerID(raw: 1), transport: nil, endpoint: endpoint, listeners: choice)

  private static func rules() -> Rules {
    var rules = Rules()
    rules.targets = [target]
    func add(_ name: String, _ fill: (inout Rules.Route) -> Void) {
      var route = Rules.Route(name: name, targets: 0..<1)
      fill(&route)
      rules.routes.append(route)
    }
    add("tel") { $0.schemes = SchemeSet([.tel]) }
    add("emergency") { $0.userPrefixes = [Array("112".utf8), Array("110".utf8)] }
    add("german") {
      $0.domains = [Array("example.com".utf8), Array("192.0.2.7".utf8)]
      $0.userPrefixes = [Array("+49".utf8)]
    }
    add("peer 2") { $0.from = [PeerID(raw: 2), PeerID(raw: 3)] }
    add("options") { $0.methods = MethodSet([.options]) }
    add("domain") { $0.domains = [Array("example.org".utf8), Array("2001:db8::1".utf8)] }
    return rules
  }

  @Test(
    "conditions",
    arguments: [
      (Question("tel:+49301234"), "tel"), (Question("tel:112;phone-context=+49"), "tel"),
      (Question("sip:112@nowhere"), "emergency"), (Question("sip:1109@nowhere"), "emergency"),
      (Question("sip:11@nowhere"), "404"), (Question("sip:+4930@EXAMPLE.com:5080"), "german"),
      (Question("sip:+4930@192.0.2.7"), "german"), (Question("sip:+4830@example.com"), "404"),
      (Question("sip:%2B4930@example.com"), "german"),
      (Question("sip:+4%2D9(30)@example.com"), "german"),
      (Question("sip:+4%2B9@example.com"), "404"), (Question("sip:1-1.2@nowhere"), "emergency"),
      (Question("sip:-@nowhere"), "404"), (Question("sip:example.com"), "404"),
      (Question("sip:+4930@example.co"), "404"),
      (Question("sip:a@b", from: 2), "peer 2"), (Question("sip:a@b", from: 3), "peer 2"),
      (Question("sip:a@b", from: 4), "404"), (Question("sip:a@b", method: "OPTIONS"), "options"),
      (Question("sip:a@b", method: "WINK"), "404"),
      (Question("sips:a@Example.ORG"), "domain"), (Question("sip:[2001:db8::1]"), "domain"),
      // Order decides: this request would also match `options`.
      (Question("sip:a@example.org", method: "OPTIONS"), "options"),
    ])
  func conditions(question: Question, name: String) throws {
    #expect(try Stage(Self.rules()).name(question) == name, "\(question)")
  }

  @Test("what no route takes gets 404, or 403 where the policy says so")
  func noRoute() throws {
    var rules = Self.rules()
    rules.noRoute = .forbidden
    #expect(try Stage(rules).name(Question("sip:a@b")) == "403")
    #expect(try Stage(Rules()).name(Question("sip:a@b")) == "404")
  }

  @Test("a route without targets gets 480")
  func noTargets() throws {
    var rules = Rules()
    rules.routes = [Rules.Route(name: "empty", targets: 0..<0)]
    #expect(try Stage(rules).name(Question("sip:a@b")) == "480")
  }

  @Test("which routes a route covers")
  func covers() {
    let routes = Self.rules().routes
    let all = Rules.Route(name: "all", targets: 0..<1)
    var long = routes[1]
    long.userPrefixes = [Array("1127".utf8)]
    for route in routes { #expect(all.covers(route) && !route.covers(all), "\(route.name)") }
    #expect(routes[1].covers(long) && !long.covers(routes[1]))
    #expect(!routes[1].covers(routes[2]) && !routes[0].covers(routes[1]))
  }

  private func takes(
    _ from: String?, to: String?, wall: Int64 = 0, _ fill: (inout Rules.Route) -> Void
  ) throws -> Bool {
    var rules = Rules()
    rules.targets = [Self.target]
    rules.routes = [Rules.Route(name: "yes", targets: 0..<1)]
    fill(&rules.routes[0])
    var question = Question("sip:a@b")
    question.wall = wall
    if let from { question.headers.append("From: \(from)") }
    if let to { question.headers.append("t: \(to)") }
    return try Stage(rules).name(question) == "yes"
  }

  @Test(
    "From and To, by their URIs",
    arguments: [
      ("<sip:+4930@Example.com>;tag=x", true), (#""x" <sip:+49-30@example.com:5070;a=b>"#, true),
      ("sip:+4930@example.com;tag=x", true), ("<sip:+4830@example.com>", false),
      ("<sip:+4930@example.org>", false), ("<sip:example.com>", false), ("<tel:+4930>", false),
      ("<<>", false), ("", false), (nil, false),
    ] as [(String?, Bool)])
  func parties(header: String?, isTaken: Bool) throws {
    var party = Party()
    party.domains = [Array("example.com".utf8)]
    party.userPrefixes = [Array("+49".utf8)]
    let other = "<sip:other@elsewhere.example>"
    #expect(try takes(header, to: other) { $0.caller = party } == isTaken)
    #expect(try takes(other, to: header) { $0.callee = party } == isTaken)
    #expect(try takes(header, to: nil) { _ in })
  }

  @Test("the number of a tel URI is a user without a domain")
  func telephoneURI() throws {
    var party = Party()
    party.userPrefixes = [Array("+49".utf8)]
    #expect(try takes("<tel:+49-30>", to: nil) { $0.caller = party })
  }

  @Test("prefix and pattern must both hold; of patterns, one")
  func patterns() throws {
    var one = UserPattern.Characters()
    one.insert(0x61)
    let patterns = [UserPattern([one, one]), UserPattern([one])]
    #expect(try takes(nil, to: nil) { $0.requestURI.userPatterns = patterns })
    #expect(try !takes(nil, to: nil) { $0.requestURI.userPatterns = [patterns[0]] })
    #expect(
      try !takes(nil, to: nil) {
        $0.requestURI.userPatterns = patterns
        $0.userPrefixes = [[0x62]]
      })
  }

  @Test("a route is open at its hours only, one of which is enough")
  func hours() throws {
    var thursday = Hours()
    thursday.days = 0b1000
    var monday = Hours()
    monday.days = 1
    #expect(try takes(nil, to: nil) { $0.hours = [monday, thursday] })
    #expect(try !takes(nil, to: nil) { $0.hours = [monday] })
    #expect(try takes(nil, to: nil, wall: 4 * 86_400_000_000_000) { $0.hours = [monday] })
  }

  @Test("a route that only observes is told of, and the search goes on")
  func observed() throws {
    var rules = Self.rules()
    for place in rules.routes.indices { rules.routes[place].mode = .observe }
    rules.routes[4].mode = .enforce
    var observed = Observations()
    let question = Question("sip:112@example.org", method: "OPTIONS", from: 2)
    let answer = try question.route(Stage(rules), &observed)
    guard case .search(let search) = answer else { return #expect(answer == .asked) }
    #expect(search.route == 4)
    #expect(observed.count == 2)
    #expect([observed[0], observed[1]] == [.route(1), .route(3)])
    rules.routes[4].mode = .observe
    #expect(try question.route(Stage(rules), &observed) == .refused(404))
    #expect(observed.count == 4 && observed[3] == .route(5))
    rules.routes += rules.routes
    #expect(try question.route(Stage(rules), &observed) == .refused(404))
    #expect(observed.count == 8 && observed[3] == .route(5))
    #expect(!rules.routes[1].covers(rules.routes[1]))
  }

  @Test("a route with more conditions covers only what has them as well")
  func coversConditions() {
    let all = Rules.Route(name: "all", targets: 0..<1)
    var party = Party()
    party.domains = [Array("a.example".utf8)]
    var thursday = Hours()
    thursday.days = 0b1000
    let subject = HeaderCondition(Array("Subject".utf8), .present)
    let changes: [(inout Rules.Route) -> Void] = [
      { $0.caller = party }, { $0.callee = party }, { $0.hours = [thursday] },
      { $0.headers = [subject] }, { $0.requestURI.userPatterns = [UserPattern([], rest: .any)] },
    ]
    for change in changes {
      var one = all
      change(&one)
      #expect(all.covers(one) && !one.covers(all) && one.covers(one))
    }
  }
}
