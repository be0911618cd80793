import Basics
import Testing
import Transactions

@Suite("RFC 3261 Table 4")
struct TimingTests {
  /// In milliseconds over UDP and over TCP; -1 for a timer that is not started.
  static let table: [(Timer, Int64, Int64)] = [
    (.a, 500, -1), (.b, 32_000, 32_000), (.c, 190_000, 190_000), (.d, 32_000, 0),
    (.e, 500, -1), (.f, 32_000, 32_000), (.g, 500, -1), (.h, 32_000, 32_000), (.i, 5_000, 0),
    (.j, 32_000, 0), (.k, 5_000, 0), (.l, 32_000, 32_000), (.m, 32_000, 32_000),
  ]

  @Test("every timer has its length", arguments: table)
  func length(timer: Timer, unreliable: Int64, reliable: Int64) {
    let timing = Timing()
    let lengths = [false, true].map {
      timing.interval(of: timer, isReliable: $0)?.milliseconds ?? -1
    }
    #expect(lengths == [unreliable, reliable])
  }

  @Test("the table above has a row for every timer")
  func whole() {
    #expect(Self.table.map(\.0) == Timer.allCases)
  }

  @Test("the timers follow T1 and T4")
  func follow() {
    var timing = Timing()
    timing.t1 = .milliseconds(250)
    timing.t4 = .milliseconds(2500)
    #expect(timing.interval(of: .b, isReliable: true) == .seconds(16))
    #expect(timing.interval(of: .g, isReliable: false) == .milliseconds(250))
    #expect(timing.interval(of: .k, isReliable: false) == .milliseconds(2500))
  }

  @Test("an interval out of range is cut, not trapped on")
  func range() {
    var timing = Timing()
    timing.c = .seconds(-1)
    #expect(timing.c == .seconds(0))
    timing.c = .seconds(1 << 33)
    #expect(timing.c == .milliseconds(Int64(UInt32.max)))
  }
}
