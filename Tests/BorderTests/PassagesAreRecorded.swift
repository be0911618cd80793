import Admission
import Basics
import Border
import Rehearsal
import SIP
import Testing

@Suite("How far a message came is recorded as it goes")
struct PassagesAreRecorded {
  /// What is recorded at once, before anything is answered.
  private func send(_ stage: Stage, _ lines: [String]) -> Passage {
    let flow = Flow(.udp, listener: 0, remote: endpoint(Stage.west))
    stage.element.receive(Array((lines + ["", ""]).joined(separator: "\r\n").utf8), from: flow)
    return stage.element.passage
  }

  private func request(_ method: String, _ uri: String = "sip:x@y") -> [String] {
    [
      "\(method) \(uri) SIP/2.0", "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK\(method)",
      "From: <sip:a@b>;tag=1", "To: <sip:x@y>", "Call-ID: c", "CSeq: 1 \(method)",
    ]
  }

  @Test("a request that passes: its source, route, target and flow")
  func forwarded() {
    let stage = Stage()
    let passage = send(stage, request("MESSAGE"))
    #expect(passage.verdict == .forwarded && passage.stage == .departure)
    #expect(passage.guide == .routes && passage.route == 0 && passage.target == 0)
    // West has two prefixes, of which the first is that of IPv4.
    #expect(passage.peer?.raw == 0 && passage.source == 0 && passage.callee?.raw == 1)
    #expect(passage.flow?.remote == endpoint(Stage.east))
  }

  @Test("the last stage that was reached, and what it said")
  func refused() {
    let far = send(Stage(), request("MESSAGE") + ["Max-Forwards: 0"])
    #expect(far.stage == .request && far.route == nil && far.flow == nil)
    guard case .refused(let refusal) = far.verdict else {
      Issue.record("\(far.verdict)")
      return
    }
    #expect(refusal.status == 483)
    let foreign = send(Stage(), request("MESSAGE") + ["Route: <sip:192.0.2.1;lr>"])
    #expect(foreign.stage == .routing && foreign.guide == .routeHeader)
    let malformed = send(Stage(), Array(request("MESSAGE").dropLast()))
    #expect(malformed.stage == .grammar)
    guard case .malformed(let fault, isAnswered: true) = malformed.verdict else {
      Issue.record("\(malformed.verdict)")
      return
    }
    #expect(fault.fault == .missingCSeq)
  }

  @Test("a request that had its 100 and could not leave", arguments: ["INVITE", "MESSAGE"])
  func tooLarge(method: String) {
    let stage = Stage(layout: Stage.layout(over: .tcp))
    let length = 65_500 - request(method).joined(separator: "\r\n").utf8.count
    let passage = send(
      stage, request(method) + ["Subject: " + String(repeating: "x", count: length)])
    #expect(passage.stage == .departure && passage.flow == nil)
    guard case .refused(let refusal) = passage.verdict else {
      Issue.record("\(passage.verdict)")
      return
    }
    #expect(refusal.status == 513)
  }

  @Test("each message begins anew: nothing is left of the one before")
  func anew() {
    let stage = Stage()
    _ = send(stage, request("MESSAGE"))
    let stray = send(stage, request("ACK"))
    #expect(stray.verdict == .stray && stray.route == nil && stray.flow == nil)
    let own = send(stage, request("OPTIONS", "sip:border.example"))
    #expect(own.verdict == .answered && own.callee == nil)
  }
}
