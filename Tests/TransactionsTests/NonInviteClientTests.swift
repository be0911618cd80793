import Basics
import Testing
import Transactions

@Suite("RFC 3261 §17.1.2: non-INVITE client transaction")
struct NonInviteClientTests {
  static let figure: [Row] = [
    Row([], .trying, "pass", .proceeding),
    Row([], .ringing, "pass", .proceeding),
    Row([], .success, "pass", .completed),
    Row([], .busy, "pass", .completed),
    Row([], .transportError, "failed", .terminated),
    Row([.trying], .trying, "pass", .proceeding),
    Row([.trying], .success, "pass", .completed),
    Row([.trying], .timeout, "pass", .completed),
    Row([.trying], .transportError, "failed", .terminated),
    Row([.success], .success, "absorb", .completed),
    Row([.success], .trying, "absorb", .completed),
    Row([.success], .busy, "absorb", .completed),
    Row([.success], .transportError, "ignore", .completed),
    Row([.transportError], .success, "absorb", .terminated),
    Row([.transportError], .transportError, "ignore", .terminated),
  ]

  @Test("Figure 6", arguments: figure)
  func transition(row: Row) {
    var rig = NonInviteClientRig()
    for input in row.path { rig.feed(input) }
    let outcome = rig.feed(row.input)
    let phase = rig.phase
    rig.release()
    let inUse = rig.inUse
    #expect(outcome == row.outcome)
    #expect(phase == row.phase)
    #expect(inUse == 0)
  }

  @Test("Timer E doubles up to T2, Timer F ends it at 64*T1; a response is stray from then on")
  func timerE() {
    var rig = NonInviteClientRig()
    let firings = rig.run()
    let (kept, phase) = (rig.kept, rig.phase)
    let stray = rig.feed(.success)
    rig.release()
    let inUse = rig.inUse
    let due: [Int64] = [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]
    #expect(firings == due.map { Firing($0, "resend") } + [Firing(32000, "timeout")])
    #expect(kept == "BYE")
    #expect(phase == .terminated)
    #expect(stray == "absorb")
    #expect(inUse == 0)
  }

  @Test("a provisional response slows Timer E down to T2 from its next firing on")
  func timerEInProceeding() {
    var rig = NonInviteClientRig()
    let first = rig.run(until: 600)
    rig.wait(until: 600)
    rig.feed(.trying)
    let firings = rig.run()
    rig.release()
    #expect(first == [Firing(500, "resend")])
    let due: [Int64] = [1500, 5500, 9500, 13500, 17500, 21500, 25500, 29500]
    #expect(firings == due.map { Firing($0, "resend") } + [Firing(32000, "timeout")])
  }

  @Test("a reliable transport has no Timer E, and its final response ends the machine")
  func reliable() {
    var rig = NonInviteClientRig(isReliable: true)
    let firings = rig.run()
    rig.release()
    var other = NonInviteClientRig(isReliable: true)
    other.feed(.trying)
    let outcome = other.feed(.success)
    let (phase, inUse) = (other.phase, other.inUse)
    #expect(firings == [Firing(32000, "timeout")])
    #expect(outcome == "pass")
    #expect(phase == .terminated)
    #expect(inUse == 0)
  }

  @Test("Timer K is T4")
  func timerK() {
    var rig = NonInviteClientRig()
    rig.wait(until: 100)
    rig.feed(.success)
    let inUse = rig.inUse
    let firings = rig.run()
    #expect(inUse == 0)
    #expect(firings == [Firing(5100, "ended")])
  }

  @Test("a target may be given another time than 64*T1")
  func timeout() {
    var rig = NonInviteClientRig(timeout: .seconds(2))
    let firings = rig.run()
    rig.release()
    #expect(
      firings == [Firing(500, "resend"), Firing(1500, "resend"), Firing(2000, "timeout")])
  }

  @Test("a request that found no room on the shelf is sent once only")
  func nothingKept() {
    var rig = NonInviteClientRig(keeps: false)
    let firings = rig.run()
    rig.release()
    #expect(firings == [Firing(32000, "timeout")])
  }
}
