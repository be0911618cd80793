import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.7, §16.8: the next target is tried when one is down, and only then")
struct TheNextTargetIsTried {
  private func exchange(
    failover: [UInt16] = [503], timeout: Interval? = nil, targets: [String]? = nil
  ) -> Exchange {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
    layout.peer("third", ["10.3.0.0/16"])
    layout.route(from: [west], to: east, at: targets ?? [Stage.east, Stage.second]) {
      $0.failover = failover
      $0.targetTimeout = timeout
    }
    return Exchange(layout)
  }

  @Test("a 503 is not passed on: the next target gets the INVITE, as it would have got it first")
  func failover503() {
    let exchange = exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 503, by: exchange.east)
    #expect(exchange.east.all("ACK").count == 1)
    #expect(exchange.west.all("503").isEmpty)
    let (first, next) = (exchange.east.last("INVITE"), exchange.second.last("INVITE"))
    #expect(next?.message.branch != first?.message.branch)
    #expect(next?.message.all("Record-Route") == first?.message.all("Record-Route"))
    #expect(next?.message.all("Via").last == first?.message.all("Via").last)
    #expect(next?.message["Max-Forwards"] == "69")
    exchange.answer("INVITE", 200, by: exchange.second)
    #expect(exchange.west.all("200").count == 1)
    #expect(exchange.element.occupancy.calls == 1)
  }

  @Test("a target that says nothing has its time, then the next one is tried")
  func failoverTimeout() {
    let exchange = exchange(timeout: .seconds(3))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.milliseconds(2900))
    #expect(exchange.second.heard.isEmpty)
    exchange.pause(.milliseconds(200))
    #expect(exchange.second.all("INVITE").count == 1)
    exchange.answer("INVITE", 180, by: exchange.second)
    #expect(exchange.west.all("180").count == 1)
    exchange.answer("INVITE", 486, by: exchange.second)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.refused])
  }

  @Test("a target that rings too late is cancelled, and what it says stays here")
  func lateProvisional() {
    let exchange = exchange(timeout: .seconds(3))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.seconds(4))
    exchange.answer("INVITE", 180, by: exchange.east)
    #expect(exchange.east.all("CANCEL").count == 1)
    #expect(exchange.west.all("180").isEmpty)
    exchange.answer("CANCEL", 200, by: exchange.east)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.east.all("ACK").count == 1)
    #expect(exchange.west.all("487").isEmpty)
    exchange.answer("INVITE", 200, by: exchange.second)
    #expect(exchange.west.all("200").count == 1)
  }

  @Test("a target that answers too late wins, and the one that rings meanwhile is cancelled")
  func lateAnswer() {
    let exchange = exchange(timeout: .seconds(3))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.seconds(4))
    exchange.answer("INVITE", 180, by: exchange.second, tag: "second")
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.last("200")?.message.toTag == "callee")
    #expect(exchange.second.all("CANCEL").count == 1)
    exchange.answer("CANCEL", 200, by: exchange.second)
    exchange.answer("INVITE", 487, by: exchange.second, tag: "second")
    #expect(exchange.second.all("ACK").count == 1)
    #expect(exchange.west.all("487").isEmpty)
    #expect(exchange.element.ended.isEmpty)
  }

  @Test("what a callee declined is not tried again", arguments: [486, 603, 404, 480, 600, 500])
  func declined(_ status: Int) {
    let exchange = exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", status, by: exchange.east)
    #expect(exchange.west.all(String(status)).count == 1)
    #expect(exchange.second.heard.isEmpty)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.call.status) == [UInt16(status)])
  }

  @Test(
    "the best response is passed on (RFC 3261 §16.7 step 6)",
    arguments: [
      (503, 503, 503), (503, 486, 486), (503, 500, 500), (500, 503, 500), (404, 503, 404),
      (404, 302, 302), (500, 404, 404), (404, 480, 404), (404, 484, 484), (404, 600, 600),
      (500, 501, 500),
    ])
  func best(_ first: Int, _ last: Int, _ expected: Int) {
    let exchange = exchange(failover: [404, 500, 503])
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", first, by: exchange.east)
    exchange.answer("INVITE", last, by: exchange.second)
    let finals = exchange.west.heard.map(\.message.status).filter { $0 >= 200 }
    #expect(finals == [expected])
    let vias = exchange.west.heard.last?.message.all("Via")
    #expect(vias == Ask("INVITE").via)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.count == 1)
  }

  @Test("a 503 of one target is a 500 upstream while others were not tried (RFC 3261 §16.7)")
  func oneDownOfTwo() {
    let exchange = exchange(failover: [])
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 503, by: exchange.east)
    #expect(exchange.west.last("500")?.message.startLine == "SIP/2.0 500 Server Internal Error")
    #expect(exchange.second.heard.isEmpty)
  }

  @Test("one dead target: 408 after Timer B, and the call's record says timeout")
  func allDead() {
    let exchange = exchange(targets: [Stage.east])
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.seconds(31))
    #expect(exchange.west.all("408").isEmpty)
    exchange.pause(.seconds(2))
    #expect(exchange.west.all("408").isEmpty == false)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.timeout])
  }

  @Test("a cancelled call is not tried elsewhere")
  func cancelled() {
    let exchange = exchange(timeout: .seconds(3))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.send(Ask("CANCEL").text, from: exchange.west)
    exchange.answer("INVITE", 503, by: exchange.east)
    #expect(exchange.second.heard.isEmpty)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
  }

  @Test("requests other than INVITE are tried at the next target too")
  func nonInvite() {
    let exchange = exchange()
    exchange.send(Ask("OPTIONS").text, from: exchange.west)
    exchange.answer("OPTIONS", 503, by: exchange.east)
    exchange.answer("OPTIONS", 200, by: exchange.second)
    #expect(exchange.west.heard.map(\.message.status) == [200])
    exchange.expectNothingLeft()
  }

  @Test("Timer C: who rings for ever is cancelled after three minutes (RFC 3261 §16.8)")
  func timerC() {
    let exchange = exchange(targets: [Stage.east])
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(100))
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(185))
    #expect(exchange.east.all("CANCEL").isEmpty)
    exchange.pause(.seconds(6))
    #expect(exchange.east.all("CANCEL").isEmpty == false)
    exchange.answer("CANCEL", 200, by: exchange.east)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.west.all("487").count == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.timeout])
  }

  @Test("Timer C with a callee that does not even hear the CANCEL: 408")
  func timerCDeaf() {
    let exchange = exchange(targets: [Stage.east])
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(230))
    #expect(exchange.west.all("408").isEmpty == false)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.timeout])
  }
}

@Suite("RFC 3261 §16.7: redirections, as the route says")
struct RedirectionsFollowTheRoute {
  private func exchange(_ redirects: Routing.Rules.Redirects) -> Exchange {
    Exchange(Self.layout(redirects))
  }

  private static func layout(_ redirects: Routing.Rules.Redirects) -> Layout {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
    layout.route(from: [west], to: east, at: [Stage.east]) { $0.redirects = redirects }
    return layout
  }

  @Test("passed")
  func passed() {
    let exchange = exchange(.pass)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 302, by: exchange.east) { $0.add("Contact", "<sip:x@10.2.0.2>") }
    #expect(exchange.west.last("302")?.message["Contact"] == "<sip:x@10.2.0.2>")
    #expect(exchange.second.heard.isEmpty)
  }

  @Test("refused: the caller gets a 500 in its place")
  func refused() {
    let exchange = exchange(.refuse)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 302, by: exchange.east) { $0.add("Contact", "<sip:x@10.2.0.2>") }
    #expect(exchange.west.all("302").isEmpty)
    #expect(exchange.west.last("500")?.message["Contact"] == nil)
    #expect(exchange.second.heard.isEmpty)
  }

  @Test("recursed upon: the contact gets the INVITE with the contact as Request-URI")
  func recursed() {
    let exchange = exchange(.recurse)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 302, by: exchange.east) { $0.add("Contact", "<sip:x@10.2.0.2;y>") }
    #expect(exchange.west.all("302").isEmpty)
    #expect(exchange.second.last("INVITE")?.message.requestURI == "sip:x@10.2.0.2;y")
    exchange.answer("INVITE", 200, by: exchange.second)
    #expect(exchange.west.all("200").count == 1)
  }

  @Test("a redirection to a stranger is not followed")
  func stranger() {
    let exchange = exchange(.recurse)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 302, by: exchange.east) { $0.add("Contact", "<sip:x@198.51.100.1>") }
    #expect(exchange.west.last("500")?.message["Contact"] == nil)
    #expect(exchange.west.all("500").count == 1)
  }
}
