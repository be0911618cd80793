import Basics
import Platform
import Testing
import Torture

@testable import TorturePlay

@Suite("The player over the network", .timeLimit(.minutes(1)))
struct PlayerTests {
  private func plan(_ element: FakeElement) throws -> Plan {
    var plan = Plan(
      try Target("udp:\(element.endpoint.hostPort)"),
      pace: Pace(timeout: .milliseconds(400)))
    plan.role = .uas
    plan.listen = Loopback.fresh()
    return plan
  }

  private func judge(_ attempt: Attempt, _ player: NetworkPlayer) -> (Observation, Verdict.Kind) {
    let observation = player.play(attempt)
    return (observation, Judge(attempt, observation).verdict().kind)
  }

  @Test(
    "an answer is heard at the port that the Via names",
    arguments: ["192.0.2.1", "192.0.2.1:5050", "[2001:db8::1]:6050"])
  func sentByPort(via: String) throws {
    let element = try FakeElement()
    let one = try makeCase("x uas 2xx §1", via: via)
    let player = try NetworkPlayer(try plan(element), cases: [one], run: "r")
    #expect(player.only == .udp, "it takes no TCP")
    let (observation, kind) = judge(one.attempts(over: .udp)[0], player)
    #expect(kind == .pass)
    #expect(observation.answers.count == 1 && observation.forwarded.isEmpty)
    #expect(observation.sent == one.octets && element.received.contains(one.octets))
  }

  @Test("with its Via rewritten, the answer comes to a socket of the player's own")
  func rewritten() throws {
    let element = try FakeElement()
    let one = try makeCase("x uas 2xx §1", via: "192.0.2.1:5050")
    var plan = try plan(element)
    plan.isRewriting = true
    let player = try NetworkPlayer(plan, cases: [one], run: "r")
    let (observation, kind) = judge(one.attempts(over: .udp)[0], player)
    #expect(kind == .pass)
    let sent = String(decoding: observation.sent, as: UTF8.self)
    let own = try #require(sent.firstMatch(of: /UDP ([0-9.]+:[0-9]+);/)).1
    #expect(sent.replacing(own, with: "192.0.2.1:5050").utf8.elementsEqual(one.octets))
    #expect(player.remarks.contains { $0.contains(own) })
  }

  @Test("silence is seen as silence, and the element lives")
  func silence() throws {
    let element = try FakeElement()
    let one = try makeCase("x uas silence §1", uri: "sip:mute@example.com")
    let player = try NetworkPlayer(try plan(element), cases: [one], run: "r")
    let (observation, kind) = judge(one.attempts(over: .udp)[0], player)
    #expect(kind == .pass && observation.stillAnswers && player.end == nil)
  }

  @Test("what keeps a mapping of addresses alive is no message, and rubbish is an answer")
  func rubbish() throws {
    for (octets, told) in [
      ("\r\n\r\n", "silence"), ("\u{0}\u{0}\u{0}\u{0}", "silence"),
      ("rubbish", "octets that are no response, but octets that are no response came back"),
    ] {
      let element = try FakeElement(
        .init(answer: { asked in
          Wire(asked).text("Call-ID") == "c1" ? Array(octets.utf8) : nil
        }))
      let one = try makeCase("x uas silence §1")
      let player = try NetworkPlayer(try plan(element), cases: [one], run: "r")
      let attempt = one.attempts(over: .udp)[0]
      let verdict = Judge(attempt, player.play(attempt)).verdict()
      #expect(verdict.seen == told && (verdict.kind == .pass) == (told == "silence"))
    }
  }

  @Test("one that dies of a message is found dead, and nothing more is played")
  func death() throws {
    let element = try FakeElement()
    let one = try makeCase("x uas silence §1", uri: "sip:poison@example.com")
    let player = try NetworkPlayer(try plan(element), cases: [one], run: "r")
    let (observation, kind) = judge(one.attempts(over: .udp)[0], player)
    #expect(kind == .fail && !observation.stillAnswers && player.end != nil)
  }

  @Test("the report of a run ends with the death, unless it is to go on")
  func stops() throws {
    for keepsGoing in [false, true] {
      let element = try FakeElement()
      let folder = try Folder(
        path: "test", expected: "a uas silence §1\nb uas silence §1\n",
        messages: [
          "a": text(try makeCase("a uas silence §1", uri: "sip:poison@x")),
          "b": text(try makeCase("b uas silence §1", uri: "sip:mute@x", callID: "c2")),
        ])
      var plan = try plan(element)
      plan.keepsGoing = keepsGoing
      var player = try NetworkPlayer(plan, cases: folder.cases, run: "r")
      var report = Report(of: "fake")
      report.play([folder], as: .uas, over: .udp, by: &player)
      #expect(report.rows.count == (keepsGoing ? 2 : 1) && report.hasFailed)
      #expect(report.remarks.contains { $0.contains("1 before the end") } == !keepsGoing)
    }
  }

  private func text(_ one: Case) -> [UInt8] { one.octets.filter { $0 != 0x0d } }

  @Test("what an element may know already is sent with another Call-ID and branch")
  func again() throws {
    let element = try FakeElement()
    let one = try makeCase("x uas 2xx §1")
    let player = try NetworkPlayer(try plan(element), cases: [one], run: "r")
    let attempt = one.attempts(over: .udp)[0]
    let sent = (0..<3).map { _ in player.play(attempt).sent }
    #expect(sent[0] == one.octets && Set(sent).count == 3)
    #expect(Set(sent.map { Places($0).callIDs }).count == 3)
    #expect(player.remarks.contains { $0.hasPrefix("2 were sent") })
    var plan = try plan(element)
    plan.isFresh = true
    let other = try NetworkPlayer(plan, cases: [one], run: "s")
    #expect(other.play(attempt).sent != one.octets)
  }

  @Test("a final response to an INVITE gets its ACK, and a call that was taken its BYE")
  func acknowledged() throws {
    let element = try FakeElement()
    let one = try makeCase("x uas 2xx §1", method: "INVITE")
    let player = try NetworkPlayer(try plan(element), cases: [one], run: "r")
    let (_, kind) = judge(one.attempts(over: .udp)[0], player)
    #expect(kind == .pass)
    let requests = element.received.map { Wire($0) }.filter { $0.text("Call-ID") == "c1" }
    #expect(requests.map(\.method) == ["INVITE", "ACK", "BYE"])
    #expect(requests.map(\.number) == [7, 7, 8])
    #expect(requests.allSatisfy { $0.text("From") == "<sip:b@example.com>;tag=1" })
    #expect(requests.dropFirst().allSatisfy { $0.text("To")?.contains(";tag=hop") == true })
  }
}
