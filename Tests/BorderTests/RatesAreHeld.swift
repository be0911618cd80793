import Admission
import Basics
import Border
import Rehearsal
import SIP
import Testing

@Suite("A limit stops what is too much, and costs nobody else anything")
struct RatesAreHeld {
  private typealias Limit = Rules.RateLimit

  private func exchange(_ limits: Limit...) -> Exchange {
    var layout = Stage.layout()
    layout.rateLimits = limits
    return Exchange(layout)
  }

  /// Requests of its own transaction and call.
  private func ask(_ number: Int, _ method: String = "INVITE", host: String = "10.1.0.1:5060")
    -> Ask
  {
    Ask(method) { ask in
      ask.callID = "c\(number)@\(host)"
      ask.via = ["SIP/2.0/UDP \(host);branch=z9hG4bK\(number)"]
    }
  }

  private func statuses(_ talker: Talker) -> [Int] {
    talker.heard.map(\.message.status).filter { $0 >= 200 }
  }

  private func limits(_ exchange: Exchange) -> (began: Int, ended: [Int]) {
    var (began, ended) = (0, [Int]())
    for note in exchange.element.notes {
      if case .limitBegan = note { began += 1 }
      if case .limitEnded(_, _, let refused) = note { ended.append(refused) }
    }
    return (began, ended)
  }

  @Test("calls of a peer beyond its rate get 503 without Retry-After, and it is an alarm once")
  func callsOfPeer() {
    let pace = Pace(1, in: .seconds(60), burst: 2)
    let exchange = exchange(Limit("calls", per: .peer, .calls, pace, .refuse(503)))
    for number in 0..<5 { exchange.send(ask(number).text, from: exchange.west) }
    #expect(statuses(exchange.west) == [503, 503, 503])
    let refused = exchange.west.heard.last?.message
    #expect(refused?.all("Retry-After") == [])
    #expect(exchange.element.refusals.map(\.rule) == [0, 0, 0])
    #expect(exchange.east.heard.count { $0.message.method == "INVITE" } == 2)
    // Another peer has its own, and what begins no call is not counted.
    exchange.send(ask(9, host: "10.2.0.1:5060").text, from: exchange.east)
    #expect(exchange.west.last("INVITE") != nil)
    exchange.send(ask(10, "OPTIONS").text, from: exchange.west)
    #expect(exchange.east.last("OPTIONS") != nil)
    exchange.pause(.seconds(30))
    let (began, ended) = limits(exchange)
    #expect(began == 1 && ended == [3])
  }

  @Test("what is sent again is no further call")
  func retransmissions() {
    let pace = Pace(1, in: .seconds(60), burst: 1)
    let exchange = exchange(Limit("calls", per: .peer, .calls, pace, .refuse(503)))
    for _ in 0..<4 { exchange.send(ask(1).text, from: exchange.west) }
    #expect(statuses(exchange.west) == [])
    #expect(exchange.element.counters.refused == 0)
  }

  @Test("messages are counted before they are read: garbage too, and nothing of it is parsed")
  func unread() {
    let pace = Pace(1, in: .seconds(60), burst: 3)
    let exchange = exchange(Limit("all", per: .source, .messages, pace, .drop))
    for _ in 0..<10 { exchange.send("no SIP at all\r\n\r\n", from: exchange.west) }
    let counters = exchange.element.counters
    #expect(counters.malformedDropped == 3 && counters.limited == 7 && counters.received == 3)
    #expect(exchange.element.passage.verdict == .silence(.rateLimit))
    // Its requests get no word now, and those of others pass.
    exchange.send(ask(1).text, from: exchange.west)
    #expect(exchange.west.heard.isEmpty)
    exchange.send(ask(2, host: "10.2.0.1:5060").text, from: exchange.east)
    #expect(exchange.west.last("INVITE") != nil)
  }

  @Test("who claims to be another spends his own budget, and never the other's")
  func claims() {
    let pace = Pace(1, in: .seconds(60), burst: 2)
    let exchange = exchange(Limit("claim", per: .claim, .requests, pace, .refuse(403)))
    for number in 0..<6 {
      exchange.send(ask(number, "MESSAGE", host: "10.3.0.1:5060").text, from: exchange.third)
    }
    // The third peer has no route: 404 until its budget is spent.
    #expect(statuses(exchange.third) == [404, 404, 403, 403, 403, 403])
    for number in 6..<8 { exchange.send(ask(number, "MESSAGE").text, from: exchange.west) }
    #expect(exchange.east.heard.count { $0.message.method == "MESSAGE" } == 2)
    // Under another name from the same place there is another budget.
    exchange.send(
      ask(9, "MESSAGE", host: "10.3.0.1:5060").with { $0.from = "<sip:x@y>;tag=1" }.text,
      from: exchange.third)
    #expect(statuses(exchange.third).last == 404)
  }

  @Test("each called prefix has its own, also where the number is written with separators")
  func calledPrefixes() {
    var limit = Limit(
      "dear", per: .calledPrefix, .calls, Pace(1, in: .seconds(60), burst: 1), .refuse(486))
    limit.prefixes = [Array("+882".utf8), Array("+881".utf8)]
    let exchange = exchange(limit)
    let called = ["+882161", "+88-2-99", "+8811", "+4930", "+4930", "+88 1"]
    for (number, user) in called.enumerated() where !user.contains(" ") {
      exchange.send(
        ask(number).with { $0.uri = "sip:\(user)@10.0.0.1" }.text, from: exchange.west)
    }
    #expect(statuses(exchange.west) == [486])
    #expect(exchange.east.heard.count { $0.message.method == "INVITE" } == 4)
  }

  @Test("a narrow limit that stops a message has spent nothing of a wider one")
  func narrowFirst() {
    let (narrow, wide) = (
      Limit("source", per: .source, .requests, Pace(1, in: .seconds(60), burst: 1), .refuse(403)),
      Limit("all", per: .element, .requests, Pace(1, in: .seconds(60), burst: 3), .refuse(503))
    )
    let exchange = exchange(wide, narrow)
    for number in 0..<50 {
      exchange.send(ask(number, "OPTIONS").text, from: exchange.west)
    }
    // The flood has had one of the three that there are for all.
    exchange.send(ask(60, "OPTIONS", host: "10.2.0.1:5060").text, from: exchange.east)
    exchange.send(ask(61, "OPTIONS", host: "10.3.0.1:5060").text, from: exchange.third)
    #expect(exchange.west.last("OPTIONS") != nil)
    #expect(statuses(exchange.third) == [404])
    #expect(statuses(exchange.west) == Array(repeating: 403, count: 49))
  }

  @Test("a limit that only observes counts and tells, and stops nothing")
  func observes() {
    var limit = Limit(
      "calls", per: .peer, .calls, Pace(1, in: .seconds(60), burst: 1), .refuse(503))
    limit.mode = .observe
    let exchange = exchange(limit)
    for number in 0..<3 { exchange.send(ask(number).text, from: exchange.west) }
    #expect(exchange.east.heard.count { $0.message.method == "INVITE" } == 3)
    let observed = exchange.element.notes.compactMap { note -> Observation? in
      if case .observed(let observation, _, _) = note { observation } else { nil }
    }
    #expect(observed == [.rateLimit(0), .rateLimit(0)])
    #expect(limits(exchange).began == 1)
  }

  @Test("all workers of an element take from the same buckets")
  func workers() {
    var layout = Stage.layout()
    layout.rateLimits = [
      Limit("all", per: .peer, .messages, Pace(1, in: .seconds(60), burst: 5), .drop)
    ]
    let (shared, seed) = (
      Shared(), Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    )
    let now = Instant(nanoseconds: 1_000_000_000)
    let regime = Regime(layout.configuration(), number: 1, seed: seed, sharing: shared)
    var welcomes: [Welcome] = []
    for worker in 0..<4 {
      var border = Border(regime, worker: UInt8(worker), of: 4, seed: seed, now: now)
      for _ in 0..<2 {
        let flow = Flow(.udp, listener: 0, remote: endpoint(Stage.west))
        welcomes.append(border.welcome(flow, now: now))
      }
    }
    #expect(welcomes.count { $0 == .welcome } == 5)
    #expect(welcomes.count { $0 == .tooMany } == 3)
  }

  @Test("a policy that keeps a rule keeps what was spent of it; the alarm is told to have ended")
  func reload() {
    let pace = Pace(1, in: .seconds(600), burst: 1)
    var layout = Stage.layout()
    layout.rateLimits = [Limit("calls", per: .peer, .calls, pace, .refuse(503))]
    let exchange = Exchange(layout)
    for number in 0..<3 { exchange.send(ask(number).text, from: exchange.west) }
    exchange.element.adopt(layout.configuration())
    exchange.send(ask(4).text, from: exchange.west)
    #expect(limits(exchange) == (2, [2]))
    #expect(statuses(exchange.west) == [503, 503, 503])
    layout.rateLimits[0].name = "other"
    exchange.element.adopt(layout.configuration())
    exchange.send(ask(5).text, from: exchange.west)
    #expect(statuses(exchange.west) == [503, 503, 503])
  }
}

extension RatesAreHeld {
  @Test("what comes from a peer's target, and is no answer, is counted for the peer")
  func targets() {
    var layout = Stage.layout()
    let apart = layout.peer("apart", [], at: ["10.9.0.1:5060"])
    layout.rateLimits = [
      Rules.RateLimit(
        "all", per: .element, .messages, Pace(1, in: .seconds(60), burst: 3), .drop)
    ]
    var configuration = layout.configuration()
    configuration.admission.answering = [
      Rules.Source(network: endpoint("10.9.0.1:1").address, bits: 128, peer: apart)
    ]
    let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    let now = Instant(nanoseconds: 1_000_000_000)
    var border = Border(configuration, seed: seed, now: now)
    let flow = Flow(.udp, listener: 0, remote: endpoint("10.9.0.1:7777"))
    var welcomes: [Welcome] = []
    for _ in 0..<5 { welcomes.append(border.welcome(flow, now: now)) }
    #expect(welcomes == [.welcome, .welcome, .welcome, .tooMany, .tooMany])
  }
}
