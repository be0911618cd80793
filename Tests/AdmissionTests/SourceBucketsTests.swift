import Basics
import Testing

@testable import Admission

@Suite("The table of sources keeps its size, and forgets none before all that have sent less")
struct SourceBucketsTests {
  private let start = Instant(nanoseconds: 5_000_000_000)
  private let secret = Key(7, 11)

  private func key(_ source: Int) -> Key {
    var hash = KeyedHash(secret: secret)
    hash.combine(UInt64(source))
    return hash.finish()
  }

  @Test("each source has its own bucket")
  func own() {
    let (buckets, pace) = (SourceBuckets(octets: 1 << 16), Pace(10, in: .seconds(1), burst: 2))
    for source in 0..<100 {
      let taken = (0..<3).map { _ in buckets.take(key(source), pace, at: start) }
      #expect(taken == [true, true, false])
    }
    let rested = buckets.take(key(5), pace, at: start + .milliseconds(100))
    #expect(rested)
  }

  @Test("a million forged sources take no more memory, and leave who sends much where he is")
  func flood() {
    let buckets = SourceBuckets(octets: 1 << 16)
    let pace = Pace(100, in: .seconds(1), burst: 100)
    let size = buckets.octets
    #expect(size == 1 << 16)
    // 1,000,000 in 10 s, of 8,192 places: each holds its place for 10 ms, 1,000 at once.
    var passed = 0
    for step in 0..<1_000_000 {
      let now = start + Interval(nanoseconds: Int64(step) * 10_000)
      if !buckets.take(key(1_000_000 + step), pace, at: now) { Issue.record("a fresh source") }
      // One sends 1,000/s through all of it.
      if step % 100 == 0, buckets.take(key(1), pace, at: now) { passed += 1 }
    }
    #expect(buckets.octets == size)
    // 100 at once and 100/s for 10 s.
    #expect((1099...1101).contains(passed), "\(passed)")
  }

  @Test("in a full set the one goes that has sent the least")
  func full() {
    // One set of eight places.
    let (buckets, pace) = (SourceBuckets(octets: 64), Pace(1, in: .seconds(60), burst: 10))
    for source in 0..<8 {
      for _ in 0...source { _ = buckets.take(key(source), pace, at: start) }
    }
    _ = buckets.take(key(100), pace, at: start)
    // The greatest has had 8 of 10, and is not forgotten.
    let greatest = (0..<3).map { _ in buckets.take(key(7), pace, at: start) }
    #expect(greatest == [true, true, false])
    // The least was: all ten again.
    let least = (0..<10).count { _ in buckets.take(key(0), pace, at: start) }
    #expect(least == 10)
  }

  @Test("however long ago it was, an old bucket is an empty place, and stops nobody")
  func turn() {
    let (buckets, pace) = (SourceBuckets(octets: 64), Pace(1, in: .seconds(1800), burst: 2))
    let taken = (0..<3).map { _ in buckets.take(key(1), pace, at: start) }
    #expect(taken == [true, true, false])
    for days in [1, 6, 13, 400, 407, 813, 900] {
      let later = start + .seconds(Int64(days) * 86_400)
      let again = (0..<3).map { _ in buckets.take(key(1), pace, at: later) }
      #expect(again == [true, true, false], "after \(days) days")
    }
  }

  @Test("threads that take for one source share its bucket")
  func threads() async {
    let (buckets, pace) = (SourceBuckets(octets: 64), Pace(1, in: .seconds(3), burst: 700))
    let taken = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask { (0..<1000).count { _ in buckets.take(key(9), pace, at: start) } }
      }
      return await group.reduce(0, +)
    }
    #expect(taken == 700)
  }
}
