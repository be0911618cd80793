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
      (0, "invite sip:u@example.com SIP/2.0", "it lacks what every message has: CSeq Method"),
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

  private static func answer(_ status: String) -> [String] {
    [
      "SIP/2.0 \(status)", "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "From: <sip:a@b>;tag=1",
      "To: <sip:c@d>;tag=2", "Call-ID: x", "CSeq: 1 INVITE",
    ]
  }

  private func answered(
    _ outcomes: String, over transport: Transport = .udp, _ answers: [String]...
  ) throws -> Verdict {
    try verdict(outcomes, over: transport) { seen in
      seen.answers = answers.map { Observation.Seen(Attempt.message($0), over: transport) }
      seen.isClosed = transport.isReliable
    }
  }

  @Test("a request gets one final answer, an ACK none")
  func oneAnswer() throws {
    let (bad, good) = (Self.answer("400 No"), Self.answer("200 OK"))
    #expect(try answered("400", bad, bad).kind == .pass, "a retransmission")
    for outcomes in ["400", "2xx", "400 ~ 2xx"] {
      for answers in [(bad, good), (good, bad)] {
        let verdict = try answered(outcomes, answers.0, answers.1)
        #expect(verdict.kind == .fail && verdict.seen.hasPrefix("two final responses"))
      }
    }
    let ack = Self.request.map { $0.replacing("INVITE", with: "ACK") }
    let verdict = try verdict("400", ack) {
      $0.answers = [Observation.Seen(Attempt.message(bad), over: .udp)]
    }
    #expect(verdict.kind == .fail && verdict.seen == "an answer to an ACK")
  }

  @Test("a stream that ends counts as closed for a fault where nothing was accepted before")
  func acceptedAndClosed() throws {
    #expect(try answered("close", over: .tcp, Self.answer("400 No")).kind == .pass)
    #expect(try answered("close", over: .tcp, Self.answer("200 OK")).kind == .fail)
    #expect(try answered("close", over: .tcp, Self.answer("302 Gone")).kind == .fail)
  }

  @Test("a challenge has what there is to be answered (RFC 3261 §22.1, §22.3)")
  func challenge() throws {
    for (status, name) in [("401 Who", "WWW-Authenticate"), ("407 Who", "Proxy-Authenticate")] {
      for outcome in ["challenge", String(status.prefix(3))] {
        let verdict = try answered(outcome, Self.answer(status))
        #expect(verdict.kind == .fail && verdict.seen.hasSuffix("it has no \(name)"))
        #expect(try answered(outcome, Self.answer(status) + ["\(name): Digest"]).kind == .pass)
      }
    }
  }

  @Test("a response is passed on with its status")
  func status() throws {
    for (status, kind) in [("200 Other", Verdict.Kind.pass), ("500 No", .fail), ("202 So", .fail)] {
      let response = ["SIP/2.0 200 OK"] + Self.request.dropFirst()
      let verdict = try verdict("forward", response) {
        let lines = ["SIP/2.0 \(status)"] + Self.forwarded.dropFirst()
        $0.forwarded = [Observation.Seen(Attempt.message(lines), over: .udp)]
      }
      #expect(verdict.kind == kind, "\(verdict)")
    }
  }

  @Test("a second message that leaves is looked at as well")
  func second() throws {
    let whole = Attempt.message(Self.forwarded)
    for (method, kind) in [("INVITE", Verdict.Kind.pass), ("BYE", .fail), ("CANCEL", .pass)] {
      let lines = Self.forwarded.map { $0.replacing("INVITE", with: method) }
      let verdict = try verdict("forward") {
        $0.forwarded = [whole, Attempt.message(lines)].map { Observation.Seen($0, over: .udp) }
      }
      #expect(verdict.kind == kind, "\(method)")
    }
  }

  @Test("an answer that is not well-formed, or names another request")
  func answers() throws {
    let good = Self.answer("400 No")
    let told = { (lines: [String]) in
      try self.verdict("400") {
        $0.answers = [Observation.Seen(Attempt.message(lines), over: .udp)]
      }
    }
    #expect(try told(good).kind == .pass)
    for (line, fault) in [
      ("Call-ID: y", "another Call-ID"), ("CSeq: 2 INVITE", "another CSeq"),
      ("CSeq: 1 BYE", "another CSeq"), ("X: no Via", "no Via"), ("X: no From", "no From"),
      ("X: no To", "no To"), ("X: no Call-ID", "no Call-ID"), ("X: no CSeq", "no CSeq"),
      ("Via: SIP/2.0/UDP b;branch=z9hG4bK1", "another Via on top"),
      ("Via: SIP/2.0/TCP a;branch=z9hG4bK1", "another Via on top"),
    ] {
      let name = line.hasPrefix("X: no ") ? line.dropFirst(6) : line.prefix { $0 != ":" }
      let verdict = try told(good.map { $0.hasPrefix("\(name):") ? line : $0 })
      #expect(verdict.kind == .fail && verdict.seen.hasSuffix("the answer has \(fault)"), "\(line)")
    }
    // White space and leading zeros are one's own.
    #expect(try told(good.dropLast() + ["CSeq:  0001\r\n  INVITE"]).kind == .pass)
    let via = "Via:SIP / 2.0 /udp A ;branch=z9hG4bK1;received=192.0.2.1"
    #expect(try told([good[0], via] + good.dropFirst(2)).kind == .pass)
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
      let lines = Self.answer("\(status) So") + ["WWW-Authenticate: x", "Proxy-Authenticate: x"]
      let verdict = try verdict(outcomes) {
        $0.answers = [Observation.Seen(Attempt.message(lines), over: .udp)]
      }
      #expect(verdict.kind == kind, "\(status) \(outcomes)")
    }
  }

  @Test("a body is kept, or is not")
  func bodies() throws {
    let attempt = try attempt("forward[keeps=body]")
    for (body, kind) in [("hello", Verdict.Kind.pass), ("hellO", .fail), ("", .fail)] {
      var seen = Observation(sent: Attempt.message(Self.request, body: "hello"))
      let octets = Attempt.message(Self.forwarded, body: body)
      seen.forwarded = [Observation.Seen(octets, over: .udp)]
      #expect(Judge(attempt, seen).verdict().kind == kind, "\(body)")
      // Without a length it goes to the end (RFC 3261 §18.3).
      seen.sent = Array((Self.request + ["", "hello"]).joined(separator: "\r\n").utf8)
      #expect(Judge(attempt, seen).verdict().kind == kind, "\(body)")
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
      ("501[Allow=a]", "Allow: a, b", .fail), ("501[has=Allow:nv]", "Allow: INVITE", .pass),
      ("501[has=Allow:nw]", "Allow: INVITE", .fail), ("501[has=m:x:Y>]", "Contact: <X:y>", .pass),
      ("501[lacks=Allow:nv]", "Allow: INVITE", .fail), ("501[lacks=Allow:nw]", "a: x", .pass),
      ("501[lacks=body]", "a: x", .pass), ("501[has=body]", "a: x", .fail),
    ] {
      let lines = Self.answer("501 No") + [header]
      let verdict = try verdict(outcome) {
        $0.answers = [Observation.Seen(Attempt.message(lines), over: .udp)]
      }
      #expect(verdict.kind == kind, "\(outcome) \(header)")
    }
  }
}
