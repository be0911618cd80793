import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("DESIGN §1: a request that needs a name waits for it, and nobody else does")
struct RequestsWaitForNames {
  private func exchange(_ names: [String: Address?] = [:]) -> Exchange {
    var layout = Stage.layout()
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    exchange.element.names = names
    return exchange
  }

  private var there: [String: Address?] { ["new.example": endpoint(Stage.east).address] }

  private func ask(
    _ method: String, _ name: String = "new.example", branch: String = "n1"
  ) -> Ask {
    Ask(method) {
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK\(branch)"]
      $0.more.append("Route: <sip:\(name);lr>")
    }
  }

  @Test("a name of the outside is asked for once, and the request waits for it")
  func names() {
    for isKnown in [true, false] {
      var layout = Stage.layout()
      layout.resolvesNames = true
      let exchange = Exchange(layout)
      exchange.element.names = ["new.example": isKnown ? endpoint(Stage.east).address : nil]
      let ask = Ask("MESSAGE") { $0.more = ["Route: <sip:new.example;lr>"] }
      exchange.send(ask.text, from: exchange.west)
      exchange.pause()
      #expect(exchange.east.all("MESSAGE").count == (isKnown ? 1 : 0))
      #expect(exchange.west.all("500").count == (isKnown ? 0 : 1))
      exchange.answerIfHeard("MESSAGE", 200, by: exchange.east)
      exchange.expectNothingLeft()
    }
  }

  @Test("a name that nobody answers for: 500 when patience ends")
  func unansweredName() {
    var layout = Stage.layout()
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    let ask = Ask("MESSAGE") { $0.more = ["Route: <sip:new.example;lr>"] }
    exchange.send(ask.text, from: exchange.west)
    exchange.pause(.seconds(5))
    #expect(exchange.west.all("500").count == 1)
    exchange.expectNothingLeft()
  }

  @Test(
    "an element that was quiet waits as long as any other", arguments: [0, 20, 31, 60] as [Int64])
  func quiet(_ seconds: Int64) {
    let exchange = exchange(there)
    exchange.element.resolution = .milliseconds(3800)
    exchange.pause(.seconds(seconds) + .milliseconds(1))
    exchange.send(ask("INVITE").text, from: exchange.west)
    exchange.pause(.milliseconds(3850))
    #expect(exchange.west.all("500").isEmpty)
    #expect(exchange.east.all("INVITE").count == 1)
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.expectNothingLeft()
  }

  @Test("and no longer", arguments: [0, 20, 31, 60] as [Int64])
  func quietAndSilent(_ seconds: Int64) {
    let exchange = exchange()
    exchange.pause(.seconds(seconds) + .milliseconds(1))
    exchange.send(ask("MESSAGE").text, from: exchange.west)
    exchange.pause(.milliseconds(4050))
    #expect(exchange.west.all("500").count == 1)
    exchange.expectNothingLeft()
  }

  @Test("an INVITE gets its 100 at once, and what is sent again is absorbed")
  func trying() {
    let exchange = exchange(there)
    exchange.element.resolution = .seconds(2)
    for count in 1...3 {
      exchange.send(ask("INVITE").text, from: exchange.west)
      #expect(exchange.west.heard.map(\.message.status) == Array(repeating: 100, count: count))
    }
    #expect(exchange.element.asked == ["new.example"])
    #expect(exchange.east.heard.isEmpty)
    exchange.pause(.seconds(2))
    #expect(exchange.east.all("INVITE").count == 1)
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.last("200")?.message.all("Via").count == 1)
    #expect(exchange.element.occupancy.calls == 1)
    #expect(exchange.element.counters.calls == 1)
  }

  @Test("a CANCEL ends the waiting: 487, and nothing is sent on (RFC 3261 §9.2)")
  func cancelled() {
    let exchange = exchange(there)
    exchange.element.resolution = .seconds(1)
    exchange.send(ask("INVITE").text, from: exchange.west)
    exchange.send(ask("CANCEL").text, from: exchange.west)
    #expect(exchange.west.heard.map(\.message.status) == [100, 200, 487])
    exchange.send(ask("ACK").text, from: exchange.west)
    exchange.pause(.seconds(5))
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.west.all("487").count == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.isEmpty)
  }

  @Test("what is wrong after the waiting goes back by the transaction that began it")
  func refused() {
    let exchange = exchange(["new.example": endpoint("198.51.100.1:1").address])
    exchange.send(ask("INVITE").text, from: exchange.west)
    exchange.pause()
    #expect(exchange.west.heard.map(\.message.status) == [100, 403])
    exchange.send(ask("ACK").text, from: exchange.west)
    exchange.pause(.seconds(3))
    #expect(exchange.west.all("403").count == 1)
    #expect(exchange.element.refusals.map(\.cause) == [.foreignDestination])
    exchange.expectNothingLeft()
  }

  @Test("an ACK waits as well")
  func ack() {
    let exchange = exchange(there)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 200, by: exchange.east) {
      $0["Contact"] = "<sip:x@new.example>"
    }
    let ack = Ask("ACK") {
      $0.uri = "sip:x@new.example"
      $0.to += ";tag=callee"
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKack"]
      $0.more = exchange.west.last("200")?.message.all("Record-Route").map { "Route: \($0)" } ?? []
    }
    exchange.send(ack.text, from: exchange.west)
    exchange.pause()
    #expect(exchange.east.all("ACK").count == 1)
    #expect(exchange.element.asked == ["new.example"])
  }

  @Test("all that want one name wait for one answer")
  func together() {
    let exchange = exchange(there)
    exchange.element.resolution = .seconds(1)
    for place in 0..<50 {
      let name = place % 2 == 0 ? "new.example" : "NEW.example"
      exchange.send(ask("MESSAGE", name, branch: "t\(place)").text, from: exchange.west)
      if place == 10 { #expect(exchange.east.heard.isEmpty) }
      if place == 10 { exchange.element.resolution = .seconds(60) }
    }
    exchange.pause(.seconds(1))
    #expect(exchange.element.asked == ["new.example"])
    let branches = Set(exchange.east.all("MESSAGE").map { $0.message.all("Via")[1] })
    #expect(branches.count == 50)
  }

  @Test("more than may wait get 503 with a line that says why, and the others 500 in the end")
  func full() {
    let exchange = exchange()
    for place in 0..<300 {
      let ask = ask(place % 2 == 0 ? "INVITE" : "MESSAGE", branch: "f\(place)")
      exchange.west.send(Array(ask.text.utf8), to: endpoint(Layout.border))
    }
    exchange.pause(.milliseconds(100))
    #expect(exchange.west.all("503").count == 44)
    #expect(exchange.west.all("100").count == 128)
    #expect(Set(exchange.element.refusals.map(\.cause)) == [.tooManyWaiting])
    exchange.pause(.milliseconds(4100))
    let refused = Set(exchange.west.all("500").map { $0.message.branch })
    #expect(refused.count == 256)
    exchange.expectNothingLeft()
  }

  @Test("one slow name that a peer wants again and again leaves places for others")
  func placesOfOthers() {
    let exchange = exchange(["fine.example": endpoint(Stage.west).address])
    // Twice, so that a place that is not given back shows.
    for round in 0..<2 {
      for place in 0..<1024 {
        let ask = ask("MESSAGE", "slow\(round).example", branch: "p\(round)-\(place)")
        exchange.west.send(Array(ask.text.utf8), to: endpoint(Layout.border))
      }
      exchange.pause(.milliseconds(100))
      #expect(exchange.west.all("503").count == (round + 1) * 768)
      let other = ask("MESSAGE", "fine.example").with {
        $0.via = ["SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKe\(round)"]
      }
      exchange.send(other.text, from: exchange.east)
      exchange.pause()
      #expect(exchange.west.all("MESSAGE").count == round + 1)
      exchange.answerIfHeard("MESSAGE", 200, by: exchange.west)
      exchange.pause(.seconds(5))
    }
    exchange.expectNothingLeft()
  }

  @Test("peers whose names are all silent leave places for others")
  func placesOfLatecomers() {
    var layout = Layout()
    layout.resolvesNames = true
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    for place in 3..<9 { layout.peer("crowd\(place)", ["10.\(place).0.0/16"]) }
    layout.peer("east", ["10.2.0.0/16"], at: [Stage.east])
    layout.route(to: west, at: [Stage.west])
    let exchange = Exchange(layout)
    exchange.element.names = ["fine.example": endpoint(Stage.west).address]
    // Several rounds, so that places that are not given back show.
    for round in 0..<2 {
      for peer in 3..<9 {
        let host = "10.\(peer).0.1:5060"
        for place in 0..<300 {
          let ask = ask("MESSAGE", "slow\(round)-\(peer).example").with {
            $0.via = ["SIP/2.0/UDP \(host);branch=z9hG4bKl\(round)-\(place)"]
          }
          exchange.element.receive(
            Array(ask.text.utf8), from: Flow(.udp, listener: 0, remote: endpoint(host)))
        }
      }
      // 256 for each of three, then halves of what is left.
      let refused = exchange.element.refusals.count { $0.cause == .tooManyWaiting }
      #expect(refused == (round + 1) * (6 * 300 - 3 * 256 - 128 - 64 - 32))
      let other = ask("MESSAGE", "fine.example").with {
        $0.via = ["SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKo\(round)"]
      }
      exchange.send(other.text, from: exchange.east)
      exchange.pause()
      #expect(exchange.west.all("MESSAGE").count == round + 1)
      exchange.answerIfHeard("MESSAGE", 200, by: exchange.west)
      exchange.pause(.seconds(5))
    }
    exchange.expectNothingLeft()
  }

  @Test("for a request that finds no room nothing is asked")
  func noRoom() {
    var layout = Stage.layout()
    layout.resolvesNames = true
    layout.capacity.transactions = 1024
    let exchange = Exchange(layout)
    for place in 0..<1024 {
      let ask = Ask("MESSAGE") { $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKr\(place)"] }
      exchange.west.send(Array(ask.text.utf8), to: endpoint(Layout.border))
    }
    exchange.send(ask("MESSAGE").text, from: exchange.west)
    #expect(exchange.element.asked.isEmpty)
    #expect(exchange.element.refusals.map(\.cause) == [.tableFull])
    exchange.expectNothingLeft()
  }

  @Test("the dead names of one peer leave room for those of others")
  func fair() {
    let exchange = exchange(["east.example": endpoint(Stage.west).address])
    for place in 0..<10 {
      let ask = ask("MESSAGE", "dead\(place).example", branch: "d\(place)")
      exchange.send(ask.text, from: exchange.west)
    }
    #expect(exchange.west.all("503").count == 2)
    #expect(exchange.element.refusals.map(\.cause) == [.tooManyWaiting, .tooManyWaiting])
    let other = ask("MESSAGE", "east.example").with {
      $0.via = ["SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKe"]
    }
    exchange.send(other.text, from: exchange.east)
    exchange.pause()
    #expect(exchange.west.all("MESSAGE").count == 1)
    exchange.expectNothingLeft()
  }

  @Test("a name that nobody answered for is not waited for again, and a late answer is believed")
  func silence() {
    let exchange = exchange(there)
    exchange.element.resolution = .seconds(10)
    exchange.send(ask("INVITE", branch: "s1").text, from: exchange.west)
    exchange.pause(.seconds(5))
    #expect(exchange.west.all("500").isEmpty == false)
    exchange.west.forget()
    exchange.send(ask("INVITE", branch: "s2").text, from: exchange.west)
    #expect(exchange.west.heard.filter { $0.message.branch.hasSuffix("s2") }.count == 1)
    #expect(exchange.west.last("500")?.message.branch == "z9hG4bKs2")
    exchange.pause(.seconds(6))
    exchange.send(ask("INVITE", branch: "s3").text, from: exchange.west)
    #expect(exchange.east.all("INVITE").count == 1)
    #expect(exchange.element.asked == ["new.example"])
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.expectNothingLeft()
  }
}
