import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

/// West calls somebody at east's, and east, which puts no Record-Route in, sends the INVITE back
/// through this element to somebody at third's, perhaps by way of another element of its own.
private final class Spiral {
  let exchange: Exchange
  private(set) var dialog = Dialog(callID: "c1@west", west: [], east: [])
  private var contact = ""

  /// - Parameter transport: between this element and third.
  init(passes: Int, over transport: Transport, remembering ended: Int = 100) {
    var layout = Layout()
    layout.capacity.endedCalls = ended
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
    let third = layout.peer("third", ["10.3.0.0/16"], at: ["10.3.0.1:5060"])
    layout.route(from: [west], to: east, at: [Stage.east], over: .udp)
    layout.route(from: [east], to: east, at: [Stage.second], over: .udp) {
      $0.userPrefixes = [Array("again".utf8)]
    }
    layout.route(from: [east], to: third, at: ["10.3.0.1:5060"], over: transport)
    exchange = Exchange(layout)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    var between = [exchange.east]
    if passes == 3 {
      sendOn(from: exchange.east, to: "again")
      between.append(exchange.second)
    }
    sendOn(from: between[between.count - 1], to: "carol")
    exchange.answer("INVITE", 200, by: exchange.third)
    for station in between.reversed() { passBack(from: station) }
    adoptDialog()
  }

  private func sendOn(from talker: Talker, to user: String) {
    guard var message = talker.last("INVITE")?.message else { return }
    let via = "SIP/2.0/UDP \(text(talker.endpoint));branch=z9hG4bK\(user)"
    message.headers.insert(("Via", via), at: 0)
    message.startLine = "INVITE sip:\(user)@10.0.0.1 SIP/2.0"
    exchange.send(message, from: talker)
  }

  private func passBack(from talker: Talker) {
    guard var message = talker.last("200")?.message else { return }
    if let place = message.headers.firstIndex(where: { $0.name == "Via" }) {
      message.headers.remove(at: place)
    }
    exchange.send(message, from: talker)
  }

  private func adoptDialog() {
    dialog.west = exchange.west.last("200")?.message.all("Record-Route").reversed() ?? []
    contact = PlainURI(of: exchange.west.last("200")?.message["Contact"] ?? "").text
    dialog.east = exchange.third.last("INVITE")?.message.all("Record-Route") ?? []
  }

  /// A request of one end, as its route set wants it.
  func ask(_ method: String, fromWest: Bool, number: Int = 2) -> Ask {
    dialog.ask(method, fromWest: fromWest, number: number) {
      if fromWest {
        $0.uri = contact
      } else {
        $0.via = ["SIP/2.0/UDP 10.3.0.1:5060;branch=z9hG4bK\(method)\(number)"]
      }
    }
  }
}

@Suite("RFC 3261 §16.4: a request that goes through here more than once in a row finds its way")
struct SpiralsHoldTogether {
  static let shapes: [(passes: Int, transport: Transport)] = [
    (2, .udp), (3, .udp), (2, .tcp), (3, .tcp),
  ]

  @Test("from both sides, and every pass ends with the dialog", arguments: shapes, [true, false])
  func bothWays(_ shape: (passes: Int, transport: Transport), _ hangsUp: Bool) {
    let spiral = Spiral(passes: shape.passes, over: shape.transport)
    let exchange = spiral.exchange
    #expect(exchange.element.occupancy.calls == shape.passes)
    let values = shape.passes + (shape.transport == .tcp ? 1 : 0)
    #expect(spiral.dialog.west.count == values)
    exchange.send(spiral.ask("ACK", fromWest: true).text, from: exchange.west)
    #expect(exchange.third.all("ACK").count == 1)
    for (isWest, from, to) in [
      (true, exchange.west, exchange.third), (false, exchange.third, exchange.west),
    ] {
      let ask = spiral.ask("INFO", fromWest: isWest)
      exchange.send(ask.text, from: from)
      #expect(to.last("INFO")?.message.requestURI == ask.uri)
      #expect(to.last("INFO")?.message["Route"] == nil)
      exchange.answer("INFO", 200, by: to)
      #expect(from.last("200")?.message.cSeqMethod == "INFO")
    }
    let (from, to) = hangsUp ? (exchange.west, exchange.third) : (exchange.third, exchange.west)
    exchange.send(spiral.ask("BYE", fromWest: hangsUp, number: 7).text, from: from)
    exchange.answer("BYE", 200, by: to)
    #expect(exchange.element.isIdle())
    let causes = exchange.element.ended.map(\.cause)
    #expect(causes == Array(repeating: .bye, count: shape.passes))
    exchange.expectNothingLeft()
  }

  @Test("every pass ends where ended calls are not remembered", arguments: [2, 3])
  func forgotten(_ passes: Int) {
    let spiral = Spiral(passes: passes, over: .udp, remembering: 0)
    let exchange = spiral.exchange
    exchange.send(spiral.ask("ACK", fromWest: true).text, from: exchange.west)
    exchange.send(spiral.ask("BYE", fromWest: true, number: 7).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.third)
    #expect(exchange.element.isIdle())
    #expect(exchange.element.ended.map(\.cause) == Array(repeating: .bye, count: passes))
    exchange.expectNothingLeft()
  }

  @Test("all values in one line, and those of others behind them are kept")
  func oneLine() {
    let spiral = Spiral(passes: 3, over: .tcp)
    let exchange = spiral.exchange
    let ask = spiral.ask("INFO", fromWest: true).with {
      let values = spiral.dialog.west + ["<sip:10.3.0.1;transport=tcp;lr>", "<sip:deep;lr>"]
      $0.more = ["Route: " + values.joined(separator: " , ")]
      $0.uri = "sip:inside.example"
    }
    exchange.send(ask.text, from: exchange.west)
    let found = exchange.third.last("INFO")?.message.all("Route").map { $0.trimmed }
    #expect(found == ["<sip:10.3.0.1;transport=tcp;lr>", "<sip:deep;lr>"])
  }

  @Test("whoever stands between the passes speaks in none of them from its ends")
  func between() {
    let spiral = Spiral(passes: 2, over: .udp)
    let exchange = spiral.exchange
    let both = spiral.ask("BYE", fromWest: true)
    exchange.send(
      both.with { $0.via = ["SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKe1"] }.text,
      from: exchange.east)
    #expect(exchange.east.all("481").count == 1)
    // Nor does one end reach the other past the pass that it belongs to.
    for (place, route) in spiral.dialog.west.enumerated() {
      let ask = both.with {
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKx\(place)"]
        $0.more = ["Route: \(route)"]
      }
      exchange.send(ask.text, from: exchange.west)
    }
    #expect(exchange.west.all("403").count == 1)
    #expect(exchange.west.all("481").count == 1)
    #expect(exchange.third.all("BYE").isEmpty)
    #expect(exchange.element.occupancy.calls == 2)
  }

  @Test("tokens of calls that have nothing to do with each other make no way: 481")
  func torn() {
    let exchange = Exchange()
    let one = exchange.establish()
    let other = exchange.establish(
      Ask("INVITE") {
        $0.callID = "c2@west"
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKw2"]
      })
    let ask = one.ask("BYE", fromWest: true) {
      $0.more = (one.west + other.west).map { "Route: \($0)" }
    }
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.west.all("481").count == 1)
    #expect(exchange.east.all("BYE").isEmpty)
    #expect(exchange.element.occupancy.calls == 2)
  }

  @Test("more values of ours than any spiral has lead nowhere")
  func tooMany() {
    let exchange = Exchange()
    let ask = Ask("MESSAGE") {
      $0.more = Array(repeating: "Route: <sip:10.0.0.1;lr>", count: 17)
    }
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.west.all("403").count == 1)
    exchange.send(
      ask.with {
        $0.more.removeLast()
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKw2"]
      }.text, from: exchange.west)
    #expect(exchange.east.last("MESSAGE")?.message["Route"] == nil)
    #expect(exchange.east.all("MESSAGE").count == 1)
  }

  @Test("a subscription that spirals, which has no record, finds its way too")
  func subscription() {
    let exchange = Exchange()
    exchange.send(Ask("SUBSCRIBE").text, from: exchange.west)
    guard var message = exchange.east.last("SUBSCRIBE")?.message else { return }
    message.headers.insert(("Via", "SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKs"), at: 0)
    message.startLine = "SUBSCRIBE sip:carol@10.0.0.1 SIP/2.0"
    exchange.send(message, from: exchange.east)
    let route = exchange.west.last("SUBSCRIBE")?.message.all("Record-Route") ?? []
    #expect(route.count == 2)
    let dialog = Dialog(callID: "c1@west", west: route.reversed(), east: route)
    let ask = dialog.ask("NOTIFY", fromWest: false) {
      $0.uri = "sip:alice@10.1.0.1"
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKn"]
    }
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.west.last("NOTIFY")?.message["Route"] == nil)
    #expect(exchange.west.all("NOTIFY").count == 1)
  }
}
