import Basics
import Testing
import Transactions

@Suite("RFC 3261 §17.2.2, RFC 4320: non-INVITE server transaction")
struct NonInviteServerTests {
  /// The 100 of these rows comes when RFC 4320 §4.1 allows it.
  static let figure: [Row] = [
    Row([], .request, "absorb", .trying),
    Row([], .trying, "send", .proceeding),
    Row([], .ringing, "forbidden", .trying),
    Row([], .timeout, "forbidden", .trying),
    // RFC 3261 erratum 1470: from Trying as well.
    Row([], .success, "completed", .completed),
    Row([], .busy, "completed", .completed),
    Row([], .transportError, "inform", .trying),
    Row([.trying], .request, "resend", .proceeding),
    Row([.trying], .trying, "send", .proceeding),
    Row([.trying], .ringing, "forbidden", .proceeding),
    Row([.trying], .timeout, "forbidden", .proceeding),
    Row([.trying], .success, "completed", .completed),
    Row([.trying], .transportError, "inform", .proceeding),
    Row([.success], .request, "resend", .completed),
    Row([.success], .trying, "tooLate", .completed),
    Row([.success], .success, "tooLate", .completed),
    Row([.success], .busy, "tooLate", .completed),
    Row([.success], .timeout, "tooLate", .completed),
    Row([.success], .transportError, "inform", .completed),
  ]

  @Test("Figure 8", arguments: figure)
  func transition(row: Row) {
    var rig = NonInviteServerRig()
    rig.wait(until: 3500)
    for input in row.path { rig.feed(input) }
    let outcome = rig.feed(row.input)
    let phase = rig.phase
    rig.release()
    let inUse = rig.inUse
    #expect(outcome == row.outcome)
    #expect(phase == row.phase)
    #expect(inUse == 0)
  }

  @Test("everything is absorbed or too late once it is terminated", arguments: Input.allCases)
  func terminated(input: Input) {
    var rig = NonInviteServerRig()
    rig.release()
    let outcome = rig.feed(input)
    let (phase, deadline, inUse) = (rig.phase, rig.deadline, rig.inUse)
    let expected: String? =
      switch input {
      case .request: "absorb"
      case .transportError: "ignore"
      case .ack: nil
      case .cancel: nil
      default: "tooLate"
      }
    #expect(outcome == expected)
    #expect(phase == .terminated)
    #expect(deadline == .distantFuture)
    #expect(inUse == 0)
  }

  @Test("Timer J is 64*T1, in which the request that comes again gets the response")
  func timerJ() {
    var rig = NonInviteServerRig()
    rig.wait(until: 200)
    rig.feed(.success)
    rig.wait(until: 32000)
    let outcome = rig.feed(.request)
    let kept = rig.kept
    let firings = rig.run()
    let inUse = rig.inUse
    #expect(outcome == "resend")
    #expect(kept == "success")
    #expect(firings == [Firing(32200, "ended")])
    #expect(inUse == 0)
  }

  @Test("a final response ends the machine on a reliable transport")
  func reliable() {
    var rig = NonInviteServerRig(isReliable: true)
    let outcome = rig.feed(.success)
    let (phase, inUse) = (rig.phase, rig.inUse)
    #expect(outcome == "completed")
    #expect(phase == .terminated)
    #expect(inUse == 0)
  }

  @Test("RFC 4320 §4.1: no 100 over UDP before the client's Timer E is T2, at any time over TCP")
  func tryingTooEarly() {
    var rig = NonInviteServerRig()
    let mays = [0, 3499, 3500].map { rig.machine.permits(100, now: at($0)) }
    rig.wait(until: 3499)
    let early = rig.feed(.trying)
    rig.wait(until: 3500)
    let due = rig.feed(.trying)
    rig.release()
    var stream = NonInviteServerRig(isReliable: true)
    let reliable = stream.feed(.trying)
    stream.release()
    #expect(mays == [false, false, true])
    #expect([early, due, reliable] == ["forbidden", "send", "send"])
  }

  @Test("RFC 4320: a 100 is due once after 3.5 s, and nothing is sent after 32 s")
  func unanswered() {
    var rig = NonInviteServerRig()
    let firings = rig.run()
    let phase = rig.phase
    #expect(firings == [Firing(3500, "tryingDue"), Firing(32000, "unanswered")])
    #expect(phase == .terminated)
  }

  @Test("the 100 does not move the end, and its octets are given back there")
  func unansweredAfterTrying() {
    var rig = NonInviteServerRig()
    rig.wait(until: 4000)
    rig.feed(.trying)
    rig.feed(.trying)
    let inUse = rig.inUse
    let firings = rig.run()
    let left = rig.inUse
    #expect(inUse == 1)
    #expect(firings == [Firing(32000, "unanswered")])
    #expect(left == 0)
  }

  @Test("when Timer E is T2 follows from T1 and T2")
  func untilT2() {
    var timing = Timing()
    let pairs: [(Int64, Int64)] = [
      (500, 4000), (1000, 4000), (500, 500), (100, 4000), (500, 5000),
    ]
    let lengths = pairs.map { pair in
      timing.t1 = .milliseconds(pair.0)
      timing.t2 = .milliseconds(pair.1)
      let machine = NonInviteServer(now: at(0), isReliable: false, timing: timing)
      return machine.tryingDue.inMilliseconds
    }
    // 0.1+0.2+0.4+0.8+1.6+3.2 s; T2 is reached when the timer is set to 4 s.
    #expect(lengths == [3500, 3000, 500, 6300, 7500])
  }
}
