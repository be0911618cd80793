import Admission
import Basics
import Border
import Testing

@testable import Policy

@Suite("What a policy says of sessions")
struct SessionLimitTests {
  private static func policy(_ limits: [String], _ more: String = "", _ peer: String = "") -> String
  {
    let lines = limits.map { "    - { \($0) }\n" }.joined()
    return """
      version: 1
      listeners:
        - { name: u4, transport: udp, address: "127.0.0.1:5060" }
      admission:
        rate-limits: [{ name: r, per: peer, rate: 5/s }]
        session-limits:\(limits.isEmpty ? " []" : "")
      \(lines)  \(more)
      peers:
        - { name: left, sources: [10.0.0.0/8]\(peer) }
        - { name: right, sources: [10.1.0.0/16], targets: ["udp:10.1.0.1:5060"] }
      routes:
        - { name: all, to: right }

      """
  }

  private func rules(_ limits: String..., more: String = "", peer: String = "") throws -> Rules {
    try Sample.load(Self.policy(limits, more, peer)).configuration.admission
  }

  @Test("each key comes to what it says, and what is not said is built in")
  func keys() throws {
    let limits = try rules(
      "name: a, per: peer, calls: 10, from: left",
      "name: b, per: source, half-open: 3, ipv4-bits: 24",
      "name: c, per: called-prefix, calls: 2, user-prefix: [\"+882\"], status: 486, mode: observe",
      "name: d, per: target, calls: 4, to: [right]", "name: e, per: egress, calls: 5",
      "name: f, per: element, calls: 6, half-open: 7"
    ).sessionLimits
    #expect(limits.map(\.name) == ["a", "b", "c", "d", "e", "f"])
    #expect(limits.map(\.calls) == [10, nil, 2, 4, 5, 6])
    #expect(limits.map(\.halfOpen) == [nil, 3, nil, nil, nil, 7])
    #expect(limits.map(\.status) == [503, 403, 486, 503, 503, 503])
    #expect(limits[0].peers == [PeerID(raw: 0)] && limits[3].peers == [PeerID(raw: 1)])
    #expect(limits[1].ipv4Bits == 96 + 24 && limits[1].ipv6Bits == 64 && limits[1].peers == nil)
    #expect(limits[2].prefixes == [Array("+882".utf8)] && limits[2].mode == .observe)
  }

  @Test("the short form is a limit of each peer that it holds for, and a peer may say its own")
  func short() throws {
    let rules = try rules(more: "sessions: 100", peer: ", sessions: 7, max-duration: 1h")
    #expect(rules.sessionLimits.map(\.name) == ["peers.left.sessions", "peers.right.sessions"])
    #expect(rules.sessionLimits.map(\.calls) == [7, 100])
    #expect(rules.sessionLimits.map(\.subject) == [.peer, .peer])
    #expect(rules.sessionLimits[1].peers == [PeerID(raw: 1)])
    #expect(rules.peers.map(\.maxDuration) == [.seconds(3600), nil])
    #expect(rules.limitCount == 3 && rules.nameOfLimit(0) == "r")
    #expect(rules.nameOfLimit(2) == "peers.right.sessions")
  }

  static let wrongCases: [(String, String)] = [
    ("name: a, per: peer", "one of"),
    ("name: a, per: room, calls: 1", "`room`"),
    ("name: r, per: peer, calls: 1", "there is already a limit `r`"),
    ("name: a, per: peer, calls: 1, to: left", "only a limit per egress or target has `to`"),
    ("name: a, per: egress, calls: 1, from: left", "counts calls of all peers"),
    ("name: a, per: element, calls: 1, from: left", "counts calls of all peers"),
    ("name: a, per: peer, calls: 1, ipv4-bits: 24", "only a limit per source has `ipv4-bits`"),
    ("name: a, per: called-prefix, calls: 1", "needs `user-prefix`"),
    ("name: a, per: peer, calls: 1, user-prefix: \"+1\"", "only a limit per called-prefix"),
    ("name: a, per: peer, calls: 1, from: nobody", "there is no peer `nobody`"),
    ("name: a, per: peer, calls: 0", "from 1 to 10000000"),
    ("name: a, per: peer, calls: 1, status: \"429\"", "`429`"),
  ]

  @Test("what does not go together is told", arguments: wrongCases)
  func wrong(_ limit: String, _ expected: String) {
    let found = Sample.findings(Self.policy([limit]))
    #expect(found.contains { $0.contains(expected) && $0.contains("error") }, "\(found)")
  }

  @Test("a call keeps no more than a few narrow counts, and more of them are refused")
  func narrow() {
    let limits = (0..<5).map { place in
      "name: n\(place), per: called-prefix, calls: 1, user-prefix: \"+\(place)\""
    }
    #expect(
      !Sample.findings(Self.policy(Array(limits.prefix(4)))).contains { $0.contains("at most") })
    #expect(
      Sample.findings(Self.policy(limits)).contains { $0.contains("at most 4 session limits") })
    // Those of one network of sources are one count.
    let same = (0..<5).map { "name: s\($0), per: source, calls: \(9 - $0)" }
    #expect(!Sample.findings(Self.policy(same)).contains { $0.contains("at most") })
  }

  @Test("lint tells what is in force of them for a peer")
  func effective() throws {
    let snapshot = try Sample.load(Self.policy([], "sessions: 100", ", max-duration: 30m"))
    let left = try #require(snapshot.effective(peer: "left"))
    func value(_ key: String) -> String? { left.first { $0.key == key }?.value }
    #expect(value("sessions") == "100" && value("max-duration") == "30m")
    let right = try #require(snapshot.effective(peer: "right"))
    #expect(
      right.first { $0.key == "max-duration" }?.value == "as `element.limits.call-duration` says")
  }

  @Test("diff tells of them as settings, of the section and of a peer, with their places")
  func settings() throws {
    func changes(_ old: String, _ new: String) throws -> [String] {
      try Comparison.of(Sample.load(old), Sample.load(new)).settings.map { change in
        "\(change.path): \(change.old) -> \(change.new) \(change.newPlace ?? "")"
      }
    }
    let limits = ["name: a, per: peer, calls: 9"]
    let old = Self.policy(limits, "sessions: 20", ", sessions: 10")
    #expect(try changes(old, old) == [])
    #expect(
      try changes(old, Self.policy(limits, "sessions: 20", ", sessions: 11"))
        == ["peers.left.sessions: 10 -> 11 p:10:52"])
    #expect(
      try changes(old, Self.policy(limits, "sessions: 20"))
        == ["peers.left.sessions: 10 -> 20 p:8:13"])
    let other = try changes(
      old, Self.policy(["name: a, per: peer, calls: 8"], "", ", sessions: 10"))
    #expect(
      other.map { $0.prefix { $0 != ":" } } == ["admission.session-limits", "admission.sessions"])
  }

  // MARK: Lint

  private func look(_ limits: [String], by rule: String, _ more: String = "") -> [String] {
    Look.at(Self.policy(limits, more), by: rule, after: "")
  }

  static let idleCases: [([String], [String])] = [
    (["name: a, per: peer, calls: 9", "name: b, per: source, calls: 5"], []),
    (["name: a, per: peer, calls: 9", "name: b, per: source, calls: 10"], ["b"]),
    (["name: a, per: peer, calls: 9", "name: b, per: source, calls: 9"], ["b"]),
    (["name: b, per: source, calls: 9", "name: a, per: peer, calls: 9"], []),
    // What only observes, or counts the calls of others, hides nothing.
    (["name: a, per: peer, calls: 9, mode: observe", "name: b, per: source, calls: 10"], []),
    (["name: a, per: peer, calls: 9, from: right", "name: b, per: source, calls: 10"], []),
    (
      [
        "name: a, per: peer, calls: 9, from: right", "name: b, per: source, calls: 10, from: right",
      ],
      ["b"]
    ),
    (["name: a, per: egress, calls: 9", "name: b, per: source, calls: 10"], []),
    (["name: a, per: egress, calls: 9", "name: b, per: target, calls: 10"], ["b"]),
    (["name: a, per: element, calls: 9", "name: b, per: target, calls: 10"], ["b"]),
    // A half-open call is a call, and a call need not be half open.
    (["name: a, per: peer, calls: 9", "name: b, per: source, half-open: 10"], ["b"]),
    (["name: a, per: peer, half-open: 9", "name: b, per: source, calls: 10"], []),
    (["name: a, per: peer, calls: 9", "name: b, per: source, calls: 10, half-open: 2"], []),
    (["name: a, per: source, calls: 3, ipv4-bits: 24", "name: b, per: source, calls: 4"], ["b"]),
    (["name: a, per: source, calls: 3", "name: b, per: source, calls: 4, ipv4-bits: 24"], []),
  ]

  @Test(
    "a limit that a wider one never lets be reached is told, and no other", arguments: idleCases)
  func idle(_ limits: [String], _ names: [String]) {
    let found = look(limits, by: "idle-session-limit")
    #expect(found.count == names.count, "\(found)")
    #expect(zip(found, names).allSatisfy { $0.contains("session limit `\($1)` is never reached") })
  }

  @Test("a peer that may have all that the element has is told, once for what a section says")
  func aboveElement() {
    let rule = "session-limit-above-element"
    let all = "name: all, per: element, calls: 50"
    #expect(look([all], by: rule, "sessions: 49") == [])
    #expect(look([all], by: rule, "sessions: 50").count == 1)
    #expect(look([all + ", mode: observe"], by: rule, "sessions: 50") == [])
    #expect(look([all, "name: p, per: egress, calls: 60"], by: rule).count == 1)
    #expect(look([all, "name: p, per: egress, half-open: 60"], by: rule) == [])
    let limits = Self.policy([], "sessions: 50")
      .replacing("version: 1", with: "version: 1\nelement: { limits: { calls: 50 } }")
    let found = Look.at(limits, by: rule, after: "")
    #expect(found.count == 1 && found[0].contains("`element.limits.calls`"))
  }

  // MARK: Explaining

  @Test("a test of a policy meets a full limit, and is told which, and where it stands")
  func explained() throws {
    let cases = """
      defaults: { from: 10.0.0.9 }
      cases:
        - name: one has room
          request: "INVITE sip:x@y"
          expect: { verdict: forward }
        - name: the next has none
          after: [{ request: "INVITE sip:x@y", replies: [180] }]
          request: "INVITE sip:x@y"
          expect: { verdict: refuse, status: 503 }
        - name: after an end there is room
          after: [{ request: "INVITE sip:x@y", replies: [486] }]
          request: "INVITE sip:x@y"
          expect: { verdict: forward }
        - name: what it says
          after: [{ request: "INVITE sip:x@y", replies: [200] }]
          request: "INVITE sip:x@y"
          expect: { verdict: forward }
      """
    for (subject, left) in [("target", ", and no other target is left"), ("peer", "")] {
      let policy = Self.policy(["name: a, per: \(subject), calls: 1"])
      let suite = try Suite.load(
        beside: "p.yaml", from: .memory(["p.yaml": policy, "p.test.yaml": cases]))
      let report = suite.run()
      #expect(report.passed == 3 && report.failed == 1, "\(report.text)")
      let fact = "session limit `a` lets 1 call go on at once\(left)"
      #expect(report.text.contains(fact), "\(report.text)")
      #expect(report.text.contains("p.yaml:7:7"), "\(report.text)")
    }
  }
}
