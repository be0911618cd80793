import Basics
import Rehearsal
import Testing

@Suite("Peers whose networks and ways overlap")
struct PeersAreToldApart {
  @Test("a target within another peer's network is heard when it answers")
  func coveredTarget() {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let inner = layout.peer("inner", [], at: ["10.1.9.9:5060"])
    layout.route(from: [west], to: inner, at: ["10.1.9.9:5060"], over: .udp)
    let exchange = Exchange(layout)
    let callee = Talker("inner", in: exchange.world, at: "10.1.9.9:5060", over: .udp)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    #expect(callee.all("INVITE").count == 1)
    exchange.answer("INVITE", 200, by: callee)
    #expect(exchange.west.all("200").count == 1)
  }

  /// West calls by way of east to a third: one INVITE that passes twice.
  private func spiral() -> Exchange {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
    let third = layout.peer("third", ["10.3.0.0/16"], at: ["10.3.0.1:5060"])
    layout.route(from: [west], to: east, at: [Stage.east], over: .udp)
    layout.route(from: [east], to: third, at: ["10.3.0.1:5060"], over: .udp)
    return Exchange(layout)
  }

  @Test("RFC 5393 §4.2.1: the peer that a request comes from chooses its way, so it is no loop")
  func unchangedURI() throws {
    let exchange = spiral()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    var message = try #require(exchange.east.last("INVITE")?.message)
    message.headers.insert(("Via", "SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKe"), at: 0)
    exchange.send(message, from: exchange.east)
    #expect(exchange.third.all("INVITE").count == 1)
    #expect(exchange.east.all("482").isEmpty)
    // From the same peer again it is one.
    message.headers = exchange.third.last("INVITE")?.message.headers ?? []
    message.headers.insert(("Via", "SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKg"), at: 0)
    exchange.send(message, from: exchange.east)
    #expect(exchange.third.all("INVITE").count == 1)
    #expect(exchange.east.all("482").count == 1)
  }

  @Test("RFC 3261 §7.3.1: the element between two passes may draw its Via and ours into one line")
  func foldedVias() throws {
    let exchange = spiral()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    var message = try #require(exchange.east.last("INVITE")?.message)
    let first = try #require(message.headers.firstIndex { $0.name == "Via" })
    message.headers[first].value =
      "SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKe, " + message.headers[first].value
    message.startLine = "INVITE sip:carol@10.0.0.1 SIP/2.0"
    exchange.send(message, from: exchange.east)
    exchange.answer("INVITE", 200, by: exchange.third)
    let record = exchange.third.last("INVITE")?.message.all("Record-Route") ?? []
    #expect(record.count == 2)
    let dialog = Dialog(callID: "c1@west", west: record.reversed(), east: record)
    exchange.send(
      dialog.ask("ACK", fromWest: true) { $0.uri = "sip:x@10.3.0.1:5060" }.text,
      from: exchange.west)
    #expect(exchange.third.all("ACK").count == 1)
  }
}
