import Basics
import Testing
import Torture

@Suite("The judge")
struct JudgeTests {
  private static let request = [
    "INVITE sip:u@example.com?Route=%3Csip:x%3E SIP/2.0", "Via: SIP/2.0/UDP a;branch=z9hG4bK1",
    "From: <sip:a@b>;tag=1", "To: <sip:c@d>", "Call-ID: x", "CSeq: 1 INVITE", "Max-Forwards: 70",
  ]
  private static let forwarded = [
    "INVITE sip:u@example.com SIP/2.0", "Via: SIP/2.0/UDP e;branch=z9hG4bK2",
    "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "From: <sip:a@b>;tag=1", "To: <sip:c@d>", "Call-ID: x",
    "CSeq: 1 INVITE", "Max-Forwards: 69",
  ]

  private func attempt(
    _ outcomes: String, _ lines: [String] = Self.request, over transport: Transport = .udp
  ) throws -> Attempt {
    let read = try Expected("a proxy \(outcomes) §1", path: "x").lines
    let line = try #require(read.first)
    let one = Case(folder: "x", role: .proxy, line: line, octets: Attempt.message(lines))
    return Attempt(of: one, play: .asItIs, transport: transport)
  }

  private func verdict(
    _ outcomes: String, _ lines: [String] = Self.request, over transport: Transport = .udp,
    _ see: (inout Observation) -> Void
  ) throws -> Verdict {
    let attempt = try attempt(outcomes, lines, over: transport)
    var observation = Observation(sent: attempt.octets)
    see(&observation)
    return Judge(attempt, observation).verdict()
  }

  private func passedOn(
    _ octets: [UInt8], over transport: Transport = .udp
  ) throws -> Verdict {
    try verdict("forward") { $0.forwarded = [Observation.Seen(octets, over: transport)] }
  }

  @Test("what is clean passes")
  func clean() throws {
    #expect(try passedOn(Attempt.message(Self.forwarded, body: "hello")).kind == .pass)
    #expect(try passedOn(Attempt.message(Self.forwarded), over: .tcp).kind == .pass)
  }

  @Test(
    "what is forwarded and not clean fails, and says why",
    arguments: [
      (0, "INVITE <sip:u@example.com> SIP/2.0", "brackets stand round its Request-URI"),
      (0, "INVITE  sip:u@example.com SIP/2.0", "its start line has a space too many"),
      (0, "INVITE sip:u@example.com SIP/2.0 ", "its start line has a space too many"),
      (0, "INVITE sip:u@example.com SIP/7.0", "its start line ends in no SIP/2.0"),
      (0, "INVITE sip:u@example.com?a=b SIP/2.0", "a value in it is broken"),
      (0, "SIP/2.0 200 OK", "what left is a response"),
      (4, "To: Watson, T <sip:c@d>", "it lacks what every message has"),
      (4, "Route: <sip:x>\r\nTo: <sip:c@d>", "a header of its URI, route, became one"),
      (4, "Contact: sip:a@b?c=d\r\nTo: <sip:c@d>", "a value in it is broken"),
      (5, "Max-Forwards: 3\r\nCall-ID: x", "it does not parse: Repeated Header"),
      (6, "CSeq: 4294967296 INVITE", "it lacks what every message has: Bad CSeq"),
    ])
  func unclean(place: Int, line: String, fault: String) throws {
    var lines = Self.forwarded
    lines[place] = line
    let verdict = try passedOn(Attempt.message(lines))
    #expect(verdict.kind == .fail)
    #expect(verdict.seen.hasPrefix("forwarded, but \(fault)"), "\(verdict.seen)")
  }

  @Test("octets behind the body, and a length that does not hold")
  func lengths() throws {
    let whole = Attempt.message(Self.forwarded, body: "hello")
    #expect(try passedOn(whole + [0x49]).seen == "forwarded, but 1 octets follow its body")
    #expect(try passedOn(whole.dropLast()).seen.contains("does not parse: Body Shorter"))
    let bare = Array((Self.forwarded + ["", ""]).joined(separator: "\r\n").utf8)
    #expect(try passedOn(bare).kind == .pass)
    #expect(try passedOn(bare, over: .tcp).seen.contains("no Content-Length on a stream"))
  }

  @Test("an answer that is not well-formed, or names another request")
  func answers() throws {
    let good = [
      "SIP/2.0 400 No", "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "Call-ID: x", "CSeq: 1 INVITE",
    ]
    let told = { (lines: [String]) in
      try self.verdict("400") {
        $0.answers = [Observation.Seen(Attempt.message(lines), over: .udp)]
      }
    }
    #expect(try told(good).kind == .pass)
    #expect(try told([good[0], good[1], "Call-ID: y", good[3]]).seen.contains("another Call-ID"))
    #expect(try told(["SIP/2.0 4294967301 No"] + good.dropFirst()).seen.contains("does not parse"))
    #expect(try told(good + ["To: <sip:a>", "To: <sip:b>"]).seen.contains("Repeated Header"))
    #expect(try told(["BYE sip:a SIP/2.0"] + good.dropFirst()).seen.contains("no response"))
    // Nobody answers a response.
    let response = ["SIP/2.0 200 OK"] + Self.request.dropFirst()
    let verdict = try verdict("silence", response) {
      $0.answers = [Observation.Seen(Attempt.message(good), over: .udp)]
    }
    #expect(verdict.kind == .fail && verdict.seen == "an answer to a response")
  }

  @Test("an element that does not answer any more, or keeps something, fails whatever it did")
  func survival() throws {
    #expect(try verdict("silence") { _ in }.kind == .pass)
    #expect(try verdict("silence") { $0.stillAnswers = false }.kind == .fail)
    #expect(try verdict("silence") { $0.leftovers = "2 timers" }.seen.contains("2 timers left"))
    #expect(try verdict("silence") { $0.trouble = "no socket" }.seen == "no socket")
  }

  @Test("the end of a stream counts")
  func streams() throws {
    let attempt = try attempt("400+close", over: .tcp)
    let outcome = try #require(attempt.required.first)
    var seen = attempt.likeness(of: outcome)
    #expect(Judge(attempt, seen).verdict().kind == .pass)
    seen.isClosed = false
    #expect(Judge(attempt, seen).verdict().seen == "400 So; the stream stays open")
    #expect(try verdict("close", over: .tcp) { $0.isClosed = true }.kind == .pass)
    #expect(try verdict("silence", over: .tcp) { $0.isClosed = true }.kind == .fail)
  }

  @Test("a challenge is no 4xx unless the line says so, and provisional responses are not judged")
  func statuses() throws {
    for (status, outcomes, kind) in [
      ("401", "4xx", Verdict.Kind.fail), ("407", "4xx", .fail), ("401", "4xx challenge", .pass),
      ("401", "401", .pass), ("486", "4xx", .pass), ("486", "404 ~ 4xx", .tolerated),
      ("500", "4xx", .fail), ("180", "silence", .pass), ("180", "2xx", .fail),
    ] {
      let lines = ["SIP/2.0 \(status) So", "Call-ID: x", "CSeq: 1 INVITE"]
      let verdict = try verdict(outcomes) {
        $0.answers = [Observation.Seen(Attempt.message(lines), over: .udp)]
      }
      #expect(verdict.kind == kind, "\(status) \(outcomes)")
    }
  }

  @Test("conditions hold of what leaves and of what is answered")
  func conditions() throws {
    let subject = Self.request + ["Subject: a  b"]
    for (line, kind) in [("Subject: a  b", Verdict.Kind.pass), ("Subject: a b", .fail)] {
      let verdict = try verdict("forward[keeps=Subject]", subject) {
        $0.forwarded = [
          Observation.Seen(Attempt.message(Self.forwarded + [line]), over: .udp)
        ]
      }
      #expect(verdict.kind == kind)
    }
    for (outcome, header, kind) in [
      ("501[has=Allow]", "Allow: INVITE", Verdict.Kind.pass), ("501[has=Allow]", "a: x", .fail),
      ("501[lacks=Allow]", "Allow: INVITE", .fail), ("501[lacks=Allow]", "a: x", .pass),
      ("501[Allow=a,B]", "Allow: b , A", .pass), ("501[Allow=a,b]", "Allow: a", .fail),
      ("501[Allow=a]", "Allow: a, b", .fail),
    ] {
      let lines = ["SIP/2.0 501 No", "Call-ID: x", "CSeq: 1 INVITE", header]
      let verdict = try verdict(outcome) {
        $0.answers = [Observation.Seen(Attempt.message(lines), over: .udp)]
      }
      #expect(verdict.kind == kind, "\(outcome) \(header)")
    }
  }
}
