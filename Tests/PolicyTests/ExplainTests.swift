import Policy
import Testing

@Suite("What explain says of one message")
struct ExplainTests {
  /// Each line stands where the expectations below say it does.
  private static let policy = """
    version: 1
    element: { names: [edge.example] }
    listeners:
      - { name: u4, transport: udp, address: "10.0.0.1:5060" }
      - { name: t4, transport: tcp, address: "10.0.0.1:5060" }
    peers:
      - { name: left, sources: [10.1.0.0/16], listeners: [u4], methods: [INVITE, BYE] }
      - { name: right, sources: [10.2.0.0/16], targets: ["udp:10.2.0.1:5060"] }
      - { name: called, targets: ["udp:10.9.0.1:5060"], names: [pbx.example] }
    routing: { resolve: always }
    routes:
      - { name: gb, from: left, user-prefix: "+44", to: right }
      - { name: a, method: OPTIONS, to: called }
      - { name: b, scheme: tel, to: called }
      - { name: c, domain: [c.example, d.example], to: called }
      - { name: d, user-pattern: "+1XX", to: called }
      - { name: e, time: { days: sat }, to: called }
      - { name: f, caller: { domain: other.example }, to: called }
      - { name: g, callee: { domain: other.example }, to: called }
      - { name: h, header: { name: Subject, is: present }, to: called }
    """

  private func explain(
    _ request: String, from source: String, to listener: String? = "u4", _ headers: [String] = [],
    answers: [String] = []
  ) throws -> Explanation {
    let snapshot = try Snapshot.load(text: Self.policy, name: "p", cores: 1)
    return try Explanation.of(
      nil, short: (request, headers), from: source, to: listener, answers: answers,
      at: "2024-01-01T12:00:00Z", under: snapshot)
  }

  @Test("a source without a peer is told with the nearest prefix")
  func stranger() throws {
    let told = try explain("INVITE sip:x@y", from: "10.3.0.9")
    #expect(told.verdict == .silence)
    #expect(
      told.steps.map(\.fact) == [
        "10.3.0.9 is in no peer's sources; the nearest is 10.2.0.0/16 of peer `right`"
      ])
    #expect(told.steps.last?.place == "p:8:30")
    #expect(told.log == "source.unknown")
    #expect(told.replies.isEmpty && told.leaves.isEmpty)
  }

  @Test("a peer at another's listener, and a target that sends requests, are told as such")
  func almostKnown() throws {
    let elsewhere = try explain("INVITE sip:x@y", from: "10.1.0.9", to: "t4").steps.last
    #expect(
      elsewhere?.fact == "10.1.0.9 lies in 10.1.0.0/16 of peer `left`, which may not use listener"
        + " `t4` (it may use `u4`)")
    let called = try explain("INVITE sip:x@y", from: "10.9.0.1").steps.last
    #expect(
      called?.fact
        == "10.9.0.1 is in no peer's sources; it is a target of peer `called`, which only"
        + " answers from there")
    #expect(called?.place == "p:9:13")
  }

  @Test("each route that does not take it says which condition failed, in the order of the routes")
  func passedOver() throws {
    let told = try explain("MESSAGE sip:+49@x.example", from: "10.2.0.9")
    let routing = try #require(told.steps.last)
    #expect(routing.verdict == "refuse 404 Not Found")
    #expect(routing.fact == "none of the 9 routes takes it")
    let found = (routing.passedOver ?? []).map { "\($0.route) \($0.place) \($0.condition)" }
    #expect(
      found == [
        "gb p:12:13 from", "a p:13:13 method", "b p:14:13 scheme", "c p:15:13 domain",
        "d p:16:13 user-pattern", "e p:17:13 time", "f p:18:13 caller", "g p:19:13 callee",
        "h p:20:13 header",
      ])
    #expect(
      routing.passedOver?[3].fact == "it is for `c.example` or `d.example`; this is `x.example`")
    #expect(told.cause == "no-route")
    #expect(told.log == "request.refused method=MESSAGE status=404 cause=no-route")
  }

  @Test("of a route that takes it, what it leaves with is shown line by line")
  func leaves() throws {
    let told = try explain("INVITE sip:+441@x.example", from: "10.1.0.9:5080")
    #expect(told.verdict == .forward)
    #expect(told.steps.map(\.stage).joined(separator: " ") == Self.stages)
    #expect(told.route == "gb" && told.callee == "right" && told.nextHop == "udp:10.2.0.1:5060")
    let lines = try #require(told.leaves.first?.lines)
    #expect(lines.contains("- Max-Forwards: 70") && lines.contains("+ Max-Forwards: 69"))
    #expect(lines.contains("  CSeq: 1 INVITE"))
    #expect(lines.first == "  INVITE sip:+441@x.example SIP/2.0")
    #expect(told.status == 100)
    #expect(told.text.contains("forward: to udp:10.2.0.1:5060 (right) by route gb"))
    #expect(told.json.contains("\"nextHop\" : \"udp:10.2.0.1:5060\""))
  }

  private static let stages =
    "source grammar admission request authentication identity routing departure"

  @Test(
    "refusals say on what they rest",
    arguments: [
      (
        "MESSAGE sip:x@y", "10.1.0.9", "", "admission",
        "peer `left` may send INVITE, ACK, BYE, CANCEL; this is MESSAGE"
      ),
      ("INVITE sip:x@y", "10.1.0.9", "Max-Forwards: 0", "request", "Max-Forwards is 0"),
      (
        "INVITE sip:x@y", "10.1.0.9", "Proxy-Require: gizmo", "request",
        "Proxy-Require asks for gizmo"
      ),
      (
        "INVITE sip:x@y", "10.1.0.9", "Route: <sip:192.0.2.1;lr>", "routing",
        "Route: <sip:192.0.2.1;lr> leads to no configured peer"
      ),
      (
        "INVITE sip:x@y", "10.1.0.9", "To: <sip:x@y", "grammar",
        "at octet 156, in line 5: `To: <sip:x@y`"
      ),
    ])
  func refusals(
    request: String, source: String, header: String, stage: String, fact: String
  ) throws {
    let told = try explain(request, from: source, header.isEmpty ? [] : [header])
    #expect(told.verdict == .refuse)
    #expect(told.stage == stage)
    #expect(told.steps.last?.fact == fact)
  }

  @Test("a name that must be asked for is told, and an answer brings the request on")
  func questions() throws {
    let route = ["Route: <sip:Far.example;lr>"]
    let asking = try explain("INVITE sip:x@y", from: "10.1.0.9", route)
    #expect(asking.verdict == .ask && asking.stage == "routing" && asking.status == 100)
    #expect(asking.questions.map(\.name) == ["Far.example"])
    let known = try explain(
      "INVITE sip:x@y", from: "10.1.0.9", route, answers: ["far.example=10.2.0.7"])
    #expect(known.verdict == .forward && known.guide == "route-header")
    #expect(known.nextHop == "udp:10.2.0.7:5060" && known.peer == "left")
    // The source was found when it came, and the answer has not made that forgotten.
    #expect(known.steps.first?.place == "p:7:29")
    let none = try explain("INVITE sip:x@y", from: "10.1.0.9", route, answers: ["far.example=none"])
    #expect(none.verdict == .refuse && none.cause == "unknown-name")
  }

  @Test(
    "what cannot be asked is said",
    arguments: [
      ("INVITE sip:x@y", "10.1.0.9", "t5", "there is no listener `t5`; did you mean `t4`?"),
      (
        "INVITE", "10.1.0.9", "u4",
        "`INVITE` is not a request in short form, such as `INVITE sip:+493012345@example.com`"
      ),
      ("INVITE sip:x@y", "tcp:10.1.0.9", "u4", "listener `u4` speaks udp, and not tcp"),
      (
        "INVITE sip:x@y", "::1", "u4",
        "listener `u4` has an address of IPv4: nothing of IPv6 comes there"
      ),
      ("INVITE sip:x@y", "10.1.0.9:0", "u4", "`10.1.0.9:0` has port 0; a port is from 1 to 65535"),
      (
        "INVITE sip:x@y", "somewhere", "u4",
        "`somewhere` names a host; a source is an address until names are resolved"
      ),
    ])
  func misuse(request: String, source: String, listener: String, message: String) {
    #expect {
      _ = try explain(request, from: source, to: listener)
    } throws: {
      ($0 as? Misuse)?.description == message
    }
  }

  @Test(
    "a stream without a whole message is closed only where it can hold none any more",
    arguments: [
      ("\r\n\r\n", "silence"), ("OPTIONS sip:x SIP/2.0\r\nTo: <sip:x>\r\n", "wait"),
      ("OPTIONS sip:x SIP/2.0\r\nContent-Length: x\r\n\r\n", "close"),
    ])
  func stream(octets: String, verdict: String) throws {
    let snapshot = try Snapshot.load(text: Self.policy, name: "p", cores: 1)
    let told = try Explanation.of(
      Mended(whole: Array(octets.utf8)), from: "tcp:10.2.0.9", to: "t4", at: "2024-01-01T12:00:00Z",
      under: snapshot)
    #expect(told.steps.map(\.verdict) == [verdict])
  }

  @Test("an answer to a name is an address")
  func answers() throws {
    #expect {
      _ = try explain("INVITE sip:x@y", from: "10.1.0.9", answers: ["y=10.0.0.0/8"])
    } throws: {
      ($0 as? Misuse)?.description == "`10.0.0.0/8` is not an address, such as `192.0.2.1`"
    }
  }

  @Test("bare line ends of a file are mended, and that is said")
  func mended() throws {
    let lines = "INVITE sip:x@y SIP/2.0\nTo: <sip:x@y>\nContent-Length: 9\n\nv=0\na=b\n"
    let mended = Mended(Array(lines.utf8))
    let whole =
      "INVITE sip:x@y SIP/2.0\r\nTo: <sip:x@y>\r\nContent-Length: 10\r\n\r\nv=0\r\na=b\r\n"
    #expect(String(decoding: mended.octets, as: UTF8.self) == whole)
    #expect(mended.remark == "bare line ends were made CR LF; Content-Length 9 -> 10")
    let again = Mended(mended.octets)
    #expect(again.octets == mended.octets && again.remark == nil)
    let short = Mended(Array("OPTIONS sip:x SIP/2.0\nTo: <sip:x>".utf8))
    #expect(short.octets == Array("OPTIONS sip:x SIP/2.0\r\nTo: <sip:x>\r\n\r\n".utf8))
  }
}
