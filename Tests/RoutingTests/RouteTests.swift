import Admission
import Basics
import Routing
import SIP
import Testing

@Suite("Routes: the first whose conditions hold")
struct RouteTests {
  private static let endpoint = Endpoint(Address(ipv4: 0x0a00_0002), port: 5060)
  private static let choice = ListenerChoice(udp: 0, tcp: 1)

  private static func rules() -> Rules {
    var rules = Rules()
    rules.targets = [
      Target(peer: PeerID(raw: 1), transport: nil, endpoint: endpoint, listeners: choice)
    ]
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
}
