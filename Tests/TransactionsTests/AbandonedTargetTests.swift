import Basics
import Testing
import Transactions

@Suite("A target that is given less time than Timer B")
struct AbandonedTargetTests {
  private func abandoned() -> InviteClientRig {
    var rig = InviteClientRig(timeout: .seconds(2))
    rig.wait(until: 2000)
    _ = rig.expire()
    return rig
  }

  @Test("is given up in time, then gets no more retransmissions, and is gone after 64*T1")
  func schedule() {
    var rig = InviteClientRig(timeout: .seconds(2))
    let firings = rig.run(until: 2000)
    let (phase, kept) = (rig.phase, rig.kept)
    let rest = rig.run()
    let inUse = rig.inUse
    #expect(
      firings == [Firing(500, "resend"), Firing(1500, "resend"), Firing(2000, "timeout")])
    #expect(phase == .calling)
    #expect(kept == "INVITE")
    #expect(rest == [Firing(32_000, "ended")])
    #expect(inUse == 0)
  }

  @Test("is cancelled when it rings late, and told no more of")
  func ringsLate() {
    var rig = abandoned()
    rig.wait(until: 3000)
    let outcomes = [rig.feed(.cancel), rig.feed(.ringing), rig.feed(.ringing), rig.feed(.cancel)]
    let last = [rig.feed(.busy), rig.feed(.busy)]
    let kept = rig.kept
    rig.release()
    #expect(outcomes == ["already", "cancel", "absorb", "already"])
    #expect(last == ["acknowledge", "resendACK"])
    #expect(kept == "ACK")
  }

  @Test("is gone 64*T1 after a CANCEL that it does not answer")
  func cancelUnanswered() {
    var rig = abandoned()
    rig.wait(until: 3000)
    rig.feed(.ringing)
    let firings = rig.run()
    let inUse = rig.inUse
    #expect(firings == [Firing(35_000, "ended")])
    #expect(inUse == 0)
  }

  @Test("may still answer: a 2xx is always passed on")
  func answersLate() {
    var rig = abandoned()
    let outcome = rig.feed(.success)
    let phase = rig.phase
    #expect(outcome == "pass")
    #expect(phase == .accepted)
  }

  @Test("is told of no more when its transport fails, and may still answer")
  func transportError() {
    var rig = abandoned()
    let outcomes = [rig.feed(.transportError), rig.feed(.transportError)]
    let phase = rig.phase
    let answer = rig.feed(.success)
    #expect(outcomes == ["ignore", "ignore"])
    #expect(phase == .calling)
    #expect(answer == "pass")
  }

  @Test("is one whose connection ended when it may have got the INVITE: gone after 64*T1")
  func connectionEnded() {
    var rig = InviteClientRig(isReliable: true)
    rig.mayHaveArrived = true
    rig.wait(until: 2000)
    let outcomes = [rig.feed(.transportError), rig.feed(.transportError)]
    let kept = rig.kept
    let firings = rig.run()
    let inUse = rig.inUse
    #expect(outcomes == ["failed", "ignore"])
    #expect(kept == "INVITE")
    #expect(firings == [Firing(32_000, "ended")])
    #expect(inUse == 0)
  }

  @Test("is also one that was sent an INVITE again, and the copy could not be sent")
  func copyNotSent() {
    var rig = InviteClientRig()
    rig.wait(until: 500)
    _ = rig.expire()
    let outcome = rig.feed(.transportError)
    let phase = rig.phase
    let answer = rig.feed(.success)
    #expect(outcome == "failed")
    #expect(phase == .calling)
    #expect(answer == "pass")
  }

  @Test("and so is cancelled when it rings over another connection, or answers")
  func connectionEndedLate() {
    for isAnswer in [true, false] {
      var rig = InviteClientRig(isReliable: true)
      rig.mayHaveArrived = true
      _ = rig.feed(.transportError)
      let outcome = rig.feed(isAnswer ? .success : .ringing)
      rig.release()
      #expect(outcome == (isAnswer ? "pass" : "cancel"))
    }
  }

  @Test("a target may also be given more time than Timer B")
  func longer() {
    var rig = InviteClientRig(isReliable: true, timeout: .seconds(60))
    let firings = rig.run()
    let phase = rig.phase
    rig.release()
    #expect(firings == [Firing(60_000, "timeout")])
    #expect(phase == .terminated)
  }
}
