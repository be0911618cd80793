import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 5057 §3: a dialog lives as long as its last usage, and so does the way through here")
struct EndedCallsAreRemembered {
  private func hangUp(_ exchange: Exchange, _ dialog: Dialog) {
    exchange.send(dialog.ask("BYE", fromWest: true, number: 8).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.ended.map(\.cause) == [.bye])
    #expect(exchange.element.isIdle())
  }

  /// Sends a NOTIFY from east.
  /// - Returns: whether it came to west.
  private func notifies(
    _ exchange: Exchange, _ dialog: Dialog, _ number: Int, _ state: String
  ) -> Bool {
    let before = exchange.west.all("NOTIFY").count
    let ask = dialog.ask("NOTIFY", fromWest: false, number: number) {
      $0.more.append("Subscription-State: \(state)")
    }
    exchange.send(ask.text, from: exchange.east)
    exchange.answerIfHeard("NOTIFY", 200, by: exchange.west)
    return exchange.west.all("NOTIFY").count > before
  }

  @Test("what crosses the BYE passes for 64*T1, and not for ever")
  func grace() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    hangUp(exchange, dialog)
    exchange.pause(.seconds(31))
    exchange.send(dialog.ask("BYE", fromWest: false, number: 3).text, from: exchange.east)
    exchange.answer("BYE", 481, by: exchange.west)
    #expect(exchange.east.last("481")?.message.reason == "No")
    #expect(exchange.element.occupancy.endedCalls == 1)
    exchange.pause(.seconds(5))
    exchange.send(dialog.ask("BYE", fromWest: false, number: 4).text, from: exchange.east)
    #expect(exchange.west.all("BYE").count == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.count == 1)
  }

  @Test("a call that rings for longer than a call may last is answered, and ends in order")
  func longRinging() {
    var layout = Stage.layout()
    layout.callDuration = .seconds(30)
    let exchange = Exchange(layout)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(70))
    exchange.answer("INVITE", 200, by: exchange.east)
    let route = exchange.west.last("200")?.message.all("Record-Route") ?? []
    let dialog = Dialog(callID: "c1@west", west: route.reversed(), east: route)
    exchange.send(dialog.ask("ACK", fromWest: true).text, from: exchange.west)
    #expect(exchange.east.all("ACK").count == 1)
    #expect(exchange.element.ended.isEmpty)
    exchange.pause(.seconds(31))
    #expect(exchange.element.ended.map(\.cause) == [.tooLong])
    exchange.expectNothingLeft()
  }

  @Test("a third peer stays out of a call that is remembered")
  func thirdPeer() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    hangUp(exchange, dialog)
    exchange.send(dialog.ask("INFO", fromWest: true).text, from: exchange.third)
    #expect(exchange.third.all("481").count == 1)
  }

  @Test("NOTIFY after REFER passes long after the BYE, for as long as it says (RFC 3515 §2.4.4)")
  func refer() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.send(dialog.ask("REFER", fromWest: true).text, from: exchange.west)
    exchange.answer("REFER", 202, by: exchange.east)
    hangUp(exchange, dialog)
    exchange.pause(.seconds(150))
    #expect(notifies(exchange, dialog, 3, "active;expires=300"))
    exchange.pause(.seconds(280))
    #expect(notifies(exchange, dialog, 4, "terminated;reason=noresource"))
    // That was the last of it.
    exchange.pause(.seconds(40))
    #expect(!notifies(exchange, dialog, 5, "active"))
    #expect(exchange.east.all("481").count == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.count == 1)
  }

  @Test("a REFER that is refused keeps nothing", arguments: [202, 603])
  func refusedRefer(_ status: Int) {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.send(dialog.ask("REFER", fromWest: true).text, from: exchange.west)
    exchange.answer("REFER", status, by: exchange.east)
    hangUp(exchange, dialog)
    exchange.pause(.seconds(40))
    #expect(exchange.element.occupancy.endedCalls == (status == 202 ? 1 : 0))
  }

  @Test("a refusal of what began nothing ends nothing that others began")
  func refusedEnd() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    for (number, expires, status) in [(2, 600, 200), (3, 0, 489)] {
      let ask = dialog.ask("SUBSCRIBE", fromWest: true, number: number) {
        $0.more.append("Expires: \(expires)")
      }
      exchange.send(ask.text, from: exchange.west)
      exchange.answer("SUBSCRIBE", status, by: exchange.east)
    }
    hangUp(exchange, dialog)
    exchange.pause(.seconds(100))
    #expect(notifies(exchange, dialog, 3, "active;expires=400"))
    exchange.pause(.seconds(200))
    exchange.expectNothingLeft()
  }

  @Test("what nobody answers keeps nothing", arguments: ["REFER", "SUBSCRIBE"])
  func unanswered(_ method: String) {
    let exchange = Exchange()
    let dialog = exchange.establish()
    let ask = dialog.ask(method, fromWest: true) { $0.more.append("Expires: 3600") }
    exchange.send(ask.text, from: exchange.west)
    exchange.pause(.seconds(40))
    hangUp(exchange, dialog)
    exchange.pause(.seconds(70))
    #expect(exchange.element.occupancy.endedCalls == 0)
  }

  @Test("a subscription keeps the way for its Expires, and for an hour at most")
  func subscribe() {
    for (expires, most) in [(200, 200), (999_999_999, 3600)] {
      let exchange = Exchange()
      let dialog = exchange.establish()
      let ask = dialog.ask("SUBSCRIBE", fromWest: true) { $0.more.append("Expires: \(expires)") }
      exchange.send(ask.text, from: exchange.west)
      exchange.answer("SUBSCRIBE", 200, by: exchange.east)
      hangUp(exchange, dialog)
      exchange.pause(.seconds(Int64(most) - 10))
      #expect(notifies(exchange, dialog, 3, "active"))
      exchange.pause(.seconds(50))
      #expect(!notifies(exchange, dialog, 4, "active"))
      exchange.expectNothingLeft()
    }
  }

  @Test("subscriptions that go on leave half of the places to calls that have just ended")
  func lingering() {
    var layout = Stage.layout()
    layout.capacity.endedCalls = 2
    let exchange = Exchange(layout)
    for place in 0..<3 {
      let invite = Ask("INVITE") {
        $0.callID = "l\(place)"
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKl\(place)"]
      }
      let dialog = exchange.establish(invite)
      for (number, method) in [(2, "SUBSCRIBE"), (3, "BYE")] {
        let branch = "\(method)\(place)"
        let ask = dialog.ask(method, fromWest: true, number: number, branch: branch)
        exchange.send(ask.text, from: exchange.west)
        exchange.answer(method, 200, by: exchange.east)
      }
      // The first stays, and each of the others for its grace.
      #expect(exchange.element.occupancy.endedCalls == (place == 0 ? 1 : 2))
      exchange.pause(.seconds(70))
      #expect(exchange.element.occupancy.endedCalls == 1)
    }
    exchange.pause(.seconds(3600))
    exchange.expectNothingLeft()
  }

  @Test("no call is remembered where there is no room for it, and calls go on")
  func full() {
    var layout = Stage.layout()
    layout.capacity.endedCalls = 0
    let exchange = Exchange(layout)
    let dialog = exchange.establish()
    hangUp(exchange, dialog)
    #expect(exchange.element.occupancy.endedCalls == 0)
    #expect(!notifies(exchange, dialog, 3, "active"))
    exchange.expectNothingLeft()
  }

  @Test("a 2xx that comes again of a fifth dialog, which was not told apart, makes no call")
  func fifthDialog() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    let tags = (1...5).map { "t\($0)" }
    for tag in tags { exchange.answer("INVITE", 200, by: exchange.east, tag: tag) }
    let route = exchange.west.last("200")?.message.all("Record-Route") ?? []
    let dialog = Dialog(callID: "c1@west", west: route.reversed(), east: route)
    for tag in tags {
      let bye = dialog.ask("BYE", fromWest: true, branch: "bye\(tag)") {
        $0.to = "<sip:bob@east.example>;tag=\(tag)"
      }
      exchange.send(bye.text, from: exchange.west)
      exchange.answer("BYE", 200, by: exchange.east)
    }
    #expect(exchange.element.occupancy.calls == 0)
    for tag in ["t5", "t1"] { exchange.answer("INVITE", 200, by: exchange.east, tag: tag) }
    #expect(exchange.element.occupancy.calls == 0)
    #expect(exchange.element.ended.map(\.cause) == [.bye])
    exchange.expectNothingLeft()
  }

  @Test("a further 2xx of a fork after the first hang-up makes a call that can be ended")
  func lateFork() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    hangUp(exchange, dialog)
    // The first 2xx comes again: its dialog is over and stays so.
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.element.occupancy.calls == 0)
    exchange.answer("INVITE", 200, by: exchange.east, tag: "other")
    #expect(exchange.west.all("200").last?.message.toTag == "other")
    #expect(exchange.element.occupancy.calls == 1)
    #expect(exchange.element.isIdle() == false)
    exchange.pause(.seconds(600))
    for method in ["ACK", "BYE"] {
      let ask = dialog.ask(method, fromWest: true, number: 9, branch: "\(method)other") {
        $0.to = "<sip:bob@east.example>;tag=other"
      }
      exchange.send(ask.text, from: exchange.west)
      #expect(exchange.east.last(method)?.message.toTag == "other")
    }
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.ended.map(\.cause) == [.bye, .bye])
    #expect(exchange.element.ended.map(\.duration.milliseconds).last.map { $0 >= 600_000 } == true)
    exchange.expectNothingLeft()
  }
}

@Suite("RFC 3261 §16.7 steps 5 and 9: a 2xx to an INVITE goes upstream, whatever went before it")
struct LateAnswersPass {
  private func exchange(_ targets: [String], over transport: Transport) -> Exchange {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
    layout.peer("third", ["10.3.0.0/16"])
    layout.route(from: [west], to: east, at: targets, over: .udp) { $0.targetTimeout = .seconds(3) }
    return Exchange(layout, over: transport)
  }

  private func invite(over transport: Transport) -> Ask {
    Ask("INVITE") { ask in
      let way = transport.isReliable ? "TCP" : "UDP"
      ask.via = ["SIP/2.0/\(way) 10.1.0.1:5060;branch=z9hG4bKw1"]
    }
  }

  /// Ends the dialog that the late 2xx has made.
  private func hangUp(_ exchange: Exchange) {
    let (accepted, arrived) = (exchange.west.last("200"), exchange.east.last("INVITE"))
    let dialog = Dialog(
      callID: "c1@west", west: accepted?.message.all("Record-Route").reversed() ?? [],
      east: arrived?.message.all("Record-Route") ?? [])
    exchange.send(dialog.ask("ACK", fromWest: true).text, from: exchange.west)
    #expect(exchange.east.all("ACK").count == 1)
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    exchange.expectNothingLeft()
  }

  @Test("after our own 408, whether it was acknowledged or not", arguments: Transport.carried)
  func after408(_ transport: Transport) {
    for isAcknowledged in [true, false] {
      let exchange = exchange([Stage.east], over: transport)
      let invite = invite(over: transport)
      exchange.send(invite.text, from: exchange.west)
      exchange.pause(.seconds(4))
      #expect(exchange.west.all("408").isEmpty == false)
      if isAcknowledged {
        exchange.send(invite.with { $0.method = "ACK" }.text, from: exchange.west)
      }
      exchange.pause(.seconds(20))
      exchange.answer("INVITE", 200, by: exchange.east)
      #expect(exchange.west.all("200").count == 1)
      #expect(exchange.west.last("200")?.message.all("Via").count == 1)
      hangUp(exchange)
      #expect(exchange.element.ended.map(\.cause) == [.timeout, .bye])
    }
  }

  @Test("after a 487 of another target")
  func after487() {
    let exchange = exchange([Stage.east, Stage.second], over: .udp)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.seconds(4))
    exchange.answer("INVITE", 180, by: exchange.second)
    exchange.send(Ask("CANCEL").text, from: exchange.west)
    exchange.answer("INVITE", 487, by: exchange.second)
    exchange.send(Ask("ACK").text, from: exchange.west)
    #expect(exchange.west.all("487").count == 1)
    exchange.west.forget()
    exchange.pause(.seconds(10))
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.all("200").count == 1)
    hangUp(exchange)
    #expect(exchange.element.ended.map(\.cause) == [.cancelled, .bye])
  }

  @Test("but not when no transaction of ours waits for it any more (RFC 6026 §7.3)")
  func stray() {
    let exchange = exchange([Stage.east], over: .udp)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.seconds(40))
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.all("200").isEmpty)
    #expect(exchange.element.counters.strayResponses == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.timeout])
  }
}
