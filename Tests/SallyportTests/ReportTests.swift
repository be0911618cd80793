import Admission
import Basics
import Border
import Platform
import SIP
import Testing

@testable import sallyport

@Suite("Notes become lines")
struct ReportTests {
  private let flow = Flow(
    .udp, listener: 0, remote: Endpoint(Address(ipv4: 0x7f00_0002), port: 5060))

  private var subject: Subject {
    Subject(peer: PeerID(raw: 1), flow: flow, callIDDigest: 0x0123_4567_89ab_cdef)
  }

  private func lines(_ note: Note, isClear: Bool = true, level: Line.Level = .info) -> String {
    let redacted = Redacted(isClear: isClear, secret: Key(1, 2))
    var report = Report(level: level, redacted: redacted, peers: [[0x61], [0x62]])
    report.add(note, wall: 0)
    return String(decoding: report.line.bytes, as: UTF8.self)
  }

  @Test(
    "a name that could not be resolved: the name, and why",
    arguments: zip(
      Unresolved.allCases,
      ["no-such-name", "no-address", "server-failed", "no-answer", "no-room"]))
  func unresolved(cause: Unresolved, text: String) {
    let note = Note.unresolved(HostName(Array("new.example".utf8)), cause, subject)
    let start = "1970-01-01T00:00:00.000Z warning name.unresolved name=new.example cause=\(text)"
    let about = "peer=b call-id=#0123456789 remote=127.0.0.2 port=5060 transport=udp"
    #expect(lines(note) == "\(start) \(about)\n")
    let redacted = lines(note, isClear: false)
    #expect(redacted.hasPrefix("\(start) peer=b call-id=#0123456789 remote=#"))
    #expect(redacted.hasSuffix(" port=5060 transport=udp\n"))
    #expect(!redacted.contains("127.0.0"))
    #expect(lines(note, level: .error).isEmpty)
  }

  @Test("a malformed message: what was wrong, what was expected, what was found, and where")
  func malformed() {
    let note = Note.malformed(
      Malformed(.via, at: 97), .control(0x01), subject, isAnswered: false)
    let said = [
      "1970-01-01T00:00:00.000Z notice message.malformed fault=\"Bad Via\"",
      "expected=\"SIP/2.0/transport sent-by;parameters, none twice\"",
      "found=\"control octet 0x01\"", "offset=97", "answered=no", "peer=b",
      "call-id=#0123456789", "remote=127.0.0.2", "port=5060", "transport=udp\n",
    ]
    #expect(lines(note) == said.joined(separator: " "))
  }

  @Test(
    "a target that failed: how, whose it is, and the call",
    arguments: zip(
      TargetFailure.allCases,
      ["status", "timeout", "connection-refused", "not-sent", "connection-ended"]))
  func targetFailed(failure: TargetFailure, text: String) {
    var subject = subject
    subject.call = 0x1f
    let note = Note.targetFailed(failure, status: 503, subject, hasNext: true)
    let start = "1970-01-01T00:00:00.000Z warning target.failed cause=\(text) status=503 next=yes"
    let about = "peer=b call=000000000000001f call-id=#0123456789"
    #expect(lines(note) == "\(start) \(about) remote=127.0.0.2 port=5060 transport=udp\n")
    #expect(!lines(note, isClear: false).contains("127.0.0"))
  }

  @Test("a response of somebody who was not asked: who was, and who answered")
  func misplaced() {
    var asked = flow
    asked.remote = Endpoint(Address(ipv4: 0x7f00_0003), port: 5070)
    let note = Note.misplaced(status: 200, subject, asked: asked)
    let start = "1970-01-01T00:00:00.000Z notice response.refused status=200 cause=response-source"
    let about = "peer=b call-id=#0123456789 remote=127.0.0.2 port=5060 transport=udp\n"
    #expect(lines(note) == "\(start) asked=127.0.0.3 asked-port=5070 \(about)")
    #expect(!lines(note, isClear: false).contains("127.0.0"))
  }

  @Test("a request that was refused: why, whose it is, and its Call-ID's digest")
  func refused() {
    let refusal = Refusal(404, .notFound, .noRoute)
    let text = lines(.refused(refusal, subject, method: .invite), isClear: false)
    let start = "1970-01-01T00:00:00.000Z notice request.refused method=INVITE status=404"
    #expect(text.hasPrefix("\(start) cause=no-route peer=b call-id=#0123456789 remote=#"))
    #expect(text.hasSuffix(" port=5060 transport=udp\n"))
  }

  @Test(
    "a stream that was closed for cause: whose it was, and why",
    arguments: zip(Closing.allCases, ["unframed", "unfinished", "idle", "unread", "too-many"]))
  func closed(closing: Closing, text: String) {
    let redacted = Redacted(isClear: false, secret: Key(1, 2))
    var report = Report(level: .info, redacted: redacted, peers: [[0x61], [0x62]])
    for _ in 0..<7 { report.add(closing, flow, of: PeerID(raw: 0), wall: 5_000_000_000) }
    report.add(closing, flow, of: nil, wall: 6_000_000_000)
    let lines = report.line.bytes.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) }
    #expect(lines.count == 6)
    let start = "1970-01-01T00:00:05.000Z notice stream.closed peer=a cause=\(text) remote=#"
    #expect(lines.prefix(5).allSatisfy { $0.hasPrefix(start) && $0.hasSuffix(" transport=udp") })
    #expect(lines.last?.hasSuffix(" port=5060 transport=udp not-told=2") == true)
    #expect(lines.last?.contains("stream.closed cause=\(text)") == true)
    #expect(!lines.joined().contains("127.0.0"))
  }

  @Test("a thousand lines in one second are a hundred, and the next second says how many not")
  func flood() {
    let redacted = Redacted(isClear: false, secret: Key(1, 2))
    var report = Report(level: .info, redacted: redacted, peers: [])
    let note = Note.targetFailed(.unsent, status: 503, subject, hasNext: false)
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
    report.add(.observed(.methods(refusal), subject, method: .message), wall: 0)
    report.add(.observed(.route(1), subject, method: .other), wall: 0)
    let start = "1970-01-01T00:00:00.000Z notice policy.observed"
    let end = "call-id=#0123456789 remote=127.0.0.2 port=5060 transport=udp\n"
    #expect(
      String(decoding: report.line.bytes, as: UTF8.self)
        == "\(start) rule=admission.methods would=405 method=MESSAGE \(end)"
        + "\(start) rule=routes.b would=take method=other \(end)")
  }
}
