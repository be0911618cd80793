import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §12.2: what belongs to a call passes, in both directions")
struct RequestsPassWithinCalls {
  static let methods = [
    "PRACK", "UPDATE", "INVITE", "REFER", "SUBSCRIBE", "NOTIFY", "INFO", "MESSAGE", "OPTIONS",
    "STRANGE",
  ]

  @Test("every method", arguments: methods, [true, false])
  func passes(_ method: String, _ fromWest: Bool) {
    let exchange = Exchange()
    let dialog = exchange.establish()
    let (from, to) = fromWest ? (exchange.west, exchange.east) : (exchange.east, exchange.west)
    let ask = dialog.ask(method, fromWest: fromWest) {
      $0.body = "x\u{0}y"
      if method == "SUBSCRIBE" { $0.more.append("Expires: 60") }
    }
    exchange.send(ask.text, from: from)
    let heard = to.last(method)?.message
    #expect(heard?.requestURI == ask.uri)
    #expect(heard?["Route"] == nil)
    #expect(heard?.body == Array(ask.body.utf8))
    exchange.answer(method, 200, by: to, tag: "ignored") { $0.add("X-Answer", "yes") }
    #expect(from.all("200").last?.message["X-Answer"] == "yes")
    #expect(exchange.element.occupancy.calls == 1)
    exchange.send(dialog.ask("BYE", fromWest: !fromWest, number: 9).text, from: to)
    exchange.answer("BYE", 200, by: from)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.bye])
  }

  @Test(
    "telephones: PRACK and early media, re-INVITE, UPDATE, INFO in a call",
    arguments: Transport.carried)
  func telephones(_ transport: Transport) {
    let stage = Stage(over: transport)
    stage.bob.habit = { _ in .reliable }
    var plan = Plan()
    plan.talk = .seconds(9)
    plan.requests = [(.seconds(1), "INVITE"), (.seconds(3), "UPDATE"), (.seconds(5), "INFO")]
    plan.headers = [("Supported", "100rel")]
    let leg = stage.alice.call("bob", plan)
    stage.finish()
    #expect(leg.provisional == [100, 183])
    #expect(leg.inDialog.map { $0.method } == ["PRACK", "INVITE", "UPDATE", "INFO", "BYE"])
    #expect(leg.inDialogStatuses == [200, 200, 200, 200, 200])
    #expect(leg.endedInOrder)
    stage.expectOrder(causes: [.bye])
  }

  @Test("glare: two re-INVITEs meet, both get 491, and the call lives on (RFC 3261 §14.2)")
  func glare() {
    let stage = Stage()
    var plan = Plan()
    plan.talk = .seconds(30)
    let leg = stage.alice.call("bob", plan)
    stage.world.run(for: .seconds(5))
    guard let other = stage.bob.legs.first else { return }
    stage.alice.inDialog("INVITE", leg)
    stage.bob.inDialog("INVITE", other)
    stage.world.run(for: .seconds(5))
    #expect(leg.inDialogStatuses == [491])
    #expect(other.inDialogStatuses == [491])
    #expect(stage.element.occupancy.calls == 1)
    stage.bob.inDialog("INVITE", other)
    stage.finish()
    #expect(other.inDialogStatuses == [491, 200])
    #expect(leg.endedInOrder)
    stage.expectOrder(causes: [.bye])
  }

  @Test("SUBSCRIBE and its NOTIFY pass without a call record, for as long as they like")
  func subscription() {
    let exchange = Exchange()
    exchange.send(Ask("SUBSCRIBE").text, from: exchange.west)
    exchange.answer("SUBSCRIBE", 200, by: exchange.east)
    let route = exchange.east.last("SUBSCRIBE")?.message.all("Record-Route") ?? []
    let dialog = Dialog(callID: "c1@west", west: route.reversed(), east: route)
    exchange.pause(.seconds(3600))
    #expect(exchange.element.isEmpty)
    exchange.send(dialog.ask("NOTIFY", fromWest: false).text, from: exchange.east)
    exchange.answer("NOTIFY", 200, by: exchange.west)
    #expect(exchange.east.all("200").count == 1)
    exchange.send(dialog.ask("SUBSCRIBE", fromWest: true, number: 3).text, from: exchange.west)
    exchange.answer("SUBSCRIBE", 200, by: exchange.east)
    #expect(exchange.west.all("200").count == 2)
    exchange.expectNothingLeft()
    #expect(exchange.element.counters.calls == 0)
  }

  @Test("a call that outlives its longest time ends in the record, and its tokens with it")
  func tooLong() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.pause(.seconds(12 * 3600 - 60))
    #expect(exchange.element.occupancy.calls == 1)
    exchange.pause(.seconds(120))
    #expect(exchange.element.ended.map(\.cause) == [.tooLong])
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    #expect(exchange.west.all("481").count == 1)
    exchange.expectNothingLeft()
  }
}

@Suite("RFC 3261 §18: transports and address families meet")
struct TransportsMeet {
  @Test("IPv6 to IPv4 and back", arguments: Transport.carried)
  func families(_ transport: Transport) {
    let stage = Stage(over: transport)
    let ada = UserAgent("ada", in: stage.world, at: "[fd01::7]:5060", over: transport)
    let leg = ada.call("bob", through: Layout.border6)
    stage.world.run(for: .seconds(3))
    #expect(stage.bob.last("INVITE")?.message.all("Record-Route").count == 2)
    stage.finish()
    #expect(leg.outcome == .answered)
    #expect(leg.inDialogStatuses == [200])
    stage.expectOrder(causes: [.bye])
  }

  @Test("received has IPv6 without brackets, and the answer finds its way")
  func received6() {
    let exchange = Exchange()
    let talker = Talker("six", in: exchange.world, at: "[fd01::7]:5060", over: .udp)
    let ask = Ask("INVITE") { $0.via = ["SIP/2.0/UDP pc.example;branch=z9hG4bK6;rport"] }
    talker.send(Array(ask.text.utf8), to: endpoint(Layout.border6))
    exchange.pause()
    #expect(
      talker.last("100")?.message["Via"]
        == "SIP/2.0/UDP pc.example;branch=z9hG4bK6;rport=5060;received=fd01::7")
  }

  @Test("a request above 1300 octets goes over TCP where the target has it (RFC 3261 §18.1.1)")
  func large() {
    let exchange = Exchange()
    exchange.send(
      Ask("INVITE") { $0.body = String(repeating: "x", count: 2000) }.text, from: exchange.west)
    #expect(exchange.east.last("INVITE")?.stream != nil)
    let via = exchange.east.last("INVITE")?.message.all("Via")[0]
    #expect(via?.hasPrefix("SIP/2.0/TCP 10.0.0.1:5060;") == true)
    #expect(exchange.east.last("INVITE")?.message.all("Record-Route").count == 2)
    exchange.answer("INVITE", 486, by: exchange.east)
    #expect(exchange.west.all("486").count == 1)
    exchange.expectNothingLeft()
  }

  @Test("a message without Content-Length gets one where it goes on over a stream (§18.3)")
  func lengthOverStreams() {
    // Only over UDP can an answer come without it: to a request over TCP, where that may be.
    let layout = Stage.layout(over: .tcp) { layout, _, east in layout.hear(east, from: .address) }
    let exchange = Exchange(layout)
    let ask = Ask("MESSAGE") { $0.body = "hello" }
    exchange.send(ask.text.replacing("Content-Length: 5\r\n", with: ""), from: exchange.west)
    #expect(exchange.east.last("MESSAGE")?.message["Content-Length"] == "5")
    #expect(exchange.east.last("MESSAGE")?.message.body == Array("hello".utf8))
    exchange.answer("MESSAGE", 200, by: exchange.east)
    let text = Ask("MESSAGE") { $0.via = ["SIP/2.0/TCP 10.1.0.1:5060;branch=z9hG4bKlength"] }.text
    exchange.send(text, from: exchange.west, over: .tcp)
    guard let heard = exchange.east.last("MESSAGE") else { return }
    let answer = exchange.east.response(to: heard.message, 202, tag: "z").bytes
    let bare = String(decoding: answer, as: UTF8.self)
      .replacing("Content-Length: 0\r\n", with: "")
    exchange.send(bare, from: exchange.east, over: .udp)
    #expect(exchange.west.last("202")?.message["Content-Length"] == "0")
    exchange.expectNothingLeft()
  }

  @Test("and over UDP where it has not")
  func largeWithoutStream() {
    let exchange = Exchange(Stage.layout(over: .udp))
    exchange.send(
      Ask("INVITE") { $0.body = String(repeating: "x", count: 2000) }.text, from: exchange.west)
    #expect(exchange.east.last("INVITE")?.message.body.count == 2000)
  }

  @Test("a target that takes no connection is down: the next one is tried, else 503")
  func refusedConnection() {
    for count in 1...2 {
      let targets = Array([Stage.east, Stage.second].prefix(count))
      let exchange = Exchange(Stage.layout(targets: targets, over: .tcp))
      exchange.east.stopListening()
      exchange.send(Ask("INVITE").text, from: exchange.west)
      if count == 1 {
        #expect(exchange.west.all("503").count == 1)
      } else {
        #expect(exchange.second.all("INVITE").count == 1)
        exchange.answer("INVITE", 200, by: exchange.second)
        #expect(exchange.west.all("200").count == 1)
      }
    }
  }

  @Test("a target that never takes the connection: the next one, in its time")
  func deafConnection() {
    let targets = [Stage.east, Stage.second]
    let exchange = Exchange(
      Stage.layout(targets: targets) { layout, west, east in
        layout.route(from: [west], to: east, at: targets, over: .tcp) {
          $0.targetTimeout = .seconds(2)
        }
      })
    var cut = Link()
    cut.isCut = true
    let pair = World.Pair(from: endpoint(Layout.border).address, to: endpoint(Stage.east).address)
    exchange.world.links[pair] = cut
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.seconds(3))
    #expect(exchange.second.all("INVITE").count == 1)
    exchange.answer("INVITE", 486, by: exchange.second)
    #expect(exchange.west.all("486").count == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.refused])
  }
}

@Suite("Limits and the end: 503, and nothing leaks")
struct LimitsHold {
  @Test("draining: a new INVITE gets 503, what is under way goes on")
  func draining() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.element.drainCalls()
    exchange.send(
      Ask("INVITE") { $0.via = ["SIP/2.0/UDP 10.1.0.1;branch=z9hG4bKd"] }.text, from: exchange.west)
    #expect(exchange.west.last("503")?.message.cSeqMethod == "INVITE")
    exchange.send(dialog.ask("INVITE", fromWest: true).text, from: exchange.west)
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.all("200").count == 2)
    #expect(exchange.element.isIdle() == false)
    exchange.send(dialog.ask("BYE", fromWest: true, number: 3).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.isIdle())
    exchange.expectNothingLeft()
  }

  @Test("a full table is a 503 with our Via nowhere in it, and empties again", arguments: 0...2)
  func full(_ which: Int) {
    var layout = Stage.layout()
    switch which {
    case 0: layout.capacity.calls = 1024
    case 1: layout.capacity.transactions = 1024
    default: layout.capacity.shelf = 0
    }
    let exchange = Exchange(layout)
    exchange.east.isListening = false
    for place in 1...1200 {
      let ask = Ask("INVITE") {
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKf\(place)"]
        $0.callID = "c\(place)"
      }
      exchange.west.send(Array(ask.text.utf8), to: endpoint(Layout.border))
      if place % 100 == 0 { exchange.pause(.milliseconds(20)) }
    }
    exchange.pause(.milliseconds(100))
    let refused = exchange.west.all("503")
    #expect(refused.isEmpty == false)
    if which < 2 { #expect(refused.count == 176) }
    let vias = Set(refused.map { $0.message.all("Via").count })
    #expect(vias == [1])
    let isClean = refused.allSatisfy { $0.message["Record-Route"] == nil }
    #expect(isClean)
    #expect(exchange.element.occupancy.calls <= 1024)
    #expect(exchange.element.refusals.first?.cause == .tableFull)
    exchange.world.run(for: .seconds(400))
    let occupancy = exchange.element.occupancy
    #expect(exchange.element.isEmpty, "\(occupancy)")
    #expect(exchange.element.faults.isEmpty)
  }

  @Test("an INVITE that had its 100 and finds no room has its 503 from its transaction (§17.2.1)")
  func fullAfterTrying() {
    var layout = Stage.layout()
    layout.capacity.shelf = 0
    let exchange = Exchange(layout)
    exchange.east.isListening = false
    let asks = (1...600).map { place in
      Ask("INVITE") {
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKt\(place)"]
        $0.callID = "t\(place)"
        // As it comes it takes a block of 2048 octets, and as it leaves one of the next size.
        $0.body = String(repeating: "x", count: 1600)
      }
    }
    for ask in asks { exchange.west.send(Array(ask.text.utf8), to: endpoint(Layout.border)) }
    exchange.pause(.milliseconds(100))
    let tried = Set(exchange.west.all("100").map(\.message.branch))
    let refused = exchange.west.all("503").map(\.message).first { tried.contains($0.branch) }
    guard let refused, let ask = asks.first(where: { $0.callID == refused.callID }) else {
      Issue.record("none had both")
      return
    }
    let heard = exchange.west.heard.count
    // It comes again: no new transaction, and nothing but the same answer.
    exchange.send(ask.text, from: exchange.west)
    let again = exchange.west.heard.dropFirst(heard).map(\.message)
      .filter { $0.branch == refused.branch }
    #expect(again.allSatisfy { $0.status == 503 && $0.toTag == refused.toTag })
    let before = exchange.element.occupancy.serverTransactions
    let ack = ask.with {
      $0.method = "ACK"
      $0.to += ";tag=\(refused.toTag ?? "")"
      $0.body = ""
    }
    exchange.send(ack.text, from: exchange.west)
    let strays = exchange.element.counters.strayAcks
    #expect(strays == 0)
    exchange.pause(.seconds(6))
    let after = exchange.element.occupancy.serverTransactions
    #expect(after == before - 1)
    exchange.expectNothingLeft()
  }

  @Test("a request that finds no room within a call leaves the call as it was")
  func fullWithinCall() {
    var layout = Stage.layout()
    layout.capacity.shelf = 0
    let exchange = Exchange(layout)
    let dialog = exchange.establish()
    for place in 1...800 {
      let ask = dialog.ask("INFO", fromWest: true, number: 1 + place)
      exchange.west.send(Array(ask.text.utf8), to: endpoint(Layout.border))
    }
    exchange.pause(.milliseconds(100))
    #expect(exchange.west.all("503").isEmpty == false)
    #expect(exchange.element.occupancy.calls == 1)
    exchange.pause(.seconds(90))
    exchange.send(dialog.ask("BYE", fromWest: true, number: 999).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.bye])
  }
}
