import Basics
import Transactions
import Testing

@Suite("The timing wheel")
struct WheelTests {
  private func drain(_ wheel: inout Wheel, at now: Instant) -> [UInt64] {
    var fired: [UInt64] = []
    while let payload = wheel.expire(now) { fired.append(payload) }
    return fired.sorted()
  }

  @Test("fires not before its deadline, and at most two ticks after it")
  func firesInTime() {
    var wheel = Wheel(now: Instant(nanoseconds: 0))
    var fired: [UInt64] = []
    wheel.arm(7, at: Instant(nanoseconds: 500_000_000))
    fired = drain(&wheel, at: Instant(nanoseconds: 499_999_999))
    #expect(fired.isEmpty)
    fired = drain(&wheel, at: Instant(nanoseconds: 516_000_000))
    #expect(fired == [7])
    let left = wheel.count
    #expect(left == 0)
  }

  @Test("an entry armed after an idle look is not late")
  func idleLookDoesNotRunAhead() {
    var wheel = Wheel(now: Instant(nanoseconds: 0))
    var fired: [UInt64] = []
    wheel.arm(1, at: Instant(nanoseconds: 30_000_000_000))
    fired = drain(&wheel, at: Instant(nanoseconds: 1_000_000_000))
    #expect(fired.isEmpty)
    wheel.arm(2, at: Instant(nanoseconds: 2_000_000_000))
    fired = drain(&wheel, at: Instant(nanoseconds: 2_020_000_000))
    #expect(fired == [2])
  }

  @Test("a deadline beyond the wheel fires at its edge, to be armed again")
  func farDeadline() {
    var wheel = Wheel(now: Instant(nanoseconds: 0))
    var fired: [UInt64] = []
    wheel.arm(9, at: Instant(nanoseconds: 180_000_000_000))
    fired = drain(&wheel, at: Instant(nanoseconds: 31_000_000_000))
    #expect(fired.isEmpty)
    fired = drain(&wheel, at: Instant(nanoseconds: 33_000_000_000))
    #expect(fired == [9])
  }

  @Test("ten thousand random deadlines all fire once, in their tick")
  func random() {
    var wheel = Wheel(now: Instant(nanoseconds: 0))
    var generator = SplitMix(state: 4096)
    var expected: [UInt64: Int64] = [:]
    for payload in 0..<10_000 as Range<UInt64> {
      let deadline = Int64.random(in: 0..<30_000_000_000, using: &generator)
      expected[payload] = deadline
      wheel.arm(payload, at: Instant(nanoseconds: deadline))
    }
    var now: Int64 = 0
    while !expected.isEmpty {
      now += Int64.random(in: 1...40_000_000, using: &generator)
      while let payload = wheel.expire(Instant(nanoseconds: now)) {
        let deadline = expected.removeValue(forKey: payload)
        #expect(deadline != nil && deadline! <= now)
      }
      #expect(now < 31_000_000_000)
    }
    let left = wheel.count
    #expect(left == 0)
  }
}
