import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.4, §16.6 step 6: Route values of ours fall away, and the others are followed")
struct RoutesAreFollowed {
  private func routes(_ exchange: Exchange, _ method: String) -> [String] {
    exchange.east.last(method)?.message.all("Route") ?? ["nothing came"]
  }

  @Test("a preloaded Route of ours is taken off, alone or at the head of a list")
  func ownIsRemoved() {
    let exchange = Exchange()
    let lists: [([String], [String])] = [
      (["<sip:10.0.0.1;lr>"], []),
      (["<sip:border.example:5060;lr>;p=1"], []),
      (["<sip:10.0.0.1;lr>, <sip:10.2.0.1;lr>"], ["<sip:10.2.0.1;lr>"]),
      (
        ["<sip:10.0.0.1;lr>", "<sip:10.2.0.1;lr> , <sip:x;lr>"],
        ["<sip:10.2.0.1;lr>", "<sip:x;lr>"]
      ),
    ]
    for (place, (given, left)) in lists.enumerated() {
      let ask = Ask("MESSAGE") {
        $0.via = ["SIP/2.0/UDP 10.1.0.1;branch=z9hG4bKr\(place)"]
        $0.more = given.map { "Route: \($0)" }
      }
      exchange.send(ask.text, from: exchange.west)
      let found = routes(exchange, "MESSAGE").map { $0.trimmed }
      #expect(found == left)
      #expect(exchange.east.all("MESSAGE").count == place + 1)
    }
  }

  @Test("a Route of ours that stands before every other header leaves room for our Via")
  func ownIsFirst() {
    let exchange = Exchange()
    var text = Ask("MESSAGE") { $0.via = ["SIP/2.0/UDP 10.1.0.1;branch=z9hG4bKfirst"] }.text
    guard let end = text.firstIndex(of: "\r\n") else { return }
    text.insert(contentsOf: "Route: <sip:10.0.0.1;lr>\r\n", at: text.index(after: end))
    exchange.send(text, from: exchange.west)
    #expect(exchange.east.last("MESSAGE")?.message.all("Via").count == 2)
    #expect(routes(exchange, "MESSAGE") == [])
  }

  @Test("a Route to a configured peer leads there, though the Request-URI has a route elsewhere")
  func preloaded() {
    let exchange = Exchange()
    exchange.send(
      Ask("MESSAGE") { $0.more = ["Route: <sip:10.3.0.1;lr>"] }.text, from: exchange.west)
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.third.last("MESSAGE")?.message.all("Route") == ["<sip:10.3.0.1;lr>"])
  }

  @Test("a Route to a peer's name leads to the target of that name")
  func named() {
    let exchange = Exchange()
    exchange.send(
      Ask("MESSAGE") { $0.more = ["Route: <sip:PBX.east.example;lr>"] }.text, from: exchange.west)
    #expect(exchange.east.all("MESSAGE").count == 1)
  }

  @Test("a strict router downstream gets the Request-URI that it wants (RFC 3261 §16.6 step 6)")
  func strictDownstream() {
    let exchange = Exchange()
    let lists: [([String], [String])] = [
      (["<sip:10.2.0.1;x>"], []),
      (["<sip:10.0.0.1;lr>,<sip:10.2.0.1;x>"], []),
      (["<sip:10.2.0.1;x>, <sip:b.example;lr>"], ["<sip:b.example;lr>"]),
      (["<sip:10.0.0.1;lr>,<sip:10.2.0.1;x>,<sip:b;lr>"], ["<sip:b;lr>"]),
      (["<sip:10.0.0.1;lr>", "<sip:10.2.0.1;x>", "<sip:b;lr>"], ["<sip:b;lr>"]),
    ]
    for (place, (given, left)) in lists.enumerated() {
      let ask = Ask("MESSAGE") {
        $0.via = ["SIP/2.0/UDP 10.1.0.1;branch=z9hG4bKs\(place)"]
        $0.uri = "sip:bob@final.example;p=1"
        $0.more = given.map { "Route: \($0)" }
      }
      exchange.send(ask.text, from: exchange.west)
      #expect(exchange.east.last("MESSAGE")?.message.requestURI == "sip:10.2.0.1;x")
      let found = routes(exchange, "MESSAGE").map { $0.trimmed }
      #expect(found == left + ["<sip:bob@final.example;p=1>"])
    }
  }

  @Test(
    "a strict router upstream left our URI as Request-URI: it is mended (RFC 3261 §16.4)",
    arguments: [
      ([], "10.2.0.1", []),
      (["<sip:10.2.0.1;lr>"], "b.example", ["<sip:10.2.0.1;lr>"]),
      (["<sip:10.2.0.1;lr>", "<sip:b;lr>"], "b.example", ["<sip:10.2.0.1;lr>", "<sip:b;lr>"]),
    ])
  func strictUpstream(_ between: [String], _ host: String, _ left: [String]) {
    for isOneLine in [false, true] {
      let exchange = Exchange()
      let dialog = exchange.establish()
      let target = "sip:bob@\(host):5060;x=1"
      let ask = dialog.ask("INFO", fromWest: true) {
        $0.uri = PlainURI(of: dialog.west[0]).text
        let all = between + ["<\(target)>"]
        $0.more = isOneLine ? ["Route: " + all.joined(separator: ", ")] : all.map { "Route: \($0)" }
      }
      exchange.send(ask.text, from: exchange.west)
      #expect(exchange.east.last("INFO")?.message.requestURI == target)
      #expect(routes(exchange, "INFO").map { $0.trimmed } == left)
    }
  }

  @Test(
    "a Route value that becomes the Request-URI loses what none may have (RFC 3261 §19.1.1)",
    arguments: [
      ("sip:10.2.0.1?Subject=x", "sip:10.2.0.1"),
      ("sip:r@10.2.0.1;method=BYE", "sip:r@10.2.0.1"),
      ("sip:10.2.0.1;a;METHOD=BYE;b=c?d=e&f=g", "sip:10.2.0.1;a;b=c"),
    ])
  func targetsHaveNoHeaders(_ given: String, _ left: String) {
    let exchange = Exchange()
    exchange.send(Ask("MESSAGE") { $0.more = ["Route: <\(given)>"] }.text, from: exchange.west)
    #expect(exchange.east.last("MESSAGE")?.message.requestURI == left)
    let dialog = exchange.establish()
    let ask = dialog.ask("INFO", fromWest: true) {
      $0.uri = PlainURI(of: dialog.west[0]).text
      $0.more = ["Route: <\(given)>"]
    }
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.east.last("INFO")?.message.requestURI == left)
  }

  @Test("a strict router upstream left a URI whose `maddr` is ours: all that is to go goes")
  func mendedTarget() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    let ask = dialog.ask("INFO", fromWest: true) {
      $0.uri = PlainURI(of: dialog.west[0]).text
      $0.more = ["Route: <sip:x@10.2.0.1;method=INFO;maddr=10.0.0.1;a?b=c>"]
    }
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.east.last("INFO")?.message.requestURI == "sip:x@10.2.0.1;a")
  }

  @Test("a strict router on both sides")
  func strictOnBothSides() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    let ask = dialog.ask("INFO", fromWest: true) {
      $0.uri = PlainURI(of: dialog.west[0]).text
      $0.more = ["Route: <sip:10.2.0.1;strict>, <sip:bob@final.example>"]
    }
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.east.last("INFO")?.message.requestURI == "sip:10.2.0.1;strict")
    #expect(routes(exchange, "INFO").map { $0.trimmed } == ["<sip:bob@final.example>"])
  }

  @Test("both values of a pair fall away, in one line or two, in a strict router's order too")
  func pair() {
    for isOneLine in [false, true] {
      for isStrict in [false, true] {
        let exchange = Exchange(Stage.layout(over: .tcp))
        let dialog = exchange.establish()
        #expect(dialog.west.count == 2)
        let ask = dialog.ask("INFO", fromWest: true) {
          let target = "sip:x@10.2.0.1:5060;transport=tcp"
          $0.uri = isStrict ? PlainURI(of: dialog.west[0]).text : target
          let all = isStrict ? [dialog.west[1], "<\(target)>"] : dialog.west
          $0.more =
            isOneLine ? ["Route: " + all.joined(separator: ",")] : all.map { "Route: \($0)" }
        }
        exchange.send(ask.text, from: exchange.west)
        let heard = exchange.east.last("INFO")
        #expect(heard?.message.requestURI == "sip:x@10.2.0.1:5060;transport=tcp")
        #expect(heard?.message["Route"] == nil)
        #expect(heard?.stream != nil)
      }
    }
  }

  @Test("the rest of a route set behind us is kept as it is")
  func rest() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    let ask = dialog.ask("INFO", fromWest: true) {
      $0.uri = "sip:deep@inside.example"
      $0.more.append("Route: \"X\" <sip:10.2.0.1;lr;y>;z=\"1,2\" ,<sip:deeper;lr>")
    }
    exchange.send(ask.text, from: exchange.west)
    let text = exchange.east.last("INFO").map { String(decoding: $0.bytes, as: UTF8.self) }
    let isKept = text?.contains(
      "\r\nRoute: \"X\" <sip:10.2.0.1;lr;y>;z=\"1,2\" ,<sip:deeper;lr>\r\n")
    #expect(isKept == true)
    #expect(exchange.east.last("INFO")?.message.requestURI == "sip:deep@inside.example")
  }
}

extension String {
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
