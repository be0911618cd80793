import Basics
import Testing
import Transactions

@Suite("RFC 3261 §17.1.1, §9.1, §16.8, RFC 6026 §7.2: INVITE client transaction")
struct InviteClientTests {
  static let figure: [Row] = [
    Row([], .trying, "pass", .proceeding),
    Row([], .ringing, "pass", .proceeding),
    Row([], .success, "pass", .accepted),
    Row([], .busy, "passAndAcknowledge", .completed),
    Row([], .cancel, "wait", .calling),
    Row([], .transportError, "failed", .terminated),
    Row([.ringing], .trying, "pass", .proceeding),
    Row([.ringing], .ringing, "pass", .proceeding),
    Row([.ringing], .success, "pass", .accepted),
    Row([.ringing], .busy, "passAndAcknowledge", .completed),
    Row([.ringing], .cancel, "send", .proceeding),
    Row([.ringing], .transportError, "ignore", .proceeding),
    Row([.cancel], .cancel, "already", .calling),
    Row([.cancel], .ringing, "passAndCancel", .proceeding),
    Row([.cancel], .trying, "passAndCancel", .proceeding),
    Row([.cancel], .success, "pass", .accepted),
    Row([.cancel], .busy, "passAndAcknowledge", .completed),
    Row([.cancel, .ringing], .ringing, "pass", .proceeding),
    Row([.cancel, .ringing], .cancel, "already", .proceeding),
    Row([.ringing, .cancel], .cancel, "already", .proceeding),
    Row([.ringing, .cancel], .success, "pass", .accepted),
    Row([.ringing, .cancel], .busy, "passAndAcknowledge", .completed),
    Row([.busy], .busy, "resendACK", .completed),
    Row([.busy], .timeout, "resendACK", .completed),
    Row([.busy], .ringing, "absorb", .completed),
    Row([.busy], .success, "absorb", .completed),
    Row([.busy], .cancel, "tooLate", .completed),
    Row([.busy], .transportError, "ended", .terminated),
    Row([.success], .success, "pass", .accepted),
    Row([.success], .ringing, "absorb", .accepted),
    Row([.success], .busy, "absorb", .accepted),
    Row([.success], .cancel, "tooLate", .accepted),
    Row([.success], .transportError, "ignore", .accepted),
  ]

  @Test("Figure 5 as RFC 6026 corrects it, with CANCEL", arguments: figure)
  func transition(row: Row) {
    var rig = InviteClientRig()
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
    var rig = InviteClientRig()
    rig.release()
    let outcome = rig.feed(input)
    let (phase, deadline, inUse) = (rig.phase, rig.deadline, rig.inUse)
    let expected: String? =
      switch input {
      case .request: nil
      case .ack: nil
      case .transportError: "ignore"
      case .cancel: "tooLate"
      default: "absorb"
      }
    #expect(outcome == expected)
    #expect(phase == .terminated)
    #expect(deadline == .distantFuture)
    #expect(inUse == 0)
  }

  @Test("Timer A doubles without a bound, Timer B ends it at 64*T1")
  func timerA() {
    var rig = InviteClientRig()
    let firings = rig.run()
    let (kept, phase) = (rig.kept, rig.phase)
    rig.release()
    let inUse = rig.inUse
    let due: [Int64] = [500, 1500, 3500, 7500, 15500, 31500]
    #expect(firings == due.map { Firing($0, "resend") } + [Firing(32000, "timeout")])
    #expect(phase == .terminated)
    // The next target's INVITE is made from it.
    #expect(kept == "INVITE")
    #expect(inUse == 0)
  }

  @Test("a reliable transport has no Timer A, and its final response ends the machine")
  func reliable() {
    var rig = InviteClientRig(isReliable: true)
    let firings = rig.run()
    rig.release()
    var other = InviteClientRig(isReliable: true)
    let outcome = other.feed(.busy)
    let (phase, inUse) = (other.phase, other.inUse)
    #expect(firings == [Firing(32000, "timeout")])
    #expect(outcome == "passAndAcknowledge")
    #expect(phase == .terminated)
    #expect(inUse == 0)
  }

  @Test("on a reliable transport the INVITE is there until the ACK was made")
  func reliableAcknowledgement() {
    var rig = InviteClientRig(isReliable: true)
    rig.acknowledges = false
    rig.feed(.busy)
    let (kept, phase) = (rig.kept, rig.phase)
    let firings = rig.run()
    let inUse = rig.inUse
    #expect(kept == "INVITE")
    #expect(phase == .completed)
    #expect(firings == [Firing(0, "ended")])
    #expect(inUse == 0)
  }

  @Test("no provisional response is followed by a retransmission")
  func provisionalStopsTimerA() {
    var rig = InviteClientRig()
    rig.wait(until: 600)
    rig.feed(.trying)
    let deadline = rig.deadline
    rig.release()
    #expect(deadline == at(190_000))
  }

  @Test("Timer C runs from the INVITE, every 101 to 199 starts it again, a 100 does not")
  func timerC() {
    var rig = InviteClientRig()
    rig.wait(until: 1000)
    rig.feed(.trying)
    let first = rig.deadline
    rig.wait(until: 2000)
    rig.feed(.ringing)
    let second = rig.deadline
    rig.wait(until: 100_000)
    rig.feed(.trying)
    let third = rig.deadline
    rig.feed(.ringing)
    let firings = rig.run()
    rig.release()
    #expect([first, second, third] == [at(190_000), at(192_000), at(192_000)])
    #expect(firings == [Firing(290_000, "timerC"), Firing(322_000, "timeout")])
  }

  @Test("after Timer C a 487 ends it in order")
  func timerCThenFinal() {
    var rig = InviteClientRig()
    rig.feed(.ringing)
    rig.wait(until: 190_000)
    let outcomes = [rig.expire(), rig.feed(.cancel), rig.feed(.busy)]
    rig.release()
    #expect(outcomes == ["timerC", "already", "passAndAcknowledge"])
  }

  @Test("RFC 3261 §9.1: no final response in 64*T1 after the CANCEL ends it")
  func cancelUnanswered() {
    var rig = InviteClientRig()
    rig.feed(.ringing)
    rig.wait(until: 5000)
    rig.feed(.cancel)
    rig.wait(until: 20_000)
    // The callee rings on: that moves nothing.
    rig.feed(.ringing)
    let firings = rig.run()
    let phase = rig.phase
    rig.release()
    #expect(firings == [Firing(37_000, "timeout")])
    #expect(phase == .terminated)
  }

  @Test("a CANCEL that waits stops neither Timer A nor Timer B")
  func cancelWaits() {
    var rig = InviteClientRig()
    rig.feed(.cancel)
    let firings = rig.run()
    rig.release()
    #expect(firings.map(\.milliseconds) == [500, 1500, 3500, 7500, 15500, 31500, 32000])
    #expect(firings.last?.outcome == "timeout")
  }

  @Test("a CANCEL that waited goes out with the first provisional response, and then has 64*T1")
  func cancelGoesOut() {
    var rig = InviteClientRig()
    rig.feed(.cancel)
    rig.wait(until: 700)
    let outcome = rig.feed(.ringing)
    let firings = rig.run()
    rig.release()
    #expect(outcome == "passAndCancel")
    #expect(firings == [Firing(32_700, "timeout")])
  }

  @Test("Timer D is 32 s, in which the ACK is sent for each final response that comes again")
  func timerD() {
    var rig = InviteClientRig()
    rig.wait(until: 300)
    rig.feed(.busy)
    let (kept, inUse) = (rig.kept, rig.inUse)
    rig.wait(until: 32_000)
    let outcome = rig.feed(.busy)
    let firings = rig.run()
    let left = rig.inUse
    #expect(kept == "ACK")
    #expect(inUse == 1)
    #expect(outcome == "resendACK")
    #expect(firings == [Firing(32_300, "ended")])
    #expect(left == 0)
  }

  @Test("an ACK that found no room is made anew each time")
  func acknowledgementNotKept() {
    var rig = InviteClientRig()
    rig.keepsACK = false
    let outcomes = [rig.feed(.busy), rig.feed(.busy)]
    let kept = rig.kept
    rig.keepsACK = true
    let again = [rig.feed(.busy), rig.feed(.busy)]
    let keptThen = rig.kept
    rig.release()
    let inUse = rig.inUse
    #expect(outcomes == ["passAndAcknowledge", "acknowledge"])
    #expect(kept == "INVITE")
    #expect(again == ["acknowledge", "resendACK"])
    #expect(keptThen == "ACK")
    #expect(inUse == 0)
  }

  @Test("Timer M is 64*T1 on every transport, and nothing moves it", arguments: [false, true])
  func timerM(isReliable: Bool) {
    var rig = InviteClientRig(isReliable: isReliable)
    rig.wait(until: 400)
    rig.feed(.success)
    let inUse = rig.inUse
    rig.wait(until: 30_000)
    rig.feed(.success)
    let firings = rig.run()
    #expect(inUse == 0)
    #expect(firings == [Firing(32_400, "ended")])
  }
}
