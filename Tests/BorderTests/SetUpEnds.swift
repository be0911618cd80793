import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.7 step 2, §16.8: who rings for ever is heard for so long, and no longer")
struct SetUpEnds {
  private func exchange(
    _ limit: Interval? = nil, targets: [String] = [Stage.east],
    _ change: (inout Routing.Rules.Route) -> Void = { _ in }
  ) -> Exchange {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
    layout.route(from: [west], to: east, at: targets, change)
    if let limit { layout.setupDuration = limit }
    return Exchange(layout)
  }

  /// The callee rings again each minute, so that Timer C never fires by itself.
  private func ring(_ exchange: Exchange, minutes: Int) {
    exchange.send(Ask("INVITE").text, from: exchange.west)
    for minute in 0..<minutes {
      if minute > 0 { exchange.pause(.milliseconds(59_940)) }
      exchange.answer("INVITE", minute == 1 ? 183 : 180, by: exchange.east)
    }
  }

  @Test("after ten minutes the callee is cancelled, and the caller gets 408")
  func limit() {
    let exchange = exchange()
    ring(exchange, minutes: 10)
    exchange.pause(.seconds(59))
    #expect(exchange.east.all("CANCEL").isEmpty)
    #expect(exchange.west.all("408").isEmpty)
    exchange.pause(.seconds(1))
    #expect(exchange.east.all("CANCEL").count == 1)
    #expect(exchange.west.last("408")?.message.startLine == "SIP/2.0 408 Request Timeout")
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.answer("CANCEL", 200, by: exchange.east)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.east.all("ACK").count == 1)
    #expect(exchange.west.all("487").isEmpty)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.timeout])
    #expect(exchange.element.ended.map(\.call.status) == [408])
  }

  @Test(
    "the policy says how long: 100, or 180 before it, makes no difference", arguments: [100, 180])
  func configured(_ status: Int) {
    let exchange = exchange(.seconds(20))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", status, by: exchange.east)
    exchange.pause(.seconds(19))
    #expect(exchange.west.all("408").isEmpty)
    exchange.pause(.seconds(1))
    #expect(exchange.west.all("408").isEmpty == false)
    #expect(exchange.east.all("CANCEL").isEmpty == false)
  }

  @Test("a callee who answers in time talks on past it")
  func answered() {
    let exchange = exchange(.seconds(20))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(19))
    exchange.answer("INVITE", 200, by: exchange.east)
    exchange.pause(.seconds(100))
    #expect(exchange.east.all("CANCEL").isEmpty)
    #expect(exchange.west.all("408").isEmpty)
    #expect(exchange.element.occupancy.calls == 1)
  }

  @Test("a 200 that crosses the CANCEL passes all the same (RFC 3261 §16.7 step 5)")
  func crossing() {
    let exchange = exchange(.seconds(20))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(20))
    #expect(exchange.west.all("408").isEmpty == false)
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.all("200").count == 1)
    #expect(exchange.element.occupancy.calls == 1)
  }

  @Test("it is the time of all targets together: none is tried beyond it")
  func allTargets() {
    let targets = [Stage.east, Stage.second, Stage.east, Stage.second]
    let exchange = exchange(.seconds(10), targets: targets) { $0.targetTimeout = .seconds(4) }
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.pause(.milliseconds(9900))
    #expect(exchange.west.all("408").isEmpty)
    let branches = Set(
      (exchange.east.all("INVITE") + exchange.second.all("INVITE")).map(\.message.branch))
    #expect(branches.count == 3)
    exchange.pause(.milliseconds(200))
    #expect(exchange.west.all("408").isEmpty == false)
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.pause(.seconds(5))
    let later = Set(
      (exchange.east.all("INVITE") + exchange.second.all("INVITE")).map(\.message.branch))
    #expect(later == branches)
    // Who rings now rings for nobody.
    exchange.answer("INVITE", 180, by: exchange.east)
    #expect(exchange.east.all("CANCEL").count == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.timeout])
  }

  @Test("nor is one whose name is found too late")
  func lateName() {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east])
    layout.route(from: [west], to: east, at: [Stage.east]) { $0.redirects = .recurse }
    layout.resolvesNames = true
    layout.setupDuration = .seconds(2)
    let exchange = Exchange(layout)
    exchange.element.names = ["slow.example": endpoint(Stage.second).address]
    exchange.element.resolution = .seconds(3)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 302, by: exchange.east) { $0.add("m", "<sip:slow.example>") }
    exchange.pause(.milliseconds(3100))
    #expect(exchange.second.heard.isEmpty)
    #expect(exchange.west.all("408").isEmpty == false)
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.timeout])
  }

  @Test("a better response of another target goes before the 408 (RFC 3261 §16.7 step 6)")
  func best() {
    let exchange = exchange(.seconds(10), targets: [Stage.east, Stage.second]) {
      $0.failover = [404]
    }
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 404, by: exchange.east)
    exchange.answer("INVITE", 180, by: exchange.second)
    exchange.pause(.seconds(10))
    #expect(exchange.second.all("CANCEL").isEmpty == false)
    #expect(exchange.west.heard.last?.message.status == 404)
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.answer("CANCEL", 200, by: exchange.second)
    exchange.answer("INVITE", 487, by: exchange.second)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.call.status) == [404])
  }

  @Test("within a call the callee's own answer to the CANCEL goes back: a 408 would end the dialog")
  func withinCalls() {
    let exchange = exchange(.seconds(20))
    let dialog = exchange.establish()
    exchange.send(dialog.ask("INVITE", fromWest: true).text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(20))
    #expect(exchange.east.all("CANCEL").isEmpty == false)
    #expect(exchange.west.all("408").isEmpty)
    exchange.answer("CANCEL", 200, by: exchange.east)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.west.all("487").isEmpty == false)
    #expect(exchange.element.occupancy.calls == 1)
  }
}
