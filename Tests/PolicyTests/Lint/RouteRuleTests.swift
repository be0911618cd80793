import Policy
import Testing

@Suite("Rules about routes")
struct RouteRuleTests {
  private static let peers = """
    peers:
      - { name: a, sources: [10.0.0.1], targets: ["10.0.0.1"], methods: [INVITE, BYE] }
      - { name: b, sources: [10.0.0.2], targets: ["10.0.0.2"] }
      - { name: c, targets: ["10.0.0.3"] }
      - { name: here, sources: [127.0.0.0/8], targets: ["127.0.0.1:5070"] }
    routes:

    """

  private func at(_ routes: [String], by rule: String) -> [String] {
    let lines = routes.enumerated().map { "  - { name: r\($0), \($1) }\n" }
    return Look.at(Self.peers + lines.joined(), by: rule)
  }

  @Test(
    "a route is dead",
    arguments: [
      ("from: a, to: b", nil),
      ("from: c, to: b", "`c` may send nothing, for want of `sources`"),
      ("from: [c, a], to: b", nil),
      ("from: a, method: MESSAGE, to: b", "its methods are none that its peers may send"),
      ("from: [a, b], method: MESSAGE, to: b", nil),
      ("method: MESSAGE, to: b", nil),
      ("method: ACK, to: b", "ACK and CANCEL go where their INVITE goes, and ask no route"),
      ("method: [ACK, BYE], to: b", nil),
      ("scheme: sips, to: b", "a request for a sips: URI is refused with 416, for want of TLS"),
      ("scheme: [sips, tel], to: b", nil),
      ("scheme: tel, domain: x.example, to: b", "a tel: URI has no domain"),
    ])
  func dead(route: String, reason: String?) {
    let wanted = reason.map { ["warning: route `r0` is never reached: \($0)"] } ?? []
    #expect(at([route], by: "dead-route") == wanted)
  }

  @Test("without sources no route is reached")
  func nobody() {
    let text = "peers: [{ name: c, targets: [\"10.0.0.3\"] }]\nroutes: [{ name: r, to: c }]\n"
    #expect(
      Look.at(text, by: "dead-route") == [
        "warning: route `r` is never reached: no peer has sources, so nobody may send anything"
      ])
  }

  static let loops: [([String], [String])] = [
    (["from: a, to: b", "from: b, to: a"], []),
    (["from: [a, b], to: b"], ["warning: route `r0` leads from `b` back"]),
    (["from: [b, a, b], to: [c, b, a]"], ["warning: route `r0` leads from `a` and `b` back"]),
    (["to: b"], ["note: route `r0` is for all peers, and so leads from `b` back"]),
    // What an earlier route takes whole does not come here.
    (["from: b, to: a", "to: b"], []),
    (
      ["from: b, method: INVITE, to: a", "to: b"],
      [
        "note: route `r1` is for all peers, and so leads from `b` back"
      ]
    ),
    // So does one for all, and several for all methods between them.
    (["to: c", "from: b, to: b"], []), (["to: c", "to: b"], []),
    (
      ["method: INVITE, to: c", "to: b"],
      ["note: route `r1` is for all peers, and so leads from `b` back"]
    ),
    (
      ["scheme: sip, to: c", "from: b, scheme: tel, to: c", "from: b, to: b"], []
    ),
    (["method: [INVITE, BYE], to: c", "from: a, to: a"], []),
    (
      ["method: INVITE, to: c", "from: a, to: a"],
      [
        "warning: route `r1` leads from `a` back"
      ]
    ),
    (["mode: observe, to: c", "from: b, to: b"], ["warning: route `r1` leads from `b` back"]),
    // What only observes leads nowhere, and what its callers may not send goes nowhere.
    (["mode: observe, to: b"], []), (["from: a, method: MESSAGE, to: a"], []),
    // Nor does one that others take from between them.
    (
      [#"from: b, user-prefix: "+4", to: c"#, #"from: b, user-prefix: "+49", to: b"#], []
    ),
    // One that may send nothing, and one on this machine.
    (["from: [a, c], to: c"], []), (["from: here, to: here"], []),
  ]

  @Test("a route leads back to where a request came from", arguments: loops)
  func loop(routes: [String], starts: [String]) {
    let wanted = starts.map { "\($0) to where a request came from" }
    #expect(at(routes, by: "route-loop") == wanted)
  }

  @Test("rules that only observe")
  func observe() {
    let text = """
      admission: { mode: observe }
      peers:
        - { name: a, sources: [10.0.0.1], mode: observe }
        - { name: b, sources: [10.0.0.2], targets: ["10.0.0.2"], mode: enforce, methods: [INVITE] }
        - { name: c, sources: [10.0.0.3], methods: [INVITE] }
      routes:
        - { name: r, from: c, method: MESSAGE, to: b, mode: observe }
      """
    #expect(
      Look.at(text, by: "observe-mode") == [
        "warning: `admission` only observes: what it would refuse is told, and passes",
        "warning: what would be refused to peer `a` is told, and passes",
        "note: route `r` only observes: its requests are told of, and take the next route",
      ])
    // Of what is only observed, nothing is refused.
    #expect(Look.at(text, by: "dead-route") == [])
    #expect(Look.at(text, by: "methods-without-bye").map { $0.contains("`b`") } == [true])
  }

  @Test("statuses after which no other target should be tried")
  func failover() {
    let found = at(
      ["to: b, failover: [500, 503, 487]", "from: a, to: b, failover: [401, 407, 486, 480]"],
      by: "failover-after-refusal")
    #expect(
      found.map { String($0.prefix(12)) } == ["487", "401", "407", "486"].map { "warning: \($0)" })
  }

  @Test("Timer C of more than three minutes", arguments: [("180s", 1), ("3m", 1), ("181s", 0)])
  func timerC(written: String, count: Int) {
    let text = "routing: { timer-c: \(written) }\n"
    #expect(Look.at(text, by: "short-timer-c").count == count)
  }
}
