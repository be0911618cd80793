import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import SIP
import Testing

@Suite("A forged response, CANCEL or BYE does nothing")
struct ForgedMessagesDoNothing {
  /// West's calls go to east, of whom is said where its responses may come from.
  private func exchange(
    _ responses: ResponseSource, mode: Mode = .enforce, over transport: Transport = .udp
  ) -> Exchange {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer(
      "east", ["10.2.0.0/16"], at: [Stage.east], responses: responses, mode: mode)
    layout.peer("third", ["10.3.0.0/16"], at: ["10.3.0.1:5060"])
    layout.route(from: [west], to: east, at: [Stage.east], over: transport)
    layout.route(from: [east], to: west, at: [Stage.west])
    return Exchange(layout, over: transport)
  }

  private static let port = "10.2.0.1:5062"
  private static let host = "10.2.0.9:5060"
  private static let other = "10.3.0.7:5060"
  private static let stranger = "10.9.0.1:5060"

  @Test(
    "one with the right branch, copied, from elsewhere; the true one passes afterwards",
    arguments: [
      (ResponseSource.exact, [port, host, other, stranger]),
      (.address, [host, other, stranger]), (.peer, [other, stranger]),
    ], [180, 200, 302, 486, 603])
  func response(rule: (responses: ResponseSource, forgers: [String]), status: Int) {
    let exchange = exchange(rule.responses)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    guard let heard = exchange.east.last("INVITE") else { return }
    let forged = exchange.east.response(to: heard.message, status, tag: "forged")
    for place in rule.forgers {
      let forger = Talker("f\(place)", in: exchange.world, at: place, over: .udp)
      exchange.send(forged, from: forger)
      #expect(forger.heard.isEmpty)
    }
    let known = rule.forgers.count - 1
    let told = exchange.element.notes.filter { if case .misplaced = $0 { true } else { false } }
    #expect(exchange.west.all("\(status)").isEmpty)
    #expect(exchange.element.counters.misplacedResponses == known)
    #expect(told.count == known)
    // Nothing was sent on account of it: neither an ACK nor another INVITE.
    #expect(exchange.east.heard.map(\.message.method) == ["INVITE"])
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.all("200").map(\.message.toTag) == ["callee"])
  }

  @Test(
    "what the rule allows is taken",
    arguments: [
      (ResponseSource.exact, Stage.east), (.address, Stage.east), (.address, port),
      (.peer, Stage.east), (.peer, port), (.peer, host),
    ])
  func allowed(responses: ResponseSource, place: String) {
    let exchange = exchange(responses)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    guard let heard = exchange.east.last("INVITE") else { return }
    let response = exchange.east.response(to: heard.message, 486, tag: "z")
    let callee =
      place == Stage.east
      ? exchange.east : Talker("callee", in: exchange.world, at: place, over: .udp)
    exchange.send(response, from: callee)
    #expect(exchange.west.all("486").count == 1)
    #expect(exchange.element.counters.misplacedResponses == 0)
  }

  @Test("over a stream any connection of the same peer will do, and none of another")
  func streams() {
    let exchange = exchange(.exact, over: .tcp)
    let ask = Ask("INVITE") { $0.via = ["SIP/2.0/TCP 10.1.0.1:5060;branch=z9hG4bKt"] }
    exchange.send(ask.text, from: exchange.west)
    guard let heard = exchange.east.last("INVITE") else { return }
    let response = exchange.east.response(to: heard.message, 486, tag: "z")
    exchange.send(response, from: exchange.third)
    // Not even the right address over UDP: there it can be forged.
    exchange.east.send(response.bytes, to: endpoint(Layout.border), over: .udp)
    exchange.pause()
    #expect(exchange.west.all("486").isEmpty)
    #expect(exchange.element.counters.misplacedResponses == 2)
    let host = Talker("host", in: exchange.world, at: Self.host, over: .tcp)
    exchange.send(response, from: host)
    #expect(exchange.west.all("486").count == 1)
  }

  @Test("a rule that only observes takes it, and tells; another peer's is refused all the same")
  func observed() {
    let exchange = exchange(.exact, mode: .observe)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    guard let heard = exchange.east.last("INVITE") else { return }
    let response = exchange.east.response(to: heard.message, 486, tag: "z")
    exchange.send(response, from: exchange.third)
    #expect(exchange.west.all("486").isEmpty)
    let callee = Talker("callee", in: exchange.world, at: Self.port, over: .udp)
    exchange.send(response, from: callee)
    #expect(exchange.west.all("486").count == 1)
    let observed = exchange.element.notes.compactMap { note -> Observation? in
      if case .observed(let observation, _, _) = note { observation } else { nil }
    }
    #expect(observed == [.responses])
  }

  @Test("a CANCEL with the INVITE's own branch from elsewhere: the callee rings on")
  func cancel() {
    let exchange = exchange(.exact)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    for place in ["10.1.0.1:5062", "10.1.0.9:5060", Self.other, Self.stranger] {
      let forger = Talker("f\(place)", in: exchange.world, at: place, over: .udp)
      exchange.send(Ask("CANCEL") { $0.via[0] += ";rport" }.text, from: forger)
      #expect(forger.all("481").count == (place == Self.stranger ? 0 : 1))
    }
    #expect(exchange.east.all("CANCEL").isEmpty)
    exchange.send(Ask("CANCEL").text, from: exchange.west)
    #expect(exchange.east.all("CANCEL").count == 1)
  }

  @Test("a BYE with the call's own token from a third peer's address, or a stranger's")
  func bye() {
    let exchange = exchange(.exact)
    let dialog = exchange.establish()
    for (place, status) in [(Self.other, 1), (Self.stranger, 0)] {
      let forger = Talker("f\(place)", in: exchange.world, at: place, over: .udp)
      for fromWest in [true, false] {
        let bye = dialog.ask("BYE", fromWest: fromWest, number: 9) { $0.via[0] += ";rport" }
        exchange.send(bye.text, from: forger)
      }
      #expect(forger.all("481").count == 2 * status)
    }
    #expect(exchange.east.all("BYE").isEmpty && exchange.west.all("BYE").isEmpty)
    #expect(exchange.element.occupancy.calls == 1)
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    #expect(exchange.east.all("BYE").count == 1)
  }

  @Test("a BYE without the token, with the names of the call alone: 481 even for its own parties")
  func byeWithoutToken() {
    let exchange = exchange(.exact)
    let dialog = exchange.establish()
    let bye = dialog.ask("BYE", fromWest: true) { $0.more = [] }
    exchange.send(bye.text, from: exchange.west)
    #expect(exchange.west.all("481").count == 1)
    #expect(exchange.element.occupancy.calls == 1)
  }
}
