import Basics
import Foundation
import Testing
import Torture

@Suite("A folder of messages")
struct FolderTests {
  private static let message = Array("OPTIONS sip:a@b SIP/2.0\n\n".utf8)

  @Test("a file without a line and a line without a file are said, and fail the run")
  func gaps() throws {
    let folder = try Folder(
      path: "here", expected: "# all\nboth proxy 400 §1\nline uas 400 §1\n",
      messages: ["both": Self.message, "file": Self.message])
    #expect(
      folder.gaps.map(\.sentence) == [
        "here/EXPECTED:3: there is no line.msg", "here/file.msg: it has no line in EXPECTED",
      ])
    var report = Report(of: "nothing")
    var player = Refuser()
    report.play([folder], as: .proxy, by: &player)
    #expect(report.rows.map(\.verdict.kind) == [.pass])
    #expect(report.hasFailed)
    #expect(report.summary.hasSuffix("1 times: 1 pass, 0 tolerated, 2 failed, 0 skipped"))
    #expect(report.junit.contains("failures=\"2\""))
  }

  @Test("broken markup is said with its place, and all of it at once")
  func markup() {
    let broken = Array("OPTIONS sip:a@b SIP/2.0\n<hex>0</hex>\n".utf8)
    do throws(Expected.Broken) {
      _ = try Folder(path: "here", expected: "", messages: ["a": broken, "b": broken])
      Issue.record("it was read")
    } catch {
      #expect(error.findings.count == 2)
      #expect(error.findings.first?.hasPrefix("here/a.msg:2: error: ") == true, "\(error)")
    }
  }

  @Test("a folder that is not there, and one without EXPECTED")
  func missing() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    for isThere in [false, true] {
      if isThere {
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
      }
      do throws(Expected.Broken) {
        _ = try Folder.read(path.path)
        Issue.record("it was read")
      } catch {
        #expect(error.findings.count == 1)
        #expect(error.description.contains(isThere ? "/EXPECTED: error: " : ": error: there is no"))
      }
    }
    try FileManager.default.removeItem(at: path)
  }

  @Test("a skipped line is not played, is counted, and says why")
  func skips() throws {
    let folder = try Folder(
      path: "here", expected: "a proxy skip §1 ; not today", messages: ["a": Self.message])
    var report = Report(of: "nothing")
    var player = Refuser()
    report.play([folder], as: .proxy, by: &player)
    #expect(player.played == 0)
    #expect(report.count(.skipped) == 1 && !report.hasFailed)
    #expect(report.text.contains("skipped    a (udp)  not today"))
    #expect(report.json.contains("\"skipped\" : 1"))
    #expect(report.junit.contains("<skipped message=\"not today\"/>"))
  }

  @Test("a message is played over what its Via and the prefixes of its outcomes ask for")
  func transports() throws {
    let expected = """
      udp proxy 400 §1
      tcp proxy play=as-is,crlf 400 §1
      both proxy udp:400 stream:close §1
      """
    let via = { (name: String) in Array("OPTIONS sip:a@b SIP/2.0\nv: SIP/2.0/\(name) a\n\n".utf8) }
    let folder = try Folder(
      path: "here", expected: expected,
      messages: ["udp": via("UDP"), "tcp": via("tls"), "both": via("UDP")])
    #expect(
      folder.cases.flatMap { $0.attempts() }.map(\.title) == [
        "udp (udp)", "tcp (tcp)", "tcp+crlf (tcp)", "both (udp)", "both (tcp)",
      ])
    #expect(folder.cases.flatMap { $0.attempts(over: .tcp) }.map(\.title).count == 4)
    #expect(folder.cases[1].attempts()[1].octets.suffix(6) == [13, 10, 13, 10, 13, 10])
  }
}

/// Answers everything with a 400.
struct Refuser: Player {
  var played = 0

  mutating func play(_ attempt: Attempt) -> Observation {
    played += 1
    var observation = Observation(sent: attempt.octets)
    let answer = Array("SIP/2.0 400 No\r\nVia: SIP/2.0/UDP a\r\nContent-Length: 0\r\n\r\n".utf8)
    observation.answers = [Observation.Seen(answer, over: attempt.transport)]
    return observation
  }
}
