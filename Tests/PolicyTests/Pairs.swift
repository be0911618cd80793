import Basics
import Rehearsal

/// A policy and a message for it, both made from a seed: what a border element may meet, from the
/// call that passes to octets that are no SIP.
struct Pair {
  static let hosts = [
    "10.1.0.5", "10.1.0.5", "10.1.0.5", "10.1.0.5", "10.2.0.5", "10.1.7.5", "10.2.0.5", "10.2.0.5",
    "10.3.0.1",
    "172.16.0.9",
  ]
  static let domains = ["a.example", "b.example", "edge.example", "10.0.0.1", "10.2.0.5"]
  static let users = ["", "+4930", "+44", "service", "%2b49", "0049"]
  /// Every place that a request may go to.
  static let called =
    (1...4).flatMap { ["10.\($0).0.1:5060", "10.\($0).0.2:5070"] } + [
      "10.2.0.5:5060", "10.1.0.1:5070",
    ]
  private static let methods = [
    "INVITE", "INVITE", "INVITE", "OPTIONS", "MESSAGE", "REGISTER", "BYE", "ACK", "CANCEL", "FOO",
    "SUBSCRIBE",
  ]

  /// What a route or a peer says, key by key.
  typealias Keys = [(key: String, value: String)]

  private var head: [String] = []
  private var peers: [Keys] = []
  private(set) var routes: [Keys] = []
  private(set) var message: [UInt8] = []
  private(set) var source = ""
  private(set) var isStream = false
  private(set) var answer: String?
  /// What time it is when it comes.
  private(set) var wall = Self.walls[0]
  private var chance: Chance

  /// Times of day, and the seconds from 1970 to them.
  static let walls: [(text: String, seconds: Int64)] = [
    ("2024-01-01T12:00:00Z", 1_704_110_400), ("2024-01-06T09:30:00Z", 1_704_533_400),
    ("2024-01-03T23:30:00Z", 1_704_324_600),
  ]

  init(seed: UInt64) {
    chance = Chance(seed: seed)
    makePolicy()
    source = "\(pick(Self.hosts)):\(5060 + chance.below(3))"
    isStream = chance.happens(perMille: 250)
    answer = [nil, nil, "none", "10.2.0.5", "192.0.2.1"][chance.below(5)]
    wall = Self.walls[chance.below(Self.walls.count)]
    message = makeMessage()
    if chance.happens(perMille: 120) { damage() }
  }

  private mutating func pick(_ texts: [String]) -> String { texts[chance.below(texts.count)] }

  private mutating func some(_ texts: [String]) -> String {
    let first = pick(texts)
    let second = pick(texts)
    return "[\(first == second ? "\"\(first)\"" : "\"\(first)\", \"\(second)\"")]"
  }

  // MARK: The policy

  var policy: String {
    func line(_ keys: Keys) -> String {
      "  - { \(keys.map { "\($0.key): \($0.value)" }.joined(separator: ", ")) }"
    }
    let rules = routes.isEmpty ? ["routes: []"] : ["routes:"] + routes.map(line)
    return (head + peers.map(line) + rules).joined(separator: "\n") + "\n"
  }

  /// The same policy, in which one route does not say one thing.
  func policy(without key: String, in route: String) -> String {
    var other = self
    for place in routes.indices where routes[place].contains(where: { $0.value == route }) {
      other.routes[place].removeAll { $0.key == key }
    }
    return other.policy
  }

  private mutating func makePolicy() {
    let settings = [
      "no-route: \(pick(["forbidden", "not-found"]))",
      "resolve: \(pick(["always", "always", "never"]))",
      "lost-routes: \(pick(["mend", "refuse"]))",
    ]
    head = [
      "version: 1", "element: { names: [edge.example] }",
      "routing: { \(settings.joined(separator: ", ")) }", "listeners:",
      "  - { name: u4, transport: udp, address: \"10.0.0.1:5060\" }",
      "  - { name: t4, transport: tcp, address: \"10.0.0.1:5060\" }", "peers:",
    ]
    let count = 2 + chance.below(3)
    for place in 1...count { peers.append(makePeer(place)) }
    if chance.happens(perMille: 100) { return }
    for place in 0...3 + chance.below(6) { routes.append(makeRoute(place, peers: count)) }
  }

  private mutating func makePeer(_ place: Int) -> Keys {
    let sources = [
      "10.\(place).0.0/16", "10.\(place).0.0/24", "10.\(place).0.5",
      place == 1 ? "10.0.0.0/8" : "10.\(place).0.0/20",
    ]
    var keys: Keys = [("name", "p\(place)"), ("names", "[pbx\(place).example]")]
    if chance.happens(perMille: 950) { keys.append(("sources", "[\(pick(sources))]")) }
    let listeners = pick(["u4, t4", "u4, t4", "u4, t4", "u4, t4", "u4, t4", "u4, t4", "u4", "t4"])
    keys.append(("listeners", "[\(listeners)]"))
    let transport = listeners == "u4, t4" ? pick(["", "udp:", "tcp:"]) : ""
    let more = chance.happens(perMille: 400) ? ", \"\(transport)10.\(place).0.2:5070\"" : ""
    keys.append(("targets", "[\"\(transport)10.\(place).0.1:5060\"\(more)]"))
    if chance.happens(perMille: 250) {
      keys.append(("methods", some(["INVITE", "OPTIONS", "MESSAGE", "BYE", "other"])))
      if chance.happens(perMille: 400) { keys.append(("mode", "observe")) }
    }
    return keys
  }

  private mutating func makeRoute(_ place: Int, peers: Int) -> Keys {
    var keys: Keys = [("name", "r\(place)"), ("to", "p\(1 + chance.below(peers))")]
    // Few at once, so that one alone often decides.
    for _ in 0..<[0, 1, 1, 1, 1, 1, 2, 2, 2, 3][chance.below(10)] {
      let condition = makeCondition(peers: peers)
      if !keys.contains(where: { $0.key == condition.key }) { keys.append(condition) }
    }
    if chance.happens(perMille: 120) { keys.append(("mode", "observe")) }
    return keys
  }

  private mutating func makeCondition(peers: Int) -> (key: String, value: String) {
    switch chance.below(13) {
    case 0: ("from", "p\(1 + chance.below(peers))")
    case 1: ("method", some(["INVITE", "OPTIONS", "MESSAGE"]))
    case 2, 3: ("scheme", some(["sip", "tel", "sips"]))
    case 4: ("domain", some(Self.domains))
    case 5: ("user-prefix", some(["+49", "+44", "s", "+493"]))
    case 6: ("user-pattern", some(["+49XX", "+4Z!", "[a-z].", "0049", "+44"]))
    case 7: ("time", pick(Self.times))
    case 8: ("caller", pick(Self.parties))
    case 9, 10: ("callee", pick(Self.parties))
    default: ("header", pick(Self.headers))
    }
  }

  private static let times = [
    "{ days: mon-fri }", "{ between: \"08:00-18:00\" }", "[{ days: sat }, { days: wed }]",
    "{ days: wed, between: \"22:00-02:00\", zone: \"+01:00\" }", "{ days: [thu, mon] }",
  ]
  private static let parties = [
    "{ domain: a.example }", "{ domain: [b.example, edge.example] }", "{ user-prefix: \"+49\" }",
    "{ user-pattern: \"[a-z].\" }", "{ domain: a.example, user-prefix: [\"+44\", c] }",
  ]
  private static let headers = [
    "{ name: Subject, is: present }", "{ name: Subject, is: absent }",
    "{ name: X-Trunk, equals: [blue, red] }", "{ name: X-Trunk, contains: re }",
    "[{ name: X-Trunk, contains: blue, value: first }, { name: Subject, is: present }]",
  ]

  // MARK: The message

  private mutating func makeMessage() -> [UInt8] {
    let isPing = chance.happens(perMille: 50)
    let method = isPing ? "OPTIONS" : pick(Self.methods)
    let user = isPing ? "" : pick(Self.users)
    let at = user.isEmpty ? "" : "\(user)@"
    let scheme = isPing || chance.happens(perMille: 900) ? "sip" : pick(["sips", "tel", "http"])
    let uri =
      scheme == "tel"
      ? "tel:+4930" : "\(scheme):\(at)\(isPing ? "edge.example" : pick(Self.domains))"
    let tag = chance.happens(perMille: 80) ? ";tag=there" : ""
    var lines = [
      "\(method) \(uri) SIP/2.0",
      "Via: SIP/2.0/\(isStream ? "TCP" : "UDP") \(source);branch=z9hG4bKpair;rport",
      "Max-Forwards: \(pick(["70", "70", "70", "70", "70", "70", "1", "0"]))",
      "From: <sip:\(pick(Self.callers))>;tag=here", "To: <\(uri)>\(tag)", "Call-ID: pair",
      "CSeq: 1 \(method)", "Contact: <sip:caller@\(source)>", "Content-Length: 0",
    ]
    if chance.happens(perMille: 300) { lines.insert("Route: <sip:\(makeHop());lr>", at: 2) }
    if chance.happens(perMille: 500) { lines.insert(pick(["Subject: x", "s: y"]), at: 4) }
    for _ in 0..<chance.below(3) { lines.append("X-Trunk: \(pick(["blue", "Red", "dark  red"]))") }
    if chance.happens(perMille: 50) { lines.insert("Proxy-Require: gizmo", at: 3) }
    if chance.happens(perMille: 60) { lines.remove(at: 1 + chance.below(lines.count - 1)) }
    return Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
  }

  private static let callers = [
    "caller@a.example", "caller@a.example", "+4930@b.example", "+441@edge.example", "a.example",
  ]

  private mutating func makeHop() -> String {
    pick([
      "edge.example", "10.0.0.1", "10.2.0.5", "10.1.0.1:5070", "192.0.2.1", "pbx1.example",
      "pbx2.example;transport=tcp", "elsewhere.example", "elsewhere.example", "elsewhere.example",
      "elsewhere.example",
    ])
  }

  private mutating func damage() {
    for _ in 0...chance.below(3) where !message.isEmpty {
      let place = chance.below(message.count)
      switch chance.below(3) {
      case 0: message[place] = UInt8(truncatingIfNeeded: chance.next())
      case 1: message.remove(at: place)
      default: message.removeLast(min(message.count - 1, chance.below(40)))
      }
    }
  }
}
