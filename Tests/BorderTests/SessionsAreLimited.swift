import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("A session limit refuses the call that is one too many, and touches no other")
struct SessionsAreLimited {
  typealias Limit = Admission.Rules.SessionLimit

  static func exchange(
    _ limits: Limit..., targets: [String] = [Stage.east], timeout: Interval? = nil
  ) -> Exchange {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
    layout.peer("third", ["10.3.0.0/16"])
    layout.route(from: [west], to: east, at: targets) { $0.targetTimeout = timeout }
    layout.route(to: west, at: [Stage.west])
    layout.sessionLimits = limits
    return Exchange(layout)
  }

  /// An INVITE of its own call.
  static func invite(_ number: Int, host: String = "10.1.0.1:5060", user: String = "bob") -> Ask {
    Ask("INVITE") { ask in
      ask.callID = "c\(number)@\(host)"
      ask.uri = "sip:\(user)@10.0.0.1"
      ask.via = ["SIP/2.0/UDP \(host);branch=z9hG4bK\(number)"]
    }
  }

  static func finals(_ talker: Talker) -> [Int] {
    talker.heard.map(\.message.status).filter { $0 >= 200 }
  }

  private func invites(_ talker: Talker) -> Int {
    talker.heard.count { $0.message.method == "INVITE" }
  }

  /// Sees that what is counted is there, and then that all of it ends.
  private func expectOrder(_ exchange: Exchange, _ place: SourceLocation = #_sourceLocation) {
    #expect(exchange.element.audit() == nil, sourceLocation: place)
    exchange.element.endCalls()
    exchange.expectNothingLeft(place)
    #expect(exchange.element.audit() == nil, sourceLocation: place)
    #expect(exchange.element.sessions.calls == 0, sourceLocation: place)
  }

  @Test("a peer's calls beyond its limit get 503 without Retry-After; another peer's pass")
  func ofPeer() {
    let exchange = Self.exchange(Limit("calls", per: .peer, calls: 2))
    for number in 0..<4 { exchange.send(Self.invite(number).text, from: exchange.west) }
    #expect(Self.finals(exchange.west) == [503, 503])
    #expect(exchange.west.last("503")?.message.all("Retry-After") == [])
    #expect(exchange.element.refusals.map(\.cause) == [.sessionLimit, .sessionLimit])
    #expect(exchange.element.refusals.map(\.rule) == [0, 0])
    exchange.send(Self.invite(9, host: "10.2.0.1:5060").text, from: exchange.east)
    #expect(invites(exchange.west) == 1)
    #expect(exchange.element.sessions == Headcount(calls: 3, halfOpen: 3))
    expectOrder(exchange)
  }

  @Test("who ends a call may begin another, however the first one ended")
  func room() {
    let exchange = Self.exchange(Limit("calls", per: .peer, calls: 1))
    let dialog = exchange.establish(Self.invite(1))
    exchange.send(Self.invite(2).text, from: exchange.west)
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.audit() == nil)
    exchange.send(Self.invite(3).text, from: exchange.west)
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.send(Self.invite(4).text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.send(Self.invite(4).with { $0.method = "CANCEL" }.text, from: exchange.west)
    exchange.answer("INVITE", 487, by: exchange.east)
    exchange.send(Self.invite(5).text, from: exchange.west)
    #expect(Self.finals(exchange.west) == [200, 503, 200, 486, 200, 487])
    #expect(invites(exchange.east) == 4)
    expectOrder(exchange)
  }

  @Test("an answered call is half open no more, and a call still")
  func halfOpen() {
    let exchange = Self.exchange(
      Limit("ringing", per: .element, halfOpen: 1), Limit("calls", per: .element, calls: 2))
    exchange.send(Self.invite(1).text, from: exchange.west)
    exchange.send(Self.invite(2).text, from: exchange.west)
    #expect(Self.finals(exchange.west) == [503])
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.element.sessions == Headcount(calls: 1, halfOpen: 0))
    exchange.send(Self.invite(3).text, from: exchange.west)
    exchange.answer("INVITE", 200, by: exchange.east)
    exchange.send(Self.invite(4).text, from: exchange.west)
    #expect(exchange.element.refusals.map(\.rule) == [0, 1])
    expectOrder(exchange)
  }

  @Test("a source has its own count, and so has each beginning of the called user")
  func narrow() {
    var dear = Limit("dear", per: .calledPrefix, calls: 1)
    dear.prefixes = [Array("+882".utf8), Array("+881".utf8)]
    let exchange = Self.exchange(Limit("source", per: .source, calls: 3), dear)
    for (number, user) in ["+8821", "+88-22", "+8811", "bob", "+49"].enumerated() {
      exchange.send(Self.invite(number, user: user).text, from: exchange.west)
    }
    #expect(Self.finals(exchange.west) == [480, 403])
    #expect(invites(exchange.east) == 3)
    expectOrder(exchange)
  }

  @Test("a network of sources has one count")
  func network() {
    var limit = Limit("net", per: .source, calls: 1)
    limit.ipv4Bits = 96 + 24
    let exchange = Self.exchange(limit)
    let neighbour = Talker("neighbour", in: exchange.world, at: "10.1.0.9:5060", over: .udp)
    let other = Talker("other", in: exchange.world, at: "10.1.1.1:5060", over: .udp)
    exchange.send(Self.invite(1).text, from: exchange.west)
    exchange.send(Self.invite(2, host: "10.1.0.9:5060").text, from: neighbour)
    exchange.send(Self.invite(3, host: "10.1.1.1:5060").text, from: other)
    #expect(Self.finals(neighbour) == [403] && Self.finals(other) == [])
    expectOrder(exchange)
  }

  @Test("a full target fails over to the next one, and only when none is left is it 503")
  func target() {
    let exchange = Self.exchange(
      Limit("channels", per: .target, calls: 1), targets: [Stage.east, Stage.second])
    for number in 0..<3 { exchange.send(Self.invite(number).text, from: exchange.west) }
    #expect(invites(exchange.east) == 1 && invites(exchange.second) == 1)
    #expect(Self.finals(exchange.west) == [503])
    #expect(exchange.element.refusals.map(\.cause) == [.sessionLimit])
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.send(Self.invite(5).text, from: exchange.west)
    #expect(invites(exchange.east) == 2)
    expectOrder(exchange)
  }

  @Test("a peer that is full on its way out refuses calls from others, and not its own")
  func egress() {
    let exchange = Self.exchange(
      Limit("out", per: .egress, calls: 1), targets: [Stage.east, Stage.second])
    exchange.send(Self.invite(1).text, from: exchange.west)
    exchange.send(Self.invite(2).text, from: exchange.west)
    #expect(Self.finals(exchange.west) == [503])
    exchange.send(Self.invite(3, host: "10.2.0.1:5060").text, from: exchange.east)
    #expect(invites(exchange.west) == 1)
    expectOrder(exchange)
  }

  @Test("a call that moves to the next target moves its count; a late answer takes it back")
  func moves() {
    let exchange = Self.exchange(
      Limit("channels", per: .target, calls: 1), targets: [Stage.east, Stage.second],
      timeout: .seconds(3))
    exchange.send(Self.invite(1).text, from: exchange.west)
    exchange.pause(.seconds(4))
    #expect(exchange.second.last("INVITE") != nil)
    #expect(exchange.element.audit() == nil)
    // The first one is free again, and the second is not.
    exchange.send(Self.invite(2).text, from: exchange.west)
    #expect(exchange.east.last("INVITE")?.message.callID == "c2@10.1.0.1:5060")
    exchange.send(Self.invite(3).text, from: exchange.west)
    #expect(Self.finals(exchange.west) == [503])
    // Whom it left answers after all: there are two calls there now, whatever the limit says.
    let first = exchange.east.heard.first { $0.message.method == "INVITE" }
    if let first {
      let response = exchange.east.response(to: first.message, 200, tag: "callee")
      exchange.east.reply(response.bytes, to: first)
      exchange.pause()
    }
    #expect(exchange.element.audit() == nil)
    #expect(exchange.element.sessions == Headcount(calls: 2, halfOpen: 1))
    exchange.send(Self.invite(4).text, from: exchange.west)
    #expect(exchange.second.last("INVITE")?.message.callID == "c4@10.1.0.1:5060")
    expectOrder(exchange)
  }

  @Test("a full target is passed over when the one before fails")
  func failoverToFull() {
    let exchange = Self.exchange(
      Limit("channels", per: .target, calls: 1), targets: [Stage.east, Stage.second])
    exchange.send(Self.invite(1).text, from: exchange.west)
    exchange.send(Self.invite(2).text, from: exchange.west)
    exchange.answer("INVITE", 503, by: exchange.east)
    #expect(Self.finals(exchange.west) == [503])
    #expect(invites(exchange.second) == 1)
    #expect(exchange.element.sessions.calls == 1)
    expectOrder(exchange)
  }

  @Test("requests within a call, and those that begin none, are not counted")
  func others() {
    let exchange = Self.exchange(
      Limit("calls", per: .element, calls: 1), Limit("channels", per: .target, calls: 1))
    let dialog = exchange.establish(Self.invite(1))
    for (number, method) in ["INVITE", "UPDATE", "INFO"].enumerated() {
      exchange.send(
        dialog.ask(method, fromWest: true, number: number + 2).text, from: exchange.west)
      exchange.answer(method, 200, by: exchange.east)
    }
    exchange.send(Ask("MESSAGE") { $0.callID = "m" }.text, from: exchange.west)
    exchange.answer("MESSAGE", 200, by: exchange.east)
    #expect(Self.finals(exchange.west) == [200, 200, 200, 200, 200])
    expectOrder(exchange)
  }

  @Test("an INVITE that is sent again is no further call")
  func retransmission() {
    let exchange = Self.exchange(Limit("calls", per: .peer, calls: 1))
    for _ in 0..<3 { exchange.send(Self.invite(1).text, from: exchange.west) }
    #expect(Self.finals(exchange.west) == [])
    expectOrder(exchange)
  }

  @Test("a limit that only observes tells, and refuses nothing")
  func observes() {
    var limit = Limit("calls", per: .peer, calls: 1)
    limit.mode = .observe
    let exchange = Self.exchange(limit)
    for number in 0..<3 { exchange.send(Self.invite(number).text, from: exchange.west) }
    #expect(invites(exchange.east) == 3)
    let observed = exchange.element.notes.compactMap { note -> Observation? in
      if case .observed(let observation, _, _) = note { observation } else { nil }
    }
    #expect(observed == [.sessionLimit(0), .sessionLimit(0)])
    expectOrder(exchange)
  }

  @Test("a limit that begins to refuse is an alarm once, and once more when it stops")
  func alarms() {
    let exchange = Self.exchange(Limit("calls", per: .peer, calls: 1))
    for number in 0..<4 { exchange.send(Self.invite(number).text, from: exchange.west) }
    exchange.pause(.seconds(20))
    var (began, ended) = ([Int](), [Int]())
    for note in exchange.element.notes {
      if case .limitBegan(let rule, _, _) = note { began.append(rule) }
      if case .limitEnded(_, _, let refused) = note { ended.append(refused) }
    }
    #expect(began == [0] && ended == [3])
    expectOrder(exchange)
  }

  @Test("a policy that comes amid calls finds them counted, and they give back what they took")
  func reload() {
    let exchange = Self.exchange(Limit("channels", per: .target, calls: 9))
    let dialog = exchange.establish(Self.invite(1))
    var next = exchange.element.configuration
    next.admission.sessionLimits = [Limit("other", per: .peer, calls: 1)]
    exchange.element.adopt(next)
    exchange.send(Self.invite(2).text, from: exchange.west)
    #expect(Self.finals(exchange.west) == [200, 503])
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.audit() == nil)
    exchange.send(Self.invite(3).text, from: exchange.west)
    #expect(invites(exchange.east) == 2)
    expectOrder(exchange)
  }
}
