import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.7: provisional responses and every 2xx pass, and go where §18.2.2 says")
struct AnswersPass {
  @Test("all provisional responses pass but 100")
  func provisional() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    for status in [100, 180, 181, 182, 183, 199, 183] {
      exchange.answer("INVITE", status, by: exchange.east)
    }
    let statuses = exchange.west.heard.map(\.message.status)
    #expect(statuses == [100, 180, 181, 182, 183, 199, 183])
    #expect(exchange.west.all("100")[0].message.toTag == nil)
  }

  @Test("a Status-Line without the space behind its code gets it (RFC 3261 §7.2)")
  func spaceBehindTheCode() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    guard let invite = exchange.east.heard.last else { return #expect(Bool(false), "no INVITE") }
    let answer = exchange.east.response(to: invite.message, 180, tag: "t")
    let text = String(decoding: answer.bytes, as: UTF8.self)
    let line = text.prefix { $0 != "\r\n" }
    exchange.east.reply(Array(text.replacing(line, with: "SIP/2.0 180").utf8), to: invite)
    exchange.pause(.milliseconds(20))
    #expect(exchange.west.heard.last?.message.startLine == "SIP/2.0 180 ")
  }

  @Test("several 2xx of a downstream fork pass, and each retransmission of them (RFC 6026 §7)")
  func forkedAnswers() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    for tag in ["a", "b", "a", "c", "b"] {
      exchange.answer("INVITE", 200, by: exchange.east, tag: tag)
    }
    #expect(exchange.west.all("200").map(\.message.toTag) == ["a", "b", "a", "c", "b"])
    exchange.answer("INVITE", 486, by: exchange.east)
    #expect(exchange.west.all("486").isEmpty)
    exchange.pause(.seconds(33))
    exchange.answer("INVITE", 200, by: exchange.east, tag: "d")
    #expect(exchange.west.all("200").count == 5)
    #expect(exchange.element.counters.answeredCalls == 1)
  }

  @Test("a fork that answers several times: the call lives on when one of its dialogs ends")
  func forkedDialogs() {
    let stage = Stage()
    stage.bob.habit = { _ in .fork(3) }
    var plan = Plan()
    plan.talk = .seconds(20)
    plan.requests = [(.seconds(10), "INFO"), (.seconds(15), "INVITE")]
    let leg = stage.alice.call("bob", plan)
    stage.finish()
    #expect(leg.forks.count == 2)
    #expect(leg.endedInOrder)
    #expect(leg.inDialogStatuses == [200, 200, 200])
    let ends = leg.forks.map(\.inDialogStatuses)
    #expect(ends == [[200], [200]])
    #expect(stage.bob.endedInOrder)
    stage.expectOrder(causes: [.bye])
  }

  @Test("without rport a response goes to the port of sent-by; with it to the source's port")
  func ports() {
    let exchange = Exchange()
    let far = Talker("far", in: exchange.world, at: "10.1.0.7:7777", over: .udp)
    let near = Talker("near", in: exchange.world, at: "10.1.0.7:5060", over: .udp)
    let named = Talker("named", in: exchange.world, at: "10.1.0.7:6666", over: .udp)
    for (place, (via, station)) in [
      ("pc.example", near), ("pc.example:6666", named), ("pc.example:6666;rport", far),
    ].enumerated() {
      let ask = Ask("INVITE") { $0.via = ["SIP/2.0/UDP \(via);branch=z9hG4bKp\(place)"] }
      exchange.send(ask.text, from: far)
      exchange.answer("INVITE", 486, by: exchange.east)
      #expect(station.heard.map(\.message.status).prefix(2) == [100, 486])
    }
  }

  @Test("maddr is not followed: it would point our answers at somebody else")
  func maddr() {
    let exchange = Exchange()
    let victim = Talker("victim", in: exchange.world, at: "198.51.100.1:5060", over: .udp)
    let ask = Ask("INVITE") { $0.via[0] += ";maddr=198.51.100.1" }
    exchange.send(ask.text, from: exchange.west)
    #expect(victim.heard.isEmpty)
    #expect(exchange.west.all("100").count == 1)
  }

  @Test("over a stream the answer comes back on it, and on a new one when it is gone")
  func streams() {
    let exchange = Exchange(over: .tcp)
    let ask = Ask("INVITE") { $0.via = ["SIP/2.0/TCP 10.1.0.1:5060;branch=z9hG4bKt"] }
    exchange.send(ask.text, from: exchange.west)
    let first = exchange.west.last("100")?.stream
    #expect(first != nil)
    exchange.answer("INVITE", 180, by: exchange.east)
    let second = exchange.west.last("180")?.stream
    #expect(first === second)
    exchange.west.hangUpStreams()
    exchange.pause()
    exchange.answer("INVITE", 486, by: exchange.east)
    let third = exchange.west.last("486")?.stream
    #expect(third != nil)
    let isNew = third !== first
    #expect(isNew)
    exchange.expectNothingLeft()
  }

  @Test("a response that answers no request of ours, or comes from another peer, is dropped")
  func strays() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    guard let heard = exchange.east.last("INVITE") else { return }
    let good = exchange.east.response(to: heard.message, 200, tag: "z")
    let top = good.all("Via")[0]
    var worse = good
    worse["Via"] = top.replacing("z9hG4bK", with: "z9hG4bKa")
    exchange.send(worse, from: exchange.east)
    worse["Via"] = "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK"
    exchange.send(worse, from: exchange.east)
    worse = good
    worse["CSeq"] = "1 BYE"
    exchange.send(worse, from: exchange.east)
    worse["CSeq"] = "1 CANCEL"
    exchange.send(worse, from: exchange.east)
    exchange.send(good, from: exchange.third)
    #expect(exchange.west.all("200").isEmpty)
    #expect(exchange.element.counters.strayResponses == 4)
    #expect(exchange.element.counters.misplacedResponses == 1)
    exchange.send(good, from: exchange.east)
    #expect(exchange.west.all("200").count == 1)
  }

  @Test("a response with no Via below ours has nowhere to go")
  func noViaLeft() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    guard let heard = exchange.east.last("INVITE") else { return }
    var response = exchange.east.response(to: heard.message, 200, tag: "z")
    response.headers.removeAll { $0.name == "Via" && $0.value.contains("10.1.0.1") }
    exchange.send(response, from: exchange.east)
    #expect(exchange.west.all("200").isEmpty)
  }
}

@Suite("RFC 3261 §17.1.1.3, §13.2.2.4: the ACK")
struct AckTravels {
  @Test("for a 2xx it goes end to end, with the same branch each time")
  func endToEnd() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    #expect(exchange.east.all("ACK").count == 1)
    exchange.send(dialog.ask("ACK", fromWest: true).text, from: exchange.west)
    let acks = exchange.east.all("ACK")
    #expect(acks.count == 2)
    #expect(acks[0].bytes == acks[1].bytes)
    #expect(acks[0].message.all("Route").isEmpty)
    #expect(acks[0].message["Max-Forwards"] == "69")
    #expect(acks[0].message.all("Via").count == 2)
    let other = dialog.ask("ACK", fromWest: true, branch: "else")
    exchange.send(other.text, from: exchange.west)
    #expect(exchange.east.last("ACK")?.message.branch != acks[0].message.branch)
  }

  @Test("one that belongs to nothing goes nowhere and is not answered")
  func strays() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.east.forget()
    let heard = exchange.west.heard.count
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.send(Ask("ACK") { $0.to += ";tag=callee" }.text, from: exchange.west)
    exchange.send(
      dialog.ask("ACK", fromWest: true) { $0.maxForwards = "0" }.text, from: exchange.west)
    exchange.send(dialog.ask("ACK", fromWest: true).text, from: exchange.third)
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.west.heard.count == heard)
    #expect(exchange.third.heard.isEmpty)
  }

  @Test("one for a re-INVITE goes through in both directions, refused or accepted")
  func reINVITE() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    for (number, status) in [(2, 200), (3, 488)] {
      exchange.send(dialog.ask("INVITE", fromWest: false, number: number).text, from: exchange.east)
      exchange.answer("INVITE", status, by: exchange.west)
      #expect(exchange.east.all(String(status)).count == 1)
      let before = exchange.west.all("ACK").count
      let ack = dialog.ask("ACK", fromWest: false, branch: status == 488 ? "INVITE3" : "own") {
        $0.number = number
      }
      exchange.send(ack.text, from: exchange.east)
      let after = exchange.west.all("ACK").count
      // That for the 488 was made here, when the 488 came.
      #expect(after - before == (status == 200 ? 1 : 0))
    }
    #expect(exchange.element.occupancy.calls == 1)
  }
}
