import Basics
import Testing

@testable import Admission

@Suite("Buckets let as much pass as their pace says, however many workers take from them")
struct PaceTests {
  private static let second: Int64 = 1_000_000_000

  private func meters(_ buckets: Int = 1, after former: Meters? = nil) -> Meters {
    Meters([(name: "one", buckets: buckets)], after: former)
  }

  @Test("a burst at once, then one for each interval (ITU-T I.371 Annex A)")
  func burst() {
    let (meters, pace) = (meters(), Pace(10, in: .seconds(1), burst: 3))
    let start = Instant(nanoseconds: 50 * Self.second)
    let atOnce = (0..<5).map { _ in meters.take(2, pace, at: start) }
    #expect(atOnce == [true, true, true, false, false])
    let early = meters.take(2, pace, at: start + .milliseconds(99))
    let later = (1...3).map { meters.take(2, pace, at: start + .milliseconds(100 * $0)) }
    #expect(!early && later == [true, true, true])
    let rested = (0..<5).map { _ in meters.take(2, pace, at: start + .seconds(9)) }
    #expect(rested == [true, true, true, false, false])
  }

  @Test("who keeps to the rate is never stopped, and who sends ten times as much gets the rate")
  func longRun() {
    let pace = Pace(200, in: .seconds(1), burst: 1)
    let (kept, tenfold) = (meters(), meters())
    var (passed, stopped) = (0, 0)
    for step in 0..<20_000 {
      let now = Instant(nanoseconds: Int64(step) * Self.second / 2000)
      if step % 10 == 0, !kept.take(2, pace, at: now) { stopped += 1 }
      if tenfold.take(2, pace, at: now) { passed += 1 }
    }
    #expect(stopped == 0)
    #expect(passed == 2000)
  }

  @Test("threads that take from one bucket at once share what it has, and no more")
  func threads() async {
    let (meters, pace) = (meters(), Pace(1, in: .seconds(1000), burst: 500))
    let now = Instant(nanoseconds: Self.second)
    let taken = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask { (0..<1000).count { _ in meters.take(2, pace, at: now) } }
      }
      return await group.reduce(0, +)
    }
    #expect(taken == 500)
  }

  @Test("the next policy goes on with the buckets of the rules that it has by the same name")
  func reload() {
    let (first, pace) = (meters(2), Pace(1, in: .seconds(60), burst: 1))
    let now = Instant(nanoseconds: Self.second)
    let taken = first.take(3, pace, at: now)
    let second = Meters([(name: "new", buckets: 1), (name: "one", buckets: 3)], after: first)
    let (other, same) = (second.take(2, pace, at: now), second.take(6, pace, at: now))
    #expect(taken && other && !same)
  }

  @Test("a limit that begins to bite says so once, and once that it has stopped")
  func alarms() {
    let meters = meters()
    let start = Instant(nanoseconds: Self.second)
    let begins = (0..<100).map { meters.bite(0, at: start + .milliseconds(100 * $0)) }
    #expect(begins.count(where: \.self) == 1 && begins[0])
    let during = meters.state(0, at: start + .seconds(15))
    guard case .yes(let until) = during else {
      Issue.record("\(during)")
      return
    }
    #expect(until >= start + .seconds(18))
    let (over, again) = (
      meters.state(0, at: start + .seconds(40)), meters.state(0, at: start + .seconds(40))
    )
    #expect(over == .stopped && again == .no)
    #expect(meters.refused(0) == 100)
    let anew = meters.bite(0, at: start + .seconds(50))
    #expect(anew)
  }

  @Test("a bucket that owes much under one pace owes no more than the next one lets it")
  func stricter() {
    let (meters, wide) = (meters(), Pace(100, in: .seconds(1), burst: 300_000))
    let now = Instant(nanoseconds: Self.second)
    for _ in 0..<200_000 { _ = meters.take(2, wide, at: now) }
    let narrow = Pace(100, in: .seconds(1), burst: 10)
    let (before, after) = (
      meters.take(2, narrow, at: now), meters.take(2, narrow, at: now + .milliseconds(11))
    )
    #expect(!before && after)
  }
}
