import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.4, §16.5, §19.1.1: a maddr of ours falls away, another says where to send")
struct MaddrIsFollowed {
  private func exchange() -> Exchange {
    var layout = Stage.layout()
    layout.morePorts = [5080]
    return Exchange(layout)
  }

  /// A MESSAGE with this Request-URI, from west.
  private func message(_ uri: String, _ more: [String] = []) -> Ask {
    Ask("MESSAGE") {
      $0.uri = uri
      $0.more = more
    }
  }

  @Test(
    "ours falls away, with a port and a transport other than the default ones",
    arguments: [
      ("sip:bob@x.example;maddr=10.0.0.1", "sip:bob@x.example"),
      ("sip:bob@x.example:5060;maddr=10.0.0.1", "sip:bob@x.example:5060"),
      ("sip:bob@x.example;a=1;MADDR=border.example;b", "sip:bob@x.example;a=1;b"),
      (
        "sip:bob@x.example;maddr=10.0.0.1;transport=udp;ttl=1",
        "sip:bob@x.example;transport=udp;ttl=1"
      ),
      // Any address of ours will do, as long as port and transport are those of the arrival.
      ("sip:bob@[2001:db8::1];maddr=[fd00::1];c", "sip:bob@[2001:db8::1];c"),
    ])
  func ownOverDatagrams(_ given: String, _ left: String) {
    let exchange = exchange()
    exchange.send(message(given).text, from: exchange.west)
    #expect(exchange.east.last("MESSAGE")?.message.requestURI == left)
    exchange.answerIfHeard("MESSAGE", 200, by: exchange.east)
    exchange.expectNothingLeft()
  }

  @Test(
    "over a stream the transport falls away as well, wherever it stands",
    arguments: [
      ("sip:bob@x.example;transport=tcp;maddr=10.0.0.1;c", "sip:bob@x.example;c"),
      ("sip:bob@x.example;maddr=10.0.0.1;b;Transport=TCP", "sip:bob@x.example;b"),
    ])
  func ownOverStreams(_ given: String, _ left: String) {
    let exchange = exchange()
    let ask = message(given).with { $0.via = ["SIP/2.0/TCP 10.1.0.1:5060;branch=z9hG4bKt"] }
    exchange.send(ask.text, from: exchange.west, over: .tcp)
    #expect(exchange.east.last("MESSAGE")?.message.requestURI == left)
  }

  @Test(
    "a port that is not 5060 falls away as well",
    arguments: [
      ("sip:bob@x.example:5080;maddr=10.0.0.1;c", "sip:bob@x.example;c"),
      ("sip:bob@[2001:db8::1]:05080;maddr=10.0.0.1", "sip:bob@[2001:db8::1]"),
    ])
  func ownAtAnotherPort(_ given: String, _ left: String) {
    let exchange = exchange()
    exchange.west.send(Array(message(given).text.utf8), to: endpoint("10.0.0.1:5080"))
    exchange.pause()
    #expect(exchange.east.last("MESSAGE")?.message.requestURI == left)
  }

  @Test(
    "our address at another port or transport than the arrival's is another place: 403",
    arguments: [
      "sip:bob@x.example:5080;maddr=10.0.0.1", "sip:bob@x.example;transport=tcp;maddr=10.0.0.1",
      "sip:bob@x.example:5061;maddr=border.example",
    ])
  func ownElsewhere(_ uri: String) {
    var layout = Stage.layout()
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    exchange.element.names = ["border.example": endpoint(Layout.border).address]
    exchange.send(message(uri).text, from: exchange.west)
    exchange.pause()
    #expect(exchange.west.heard.map(\.message.status) == [403])
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.element.refusals.map(\.cause) == [.foreignDestination])
  }

  @Test("the next target, and a target within the call, get it without our maddr too")
  func everyTarget() {
    let exchange = Exchange(Stage.layout(targets: [Stage.east, Stage.second]))
    exchange.send(
      Ask("INVITE") { $0.uri = "sip:bob@x.example;maddr=10.0.0.1" }.text, from: exchange.west)
    exchange.answer("INVITE", 503, by: exchange.east)
    #expect(exchange.east.last("ACK")?.message.requestURI == "sip:bob@x.example")
    #expect(exchange.second.last("INVITE")?.message.requestURI == "sip:bob@x.example")
  }

  @Test("a maddr of a peer is the only target, whatever route its host has, and stays")
  func foreign() {
    let uri = "sip:bob@10.2.0.1:5060;maddr=10.3.0.1"
    for method in ["MESSAGE", "INVITE", "OPTIONS"] {
      let exchange = exchange()
      exchange.send(Ask(method) { $0.uri = uri }.text, from: exchange.west)
      #expect(exchange.third.last(method)?.message.requestURI == uri)
      #expect(exchange.east.heard.isEmpty)
    }
  }

  @Test("a maddr of a stranger is refused, and so is a group's: 403")
  func stranger() {
    for host in ["198.51.100.7", "239.255.255.1", "[2001:db8::7]"] {
      let exchange = exchange()
      exchange.send(message("sip:bob@10.2.0.1;maddr=\(host)").text, from: exchange.west)
      #expect(exchange.west.heard.map(\.message.status) == [403])
      #expect(exchange.east.heard.isEmpty)
      #expect(exchange.element.refusals.map(\.cause) == [.foreignDestination])
    }
  }

  @Test("a maddr may be a name: that of a peer, or one that is asked for")
  func names() {
    var layout = Stage.layout()
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    exchange.element.names = ["third.example": endpoint("10.3.0.1:5060").address]
    exchange.send(message("sip:bob@x;maddr=PBX.east.example").text, from: exchange.west)
    #expect(exchange.east.all("MESSAGE").count == 1)
    let other = message("sip:bob@x;maddr=third.example").with { $0.via[0] += "2" }
    exchange.send(other.text, from: exchange.west)
    exchange.pause()
    #expect(exchange.third.all("MESSAGE").count == 1)
    #expect(exchange.element.asked == ["third.example"])
  }

  @Test("a maddr that is no host: 400, in the Request-URI and in a Route")
  func malformed() {
    let route = "Route: <sip:10.2.0.1;maddr=1.2.3;lr>"
    for ask in [message("sip:bob@x;maddr=-a"), message("sip:bob@x", [route])] {
      let exchange = exchange()
      exchange.send(ask.text, from: exchange.west)
      let lines = exchange.west.heard.map(\.message.startLine)
      #expect(lines.count == 1 && lines[0].hasPrefix("SIP/2.0 400 Bad Host: expected a host"))
      #expect(exchange.east.heard.isEmpty)
    }
  }

  @Test("an OPTIONS is for us by what is left without our maddr, and not by that of another")
  func options() {
    let exchange = exchange()
    for (place, uri) in ["sip:border.example;maddr=10.0.0.1", "sip:10.0.0.1;maddr=10.3.0.1"]
      .enumerated()
    {
      let ask = Ask("OPTIONS") {
        $0.uri = uri
        $0.via[0] += "\(place)"
      }
      exchange.send(ask.text, from: exchange.west)
    }
    #expect(exchange.west.heard.map(\.message.status) == [200])
    #expect(exchange.third.all("OPTIONS").count == 1)
  }

  @Test("a Route leads to its maddr, and is ours by its maddr")
  func routes() {
    let exchange = exchange()
    let lists: [(given: [String], left: [String])] = [
      (["<sip:10.2.0.1;maddr=10.3.0.1;lr>"], ["<sip:10.2.0.1;maddr=10.3.0.1;lr>"]),
      (["<sip:10.0.0.1;maddr=10.3.0.1;lr>"], ["<sip:10.0.0.1;maddr=10.3.0.1;lr>"]),
      (["<sip:x.example;maddr=10.0.0.1;lr>", "<sip:10.3.0.1;lr>"], ["<sip:10.3.0.1;lr>"]),
    ]
    for (place, list) in lists.enumerated() {
      let ask = message("sip:bob@final.example", list.given.map { "Route: \($0)" }).with {
        $0.via[0] += "\(place)"
      }
      exchange.send(ask.text, from: exchange.west)
      #expect(exchange.third.all("MESSAGE").count == place + 1)
      #expect(exchange.third.last("MESSAGE")?.message.all("Route") == list.left)
    }
    let stranger = message("sip:x", ["Route: <sip:10.2.0.1;maddr=198.51.100.7;lr>"])
    exchange.send(stranger.text, from: exchange.west)
    #expect(exchange.west.heard.map(\.message.status) == [403])
    #expect(exchange.east.heard.isEmpty)
  }

  @Test("within a call the callee is where the maddr of his Contact says, as far as it is his")
  func withinCalls() {
    let exchange = exchange()
    let dialog = exchange.establish()
    let info = dialog.ask("INFO", fromWest: true) { $0.uri = "sip:x@pc.example;maddr=10.2.0.2" }
    exchange.send(info.text, from: exchange.west)
    #expect(exchange.second.last("INFO")?.message.requestURI == "sip:x@pc.example;maddr=10.2.0.2")
    let other = dialog.ask("INFO", fromWest: true, number: 3) {
      $0.uri = "sip:x@10.2.0.1;maddr=10.3.0.1"
    }
    exchange.send(other.text, from: exchange.west)
    #expect(exchange.west.all("403").count == 1)
    #expect(exchange.third.heard.isEmpty)
    let own = dialog.ask("INFO", fromWest: true, number: 4) {
      $0.uri = "sip:x@10.2.0.1;maddr=10.0.0.1"
    }
    exchange.send(own.text, from: exchange.west)
    #expect(exchange.east.last("INFO")?.message.requestURI == "sip:x@10.2.0.1")
  }

  @Test("what a strict router upstream left is mended before its maddr is looked at")
  func strictUpstream() {
    let exchange = exchange()
    let dialog = exchange.establish()
    let ask = dialog.ask("INFO", fromWest: true) {
      $0.uri = PlainURI(of: dialog.west[0]).text
      $0.more = ["Route: <sip:bob@10.2.0.1;a;maddr=10.0.0.1;b>"]
    }
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.east.last("INFO")?.message.requestURI == "sip:bob@10.2.0.1;a;b")
    #expect(exchange.east.last("INFO")?.message["Route"] == nil)
  }

  @Test("a strict router downstream gets the Request-URI without our maddr as the last Route")
  func strictDownstream() {
    let exchange = exchange()
    let ask = message("sip:bob@final.example;a;maddr=10.0.0.1;b", ["Route: <sip:10.2.0.1;x>"])
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.east.last("MESSAGE")?.message.requestURI == "sip:10.2.0.1;x")
    #expect(
      exchange.east.last("MESSAGE")?.message.all("Route") == ["<sip:bob@final.example;a;b>"])
  }

  @Test("with strict routers on both sides the last Route loses our maddr where it stands")
  func strictOnBothSides() {
    let exchange = exchange()
    let dialog = exchange.establish()
    let ask = dialog.ask("INFO", fromWest: true) {
      $0.uri = PlainURI(of: dialog.west[0]).text
      $0.more = ["Route: <sip:10.2.0.1;strict>, <sip:bob@final.example;maddr=10.0.0.1;b>"]
    }
    exchange.send(ask.text, from: exchange.west)
    #expect(exchange.east.last("INFO")?.message.requestURI == "sip:10.2.0.1;strict")
    let routes = exchange.east.last("INFO")?.message.all("Route").map { $0.trimmed }
    #expect(routes == ["<sip:bob@final.example;b>"])
  }

  @Test("a contact of a 3xx is tried where its maddr says, if that is a peer")
  func redirected() {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
    layout.route(from: [west], to: east, at: [Stage.east]) { $0.redirects = .recurse }
    let exchange = Exchange(layout)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 302, by: exchange.east) {
      $0.add("Contact", "<sip:x@10.2.0.1;maddr=198.51.100.7>, <sip:x@10.2.0.1;maddr=-a>")
      $0.add("Contact", "<sip:x@198.51.100.7;maddr=10.2.0.2>")
    }
    let heard = exchange.second.last("INVITE")
    #expect(heard?.message.requestURI == "sip:x@198.51.100.7;maddr=10.2.0.2")
    #expect(exchange.east.all("INVITE").count == 1)
  }
}
