import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §17.1.4, §18.4: a connection that ends is told to the transactions that wait")
struct DeadConnectionsAreNoticed {
  private func exchange(_ targets: [String] = [Stage.east, Stage.second]) -> Exchange {
    Exchange(Stage.layout(targets: targets, over: .tcp), over: .tcp)
  }

  @Test("an INVITE without an answer goes to the next target at once")
  func failover() {
    let exchange = exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    #expect(exchange.east.all("INVITE").count == 1)
    exchange.east.hangUpStreams()
    exchange.pause()
    #expect(exchange.second.all("INVITE").count == 1)
    exchange.answer("INVITE", 200, by: exchange.second)
    #expect(exchange.west.all("200").count == 1)
    #expect(exchange.element.occupancy.calls == 1)
  }

  /// Answers the INVITE that east heard first, over a connection of its own: the one that it came
  /// by is gone.
  private func answerAnew(_ exchange: Exchange, _ status: Int) {
    guard let invite = exchange.east.all("INVITE").first?.message else {
      Issue.record("east heard no INVITE")
      return
    }
    var response = exchange.east.response(to: invite, status, tag: "callee")
    if status < 300 { response.add("Contact", "<sip:x@\(Stage.east)>") }
    exchange.send(response, from: exchange.east)
  }

  @Test("a 2xx that comes late over another connection wins (RFC 3261 §16.7 step 10)")
  func lateAnswer() {
    let exchange = exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.east.hangUpStreams()
    exchange.pause()
    exchange.answer("INVITE", 180, by: exchange.second, tag: "second")
    answerAnew(exchange, 200)
    #expect(exchange.west.last("200")?.message.toTag == "callee")
    #expect(exchange.second.all("CANCEL").count == 1)
    exchange.answer("CANCEL", 200, by: exchange.second)
    exchange.answer("INVITE", 487, by: exchange.second, tag: "second")
    #expect(exchange.west.all("487").isEmpty)
    exchange.element.endCalls()
    #expect(exchange.element.ended.map(\.call.calleeFlow.remote) == [endpoint(Stage.east)])
    exchange.expectNothingLeft()
  }

  @Test("a 2xx after our own 503 goes to the caller, and the call's record knows it")
  func lateAnswerAfter503() {
    let exchange = exchange([Stage.east])
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.east.hangUpStreams()
    exchange.pause(.seconds(20))
    #expect(exchange.west.all("503").count == 1)
    answerAnew(exchange, 200)
    #expect(exchange.west.all("200").count == 1)
    let calls = exchange.element.occupancy.calls
    #expect(calls == 1)
    exchange.element.endCalls()
    #expect(exchange.element.ended.map(\.cause) == [.refused, .shutdown])
    exchange.expectNothingLeft()
  }

  @Test("one that rings late over another connection is cancelled, and heard of no more")
  func lateRinging() {
    let exchange = exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.east.hangUpStreams()
    exchange.pause()
    answerAnew(exchange, 180)
    #expect(exchange.east.all("CANCEL").count == 1)
    #expect(exchange.west.all("180").isEmpty)
    exchange.answer("CANCEL", 200, by: exchange.east)
    answerAnew(exchange, 487)
    #expect(exchange.east.all("ACK").count == 1)
    exchange.answer("INVITE", 486, by: exchange.second)
    #expect(exchange.west.all("486").count == 1)
    exchange.expectNothingLeft()
  }

  @Test("the end of a drain does not wait for one whose connection has ended")
  func drained() {
    let exchange = exchange([Stage.east])
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.element.endCalls()
    exchange.east.hangUpStreams()
    exchange.pause()
    let isIdle = exchange.element.isIdle()
    #expect(isIdle)
    exchange.expectNothingLeft()
  }

  @Test("without another target the caller hears 503 at once", arguments: ["INVITE", "OPTIONS"])
  func noOther(method: String) {
    let exchange = exchange([Stage.east])
    exchange.send(Ask(method).text, from: exchange.west)
    exchange.east.hangUpStreams()
    exchange.pause()
    #expect(exchange.west.all("503").count == 1)
    exchange.expectNothingLeft()
  }

  @Test("a request other than INVITE fails after a provisional response as well")
  func proceeding() {
    let exchange = exchange()
    exchange.send(Ask("OPTIONS").text, from: exchange.west)
    exchange.answer("OPTIONS", 100, by: exchange.east)
    exchange.east.hangUpStreams()
    exchange.pause()
    #expect(exchange.second.all("OPTIONS").count == 1)
  }

  @Test("a callee that rings may go on over another connection (RFC 3261 §18.2.2)")
  func ringing() {
    let exchange = exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.east.hangUpStreams()
    exchange.pause()
    #expect(exchange.second.heard.isEmpty)
    guard let invite = exchange.east.last("INVITE")?.message else { return }
    // The old connection is gone, so this opens one.
    exchange.send(exchange.east.response(to: invite, 200, tag: "callee"), from: exchange.east)
    #expect(exchange.west.all("200").count == 1)
  }

  @Test("those that have their answer hear nothing, whatever becomes of the connection")
  func answered() {
    let exchange = exchange()
    let asks = (0..<200).map { number in
      Ask(number % 2 == 0 ? "OPTIONS" : "INVITE") {
        $0.callID = "call-\(number)"
        $0.via = ["SIP/2.0/TCP 10.1.0.1:5060;branch=z9hG4bKn\(number)"]
      }
    }
    for ask in asks {
      exchange.send(ask.text, from: exchange.west)
      exchange.answer(ask.method, 486, by: exchange.east)
    }
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    exchange.east.hangUpStreams()
    exchange.pause()
    #expect(exchange.second.heard.count == 1)
    #expect(exchange.second.all("MESSAGE").count == 1)
    #expect(exchange.west.all("486").count == 200)
    exchange.answer("MESSAGE", 200, by: exchange.second)
    exchange.expectNothingLeft()
  }
}
