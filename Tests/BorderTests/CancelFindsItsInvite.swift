import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §9, §16.10: a CANCEL finds its INVITE, and nobody else's")
struct CancelFindsItsInvite {
  private static let cancel = Ask("CANCEL").text

  @Test("before any provisional response it waits for one")
  func beforeProvisional() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.send(Self.cancel, from: exchange.west)
    #expect(exchange.west.last("200")?.message.cSeqMethod == "CANCEL")
    #expect(exchange.east.all("CANCEL").isEmpty)
    exchange.answer("INVITE", 180, by: exchange.east)
    #expect(exchange.east.all("CANCEL").count == 1)
    exchange.answer("CANCEL", 200, by: exchange.east)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.west.last("487")?.message.toTag == "callee")
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
  }

  @Test("while it rings it goes on at once, with the INVITE's own Via, Request-URI and CSeq")
  func whileRinging() {
    let exchange = Exchange()
    let invite = Ask("INVITE") { $0.more.append("Route: <sip:10.2.0.1;lr>,<sip:deep;lr>") }
    exchange.send(invite.text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.send(Self.cancel, from: exchange.west)
    let (sent, cancel) = (exchange.east.last("INVITE"), exchange.east.last("CANCEL"))
    #expect(cancel?.message.all("Via") == sent.map { [$0.message.all("Via")[0]] })
    #expect(cancel?.message.requestURI == sent?.message.requestURI)
    #expect(cancel?.message.all("Route") == sent?.message.all("Route"))
    #expect(cancel?.message["CSeq"] == "1 CANCEL")
    #expect(cancel?.message["To"] == sent?.message["To"])
    #expect(cancel?.message["From"] == sent?.message["From"])
    exchange.pause(.milliseconds(700))
    #expect(exchange.east.all("CANCEL").count == 2)
    exchange.answer("CANCEL", 200, by: exchange.east)
    exchange.pause(.seconds(3))
    #expect(exchange.east.all("CANCEL").count == 2)
    exchange.answer("INVITE", 487, by: exchange.east)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
  }

  @Test("a repeated CANCEL is answered again, and goes on once")
  func repeated() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    for _ in 1...3 { exchange.send(Self.cancel, from: exchange.west) }
    #expect(exchange.west.all("200").count == 3)
    #expect(Set(exchange.west.all("200").map(\.bytes)).count == 1)
    #expect(exchange.east.all("CANCEL").count == 1)
    exchange.expectNothingLeft()
  }

  @Test("a callee that says nothing more gets 64*T1, then the caller has his 487")
  func silentCallee() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.send(Self.cancel, from: exchange.west)
    exchange.pause(.seconds(31))
    #expect(exchange.west.all("487").isEmpty)
    exchange.pause(.seconds(2))
    #expect(exchange.west.all("487").isEmpty == false)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
  }

  @Test("a callee that never answered at all: 487 when Timer B has run out")
  func deadCallee() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.send(Self.cancel, from: exchange.west)
    exchange.pause(.seconds(34))
    #expect(exchange.west.all("487").isEmpty == false)
    #expect(exchange.east.all("CANCEL").isEmpty)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
  }

  @Test("from another source it is a CANCEL of nothing: 481, and the call rings on")
  func wrongSource() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    let other = Talker("other", in: exchange.world, at: "10.1.0.9:5060", over: .udp)
    let port = Talker("port", in: exchange.world, at: "10.1.0.1:5062", over: .udp)
    let asked = Ask("CANCEL") { $0.via[0] += ";rport" }.text
    for stranger in [other, port, exchange.third] {
      exchange.send(asked, from: stranger)
      #expect(stranger.all("481").count == 1)
    }
    #expect(exchange.east.all("CANCEL").isEmpty)
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.last("200")?.message.cSeqMethod == "INVITE")
  }

  @Test("a CANCEL that crosses the 200: the call is answered, and stays so")
  func crosses200() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    guard let heard = exchange.east.last("INVITE") else { return }
    let accepted = exchange.east.response(to: heard.message, 200, tag: "callee")
    exchange.west.send(Array(Self.cancel.utf8), to: endpoint(Layout.border))
    exchange.pause(.milliseconds(2))
    exchange.east.reply(accepted.bytes, to: heard)
    exchange.pause()
    exchange.answer("CANCEL", 200, by: exchange.east)
    let methods = exchange.west.all("200").map(\.message.cSeqMethod)
    #expect(Set(methods) == ["CANCEL", "INVITE"])
    #expect(exchange.element.occupancy.calls == 1)
    exchange.send(Self.cancel, from: exchange.west)
    #expect(exchange.west.all("200").count == 3)
    #expect(exchange.element.ended.isEmpty)
  }

  @Test("after a final response it is answered, and does nothing")
  func afterFinal() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.send(Self.cancel, from: exchange.west)
    #expect(exchange.west.all("200").count == 1)
    #expect(exchange.east.all("CANCEL").isEmpty)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.refused])
  }

  @Test("a telephone that gives up: before it rings, while it rings, and as it is answered")
  func telephone() {
    for patience in [Int64(1), 12, 30, 500, 990, 1010, 1020, 1030] {
      let stage = Stage()
      var plan = Plan()
      plan.cancelAfter = .milliseconds(patience)
      let leg = stage.alice.call("bob", plan)
      stage.finish()
      #expect(leg.endedInOrder, "after \(patience) ms")
      #expect(stage.bob.endedInOrder)
      let isAnswered = leg.outcome == .answered
      stage.expectOrder(causes: [isAnswered ? .bye : .cancelled])
    }
  }
}
