import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §17.2.3: requests without the cookie are matched by the rules of RFC 2543")
struct RFC2543Matching {
  private static let via = "SIP/2.0/UDP 10.1.0.1:5060"

  @Test("a retransmission, the CANCEL and the ACK find their INVITE", arguments: ["", ";branch=1"])
  func matches(_ branch: String) {
    let exchange = Exchange()
    let ask = Ask("INVITE") { $0.via = [Self.via + branch] }
    exchange.send(ask.text, from: exchange.west)
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.east.all("INVITE").count == 1)
    #expect(exchange.west.all("100").count == 2)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.send(ask.with { $0.method = "CANCEL" }.text, from: exchange.west)
    #expect(exchange.east.all("CANCEL").count == 1)
    exchange.answer("INVITE", 487, by: exchange.east)
    exchange.send(
      ask.with {
        $0.method = "ACK"; $0.to += ";tag=callee"
      }.text, from: exchange.west)
    let count = exchange.west.all("487").count
    exchange.pause(.seconds(5))
    #expect(exchange.west.all("487").count == count)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
  }

  @Test("another CSeq, Call-ID, tag or Request-URI is another request")
  func differs() {
    let exchange = Exchange()
    let ask = Ask("OPTIONS") { $0.via = [Self.via] }
    let others = [
      ask, ask.with { $0.number = 2 }, ask.with { $0.callID = "c2" },
      ask.with { $0.from = "<sip:alice@west.example>;tag=other" },
      ask.with { $0.uri = "sip:carol@10.0.0.1" },
    ]
    for other in others + others { exchange.send(other.text, from: exchange.west) }
    let branches = Set(exchange.east.all("OPTIONS").map(\.message.branch))
    #expect(branches.count == 5)
  }

  @Test("with the cookie, sent-by and branch alone decide, and letters of the host have no case")
  func cookie() {
    let exchange = Exchange()
    let ask = Ask("OPTIONS") { $0.via = ["SIP/2.0/UDP pc.example;branch=z9hG4bKx"] }
    exchange.send(ask.text, from: exchange.west)
    exchange.send(
      ask.with { $0.via = ["SIP/2.0/UDP PC.example;branch=z9hG4bKx"] }.text, from: exchange.west)
    exchange.send(ask.with { $0.callID = "else" }.text, from: exchange.west)
    #expect(exchange.east.all("OPTIONS").count == 1)
    exchange.send(
      ask.with { $0.via = ["SIP/2.0/UDP ps.example;branch=z9hG4bKx"] }.text, from: exchange.west)
    #expect(exchange.east.all("OPTIONS").count == 2)
  }
}

@Suite("RFC 4320: requests that are no INVITE")
struct NonInviteTransactions {
  @Test("a 100 after 3.5 s, and no other provisional response ever")
  func provisional() {
    let exchange = Exchange()
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    exchange.answer("MESSAGE", 183, by: exchange.east)
    exchange.answer("MESSAGE", 100, by: exchange.east)
    exchange.pause(.seconds(3))
    #expect(exchange.west.heard.isEmpty)
    exchange.pause(.milliseconds(500))
    #expect(exchange.west.heard.map(\.message.status) == [100])
    exchange.answer("MESSAGE", 183, by: exchange.east)
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    #expect(exchange.west.heard.map(\.message.status) == [100, 100])
    exchange.answer("MESSAGE", 200, by: exchange.east)
    #expect(exchange.west.heard.map(\.message.status) == [100, 100, 200])
    exchange.expectNothingLeft()
  }

  @Test("no 408: neither one of ours nor one from downstream")
  func no408() {
    let exchange = Exchange()
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    exchange.answer("MESSAGE", 408, by: exchange.east)
    exchange.pause(.seconds(40))
    #expect(exchange.west.heard.map(\.message.status) == [100])
    exchange.send(
      Ask("MESSAGE") { $0.via = ["SIP/2.0/UDP 10.1.0.1;branch=z9hG4bKn"] }.text,
      from: exchange.west)
    exchange.pause(.seconds(40))
    #expect(exchange.west.all("408").isEmpty)
    // Timer E: 0.5, 1, 2, then every 4 s.
    #expect(exchange.east.all("MESSAGE").count == 12)
    exchange.expectNothingLeft()
  }

  @Test("a BYE that nobody answers ends its call; one that is challenged does not")
  func bye() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    exchange.answer("BYE", 401, by: exchange.east)
    exchange.pause(.seconds(60))
    #expect(exchange.element.occupancy.calls == 1)
    exchange.send(dialog.ask("BYE", fromWest: false, number: 7).text, from: exchange.east)
    #expect(exchange.element.occupancy.calls == 1)
    exchange.pause(.seconds(40))
    #expect(exchange.element.occupancy.calls == 0)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.bye])
  }
}

@Suite("RFC 5393, RFC 3261 §8.2.2.2: loops, spirals and merged requests")
struct LoopsAndSpirals {
  /// What came to a talker, as it goes on from there: with a Via of its own.
  private func onward(
    _ heard: Talker.Heard?, from talker: Talker, branch: String,
    _ change: (inout PlainMessage) -> Void = { _ in }
  ) -> PlainMessage {
    var message = heard?.message ?? PlainMessage(startLine: "nothing")
    let via = "SIP/2.0/UDP \(text(talker.endpoint));branch=z9hG4bK\(branch)"
    message.headers.insert(("Via", via), at: 0)
    change(&message)
    return message
  }

  @Test("a request that comes back unchanged by the way that it came before has looped: 482")
  func loop() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    // East's requests go to west, so the first time it goes another way.
    exchange.send(
      onward(exchange.east.last("INVITE"), from: exchange.east, branch: "l"), from: exchange.east)
    #expect(exchange.east.last("482") == nil)
    exchange.send(
      onward(exchange.west.last("INVITE"), from: exchange.west, branch: "m"), from: exchange.west)
    #expect(exchange.west.last("482")?.message.startLine == "SIP/2.0 482 Loop Detected")
    #expect(exchange.east.all("INVITE").count == 1)
  }

  @Test("one that comes back for somebody else is a spiral, and passes as a call of its own")
  func spiral() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    let again = onward(exchange.east.last("INVITE"), from: exchange.east, branch: "s") {
      $0.startLine = "INVITE sip:carol@10.0.0.1 SIP/2.0"
    }
    exchange.send(again, from: exchange.east)
    let arrived = exchange.west.last("INVITE")
    #expect(arrived?.message.all("Via").count == 4)
    #expect(arrived?.message.all("Record-Route").count == 2)
    exchange.answer("INVITE", 486, by: exchange.west)
    #expect(exchange.east.all("486").count == 1)
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.refused, .refused])
  }

  @Test("the second branch of an upstream fork passes: merging is the user agent's concern")
  func merged() {
    let exchange = Exchange()
    for branch in ["one", "two"] {
      let ask = Ask("INVITE") {
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK\(branch)"]
      }
      exchange.send(ask.text, from: exchange.west)
    }
    #expect(exchange.east.all("INVITE").count == 2)
    #expect(exchange.element.occupancy.calls == 2)
  }

  @Test("a circle that Max-Forwards must end, ends")
  func circle() {
    let exchange = Exchange()
    var message =
      PlainMessage(Array(Ask("INVITE") { $0.maxForwards = "25" }.text.utf8))
      ?? PlainMessage(startLine: "")
    for round in 1...30 {
      exchange.east.forget()
      exchange.send(message, from: exchange.west)
      // Retransmissions of earlier rounds come as well.
      let uri = message.requestURI
      guard let heard = exchange.east.all("INVITE").first(where: { $0.message.requestURI == uri })
      else { break }
      message = onward(heard, from: exchange.west, branch: "c\(round)") {
        $0.startLine = "INVITE sip:u\(round)@10.0.0.1 SIP/2.0"
      }
    }
    #expect(exchange.west.all("483").count == 1)
    exchange.expectNothingLeft()
  }
}
