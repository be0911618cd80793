import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.6: what is forwarded is what came, but for what the RFC says")
struct ForwardingIsExact {
  /// What went out, without the lines that the border element put on top.
  private func withoutOurs(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let isOurs = { (line: Substring) in
      line.hasPrefix("Via: SIP/2.0/UDP 10.0.0.1:5060;") || line.hasPrefix("Record-Route: <sip:")
        || line == "Max-Breadth: 60"
    }
    return lines.filter { !isOurs($0) }.joined(separator: "\r\n")
  }

  private static let strange = [
    "X-Unknown-Header :  kept \tas it is  ",
    "x-folded: one",
    "   two\t",
    "o: foo;bar=\"a;b\"",
    "Subject: " + String(repeating: "long ", count: 30),
    "Warning: 399 east \"quoted \\\" and ünïcode\"",
    "l-mark:",
  ]

  @Test("unknown headers, folds, spellings and the body pass byte for byte")
  func bytesPass() {
    let exchange = Exchange()
    let ask = Ask("INVITE") {
      $0.uri = "sip:bob%20x;p=1@10.0.0.1:5060;unknown=%41;foo"
      $0.from = "\"A, \\\"B\\\" <x>\" <sip:alice@west.example;x=y>;tag=caller;ext=\"q;q\""
      $0.more = Self.strange + ["m: <sip:alice@10.1.0.1;x>;+sip.instance=\"<urn:x>\";q=0.1"]
      $0.body = "v=0\r\no=- strange é\u{0}\r\n\r\n--odd--"
    }
    exchange.send(ask.text, from: exchange.west)
    let sent = exchange.east.last("INVITE").map { withoutOurs($0.bytes) }
    #expect(sent == ask.text.replacing("Max-Forwards: 70", with: "Max-Forwards: 69"))
    exchange.answer("INVITE", 486, by: exchange.east)
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.expectNothingLeft()
  }

  @Test("a response passes byte for byte, without our Via")
  func responsePasses() {
    let exchange = Exchange()
    let ask = Ask("INVITE")
    exchange.send(ask.text, from: exchange.west)
    guard let heard = exchange.east.last("INVITE") else {
      Issue.record("east heard nothing")
      return
    }
    let top = heard.message.all("Via")[0]
    let rest =
      "v: \(ask.via[0])\r\nf: \(ask.from)\r\nt: \(ask.to);tag=z\r\ni: c1@west\r\n"
      + Self.strange.joined(separator: "\r\n") + "\r\nCSeq: 1 INVITE\r\n\r\nbody\u{0}"
    let start = "SIP/2.0 599 Strängely  refused \r\n"
    exchange.send(start + "Via: \(top)\r\n" + rest, from: exchange.east)
    #expect(
      exchange.west.last("599").map { String(decoding: $0.bytes, as: UTF8.self) } == start + rest)
    exchange.send(Ask("ACK").text, from: exchange.west)
    exchange.expectNothingLeft()
  }

  @Test("our Via at the head of a comma list goes, and the others stay")
  func viaInList() {
    let exchange = Exchange()
    let ask = Ask("OPTIONS")
    exchange.send(ask.text, from: exchange.west)
    guard let top = exchange.east.last("OPTIONS")?.message.all("Via")[0] else {
      Issue.record("east heard nothing")
      return
    }
    exchange.send(
      "SIP/2.0 200 OK\r\nVia: \(top) , \(ask.via[0])\r\n"
        + "From: \(ask.from)\r\nTo: \(ask.to);tag=z\r\n"
        + "Call-ID: c1@west\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", from: exchange.east)
    #expect(exchange.west.last("200")?.message.all("Via") == ask.via)
    exchange.expectNothingLeft()
  }

  @Test("what a datagram holds beyond its Content-Length is no part of the message")
  func trailingOctets() {
    let exchange = Exchange()
    let ask = Ask("MESSAGE") { $0.body = "hello" }
    exchange.send(ask.text + "and more", from: exchange.west)
    #expect(exchange.east.last("MESSAGE")?.message.body == Array("hello".utf8))
    exchange.expectNothingLeft()
  }

  @Test("Max-Forwards goes down by one, and is 70 where there was none")
  func maxForwards() {
    let exchange = Exchange()
    for (given, expected) in [("1", "0"), ("255", "254"), ("070", "69"), (nil, "70")] {
      exchange.east.forget()
      let ask = Ask("MESSAGE") {
        $0.maxForwards = given
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKmf\(expected)"]
      }
      exchange.send(ask.text, from: exchange.west)
      #expect(exchange.east.last("MESSAGE")?.message["Max-Forwards"] == expected)
    }
    exchange.expectNothingLeft()
  }

  @Test("our Via stands on top with a branch of ours, and no two branches are alike")
  func ourVia() {
    let exchange = Exchange()
    for place in 1...3 {
      let ask = Ask("MESSAGE") {
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKv\(place)"]
      }
      exchange.send(ask.text, from: exchange.west)
    }
    let heard = exchange.east.all("MESSAGE").map(\.message)
    let tops = heard.map { $0.all("Via")[0] }
    let isOurs = tops.allSatisfy { $0.hasPrefix("SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK") }
    #expect(isOurs)
    let branches = Set(heard.map(\.branch))
    #expect(branches.count == 3)
    #expect(heard.map { $0.all("Via").count } == [2, 2, 2])
    exchange.expectNothingLeft()
  }
}

@Suite("RFC 3261 §18.2.1, RFC 3581 §4: the top Via says where the request came from")
struct ViaIsStamped {
  @Test(
    "received and rport",
    arguments: [
      ("10.1.0.1:5060;branch=z9hG4bK1", "10.1.0.1:5060;branch=z9hG4bK1"),
      ("10.1.0.1;branch=z9hG4bK2;rport", "10.1.0.1;branch=z9hG4bK2;rport=5060;received=10.1.0.1"),
      ("10.1.0.1;rport;branch=z9hG4bK3", "10.1.0.1;rport=5060;branch=z9hG4bK3;received=10.1.0.1"),
      (
        "10.1.0.1;rport=99;branch=z9hG4bK4",
        "10.1.0.1;rport=5060;branch=z9hG4bK4;received=10.1.0.1"
      ),
      ("10.9.0.1;branch=z9hG4bK5", "10.9.0.1;branch=z9hG4bK5;received=10.1.0.1"),
      ("pc.west.example;branch=z9hG4bK6", "pc.west.example;branch=z9hG4bK6;received=10.1.0.1"),
      (
        "10.9.0.1;received=10.2.0.1;branch=z9hG4bK7;rport",
        "10.9.0.1;received=10.1.0.1;branch=z9hG4bK7;rport=5060"
      ),
      ("10.1.0.1;branch=z9hG4bK8;received=10.2.0.9", "10.1.0.1;branch=z9hG4bK8;received=10.1.0.1"),
      (
        "10.9.0.1;branch=z9hG4bK9, SIP/2.0/UDP 10.8.0.1;branch=z9hG4bKa",
        "10.9.0.1;branch=z9hG4bK9;received=10.1.0.1, SIP/2.0/UDP 10.8.0.1;branch=z9hG4bKa"
      ),
      (
        "10.1.0.1;branch=z9hG4bKb;rport , SIP/2.0/UDP 10.8.0.1;branch=z9hG4bKc",
        "10.1.0.1;branch=z9hG4bKb;rport=5060;received=10.1.0.1 ,"
          + " SIP/2.0/UDP 10.8.0.1;branch=z9hG4bKc"
      ),
    ])
  func stamps(_ given: String, _ expected: String) {
    let exchange = Exchange()
    exchange.send(Ask("INVITE") { $0.via = ["SIP/2.0/UDP " + given] }.text, from: exchange.west)
    let vias = exchange.east.last("INVITE")?.message.headers.filter { $0.name == "Via" }
    #expect(vias?.last?.value == "SIP/2.0/UDP " + expected)
    let trying = exchange.west.last("100")?.message.headers.filter { $0.name == "Via" }
    let isAnswered = given.hasPrefix("10.1.0.1") || given.contains("rport") || trying != nil
    #expect(isAnswered)
    #expect(trying?.map(\.value) == ["SIP/2.0/UDP " + expected])
  }
}

@Suite("RFC 3261 §16.6 step 4, RFC 5658: Record-Route")
struct RecordRouteLeadsBack {
  @Test("one value where both sides are alike, with a token that tells nothing")
  func oneValue() {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    let values = exchange.east.last("INVITE")?.message.all("Record-Route") ?? []
    #expect(values.count == 1)
    let isOurs = values[0].hasSuffix("@10.0.0.1:5060;lr>") && values[0].hasPrefix("<sip:")
    #expect(isOurs)
    exchange.answer("INVITE", 200, by: exchange.east)
    #expect(exchange.west.last("200")?.message.all("Record-Route") == values)
  }

  @Test("two values where the transports differ: the side that the request leaves by on top")
  func twoValues() {
    let exchange = Exchange(Stage.layout(over: .tcp))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    let values = exchange.east.last("INVITE")?.message.all("Record-Route") ?? []
    #expect(values.count == 2)
    #expect(values.first?.hasSuffix("@10.0.0.1:5060;transport=tcp;lr>") == true)
    #expect(values.last?.hasSuffix("@10.0.0.1:5060;lr>") == true)
    let tokens = Set(values.map { $0.prefix { $0 != "@" } })
    #expect(tokens.count == 2)
  }

  @Test(
    "requests that begin a dialog have it, others have not",
    arguments: [
      ("INVITE", 1), ("SUBSCRIBE", 1), ("REFER", 1), ("NOTIFY", 1), ("MESSAGE", 0), ("OPTIONS", 0),
      ("INFO", 0), ("PUBLISH", 0), ("STRANGE", 0),
    ])
  func methods(_ method: String, _ count: Int) {
    let exchange = Exchange()
    exchange.send(Ask(method).text, from: exchange.west)
    #expect(exchange.east.last(method)?.message.all("Record-Route").count == count)
    exchange.expectNothingLeft()
  }

  @Test("requests within a dialog have none")
  func withinDialog() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.send(dialog.ask("INVITE", fromWest: true).text, from: exchange.west)
    #expect(exchange.east.last("INVITE")?.message.all("Record-Route").isEmpty == true)
    #expect(exchange.east.last("INVITE")?.message.all("Route").isEmpty == true)
  }
}
