import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 5393 §5: a request says how many branches it may have, and each has all of it in turn")
struct BreadthIsBounded {
  private func ask(_ method: String, _ values: [String], branch: String = "b1") -> Ask {
    Ask(method) {
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK\(branch)"]
      $0.more += values.map { "Max-Breadth: \($0)" }
    }
  }

  @Test(
    "it passes as it came, is 60 where there was none, and never more than 60",
    arguments: [
      ("1", "1"), ("2", "2"), ("007", "007"), ("60", "60"), (nil, "60"), ("61", "60"),
      ("4294967296", "60"), ("99999999999999999999999999", "60"),
    ])
  func passes(_ given: String?, _ expected: String) {
    for method in ["INVITE", "MESSAGE", "SUBSCRIBE"] {
      let exchange = Exchange()
      exchange.send(ask(method, given.map { [$0] } ?? []).text, from: exchange.west)
      #expect(exchange.east.last(method)?.message.all("Max-Breadth") == [expected])
    }
  }

  @Test("requests within a call have it too, and so has the ACK of a 2xx")
  func withinCalls() {
    let exchange = Exchange()
    let dialog = exchange.establish(ask("INVITE", ["3"]))
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    #expect(exchange.east.last("INVITE")?.message.all("Max-Breadth") == ["3"])
    #expect(exchange.east.last("ACK")?.message.all("Max-Breadth") == ["60"])
    #expect(exchange.east.last("BYE")?.message.all("Max-Breadth") == ["60"])
  }

  @Test("the branches follow each other, so that each has the whole of it (§5.3.3.1)")
  func serial() {
    let exchange = Exchange(Stage.layout(targets: [Stage.east, Stage.second]))
    exchange.send(ask("INVITE", ["1"]).text, from: exchange.west)
    #expect(exchange.second.heard.isEmpty)
    exchange.answer("INVITE", 503, by: exchange.east)
    #expect(exchange.east.last("INVITE")?.message.all("Max-Breadth") == ["1"])
    #expect(exchange.second.last("INVITE")?.message.all("Max-Breadth") == ["1"])
  }

  @Test("without any breadth there is no branch: 440, whatever the method", arguments: ["0", "00"])
  func exceeded(_ value: String) {
    let exchange = Exchange()
    for (place, method) in ["INVITE", "MESSAGE", "BYE"].enumerated() {
      exchange.send(ask(method, [value], branch: "e\(place)").text, from: exchange.west)
    }
    let lines = Set(exchange.west.heard.map(\.message.startLine))
    #expect(lines == ["SIP/2.0 440 Max-Breadth Exceeded"])
    #expect(exchange.west.heard.count == 3)
    #expect(Set(exchange.element.refusals.map(\.cause)) == [.noBreadth])
    #expect(exchange.east.heard.isEmpty)
    exchange.expectNothingLeft()
  }

  @Test("an OPTIONS to this element needs none")
  func own() {
    let exchange = Exchange()
    exchange.send(ask("OPTIONS", ["0"]).with { $0.uri = "sip:10.0.0.1" }.text, from: exchange.west)
    #expect(exchange.west.heard.map(\.message.status) == [200])
  }

  @Test(
    "what is no number, or stands twice, gets 400",
    arguments: [
      (["-1"], "Bad Max-Breadth"), ([""], "Bad Max-Breadth"), (["6 0"], "Bad Max-Breadth"),
      (["x"], "Bad Max-Breadth"), (["5;a"], "Bad Max-Breadth"), (["5", "5"], "Repeated Header"),
    ])
  func malformed(_ values: [String], _ phrase: String) {
    let exchange = Exchange()
    exchange.send(ask("INVITE", values).text, from: exchange.west)
    let lines = exchange.west.heard.map(\.message.startLine)
    #expect(lines.count == 1 && lines[0].hasPrefix("SIP/2.0 400 \(phrase): expected "))
    #expect(exchange.east.heard.isEmpty)
    exchange.expectNothingLeft()
  }

  @Test("an ACK without breadth is not answered, and does not pass")
  func ack() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    let (heard, passed) = (exchange.west.heard.count, exchange.east.all("ACK").count)
    for value in ["0", "x"] {
      let ack = dialog.ask("ACK", fromWest: true, branch: "a\(value)") {
        $0.more.append("Max-Breadth: \(value)")
      }
      exchange.send(ack.text, from: exchange.west)
    }
    #expect(exchange.west.heard.count == heard)
    #expect(exchange.east.all("ACK").count == passed)
  }
}
