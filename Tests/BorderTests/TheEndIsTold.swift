import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("The limit of a drain: callers hear 503, callees a CANCEL, and the records end")
struct TheEndIsTold {
  @Test("the records of calls end")
  func records() {
    let exchange = Exchange()
    _ = exchange.establish()
    exchange.element.endCalls()
    #expect(exchange.element.ended.map(\.cause) == [.shutdown])
    #expect(exchange.element.isIdle())
    exchange.expectNothingLeft()
  }

  @Test("a call that rings: 503 to the caller, CANCEL to the callee, and it waits for that")
  func ringing() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.element.endCalls()
    exchange.pause()
    #expect(exchange.west.last("503")?.message.startLine == "SIP/2.0 503 Service Unavailable")
    #expect(exchange.east.all("CANCEL").count == 1)
    #expect(exchange.element.isIdle() == false)
    // A CANCEL that is lost is sent again.
    exchange.pause(.milliseconds(600))
    #expect(exchange.east.all("CANCEL").count == 2)
    exchange.answer("CANCEL", 200, by: exchange.east)
    #expect(exchange.element.isIdle() == false)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.element.isIdle())
    #expect(exchange.east.all("ACK").count == 1)
    #expect(exchange.west.all("487").isEmpty)
    #expect(exchange.element.ended.map(\.cause) == [.shutdown])
    exchange.expectNothingLeft()
  }

  @Test("a callee that has not answered yet is cancelled when it does (RFC 3261 §9.1)")
  func unheard() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.element.endCalls()
    exchange.pause()
    #expect(exchange.west.all("503").count == 1)
    #expect(exchange.east.all("CANCEL").isEmpty)
    #expect(exchange.element.isIdle() == false)
    exchange.answer("INVITE", 180, by: exchange.east)
    #expect(exchange.east.all("CANCEL").count == 1)
    #expect(exchange.west.all("180").isEmpty)
    exchange.answer("CANCEL", 200, by: exchange.east)
    #expect(exchange.element.isIdle() == false)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.element.isIdle())
    exchange.expectNothingLeft()
  }

  @Test("a call that its caller has cancelled just before is waited for as well")
  func cancelled() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.send(Ask("CANCEL").text, from: exchange.west)
    // Twice, as the limit of a drain may be reached again.
    for _ in 0..<2 { exchange.element.endCalls() }
    exchange.pause()
    // He asked for the end of it, and hears of that (RFC 3261 §9.2, §16.10).
    #expect(exchange.west.all("487").count == 1)
    #expect(exchange.west.all("503").isEmpty)
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
    #expect(exchange.element.ended.map(\.call.status) == [487])
    exchange.answer("CANCEL", 200, by: exchange.east)
    #expect(exchange.element.isIdle() == false)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.element.isIdle())
    #expect(exchange.east.all("ACK").count == 1)
    exchange.expectNothingLeft()
  }

  @Test("one that never answers holds nothing up for longer than its own time")
  func dead() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.element.endCalls()
    exchange.pause(.seconds(33))
    #expect(exchange.element.isIdle())
    exchange.expectNothingLeft()
  }

  @Test("whatever else waits for an answer gets 503 too, as does what comes later")
  func others() {
    var layout = Stage.layout()
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    let parked = Ask("INVITE") {
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKp"]
      $0.more.append("Route: <sip:new.example;lr>")
    }
    exchange.send(parked.text, from: exchange.west)
    exchange.element.endCalls()
    exchange.pause()
    #expect(exchange.west.all("503").map(\.message.cSeqMethod).sorted() == ["INVITE", "MESSAGE"])
    let late = Ask("INVITE") { $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKl"] }
    exchange.send(late.text, from: exchange.west)
    #expect(exchange.west.last("503")?.message.branch == "z9hG4bKl")
    #expect(exchange.element.isIdle())
    exchange.expectNothingLeft()
  }

  @Test("more calls than there is room for notes: each has its line, with the status of its 503")
  func everyLine() {
    let exchange = Exchange()
    call(1000, in: exchange)
    exchange.pause()
    // Half of them are answered.
    for heard in exchange.east.all("INVITE").prefix(500) {
      exchange.east.reply(exchange.east.response(to: heard.message, 200, tag: "t").bytes, to: heard)
    }
    exchange.pause()
    exchange.element.endCalls()
    exchange.pause()
    let ended = exchange.element.ended
    #expect(ended.count == 1000)
    #expect(ended.allSatisfy { $0.cause == .shutdown })
    #expect(Set(ended.map(\.call.id)).count == 1000)
    #expect(ended.count { $0.call.status == 503 } == 500)
    #expect(ended.count { $0.call.status == 200 } == 500)
    #expect(exchange.element.lostNotes == 0)
    #expect(exchange.element.faults.isEmpty)
  }

  @Test("calls that end by one tick of the clock all have their lines")
  func oneTick() {
    let exchange = Exchange()
    call(1000, in: exchange)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.count == 1000)
    #expect(exchange.element.lostNotes == 0)
  }

  @Test("more calls than one outbox has room for are all told")
  func many() {
    let exchange = Exchange()
    call(1500, in: exchange)
    exchange.pause()
    for heard in exchange.east.all("INVITE") {
      exchange.east.reply(exchange.east.response(to: heard.message, 180, tag: "t").bytes, to: heard)
    }
    exchange.pause()
    exchange.element.endCalls()
    exchange.pause()
    let told = Set(exchange.west.all("503").map(\.message.branch))
    let cancelled = Set(exchange.east.all("CANCEL").map(\.message.branch))
    #expect(told.count == 1500)
    #expect(cancelled.count == 1500)
    #expect(exchange.element.faults.isEmpty)
  }

  /// Begins so many calls at once.
  private func call(_ count: Int, in exchange: Exchange) {
    for place in 0..<count {
      let ask = Ask("INVITE") {
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKm\(place)"]
        $0.callID = "m\(place)"
      }
      exchange.west.send(Array(ask.text.utf8), to: endpoint(Layout.border))
    }
  }
}
