import Basics
import Testing
import Transactions

@Suite("RFC 3261 §17.2.1, RFC 6026 §7.1: INVITE server transaction")
struct InviteServerTests {
  static let figure: [Row] = [
    Row([], .request, "absorb", .proceeding),
    Row([], .ack, "absorb", .proceeding),
    Row([], .trying, "send", .proceeding),
    Row([], .transportError, "inform", .proceeding),
    Row([.trying], .request, "resend", .proceeding),
    Row([.trying], .ringing, "send", .proceeding),
    Row([.trying], .success, "accepted", .accepted),
    Row([.trying], .busy, "completed", .completed),
    Row([], .success, "accepted", .accepted),
    Row([], .timeout, "completed", .completed),
    Row([.busy], .request, "resend", .completed),
    Row([.busy], .ack, "confirmed", .confirmed),
    Row([.busy], .ringing, "tooLate", .completed),
    Row([.busy], .success, "tooLate", .completed),
    Row([.busy], .timeout, "tooLate", .completed),
    Row([.busy], .transportError, "inform", .completed),
    Row([.busy, .ack], .request, "absorb", .confirmed),
    Row([.busy, .ack], .ack, "absorb", .confirmed),
    Row([.busy, .ack], .success, "tooLate", .confirmed),
    Row([.busy, .ack], .transportError, "ignore", .confirmed),
    Row([.success], .request, "absorb", .accepted),
    Row([.success], .ack, "pass", .accepted),
    Row([.success], .success, "send", .accepted),
    Row([.success], .ringing, "tooLate", .accepted),
    Row([.success], .busy, "tooLate", .accepted),
    Row([.success], .transportError, "inform", .accepted),
    Row([.success, .ack], .ack, "pass", .accepted),
  ]

  @Test("Figure 7 as RFC 6026 corrects it", arguments: figure)
  func transition(row: Row) {
    var rig = InviteServerRig()
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
    var rig = InviteServerRig()
    rig.release()
    let outcome = rig.feed(input)
    let (phase, deadline, inUse) = (rig.phase, rig.deadline, rig.inUse)
    let expected: String? =
      switch input {
      case .request: "absorb"
      case .ack: "absorb"
      case .transportError: "ignore"
      case .cancel: nil
      default: "tooLate"
      }
    #expect(outcome == expected)
    #expect(phase == .terminated)
    #expect(deadline == .distantFuture)
    #expect(inUse == 0)
    let expiry = rig.expire()
    #expect(expiry == "ended")
  }

  @Test("the INVITE that comes again gets the last response")
  func lastResponse() {
    var rig = InviteServerRig()
    for input in [.trying, .ringing] as [Input] { rig.feed(input) }
    let provisional = rig.kept
    rig.feed(.busy)
    let (final, inUse) = (rig.kept, rig.inUse)
    rig.feed(.ack)
    let (none, left) = (rig.kept, rig.inUse)
    #expect([provisional, final, none] == ["ringing", "busy", ""])
    #expect(inUse == 1)
    #expect(left == 0)
  }

  @Test("Timer G doubles up to T2, Timer H ends the wait for the ACK")
  func timerG() {
    var rig = InviteServerRig()
    rig.feed(.busy)
    let firings = rig.run()
    let due: [Int64] = [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]
    #expect(firings == due.map { Firing($0, "resend") } + [Firing(32000, "noACK")])
    let (isTerminated, inUse) = (rig.machine.isTerminated, rig.inUse)
    #expect(isTerminated)
    #expect(inUse == 0)
  }

  @Test("a reliable transport has no Timer G, and its ACK ends the machine")
  func reliable() {
    var rig = InviteServerRig(isReliable: true)
    rig.feed(.busy)
    let firings = rig.run()
    #expect(firings == [Firing(32000, "noACK")])
    var other = InviteServerRig(isReliable: true)
    other.feed(.busy)
    let outcome = other.feed(.ack)
    let (phase, inUse) = (other.phase, other.inUse)
    #expect(outcome == "confirmed")
    #expect(phase == .terminated)
    #expect(inUse == 0)
  }

  @Test("an unproven source gets no retransmission of its own accord")
  func unproven() {
    var rig = InviteServerRig(retransmitsFinal: false)
    rig.feed(.busy)
    let outcome = rig.feed(.request)
    let firings = rig.run()
    #expect(outcome == "resend")
    #expect(firings == [Firing(32000, "noACK")])
  }

  @Test("a response that found no room on the shelf is sent, but never again")
  func nothingKept() {
    var rig = InviteServerRig()
    let outcomes = [
      rig.feed(.ringing, text: nil), rig.feed(.request), rig.feed(.busy, text: nil),
      rig.feed(.request),
    ]
    let firings = rig.run()
    #expect(outcomes == ["send", "absorb", "completed", "absorb"])
    #expect(firings == [Firing(32000, "noACK")])
  }

  @Test("Timer I is T4", arguments: [700])
  func timerI(ack: Int64) {
    var rig = InviteServerRig()
    rig.feed(.busy)
    rig.wait(until: ack)
    rig.feed(.ack)
    let firings = rig.run()
    #expect(firings == [Firing(ack + 5000, "ended")])
  }

  @Test("Timer L is 64*T1 on every transport, and nothing moves it", arguments: [false, true])
  func timerL(isReliable: Bool) {
    var rig = InviteServerRig(isReliable: isReliable)
    rig.wait(until: 1000)
    rig.feed(.success)
    let inUse = rig.inUse
    rig.wait(until: 2000)
    for input in [.request, .ack, .success] as [Input] { rig.feed(input) }
    let firings = rig.run()
    #expect(inUse == 0)
    #expect(firings == [Firing(33000, "ended")])
  }

  @Test("what the TU may send is known before it is written")
  func permits() {
    var rig = InviteServerRig()
    let open = [100, 180, 200, 486].map { rig.machine.permits($0) }
    rig.feed(.success)
    let accepted = [100, 180, 200, 486].map { rig.machine.permits($0) }
    #expect(open == [true, true, true, true])
    #expect(accepted == [false, false, true, false])
  }

  @Test("a late look sends one retransmission, not all that were missed")
  func lateLook() {
    var rig = InviteServerRig()
    rig.feed(.busy)
    rig.wait(until: 9000)
    let outcomes = [rig.expire(), rig.expire()]
    let deadline = rig.deadline
    rig.release()
    #expect(outcomes == ["resend", "notYet"])
    #expect(deadline == at(10000))
  }
}
