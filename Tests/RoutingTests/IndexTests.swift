import Admission
import Basics
import Identity
import SIP
import Testing

@testable import Routing

@Suite("The index of the routes")
struct IndexTests {
  /// The routes that only observe and would be taken, and then the one that is taken.
  private struct Taken: Equatable {
    var observed: [Int] = []
    var route: Int?
  }

  /// What the index says, and what a look at each route in turn says.
  private static func answers(
    _ rules: Rules, _ stage: borrowing Stage, _ question: Question
  ) throws -> (index: Taken, linear: Taken) {
    var (index, linear) = (Taken(), Taken())
    var observed = Observations()
    let answer = try question.ask { vouched, message, uri in
      for place in rules.routes.indices where linear.route == nil {
        let route = rules.routes[place]
        guard route.matches(message, uri, from: vouched.peer, wall: question.wall) else { continue }
        if route.mode == .observe { linear.observed.append(place) } else { linear.route = place }
      }
      return stage.route(vouched, message, uri, wall: question.wall, &observed)
    }
    if case .search(let search) = answer { index.route = search.route.map(Int.init) }
    for place in 0..<min(observed.count, Observations.most) {
      if case .route(let route) = observed[place] { index.observed.append(Int(route)) }
    }
    #expect(observed.count == linear.observed.count)
    linear.observed = Array(linear.observed.prefix(Observations.most))
    return (index, linear)
  }

  @Test("finds the first route in order, for 2,000 sets of routes and their messages")
  func findsTheFirst() throws {
    var found = 0
    var later = 0
    var observed = 0
    for seed in 0..<2_000 {
      var chance = Draw(seed: UInt64(seed))
      let rules = chance.rules()
      let stage = Stage(rules)
      for _ in 0..<10 {
        let question = chance.question()
        let (index, linear) = try Self.answers(rules, stage, question)
        #expect(index == linear, "seed \(seed): \(question)")
        found += linear.route == nil ? 0 : 1
        later += (linear.route ?? 0) > 2 ? 1 : 0
        observed += linear.observed.count
      }
    }
    // Neither all alike nor all different.
    #expect((5_000..<19_000).contains(found) && later > 2_000 && observed > 2_000)
  }

  @Test("lists that are too long to be combined are still asked")
  func longLists() throws {
    var rules = Rules()
    rules.targets = [Draw.target]
    var long = Rules.Route(name: "long", targets: 0..<1)
    long.from = (1...40).map { PeerID(raw: $0) }
    long.domains = (0..<40).map { Array("d\($0)".utf8) }
    long.userPrefixes = (10..<50).map { Array("\($0)".utf8) }
    var wide = Rules.Route(name: "wide", targets: 0..<1)
    wide.userPrefixes = [Array(repeating: UInt8(ascii: "1"), count: 300)]
    rules.routes = [wide, long]
    let stage = Stage(rules)
    let long300 = String(repeating: "1", count: 300)
    let expected: [(Question, String)] = [
      (Question("sip:4-97@D39", from: 40), "long"), (Question("sip:497@d39", from: 41), "404"),
      (Question("sip:497@d40", from: 40), "404"), (Question("sip:597@d39", from: 40), "404"),
      (Question("sip:\(long300)@x"), "wide"), (Question("sip:\(long300.dropLast())@x"), "404"),
    ]
    for (question, name) in expected { #expect(try stage.name(question) == name, "\(question)") }
  }

  @Test("of routes with one combination only those are kept that can still take something")
  func coveredRoutes() {
    var rules = Rules()
    for place in 0..<1_000 {
      var route = Rules.Route(name: "\(place)", targets: 0..<0)
      route.userPrefixes = [Array("+49".utf8)]
      route.methods = MethodSet([Method.allCases[place % 7]])
      rules.routes.append(route)
    }
    #expect(RouteIndex(rules.routes, .enforce, seed: 1).longestRun <= 7)
  }

  @Test("patterns are found by their beginnings")
  func patterns() {
    var rules = Rules()
    for place in 0..<1_000 {
      let places = "+\(100 + place)5".utf8.map { octet in
        var characters = UserPattern.Characters()
        characters.insert(octet)
        return characters
      }
      var route = Rules.Route(name: "\(place)", targets: 0..<0)
      route.requestURI.userPatterns = [UserPattern(places, rest: .some)]
      rules.routes.append(route)
    }
    #expect(RouteIndex(rules.routes, .enforce, seed: 1).longestRun == 1)
  }

  @Test("a route is tried once, however many of its patterns begin alike")
  func patternsOfOne() {
    var places = "+49".utf8.map { octet in
      var characters = UserPattern.Characters()
      characters.insert(octet)
      return characters
    }
    var route = Rules.Route(name: "one", targets: 0..<0)
    for _ in 0..<50 {
      places.append(Draw.digit)
      route.requestURI.userPatterns.append(UserPattern(places))
    }
    route.domains = [Array("a.example".utf8), Array("a.example".utf8)]
    route.from = [PeerID(raw: 1), PeerID(raw: 1)]
    #expect(RouteIndex([route], .enforce, seed: 1).longestRun == 1)
  }

  @Test("a condition that the index does not know is told to it")
  func conditions() {
    let route = Mirror(reflecting: Rules.Route(name: "", targets: 0..<0))
    #expect(
      route.children.compactMap(\.label) == [
        "name", "from", "methods", "schemes", "requestURI", "caller", "callee", "headers", "hours",
        "mode", "targets", "failover", "targetTimeout", "redirects",
      ],
      "a new condition belongs into `isMoreThanIndexed`, and then into this list"
    )
  }
}

/// Sets of routes and messages at random, of few words, so that much is nearly the same.
private struct Draw {
  var chance: Chance

  init(seed: UInt64) { chance = Chance(seed: seed) }

  static let target = Target(
    peer: PeerID(raw: 1), transport: nil,
    endpoint: Endpoint(Address(ipv4: 0x0a00_0002), port: 5060),
    listeners: ListenerChoice(udp: 0, tcp: 1))

  mutating func some<Choice>(_ choices: [Choice], least: Int = 0) -> [Choice] {
    // Half of all conditions are not there at all.
    guard least > 0 || chance.below(2) == 0 else { return [] }
    return (0..<1 + chance.below(3)).map { _ in choices[chance.below(choices.count)] }
  }

  private static let users = [
    "", "1", "11", "112", "+", "+4", "+49", "+493", "+4930", "a", "al", "ali", "a.", "a-b", "0",
    "4-9", "+49a", "%", ";", "1;", "1*",
  ]
  /// `+49X{0,4}`, `1!`, `al.`, `4-9`, `11`, `12*` and any digit.
  private static let patterns = [
    UserPattern(["+", "4", "9"].map(set) + Array(repeating: digit, count: 4), optional: 4),
    UserPattern([set("1")], rest: .any), UserPattern([set("a"), set("l")], rest: .some),
    UserPattern(["4", "-", "9"].map(set)), UserPattern([set("1"), set("1")], optional: 1),
    UserPattern(["1", "1", "*"].map(set), optional: 1), UserPattern([digit], rest: .any),
  ]
  static let digit = set("0123456789")

  private static func set(_ text: String) -> UserPattern.Characters {
    var characters = UserPattern.Characters()
    for octet in text.utf8 { characters.insert(octet) }
    return characters
  }

  private static let domains = ["a.example", "b.example", "192.0.2.7", "2001:db8::1", ""]
  private static let methods: [Method] = [.invite, .options, .message, .other]
  private static let schemes: [Scheme] = [.sip, .sips, .tel]

  mutating func rules() -> Rules {
    var rules = Rules()
    rules.targets = [Self.target]
    for place in 0..<1 + chance.below(24) {
      var route = Rules.Route(name: "\(place)", targets: 0..<1)
      route.userPrefixes = some(Self.users).map { Array($0.utf8) }
      route.domains = some(Self.domains).map { Array($0.utf8) }
      route.from = some([0, 1, 2, 3]).map { PeerID(raw: $0) }
      if chance.below(3) == 0 { route.methods = MethodSet(some(Self.methods, least: 1)) }
      if chance.below(3) == 0 { route.schemes = SchemeSet(some(Self.schemes, least: 1)) }
      addFurther(&route)
      if chance.below(5) == 0 { route.mode = .observe }
      rules.routes.append(route)
    }
    return rules
  }

  /// Conditions that the index does not look up.
  private mutating func addFurther(_ route: inout Rules.Route) {
    if chance.below(6) == 0 { route.caller.userPrefixes = [Array("a".utf8)] }
    if chance.below(6) == 0 { route.callee.domains = [Array("b.example".utf8)] }
    if chance.below(6) == 0 {
      route.headers = [HeaderCondition(Array("subject".utf8), .present)]
    }
    if chance.below(6) == 0 { route.requestURI.userPatterns = some(Self.patterns, least: 1) }
  }

  mutating func question() -> Question {
    let users = [
      "1", "11", "112", "1-1-2", "+", "+49", "+4930", "+4.9(30)", "%2B493", "+4%39", "alice", "al",
      "a.b", "a-b", "%61li", "4-9", "49", "+49alice", "1;2", "1%3B2", "11*", "0", "%25", "-",
    ]
    let hosts = [
      "a.example", "A.Example", "b.example:5080", "192.0.2.7", "[2001:db8::1]", "c.example",
    ]
    let methods = ["INVITE", "OPTIONS", "MESSAGE", "WINK", "BYE"]
    let user = users[chance.below(users.count)]
    let host = hosts[chance.below(hosts.count)]
    let uri =
      switch chance.below(8) {
      case 0: "sip:\(host)"
      case 1: "sips:\(user)@\(host)"
      case 2: ["tel:+4930", "tel:+4-9.2", "tel:112;phone-context=+49"][chance.below(3)]
      default: "sip:\(user)@\(host)"
      }
    var question = Question(
      uri, method: methods[chance.below(methods.count)], from: UInt16(chance.below(5)))
    question.headers = some([
      "From: <sip:alice@a.example>", "To: <sip:bob@b.example>", "Subject: x", "From: <sip:bob@x>",
    ])
    return question
  }
}
