import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.3: what may not pass is refused, with the right status, and nothing is left")
struct RefusalsAreExact {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var ask: Ask
    var status: String
    var reason: String

    init(
      _ name: String, _ status: Int, _ reason: String, _ method: String = "INVITE",
      _ change: (inout Ask) -> Void
    ) {
      testDescription = name
      self.status = String(status)
      self.reason = reason
      ask = Ask(method, change)
    }
  }

  static let forged = "<sip:" + "a" + String(repeating: "b", count: 26) + "@10.0.0.1:5060;lr>"

  static let cases: [Case] = [
    Case("no hops left", 483, "Too Many Hops") { $0.maxForwards = "0" },
    Case("an unknown scheme", 416, "Unsupported URI Scheme") { $0.uri = "nobody:knows" },
    Case("an extension that a proxy would have to know", 420, "Bad Extension") {
      $0.more.append("Proxy-Require: foo, bar")
    },
    Case("a method that the peer may not use", 405, "Method Not Allowed", "PUBLISH") { _ in },
    Case("a preloaded Route to a stranger", 403, "Forbidden") {
      $0.more.append("Route: <sip:198.51.100.7;lr>")
    },
    Case("a preloaded Route through us to a stranger", 403, "Forbidden") {
      $0.more.append("Route: <sip:10.0.0.1;lr>, <sip:198.51.100.7;lr>")
    },
    Case("a name that nobody may ask for", 500, "Server Internal Error") {
      $0.more.append("Route: <sip:unknown.example;lr>")
    },
    Case("a To tag without a token", 481, "Call/Transaction Does Not Exist", "BYE") {
      $0.to += ";tag=x"
    },
    Case("a To tag without a token, in an INVITE", 481, "Call/Transaction Does Not Exist") {
      $0.to += ";tag=x"
    },
    Case("a forged token", 481, "Call/Transaction Does Not Exist", "BYE") {
      $0.to += ";tag=x"
      $0.more.append("Route: \(forged)")
    },
    Case("a CANCEL of nothing", 481, "Call/Transaction Does Not Exist", "CANCEL") { _ in },
  ]

  private func layout() -> Layout {
    var layout = Layout()
    let methods = MethodSet([.invite, .ack, .bye, .cancel, .options, .message, .prack])
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west], methods: methods)
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east])
    layout.peer("third", ["10.3.0.0/16"])
    layout.route(from: [west], to: east, at: [Stage.east])
    return layout
  }

  @Test("refusal", arguments: cases)
  func refused(_ one: Case) {
    let exchange = Exchange(layout())
    exchange.send(one.ask.text, from: exchange.west)
    let heard = exchange.west.last(one.status)?.message
    #expect(heard?.startLine == "SIP/2.0 \(one.status) \(one.reason)")
    #expect(heard?.toTag != nil)
    #expect(heard?.callID == one.ask.callID)
    #expect(heard?["Content-Length"] == "0")
    #expect(exchange.west.heard.count == 1)
    #expect(exchange.east.heard.isEmpty)
    // The same again gets the same again, without a transaction (RFC 3261 §8.2.7).
    exchange.send(one.ask.text, from: exchange.west)
    let tags = Set(exchange.west.all(one.status).map(\.message.toTag))
    #expect(tags.count == 1)
    exchange.send(one.ask.with { $0.method = "ACK" }.text, from: exchange.west)
    let occupancy = exchange.element.occupancy
    #expect(exchange.element.isEmpty, "\(occupancy)")
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.isEmpty)
  }

  @Test("DESIGN §1: who may not send a method hears 405, whatever else is wrong with it")
  func admissionFirst() {
    var layout = Layout()
    layout.peer("west", ["10.1.0.0/16"], at: [Stage.west], methods: MethodSet([.options]))
    let exchange = Exchange(layout)
    var faults = Self.cases.filter { $0.ask.method != "PUBLISH" }.map(\.ask)
    faults.append(Ask("MESSAGE") { $0.maxForwards = "0" })
    faults.append(Ask("INVITE") { $0.uri = "sips:x@10.0.0.1" })
    faults.append(Ask("PUBLISH") { $0.more.append("Proxy-Require: foo") })
    for ask in faults {
      exchange.west.forget()
      exchange.send(ask.text, from: exchange.west)
      #expect(exchange.west.heard.map(\.message.status) == [405], "\(ask.method)")
    }
    exchange.expectNothingLeft()
  }

  @Test("no route, no one there: 404")
  func noRoute() {
    let exchange = Exchange(layout())
    exchange.send(
      Ask("INVITE") { $0.via = ["SIP/2.0/UDP 10.2.0.1:5060;branch=z9hG4bKe"] }.text,
      from: exchange.east)
    #expect(exchange.east.last("404")?.message.startLine == "SIP/2.0 404 Not Found")
    exchange.expectNothingLeft()
  }

  @Test("405 says what is allowed, and 420 what is not supported")
  func extras() {
    let exchange = Exchange(layout())
    exchange.send(Ask("PUBLISH").text, from: exchange.west)
    #expect(
      exchange.west.last("405")?.message["Allow"]
        == "INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, MESSAGE")
    let ask = Ask("MESSAGE") { $0.more += ["Proxy-Require: foo , bar", "Proxy-Require: baz"] }
    exchange.send(ask.text, from: exchange.west)
    let unsupported = exchange.west.last("420")?.message.all("Unsupported")
      .map { $0.filter { $0 != " " } }
    #expect(unsupported == ["foo", "bar", "baz"])
  }

  @Test("OPTIONS to this element itself gets 200 with what it takes (RFC 3261 §11)")
  func options() {
    let exchange = Exchange(layout())
    for (place, uri) in ["sip:10.0.0.1", "sip:border.example;x"].enumerated() {
      let ask = Ask("OPTIONS") {
        $0.uri = uri
        $0.maxForwards = "0"
        $0.via = ["SIP/2.0/UDP 10.1.0.1;branch=z9hG4bKo\(place)"]
      }
      exchange.send(ask.text, from: exchange.west)
    }
    #expect(exchange.west.all("200").count == 2)
    let answer = exchange.west.last("200")?.message
    #expect(answer?["Accept"] != nil)
    #expect(answer?["Allow"]?.contains("INVITE") == true)
    #expect(exchange.east.heard.isEmpty)
    exchange.expectNothingLeft()
  }

  @Test("a request whose changes find no room is refused, and never sent with a hole in it")
  func longestChange() {
    let exchange = Exchange(layout())
    var outcomes: Set<String> = []
    for length in 7960..<8110 {
      exchange.east.forget()
      let ask = Ask("MESSAGE") {
        $0.uri = "sip:bob@final.example;p=" + String(repeating: "x", count: length)
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKl\(length)"]
        // A strict router: the Request-URI has to be written anew (RFC 3261 §16.6 step 6).
        $0.more = ["Route: <sip:10.2.0.1;x>"]
      }
      exchange.send(ask.text, from: exchange.west)
      guard let heard = exchange.east.last("MESSAGE")?.message else {
        outcomes.insert("refused")
        continue
      }
      outcomes.insert("sent")
      #expect(heard.branch.utf8.count == 7 + 27 + 1 + 16)
      #expect(heard.all("Via").count == 2)
      #expect(heard.all("Route") == ["<\(ask.uri)>"])
    }
    #expect(outcomes == ["sent", "refused"])
    #expect(exchange.west.all("513").isEmpty == false)
    #expect(exchange.west.all("503").isEmpty)
  }

  @Test("an unknown source gets silence, whatever it sends")
  func silence() {
    let exchange = Exchange(layout())
    let stranger = Talker("stranger", in: exchange.world, at: "198.51.100.7:5060", over: .udp)
    for method in ["INVITE", "OPTIONS", "BYE", "CANCEL"] {
      exchange.send(Ask(method).text, from: stranger)
    }
    exchange.send("rubbish\r\n\r\n", from: stranger)
    #expect(stranger.heard.isEmpty)
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.element.counters.unknownSource == 5)
    exchange.expectNothingLeft()
  }

  @Test("an unknown source has no connection either")
  func noConnection() {
    let exchange = Exchange(layout())
    let stranger = Talker("stranger", in: exchange.world, at: "198.51.100.7:5060", over: .tcp)
    exchange.send(Ask("OPTIONS").text, from: stranger)
    #expect(!stranger.hasOpenStream)
    #expect(stranger.heard.isEmpty)
    #expect(exchange.element.counters.unknownSource == 1)
    #expect(exchange.element.counters.received == 0)
    exchange.send(Ask("INVITE").text, from: exchange.west, over: .tcp)
    #expect(exchange.west.hasOpenStream)
  }

  @Test("a third peer in a call of two others gets 481, whatever token it has")
  func thirdPeer() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    for method in ["BYE", "INVITE", "INFO"] {
      let ask = dialog.ask(method, fromWest: true) {
        $0.via = ["SIP/2.0/UDP 10.3.0.1:5060;branch=z9hG4bKt\(method)"]
      }
      exchange.send(ask.text, from: exchange.third)
      #expect(exchange.third.last("481")?.message.cSeqMethod == method)
      #expect(exchange.east.all(method).count == (method == "INVITE" ? 1 : 0))
    }
    #expect(exchange.element.occupancy.calls == 1)
  }

  @Test("a third peer in a subscription of two others gets 481 too")
  func thirdPeerInSubscription() {
    let exchange = Exchange()
    exchange.send(Ask("SUBSCRIBE").text, from: exchange.west)
    let route = exchange.east.last("SUBSCRIBE")?.message.all("Record-Route") ?? []
    exchange.answer("SUBSCRIBE", 200, by: exchange.east)
    let ask = Ask("NOTIFY") {
      $0.uri = "sip:alice@10.1.0.1:5060"
      $0.to += ";tag=caller"
      $0.via = ["SIP/2.0/UDP 10.3.0.1:5060;branch=z9hG4bKt"]
      $0.more = route.map { "Route: \($0)" }
    }
    exchange.send(ask.text, from: exchange.third)
    #expect(exchange.third.all("481").count == 1)
    #expect(exchange.west.all("NOTIFY").isEmpty)
    exchange.answer("SUBSCRIBE", 200, by: exchange.east)
    exchange.expectNothingLeft()
  }

  @Test("a token of a call that is long over is stale: 481")
  func staleToken() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    exchange.pause(.seconds(40))
    exchange.send(dialog.ask("INFO", fromWest: true, number: 3).text, from: exchange.west)
    #expect(exchange.west.last("481")?.message.cSeqMethod == "INFO")
    exchange.expectNothingLeft()
    #expect(exchange.element.ended.map(\.cause) == [.bye])
  }
}
