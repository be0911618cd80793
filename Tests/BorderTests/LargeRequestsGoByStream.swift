import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §18.1.1: a request above 1300 octets goes over a stream, if one is to be had")
struct LargeRequestsGoByStream {
  private func exchange(_ targets: [String] = [Stage.east]) -> Exchange {
    Exchange(Stage.layout(targets: targets))
  }

  private func ask(_ method: String, padding: Int, number: Int = 1) -> Ask {
    Ask(method) {
      $0.callID = "large-\(number)"
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKlarge\(number)"]
      $0.more.append("X-Padding: " + String(repeating: "x", count: padding))
    }
  }

  private func expect(
    _ heard: Talker.Heard?, over transport: String, _ place: SourceLocation = #_sourceLocation
  ) {
    let via = heard?.message.all("Via").first?.prefix { $0 != " " }
    #expect(via == "SIP/2.0/\(transport)", sourceLocation: place)
    let isStream = heard.map { $0.stream != nil }
    #expect(isStream == (transport == "TCP"), sourceLocation: place)
    let record = heard?.message.all("Record-Route") ?? []
    let top = record.first?.contains(";transport=tcp")
    #expect(record.isEmpty || top == (transport == "TCP"), sourceLocation: place)
    // RFC 5658: two values where the sides differ.
    #expect(record.isEmpty || record.count == (transport == "TCP" ? 2 : 1), sourceLocation: place)
  }

  @Test(
    "what counts is the size with which it leaves, to the octet",
    arguments: ["INVITE", "MESSAGE"])
  func exact(method: String) {
    let exchange = exchange()
    exchange.send(ask(method, padding: 100).text, from: exchange.west)
    let fitting = 1300 + 100 - (exchange.east.last(method)?.bytes.count ?? 0)
    exchange.send(ask(method, padding: fitting + 100, number: 2).text, from: exchange.west)
    expect(exchange.east.last(method), over: "TCP")
    exchange.send(ask(method, padding: fitting, number: 3).text, from: exchange.west)
    expect(exchange.east.last(method), over: "UDP")
    #expect(exchange.east.last(method)?.bytes.count == 1300)
    exchange.send(ask(method, padding: fitting + 1, number: 4).text, from: exchange.west)
    expect(exchange.east.last(method), over: "TCP")
    // As it came it was shorter by far.
    #expect(ask(method, padding: fitting + 1, number: 4).text.utf8.count < 1250)
    #expect(exchange.east.all(method).count == 4)
  }

  @Test("who takes no stream gets it as a datagram, and the next ones at once")
  func refused() {
    let exchange = exchange([Stage.east, Stage.second])
    exchange.east.stopListening()
    exchange.send(ask("INVITE", padding: 1400).text, from: exchange.west)
    expect(exchange.east.last("INVITE"), over: "UDP")
    #expect(exchange.second.heard.isEmpty)
    let heard = exchange.world.now
    exchange.send(ask("INVITE", padding: 1400, number: 2).text, from: exchange.west)
    expect(exchange.east.last("INVITE"), over: "UDP")
    #expect(exchange.east.all("INVITE").count == 2)
    // One way, and not there, back and there again.
    let delay = exchange.east.last("INVITE").map { $0.at - heard }
    #expect(delay ?? .seconds(1) <= .milliseconds(20))
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.last("200")?.message.callID == "large-2")
    let calls = exchange.element.occupancy.calls
    #expect(calls == 2)
  }

  @Test(
    "what grows beyond what can be sent gets 513 (RFC 3261 §21.5.14)",
    arguments: ["INVITE", "MESSAGE"])
  func tooLarge(method: String) {
    let exchange = Exchange(Stage.layout(over: .tcp), over: .tcp)
    for (number, length) in [(1, 65_000), (2, 65_535)] {
      var ask = Ask(method) {
        $0.callID = "large-\(number)"
        $0.via = ["SIP/2.0/TCP 10.1.0.1:5060;branch=z9hG4bKl\(number)"]
        $0.body = String(repeating: "x", count: 60_000)
      }
      ask.body += String(repeating: "x", count: length - ask.text.utf8.count)
      exchange.send(ask.text, from: exchange.west)
      #expect(exchange.east.all(method).count == 1)
      #expect(exchange.west.all("513").count == number - 1)
      if number == 1 { exchange.answer(method, 486, by: exchange.east) }
    }
    #expect(exchange.west.last("513")?.message.startLine == "SIP/2.0 513 Message Too Large")
    #expect(exchange.west.all("503").isEmpty)
    #expect(exchange.element.refusals.map(\.cause) == [.tooLarge])
    exchange.expectNothingLeft()
  }

  @Test("after a time a stream is tried again")
  func triedAgain() {
    let exchange = exchange()
    exchange.east.stopListening()
    exchange.send(ask("OPTIONS", padding: 1400).text, from: exchange.west)
    exchange.answer("OPTIONS", 200, by: exchange.east)
    exchange.world.listen(exchange.east, on: exchange.east.endpoint, stream: true)
    exchange.pause(.seconds(301))
    exchange.send(ask("OPTIONS", padding: 1400, number: 2).text, from: exchange.west)
    expect(exchange.east.last("OPTIONS"), over: "TCP")
    exchange.answer("OPTIONS", 200, by: exchange.east)
    exchange.expectNothingLeft()
  }

  @Test("a stream that ends amid the request sends this one by datagram, and the next by stream")
  func endsAmid() {
    let exchange = exchange()
    exchange.send(ask("OPTIONS", padding: 1400).text, from: exchange.west)
    expect(exchange.east.last("OPTIONS"), over: "TCP")
    let owner = exchange.element.owners.last
    if let owner { exchange.element.fail(owner, .unsent) }
    exchange.pause()
    expect(exchange.east.last("OPTIONS"), over: "UDP")
    #expect(exchange.east.all("OPTIONS").count == 2)
    exchange.answer("OPTIONS", 200, by: exchange.east)
    exchange.send(ask("OPTIONS", padding: 1400, number: 2).text, from: exchange.west)
    expect(exchange.east.last("OPTIONS"), over: "TCP")
    #expect(exchange.east.last("OPTIONS")?.message.callID == "large-2")
  }

  @Test("a whole call with one who takes no stream, its large ACK and re-INVITE included")
  func wholeCall() {
    let exchange = exchange()
    exchange.east.stopListening()
    let dialog = exchange.establish(ask("INVITE", padding: 1400))
    let padding = "X-Padding: " + String(repeating: "x", count: 1400)
    exchange.send(
      dialog.ask("ACK", fromWest: true, branch: "second") { $0.more.append(padding) }.text,
      from: exchange.west)
    expect(exchange.east.last("ACK"), over: "UDP")
    exchange.send(
      dialog.ask("INVITE", fromWest: true) { $0.more.append(padding) }.text, from: exchange.west)
    expect(exchange.east.last("INVITE"), over: "UDP")
    exchange.answer("INVITE", 488, by: exchange.east)
    exchange.send(dialog.ask("BYE", fromWest: true, number: 3).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.bye])
  }

  @Test("a connection that took it and then ended is the target's failure: the next one is tried")
  func diesAfterwards() {
    let exchange = exchange([Stage.east, Stage.second])
    exchange.send(ask("INVITE", padding: 1400).text, from: exchange.west)
    expect(exchange.east.last("INVITE"), over: "TCP")
    exchange.east.hangUpStreams()
    exchange.pause()
    #expect(exchange.east.all("INVITE").count == 1)
    expect(exchange.second.last("INVITE"), over: "TCP")
  }

  @Test("a call that was cancelled meanwhile is not sent again")
  func cancelled() {
    let exchange = exchange()
    var cut = Link()
    cut.isCut = true
    exchange.world.links[World.Pair(from: address(Layout.border), to: address(Stage.east))] = cut
    let invite = ask("INVITE", padding: 1400)
    exchange.send(invite.text, from: exchange.west)
    exchange.send(invite.with { $0.method = "CANCEL" }.text, from: exchange.west)
    exchange.pause(.seconds(21))
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.west.all("487").isEmpty == false)
  }

  @Test("what a redirection asked for is asked for by datagram too")
  func redirected() {
    let exchange = Exchange(
      Stage.layout(targets: [Stage.east, Stage.second]) { layout, west, east in
        layout.route(from: [west], to: east, at: [Stage.east]) { $0.redirects = .recurse }
      })
    exchange.second.stopListening()
    exchange.send(ask("INVITE", padding: 1400).text, from: exchange.west)
    exchange.answer("INVITE", 302, by: exchange.east) { $0.add("Contact", "<sip:y@10.2.0.2;z>") }
    expect(exchange.second.last("INVITE"), over: "UDP")
    #expect(exchange.second.last("INVITE")?.message.requestURI == "sip:y@10.2.0.2;z")
  }

  private func address(_ place: String) -> Address { endpoint(place).address }
}
