import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.3 step 1: what is malformed gets a 400 that says why, or nothing")
struct MalformedIsAnsweredOnce {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: String
    var reason: String

    init(_ reason: String, _ old: String, _ new: String, method: String = "INVITE") {
      testDescription = "\(reason), \(new.utf8.count - old.utf8.count)"
      text = Ask(method) { $0.body = "hello" }.text.replacing(old, with: new)
      self.reason = reason
    }
  }

  static let cases: [Case] = [
    Case("Missing Call-ID", "Call-ID: c1@west\r\n", ""),
    Case("Missing From", "From: <sip:alice@west.example>;tag=caller\r\n", ""),
    Case("Missing To", "To: <sip:bob@east.example>\r\n", ""),
    Case("Missing CSeq", "CSeq: 1 INVITE\r\n", ""),
    Case("CSeq Method Differs", "CSeq: 1 INVITE", "CSeq: 1 BYE"),
    Case("Bad CSeq", "CSeq: 1 INVITE", "CSeq: 4294967296 INVITE"),
    Case("Bad Max-Forwards", "Max-Forwards: 70", "Max-Forwards: 256"),
    Case("Bad Max-Forwards", "Max-Forwards: 70", "Max-Forwards: many"),
    Case("Repeated Header", "CSeq: 1 INVITE", "CSeq: 1 INVITE\r\nCSeq: 2 INVITE"),
    Case("Body Shorter Than Content-Length", "Content-Length: 5", "Content-Length: 6"),
    Case("Bad Content-Length", "Content-Length: 5", "Content-Length: -1"),
    Case("Header Without Colon", "To: ", "Nothing\r\nTo: "),
    Case("Bad Header Name", "To: ", "Bad Name: x\r\nTo: "),
    Case("Bad Request-URI", "sip:bob@10.0.0.1", "<sip:bob@10.0.0.1>"),
    Case("Bad Request-URI", "sip:bob@10.0.0.1", "sip:bob@10.0.0.1 and more"),
    Case("Bad Route", "To: ", "Route: sip:\r\nTo: "),
  ]

  @Test("an answer repeats one From, To, Call-ID and CSeq of however many, and has its end")
  func repeatedOnce() {
    let exchange = Exchange()
    let line = "To: <sip:bob@east.example>\r\n"
    let lines = String(repeating: line, count: 70)
    exchange.send(Ask("OPTIONS").text.replacing(line, with: lines), from: exchange.west)
    let octets = exchange.west.heard.last?.bytes ?? []
    let text = String(decoding: octets, as: UTF8.self)
    #expect(text.hasPrefix("SIP/2.0 400 Repeated Header") && text.hasSuffix("\r\n\r\n"))
    #expect(text.split(separator: "\r\nTo:").count == 2)
  }

  @Test(
    "no answer brings back what may stand in none, nor more than a message may have",
    arguments: [
      ("Call-ID: c1", "Call-ID: c\u{0}1"), ("From: ", "From: \u{1b}"), ("\r\nTo", "\u{8}\r\nTo"),
      ("Via: ", String(repeating: "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n", count: 130) + "Via: "),
    ])
  func notRepeated(_ old: String, _ new: String) {
    let exchange = Exchange()
    let text = Ask("OPTIONS").text
    #expect(text.contains(old))
    exchange.send(text.replacing(old, with: new, maxReplacements: 1), from: exchange.west)
    #expect(exchange.west.heard.isEmpty && exchange.east.heard.isEmpty)
    #expect(exchange.element.counters.malformedDropped == 1)
  }

  @Test("400 with the fault as its reason", arguments: cases)
  func answered(_ one: Case) {
    let exchange = Exchange()
    exchange.send(one.text, from: exchange.west)
    let heard = exchange.west.heard.last?.message
    if one.reason == "Bad Route" {
      #expect(heard?.status == 400)
    } else {
      let said = heard?.startLine ?? ""
      #expect(said.hasPrefix("SIP/2.0 400 \(one.reason): expected "), "\(said)")
    }
    #expect(exchange.west.heard.count == 1)
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.element.counters.malformedAnswered == 1)
    let occupancy = exchange.element.occupancy
    #expect(exchange.element.isEmpty, "\(occupancy)")
  }

  @Test("the reason says what was expected, what kind of octet was found, and where")
  func exactReason() throws {
    let exchange = Exchange()
    let text = Ask("INVITE").text.replacing("CSeq: 1", with: "CSeq: many")
    exchange.send(text, from: exchange.west)
    let parts = try #require(text.firstRange(of: "many"))
    let offset = text[..<parts.lowerBound].utf8.count
    let expected = "expected a number up to 4294967295, a space, a method"
    #expect(
      exchange.west.heard.last?.message.startLine
        == "SIP/2.0 400 Bad CSeq: \(expected), found a letter at \(offset)")
  }

  @Test("a reason tells no octet that may be personal")
  func reasonIsDiscreet() {
    let exchange = Exchange()
    for name in ["alice", "\u{4e2d}", "0049170"] {
      let text = Ask("INVITE").text.replacing("From: <sip:", with: "From: \(name) \(name) sip:")
      exchange.send(text, from: exchange.west)
      let said = exchange.west.heard.last?.message.startLine ?? ""
      #expect(said.hasPrefix("SIP/2.0 400 ") && !said.contains(name), "\(said)")
    }
    #expect(exchange.west.heard.count == 3)
  }

  @Test("another version gets 505 (RFC 3261 §21.5.6)")
  func version() {
    let exchange = Exchange()
    let text = Ask("OPTIONS").text.replacing("SIP/2.0\r\n", with: "SIP/7.0\r\n")
    exchange.send(text, from: exchange.west)
    #expect(exchange.west.last("505")?.message.startLine == "SIP/2.0 505 Version Not Supported")
  }

  @Test(
    "RFC 4475 §3.1.2.18: a method that is not known, and another one in CSeq, get 501",
    arguments: [
      ("NEWMETHOD", "INVITE", "SIP/2.0 501 Not Implemented"),
      ("NEWMETHOD", "OTHERMETHOD", "SIP/2.0 501 Not Implemented"),
      ("OPTIONS", "NEWMETHOD", "SIP/2.0 400 CSeq Method Differs"),
    ])
  func unknownMethod(method: String, named: String, answer: String) {
    let exchange = Exchange()
    let text = Ask(method).text.replacing("CSeq: 1 \(method)", with: "CSeq: 1 \(named)")
    exchange.send(text, from: exchange.west)
    #expect(exchange.west.heard.map(\.message.startLine).count == 1)
    #expect(exchange.west.heard.last?.message.startLine.hasPrefix(answer) == true)
    #expect(exchange.east.heard.isEmpty && exchange.element.isEmpty)
    #expect(exchange.element.counters.malformedAnswered == 1)
  }

  @Test("more header fields than have room get a 400, where the first ones say whom to answer")
  func tooManyHeaders() {
    let many = String(repeating: "X-Header: x\r\n", count: 130)
    for (place, method) in ["INVITE", "ACK"].enumerated() {
      for isAtEnd in [true, false] {
        let exchange = Exchange()
        let text = Ask(method).text
        let old = isAtEnd ? "Content-Length:" : "Via:"
        exchange.send(text.replacing(old, with: many + old), from: exchange.west)
        let isAnswered = place == 0 && isAtEnd
        let lines = exchange.west.heard.map(\.message.startLine)
        #expect(lines.count == (isAnswered ? 1 : 0))
        #expect(lines.allSatisfy { $0.hasPrefix("SIP/2.0 400 Too Many Headers: expected at most") })
        #expect(exchange.west.heard.allSatisfy { $0.message.callID == "c1@west" })
        #expect(exchange.element.counters.malformedDropped == (isAnswered ? 0 : 1))
        #expect(exchange.east.heard.isEmpty)
        #expect(exchange.element.isEmpty)
      }
    }
  }

  @Test("an ACK is never answered", arguments: cases)
  func malformedACK(_ one: Case) {
    let exchange = Exchange()
    exchange.send(one.text.replacing("INVITE", with: "ACK"), from: exchange.west)
    #expect(exchange.west.heard.isEmpty)
    #expect(exchange.east.heard.isEmpty)
  }

  @Test("a response is never answered, however bad it is", arguments: cases)
  func malformedResponse(_ one: Case) {
    let exchange = Exchange()
    exchange.send(Ask("INVITE").text, from: exchange.west)
    guard let via = exchange.east.last("INVITE")?.message.all("Via")[0] else { return }
    let (west, east) = (exchange.west.heard.count, exchange.east.heard.count)
    let lines = one.text.split(separator: "\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    exchange.send("SIP/2.0 200 OK\r\nVia: \(via)\r\n" + lines[1], from: exchange.east)
    let isPassed = exchange.west.heard.count > west
    #expect(exchange.east.heard.count == east)
    let isHarmless = ["Bad Request-URI", "Bad Route", "CSeq Method Differs"].contains(one.reason)
    #expect(!isPassed || isHarmless)
  }

  @Test("octets that are no message at all are dropped, and counted")
  func rubbish() {
    let exchange = Exchange()
    for text in ["", "\r\n\r\n", "hello", "INVITE\r\n\r\n", "\u{0}\u{1}\u{2}", "SIP/2.0\r\n\r\n"] {
      exchange.send(text, from: exchange.west)
    }
    exchange.send(Ask("INVITE") { $0.via = [] }.text, from: exchange.west)
    exchange.send(Ask("INVITE") { $0.via = ["SIP/2.0/UDP"] }.text, from: exchange.west)
    #expect(exchange.west.heard.isEmpty)
    #expect(exchange.element.counters.malformedDropped == 6)
    #expect(exchange.element.isEmpty)
  }

  @Test("a stream that cannot be framed any more is closed")
  func brokenStream() {
    let exchange = Exchange(over: .tcp)
    let good = Ask("OPTIONS") { $0.uri = "sip:10.0.0.1" }.text
    exchange.send(good, from: exchange.west)
    #expect(exchange.west.all("200").count == 1)
    exchange.send(
      good.replacing("Content-Length: 0", with: "Content-Length: x"), from: exchange.west)
    #expect(exchange.west.hasOpenStream == false)
    exchange.send(good, from: exchange.west)
    #expect(exchange.west.all("200").count == 2)
    // What is no SIP but can be framed is dropped: other calls share the stream.
    exchange.send("rubbish rubbish\r\nContent-Length: 0\r\n\r\n", from: exchange.west)
    #expect(exchange.west.hasOpenStream == true)
    #expect(exchange.element.isEmpty)
  }

  @Test(
    "what cannot be read gets silence from a source that only an earlier policy knows",
    arguments: [
      ("CSeq: 1 INFO", "CSeq: x INFO"), ("Via: SIP", "Via SIP"),
      ("SIP/2.0\r\nVia", "SIP/3.0\r\nVia"),
    ])
  func unreadable(right: String, wrong: String) {
    let exchange = Exchange(CallsKeepTheirPolicy.policy())
    _ = exchange.establish()
    let text = Ask("INFO").text.replacing(right, with: wrong)
    #expect(text != Ask("INFO").text)
    // From a source that the policy has, it is told, and answered where that can be.
    exchange.send(text, from: exchange.west)
    let counters = exchange.element.counters
    #expect(counters.malformedAnswered + counters.malformedDropped == 1)
    let heard = exchange.west.heard.count
    exchange.element.adopt(CallsKeepTheirPolicy.without)
    exchange.send(text, from: exchange.west)
    #expect(exchange.west.heard.count == heard)
    let after = exchange.element.counters
    #expect(after.unknownSource == counters.unknownSource + 1)
    #expect(after.malformedAnswered + after.malformedDropped == 1)
  }
}
