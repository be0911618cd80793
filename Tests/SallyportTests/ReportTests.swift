import Admission
import Basics
import Border
import SIP
import Testing

@testable import sallyport

@Suite("Notes become lines")
struct ReportTests {
  private let flow = Flow(
    .udp, listener: 0, remote: Endpoint(Address(ipv4: 0x7f00_0002), port: 5060))

  private func lines(_ note: Note, isClear: Bool = true, level: Line.Level = .info) -> String {
    let redacted = Redacted(isClear: isClear, secret: Key(1, 2))
    var report = Report(level: level, redacted: redacted, peers: [])
    report.add(note, wall: 0)
    return String(decoding: report.line.bytes, as: UTF8.self)
  }

  @Test(
    "a name that could not be resolved: the name, and why",
    arguments: zip(
      Unresolved.allCases,
      ["no-such-name", "no-address", "server-failed", "no-answer", "no-room"]))
  func unresolved(cause: Unresolved, text: String) {
    let note = Note.unresolved(HostName(Array("new.example".utf8)), cause, flow: flow)
    let start = "1970-01-01T00:00:00.000Z warning name.unresolved name=new.example cause=\(text)"
    #expect(lines(note) == "\(start) remote=127.0.0.2 transport=udp\n")
    let redacted = lines(note, isClear: false)
    #expect(redacted.hasPrefix("\(start) remote=#") && redacted.hasSuffix(" transport=udp\n"))
    #expect(!redacted.contains("127.0.0"))
    #expect(lines(note, level: .error).isEmpty)
  }

  @Test("a thousand lines in one second are a hundred, and the next second says how many not")
  func flood() {
    let redacted = Redacted(isClear: false, secret: Key(1, 2))
    var report = Report(level: .info, redacted: redacted, peers: [])
    let note = Note.targetFailed(status: 503, flow: flow, hasNext: false)
    for _ in 0..<1000 { report.add(note, wall: 5_000_000_000) }
    report.add(note, wall: 6_000_000_000)
    let lines = report.line.bytes.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) }
    #expect(lines.count == 102)
    #expect(lines[100] == "1970-01-01T00:00:06.000Z warning log.suppressed lines=900")
  }

  @Test("what a rule that only observes would have done")
  func observed() {
    let redacted = Redacted(isClear: true, secret: Key(1, 2))
    var report = Report(
      level: .notice, redacted: redacted, peers: [], routes: ["a", "b"].map { Array($0.utf8) })
    let refusal = Refusal(405, .methodNotAllowed, .methodNotAllowed)
    report.add(.observed(.methods(refusal), flow: flow, method: .message), wall: 0)
    report.add(.observed(.route(1), flow: flow, method: .other), wall: 0)
    let start = "1970-01-01T00:00:00.000Z notice policy.observed"
    let end = "remote=127.0.0.2 transport=udp\n"
    #expect(
      String(decoding: report.line.bytes, as: UTF8.self)
        == "\(start) rule=admission.methods would=405 method=MESSAGE \(end)"
        + "\(start) rule=routes.b would=take method=other \(end)")
  }
}
