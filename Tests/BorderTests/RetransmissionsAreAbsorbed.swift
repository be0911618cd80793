import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §17.2.1: an INVITE gets its 100 at once, and its retransmissions are absorbed")
struct RetransmissionsAreAbsorbed {
  @Test("100 goes out at once, without a To tag")
  func trying() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    let trying = exchange.west.last("100")
    #expect(trying?.message.startLine == "SIP/2.0 100 Trying")
    #expect(trying?.message.toTag == nil)
    #expect(exchange.east.all("INVITE").count == 1)
    #expect(exchange.east.all("100").isEmpty)
  }

  @Test("a retransmission is answered with the last provisional response, and is not forwarded")
  func retransmission() {
    let exchange = Exchange()
    let invite = Ask("INVITE").text
    exchange.send(invite, from: exchange.west)
    exchange.send(invite, from: exchange.west)
    #expect(exchange.west.all("100").count == 2)
    exchange.answer("INVITE", 183, by: exchange.east)
    exchange.send(invite, from: exchange.west)
    #expect(exchange.west.all("183").count == 2)
    #expect(exchange.west.all("100").count == 2)
    #expect(exchange.east.all("INVITE").count == 1)
    #expect(exchange.element.counters.retransmissionsAbsorbed == 2)
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.expectNothingLeft()
  }

  @Test("Timer A sends the INVITE again in growing intervals until something comes back")
  func timerA() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.seconds(8))
    let times = exchange.east.all("INVITE").map(\.at)
    let gaps = zip(times.dropFirst(), times).map { ($0 - $1).milliseconds / 100 }
    #expect(gaps == [5, 10, 20, 40])
    let isSame = Set(exchange.east.all("INVITE").map(\.bytes)).count == 1
    #expect(isSame)
    exchange.answer("INVITE", 100, by: exchange.east)
    exchange.pause(.seconds(30))
    #expect(exchange.east.all("INVITE").count == 5)
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.expectNothingLeft()
  }

  @Test("Timer G sends a refusal again until its ACK comes, and the ACK goes no further")
  func timerG() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.pause(.seconds(2))
    #expect(exchange.west.all("486").count == 3)
    #expect(exchange.east.all("ACK").count == 1)
    var ack = Ask("ACK")
    ack.to = "<sip:bob@east.example>;tag=callee"
    exchange.send(ack.text, from: exchange.west)
    exchange.pause(.seconds(10))
    #expect(exchange.west.all("486").count == 3)
    #expect(exchange.east.all("ACK").count == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.refused])
  }

  @Test("a refusal that the callee sends again gets our ACK again, and is not passed again")
  func refusalAgain() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 404, by: exchange.east)
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.answer("INVITE", 404, by: exchange.east)
    #expect(exchange.east.all("ACK").count == 2)
    #expect(exchange.west.all("404").count == 1)
    let ack = exchange.east.last("ACK")?.message
    let invite = exchange.east.last("INVITE")?.message
    #expect(ack?.requestURI == invite?.requestURI)
    #expect(ack?["Via"] == invite?["Via"])
    #expect(ack?.toTag == "callee")
    #expect(ack?["CSeq"] == "1 ACK")
    exchange.expectNothingLeft()
  }

  @Test("a repeated request that is no INVITE is answered from memory for 64*T1")
  func nonInvite() {
    let exchange = Exchange()
    let message = Ask("MESSAGE").text
    exchange.send(message, from: exchange.west)
    exchange.send(message, from: exchange.west)
    exchange.answer("MESSAGE", 202, by: exchange.east)
    exchange.pause(.seconds(31))
    exchange.send(message, from: exchange.west)
    #expect(exchange.east.all("MESSAGE").count == 1)
    #expect(exchange.west.all("202").count == 2)
    exchange.pause(.seconds(2))
    exchange.send(message, from: exchange.west)
    #expect(exchange.east.all("MESSAGE").count == 2)
    exchange.expectNothingLeft()
  }
}
