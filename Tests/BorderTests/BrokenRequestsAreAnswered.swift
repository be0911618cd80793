import Basics
import Border
import Rehearsal
import Testing

@Suite("A request that is broken where others name who asks is answered all the same")
struct BrokenRequestsAreAnswered {
  /// What west hears of an INVITE that was changed.
  private func heard(
    _ old: String, _ new: String, method: String = "INVITE"
  ) -> (lines: [String], text: String) {
    let exchange = Exchange()
    exchange.send(Ask(method).text.replacing(old, with: new), from: exchange.west)
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.element.isEmpty)
    let all = exchange.west.heard.map(\.message)
    return (all.map(\.startLine), all.last.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "")
  }

  @Test(
    "RFC 4475 §3.1.2.1: a top Via that is broken behind its sent-by",
    arguments: [";;branch=", ";,;,,branch=", ";branch=\";", ";rport=many;branch="])
  func brokenVia(parameters: String) throws {
    let (lines, text) = heard(";branch=", parameters)
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("SIP/2.0 400 ") == true, "\(lines)")
    // The Via comes back as it was (RFC 3261 §8.2.6.2).
    #expect(text.contains(parameters))
    #expect(heard(";branch=", parameters, method: "ACK").lines.isEmpty)
  }

  @Test("RFC 4475 §3.1.2.16: another version in the start line and in the top Via gets 505")
  func version() {
    #expect(heard("SIP/2.0", "SIP/7.0").lines == ["SIP/2.0 505 Version Not Supported"])
    // In the Via alone it is a fault of the Via.
    let lines = heard("Via: SIP/2.0", "Via: SIP/7.0").lines
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("SIP/2.0 400 Bad SIP Version") == true, "\(lines)")
  }

  @Test("the answer goes to the port of a broken Via, or to 5060 (RFC 3261 §18.2.2)")
  func port() {
    for (sentBy, port) in [("10.1.0.1:5060;;", UInt16(5060)), ("a.example;;", 5060), ("a:9;;", 9)] {
      let exchange = Exchange()
      var flows: [Flow] = []
      exchange.element.onTransmit = { flows.append($1) }
      let via = "SIP/2.0/UDP \(sentBy)"
      exchange.send(Ask("OPTIONS") { $0.via = [via] }.text, from: exchange.west)
      #expect(flows.map(\.remote.port) == [port])
      #expect(flows.allSatisfy { $0.remote.address == exchange.west.endpoint.address })
    }
  }

  @Test("RFC 4475 §3.1.2.15: a datagram that ends before the empty line")
  func cutOff() {
    let exchange = Exchange()
    let whole = Ask("INVITE").text
    exchange.send(String(whole.dropLast(1)), from: exchange.west)
    #expect(exchange.west.heard.count == 1)
    let said = exchange.west.heard.last?.message.startLine ?? ""
    #expect(said.hasPrefix("SIP/2.0 400 Headers Not Ended: expected CR LF"), "\(said)")
    exchange.send(
      String(Ask("ACK").text.dropLast(1)), from: exchange.west)
    #expect(exchange.west.heard.count == 1)
    #expect(exchange.element.isEmpty)
  }

  @Test("RFC 4475 §3.3.8: what stands twice and may stand once comes back once")
  func repeated() {
    for name in ["From", "To", "Call-ID", "CSeq"] {
      let line = name == "CSeq" ? "CSeq: 7 BYE" : "\(name): <sip:other@example.com>"
      let (lines, text) = heard("Max-Forwards", "\(line)\r\nMax-Forwards")
      #expect(lines.first?.hasPrefix("SIP/2.0 400 Repeated Header") == true, "\(lines)")
      #expect(text.split(separator: "\r\n").count { $0.hasPrefix("\(name):") } == 1, "\(text)")
    }
  }

  @Test(
    "RFC 4475 §3.1.2.3: over a stream, a length that cannot be one gets a 400, and then the end",
    arguments: ["Content-Length: -1", "Content-Length: x", "l: 0\r\nContent-Length: 0"])
  func brokenLength(length: String) {
    let exchange = Exchange(over: .tcp)
    let good = Ask("INVITE").text
    let bad = good.replacing("Content-Length: 0", with: length)
    // What follows it is not looked at: nobody knows where it begins.
    exchange.send(bad + good, from: exchange.west)
    #expect(exchange.west.heard.count == 1)
    let said = exchange.west.heard.last?.message.startLine ?? ""
    #expect(said.hasPrefix("SIP/2.0 400 "), "\(said)")
    #expect(exchange.west.hasOpenStream == false)
    #expect(exchange.east.heard.isEmpty)
    #expect(exchange.element.isEmpty)
  }

  @Test(
    "RFC 4475 §3.1.2.13: a Contact that may mean two things is not passed on",
    arguments: ["sip:a@10.1.0.1?Route=%3Csip:b%3E", "Alice, A <sip:a@10.1.0.1>", "<sip:a@10.1.0.1"])
  func brokenContact(value: String) {
    for lines in ["Contact: \(value)", "m: <sip:a@10.1.0.1>, \(value)"] {
      let (heard, _) = heard("Max-Forwards", "\(lines)\r\nMax-Forwards", method: "REGISTER")
      #expect(heard.count == 1)
      #expect(heard.first?.hasPrefix("SIP/2.0 400 ") == true, "\(heard)")
    }
  }

  @Test("Contacts that can be read pass: several, in several lines, and the wildcard")
  func contacts() {
    for value in ["*", "<sip:a@10.1.0.1>;q=0.5, sip:b@10.1.0.1\r\nm: \"A, B\" <sip:c@10.1.0.1>"] {
      let exchange = Exchange()
      let text = Ask("REGISTER").text
      exchange.send(
        text.replacing("Max-Forwards", with: "Contact: \(value)\r\nMax-Forwards"),
        from: exchange.west)
      #expect(exchange.east.all("REGISTER").count == 1)
    }
  }
}
