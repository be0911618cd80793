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

  @Test("a request cannot answer anything")
  func live() {
    do throws(Expected.Broken) {
      _ = try Folder(
        path: "here", expected: "#\na proxy play=live-response 400 §1",
        messages: ["a": Self.message])
      Issue.record("it was read")
    } catch {
      #expect(error.description.hasPrefix("here/EXPECTED:2: error: `a` is no response"))
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

  @Test("a run that would look at nothing is known beforehand")
  func nothing() throws {
    let folder = { (text: String, names: [String]) in
      try Folder(
        path: "here", expected: text,
        messages: Dictionary(uniqueKeysWithValues: names.map { ($0, Self.message) }))
    }
    let one = try folder("a uas 400 §1", ["a"])
    #expect(one.isPlayed(as: .uas) && !one.isPlayed(as: .proxy))
    #expect(!(try folder("# nothing", []).isPlayed(as: .proxy)))
    // What has no other half fails in any role.
    #expect(try folder("a uas 400 §1", ["a", "b"]).isPlayed(as: .proxy))
  }

  @Test("what a player did not come to fails the run, and is counted everywhere")
  func unplayed() throws {
    let folder = try Folder(
      path: "here", expected: "a proxy 400 §1\nb proxy 400 §1\nc proxy 400 §1",
      messages: ["a": Self.message, "b": Self.message, "c": Self.message])
    var report = Report(of: "nothing")
    var player = Quitter()
    report.play([folder], as: .proxy, by: &player)
    #expect(report.rows.map(\.verdict.kind) == [.pass] && report.hasFailed)
    #expect(report.summary.hasSuffix("0 skipped, 2 not played"))
    #expect(report.remarks == ["stopped at a (udp), 2 before the end: enough"])
    #expect(report.json.contains("\"here/b (udp)\",") && report.json.contains("\"here/c (udp)\""))
    #expect(report.junit.contains("tests=\"3\" failures=\"0\" errors=\"2\""))
    #expect(report.junit.split(separator: "<error ").count == 3)
  }

  @Test("a message that met a challenge is named, as no more than that is known of it")
  func challenged() throws {
    let folder = try Folder(
      path: "here", expected: "a proxy 200 challenge §1\nb proxy 401 §1 ; a challenge is its point",
      messages: ["a": Self.message, "b": Self.message])
    var report = Report(of: "nothing")
    var player = Refuser(status: "401 Who\r\nWWW-Authenticate: Digest")
    report.play([folder], as: .proxy, by: &player)
    #expect(report.count(.pass) == 2 && report.remarks.count == 1)
    #expect(report.remarks.first?.hasSuffix("was not seen: a") == true, "\(report.remarks)")
  }

  @Test("what could steer a terminal is shown by its number")
  func terminal() throws {
    let folder = try Folder(
      path: "here", expected: "\u{1b}[31m\u{9b}m\u{202e} proxy 400 §1", messages: [:])
    var report = Report(of: "nothing")
    var player = Refuser()
    report.play([folder], as: .proxy, by: &player)
    #expect(report.text.contains("no \\u{1b}[31m\\u{9b}m\\u{202e}.msg"), "\(report.text)")
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

/// Answers everything with one status.
struct Refuser: Player {
  var status = "400 No"
  var played = 0

  mutating func play(_ attempt: Attempt) -> Observation {
    played += 1
    var observation = Observation(sent: attempt.octets)
    let text = "SIP/2.0 \(status)\r\nVia: SIP/2.0/UDP a\r\nContent-Length: 0\r\n\r\n"
    let answer = Array(text.utf8)
    observation.answers = [Observation.Seen(answer, over: attempt.transport)]
    return observation
  }
}

/// Comes to its end after one.
struct Quitter: Player {
  var refuser = Refuser()
  var end: String? { refuser.played > 0 ? "enough" : nil }

  mutating func play(_ attempt: Attempt) -> Observation { refuser.play(attempt) }
}
