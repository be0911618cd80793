import Testing

@Suite("Rules about peers and listeners")
struct PeerRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var peers: [String]
    var found: [String]
    var routes: [String]

    init(_ peers: String..., routes: [String] = [], found: [String]) {
      self.peers = peers
      self.routes = routes
      self.found = found
    }

    var testDescription: String { peers.joined(separator: "; ") }
  }

  private func check(_ test: Case, _ rule: String, after start: String = Look.listeners) {
    let peers = test.peers.map { "  - { \($0) }\n" }.joined()
    let routes = test.routes.enumerated().map { "  - { name: r\($0), \($1) }\n" }.joined()
    let text = "peers:\n\(peers)" + (routes.isEmpty ? "" : "routes:\n\(routes)")
    #expect(Look.at(text, by: rule, after: start) == test.found)
  }

  // MARK: Sources

  static let overlapsCases: [Case] = [
    Case("name: a, sources: [10.0.0.0/8]", "name: b, sources: [11.0.0.0/8]", found: []),
    Case("name: a, sources: [10.0.0.0/8, 10.1.0.0/16]", found: []),
    Case(
      "name: a, sources: [10.0.0.0/8]", "name: b, sources: [10.1.0.0/16]",
      found: [
        "note: `10.1.0.0/16` of peer `b` lies within `10.0.0.0/8` of peer `a` (p:7:26): what comes"
          + " from there is `b`'s"
      ]),
    // The nearest one around it decides.
    Case(
      "name: a, sources: [10.0.0.0/8, 10.1.2.0/24]", "name: b, sources: [10.1.0.0/16]",
      found: [
        "note: `10.1.2.0/24` of peer `a` lies within `10.1.0.0/16` of peer `b` (p:8:26): what comes"
          + " from there is `a`'s",
        "note: `10.1.0.0/16` of peer `b` lies within `10.0.0.0/8` of peer `a` (p:7:26): what comes"
          + " from there is `b`'s",
      ]),
    // The whole of IPv6 holds no IPv4.
    Case(#"name: a, sources: ["::/0"]"#, "name: b, sources: [10.1.0.0/16]", found: []),
    Case(
      "name: a, sources: [0.0.0.0/0]", "name: b, sources: [10.1.0.1], listeners: [t4, u6]",
      found: [
        "warning: `10.1.0.1` of peer `b` lies within `0.0.0.0/0` of peer `a` (p:7:26): what comes"
          + " from there meets silence on listener `u4`, which only `a` may use"
      ]),
    // A listener of the other family is no loss.
    Case(
      "name: a, sources: [0.0.0.0/0]", "name: b, sources: [10.1.0.1], listeners: [u4, t4]",
      found: [
        "note: `10.1.0.1` of peer `b` lies within `0.0.0.0/0` of peer `a` (p:7:26): what comes from"
          + " there is `b`'s"
      ]),
  ]

  @Test("overlapping sources", arguments: overlapsCases)
  func overlap(test: Case) { check(test, "overlapping-sources") }

  // MARK: Peers that nothing uses

  @Test("a peer that may send nothing and is not called")
  func unused() {
    let rule = "unused-peer"
    func found(_ want: String) -> [String] {
      ["warning: peer `a` is not used: \(want) and no route leads to it"]
    }
    check(Case("name: a", found: found("it has no sources")), rule)
    check(Case("name: a, sources: [192.0.2.1]", found: []), rule)
    check(
      Case("name: a, sources: [192.0.2.1], methods: []", found: found("its `methods` are empty")),
      rule)
    // What would be refused to this one passes.
    check(Case("name: a, sources: [192.0.2.1], methods: [], mode: observe", found: []), rule)
    check(
      Case(
        #"name: a, sources: [192.0.2.1], methods: [], targets: ["192.0.2.1"]"#,
        routes: ["to: a"], found: []), rule)
  }

  // MARK: Open relays

  private static let far = #"name: far, sources: [198.51.100.7], targets: ["tcp:198.51.100.7"]"#
  private static let byTCP = """
    version: 1
    listeners:
      - { name: t4, transport: tcp, address: "192.0.2.10:5060" }
      - { name: t6, transport: tcp, address: "[2001:db8::10]:5060" }

    """

  private static func wide(_ width: String) -> [String] {
    ["warning: \(width) is taken for peer `a` without any proof, and may call others by route `r0`"]
  }

  private static func relay(by route: String) -> [String] {
    [
      "warning: anybody (`0.0.0.0/0`) is taken for peer `a` without any proof, and may call others"
        + " by route `\(route)`"
    ]
  }

  static let relaysCases: [Case] = [
    Case(
      "name: a, sources: [0.0.0.0/0]", far, routes: ["to: far"],
      found: wide("anybody (`0.0.0.0/0`)")),
    Case(
      #"name: a, sources: ["2000::/3"]"#, far, routes: ["to: far"],
      found: wide("anybody (`2000::/3`)")),
    Case(
      "name: a, sources: [198.0.0.0/15]", far, routes: ["from: a, to: far"],
      found: wide("any of 131072 addresses (`198.0.0.0/15`)")),
    Case("name: a, sources: [198.18.0.0/16]", far, routes: ["from: a, to: far"], found: []),
    Case(
      #"name: a, sources: ["2001:db8::/31"]"#, far, routes: ["from: a, to: far"],
      found: wide("anybody in `2001:db8::/31`, wider than a provider's own prefix")),
    Case(#"name: a, sources: ["2001:db8::/32"]"#, far, routes: ["from: a, to: far"], found: []),
    // What does not leave a network may be as wide as it likes.
    Case(#"name: a, sources: [10.0.0.0/8, "fd00::/8"]"#, far, routes: ["to: far"], found: []),
    // No way out: to nobody, to itself, or from another.
    Case("name: a, sources: [0.0.0.0/0]", found: []),
    Case(
      #"name: a, sources: [0.0.0.0/0], targets: ["tcp:192.0.2.1"]"#, routes: ["to: a"], found: []),
    Case(
      "name: a, sources: [0.0.0.0/0]", "name: b, sources: [192.0.2.1]", far,
      routes: ["from: b, to: far"], found: []),
    // The second route is the one that leads to another.
    Case(
      #"name: a, sources: [0.0.0.0/0], targets: ["tcp:192.0.2.1"]"#, far,
      routes: ["method: INVITE, to: a", "to: far"],
      found: [
        "warning: anybody (`0.0.0.0/0`) is taken for peer `a` without any proof, and may call"
          + " others by route `r1`"
      ]),
    // A way that takes nothing is none.
    Case(
      "name: a, sources: [0.0.0.0/0]", far, routes: ["mode: observe, from: a, to: far"], found: []),
    Case("name: a, sources: [0.0.0.0/0]", far, routes: ["mode: observe, to: far"], found: []),
    Case(
      "name: a, sources: [0.0.0.0/0], methods: [INVITE, BYE]", far,
      routes: ["method: MESSAGE, to: far"], found: []),
    Case(
      "name: a, sources: [0.0.0.0/0], methods: [INVITE, BYE]", far,
      routes: ["from: a, method: MESSAGE, to: far"], found: []),
    Case("name: a, sources: [0.0.0.0/0], methods: []", far, routes: ["to: far"], found: []),
    Case(
      #"name: a, sources: [0.0.0.0/0], targets: ["tcp:192.0.2.1"]"#, far,
      routes: ["from: a, to: a", "to: far"], found: []),
    Case(
      #"name: a, sources: [0.0.0.0/0], targets: ["tcp:192.0.2.1"]"#, far,
      routes: ["from: a, method: INVITE, to: a", "to: far"], found: relay(by: "r1")),
    Case(
      #"name: a, sources: [0.0.0.0/0], targets: ["tcp:192.0.2.1"]"#, far,
      routes: ["to: a", "from: a, to: far"], found: []),
    Case(
      "name: a, sources: [0.0.0.0/0]", far,
      routes: ["method: MESSAGE, mode: observe, to: far", "method: INVITE, to: far"],
      found: relay(by: "r1")),
    // Not on a listener of its family.
    Case("name: a, sources: [0.0.0.0/0], listeners: [t6]", far, routes: ["to: far"], found: []),
  ]

  @Test("open relays by the width of their sources", arguments: relaysCases)
  func relay(test: Case) { check(test, "open-relay", after: Self.byTCP) }

  static let forgedCases: [Case] = [
    Case(
      "name: a, sources: [192.0.2.1], listeners: [t4]", far, routes: ["from: a, to: far"],
      found: []),
    Case(
      "name: a, sources: [192.0.2.1]", far, routes: ["from: a, to: far"],
      found: [
        "note: `a` is known by source address alone, also over UDP, where it can be forged"
      ]),
    Case(
      "name: a, sources: [192.0.2.1]", "name: b, sources: [127.0.0.1]", far,
      "name: c, sources: [192.0.2.2], listeners: [u4]", "name: d, sources: [192.0.2.3]",
      routes: ["from: [a, b, c, d], to: far", "from: far, user-prefix: x, to: far"],
      found: [
        "note: `a`, `c` and `d` are known by source address alone, also over UDP, where it can be"
          + " forged"
      ]),
  ]

  @Test("peers whose source can be forged are noted once", arguments: forgedCases)
  func forged(test: Case) { check(test, "open-relay") }

  @Test("on this machine alone there is no open relay")
  func loopback() {
    let local = Look.listeners.replacing("192.0.2.10", with: "127.0.0.1")
      .replacing("2001:db8::10", with: "::1")
    let test = Case("name: a, sources: [0.0.0.0/0]", Self.far, routes: ["to: far"], found: [])
    check(test, "open-relay", after: local)
  }

  // MARK: Targets

  static let muteCases: [Case] = [
    Case(#"name: a, sources: [10.0.0.0/8], targets: ["10.1.1.1"]"#, routes: ["to: a"], found: []),
    Case(
      #"name: a, sources: [10.0.0.1], targets: ["10.0.0.1", "10.0.0.2"]"#, routes: ["to: a"],
      found: [
        "note: nothing but answers is taken from this target of peer `a`: it is no source of it, so"
          + " a BYE from there meets silence"
      ]),
    Case(
      "name: b, sources: [10.0.0.0/8]", #"name: a, sources: [11.0.0.1], targets: ["10.0.0.1"]"#,
      routes: ["to: a"],
      found: [
        "warning: requests from this target of peer `a` are taken for those of peer `b`, whose"
          + " source it is, so a callee cannot end a call"
      ]),
    // Of a peer that nobody calls, another rule tells.
    Case(#"name: a, targets: ["10.0.0.1"]"#, found: []),
  ]

  @Test("targets that may send nothing", arguments: muteCases)
  func mute(test: Case) { check(test, "mute-target") }

  static let ownCases: [Case] = [
    Case(#"name: a, targets: ["192.0.2.10:5060"]"#, found: [Self.comesBack("u4")]),
    Case(#"name: a, targets: ["tcp:192.0.2.10:5060"]"#, found: [Self.comesBack("t4")]),
    Case(#"name: a, targets: ["192.0.2.10:5061"]"#, found: []),
    Case(#"name: a, targets: ["udp:[2001:db8::10]:5060"]"#, found: [Self.comesBack("u6")]),
    Case(#"name: a, targets: ["192.0.2.11:5060"]"#, found: []),
  ]

  private static func comesBack(_ listener: String) -> String {
    "warning: this target of peer `a` is the element's own listener `\(listener)`: what is sent"
      + " there comes back"
  }

  @Test("targets that are our own listeners", arguments: ownCases)
  func own(test: Case) { check(test, "own-target") }

  // MARK: Methods and listeners

  static let methodsCases: [Case] = [
    Case("name: a, sources: [10.0.0.1]", found: []),
    Case("name: a, sources: [10.0.0.1], methods: [OPTIONS]", found: []),
    Case("name: a, methods: [INVITE]", found: []),
    Case(
      "name: a, sources: [10.0.0.1], methods: [INVITE]",
      found: ["warning: peer `a` may begin calls, and its BYE gets 405: it cannot end them"]),
    Case(
      #"name: a, sources: [10.0.0.1], methods: [OPTIONS], targets: ["10.0.0.1"]"#,
      routes: ["to: a"],
      found: ["warning: peer `a` may take calls, and its BYE gets 405: it cannot end them"]),
  ]

  @Test("peers that cannot end a call", arguments: methodsCases)
  func methods(test: Case) { check(test, "methods-without-bye") }

  private static let registers = [
    "warning: peer `a` may send REGISTER, and no route for it leads to a registrar"
  ]

  static let registerCases: [Case] = [
    Case("name: a, sources: [10.0.0.1]", found: []),
    Case("name: a, methods: [REGISTER]", found: []),
    Case("name: a, sources: [10.0.0.1], methods: [BYE, REGISTER]", found: registers),
    Case(
      "name: a, sources: [10.0.0.1], methods: [BYE, REGISTER], mode: observe", found: []),
    Case(
      #"name: a, sources: [10.0.0.1], methods: [BYE, REGISTER], targets: ["10.0.0.1"]"#,
      routes: ["to: a"], found: []),
    Case(
      #"name: a, sources: [10.0.0.1], methods: [BYE, REGISTER], targets: ["10.0.0.1"]"#,
      routes: ["method: INVITE, to: a"], found: registers),
    Case(
      #"name: a, sources: [10.0.0.1], methods: [BYE, REGISTER], targets: ["10.0.0.1"]"#,
      routes: ["mode: observe, to: a"], found: registers),
  ]

  @Test("peers that may register with nobody", arguments: registerCases)
  func register(test: Case) { check(test, "register-without-registrar") }

  static let listenersCases: [Case] = [
    Case(#"name: a, sources: [10.0.0.1, "fd00::1"]"#, found: []),
    Case(
      #"name: a, sources: [10.0.0.1], targets: ["udp:[fd00::1]"]"#,
      found: [
        "note: no peer with IPv6 sources may use listener `u6`: it only sends, and takes answers"
      ]),
    Case(
      #"name: a, sources: [10.0.0.1, "fd00::1"], listeners: [u4, u6]"#,
      #"name: b, targets: ["udp:10.0.0.1"]"#,
      found: [
        "warning: no peer with IPv4 sources may use listener `t4`: all that comes in meets silence"
      ]),
  ]

  @Test("listeners that nobody may send to", arguments: listenersCases)
  func listeners(test: Case) { check(test, "unreachable-listener") }
}
