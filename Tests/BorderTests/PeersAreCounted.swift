import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("What was counted agrees with what was sent")
struct PeersAreCounted {
  private static let (west, east, third) = (0, 1, 2)

  @Test("a call: requests by method, responses by class, and the call on both sides")
  func call() {
    let stage = Stage()
    let leg = stage.alice.call("bob")
    stage.world.run(for: .seconds(3))
    let ringing = stage.element.figures
    #expect(leg.state == .confirmed)
    #expect(ringing[Self.west, .callsFrom] == 1)
    #expect(ringing[Self.west, .callsTo] == 0)
    #expect(ringing[Self.east, .callsTo] == 1)
    #expect(ringing[Self.west, .ended(.bye)] == 0)
    stage.finish()
    let figures = stage.element.figures
    #expect(figures.methods[Int(SIP.Method.invite.rawValue)] == 1)
    #expect(figures.methods[Int(SIP.Method.ack.rawValue)] == 1)
    #expect(figures.methods[Int(SIP.Method.bye.rawValue)] == 1)
    #expect(figures.methods.reduce(0, +) == stage.element.counters.requests)
    #expect(figures.classes[1] == 1)
    #expect(figures.classes[2] == 2)
    #expect(figures.classes.reduce(0, +) == stage.element.counters.responses)
    #expect(figures[Self.west, .requests] == 3)
    #expect(figures[Self.west, .calls] == 1)
    #expect(figures[Self.west, .answered] == 1)
    #expect(figures[Self.west, .ended(.bye)] == 1)
    #expect(figures[Self.west, .callsFrom] == 0)
    #expect(figures[Self.east, .callsTo] == 0)
    #expect(figures.knows(Self.east) == false)
    #expect(!figures.knows(Self.third))
    #expect(!figures.knows(77))
  }

  @Test("a call that another target takes is counted there, and only there")
  func failover() {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east])
    layout.peer("third", ["10.3.0.0/16"], at: ["10.3.0.1:5060"])
    layout.route(from: [west], to: east, at: [Stage.east]) { $0.redirects = .recurse }
    let exchange = Exchange(layout)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    let first = exchange.element.figures
    #expect(first[Self.east, .callsTo] == 1)
    exchange.answer("INVITE", 302, by: exchange.east) {
      $0.add("Contact", "<sip:x@10.3.0.1>")
    }
    let second = exchange.element.figures
    #expect(exchange.third.all("INVITE").count == 1)
    #expect(second[Self.east, .callsTo] == 0)
    #expect(second[Self.third, .callsTo] == 1)
    #expect(second[Self.west, .callsFrom] == 1)
    exchange.pause(.seconds(400))
    let last = exchange.element.figures
    for peer in 0..<last.peers {
      #expect(last[peer, .callsFrom] == 0)
      #expect(last[peer, .callsTo] == 0)
    }
    let ended = Call.Cause.allCases.reduce(0) { $0 + last[Self.west, .ended($1)] }
    #expect(ended == last[Self.west, .calls])
  }

  @Test("refusals by cause, malformed messages and silence, each with its peer")
  func refused() {
    var layout = Layout()
    let methods = MethodSet([.invite, .ack, .bye, .options])
    layout.peer("west", ["10.1.0.0/16"], at: [Stage.west], methods: methods)
    layout.peer("east", ["10.2.0.0/16"], at: [Stage.east])
    let exchange = Exchange(layout)
    exchange.send(Ask("PUBLISH").text, from: exchange.west)
    exchange.send(Ask("INVITE") { $0.maxForwards = "0" }.text, from: exchange.west)
    exchange.send(Ask("INVITE") { $0.maxForwards = "0" }.text, from: exchange.west)
    exchange.send("garbage\r\n\r\n", from: exchange.east)
    exchange.send(Ask("OPTIONS") { $0.more.append("CSeq: x") }.text, from: exchange.west)
    let figures = exchange.element.figures
    #expect(figures[Self.west, .refused(.methodNotAllowed)] == 1)
    #expect(figures[Self.west, .refused(.tooManyHops)] == 2)
    #expect(figures[Self.west, .malformed] == 1)
    #expect(figures[Self.east, .malformed] == 1)
    #expect(figures[Self.east, .refused(.tooManyHops)] == 0)
    let all = Refusal.Cause.allCases.reduce(0) { $0 + figures[Self.west, .refused($1)] }
    #expect(all == exchange.element.counters.refused)
  }

  @Test("another policy makes room for its peers, and keeps what was counted")
  func reload() {
    var layout = Layout()
    layout.peer("west", ["10.1.0.0/16"], at: [Stage.west], methods: MethodSet([.options]))
    let exchange = Exchange(layout)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.send(Ask("INVITE").text, from: exchange.east)
    #expect(exchange.element.figures.peers == 1)
    layout.peer("east", ["10.2.0.0/16"], at: [Stage.east], methods: MethodSet([.options]))
    exchange.element.adopt(layout.configuration())
    exchange.send(Ask("INVITE").text, from: exchange.east)
    let figures = exchange.element.figures
    #expect(figures.peers == 2)
    #expect(figures[Self.west, .refused(.methodNotAllowed)] == 1)
    #expect(figures[Self.east, .refused(.methodNotAllowed)] == 1)
  }
}
