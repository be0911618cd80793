import Basics
import Border
import Rehearsal
import Testing

@Suite("Sources that no peer has are told of, and never at the cost of a note")
struct StrangersAreCounted {
  private static let now = Instant(nanoseconds: 1_000_000_000)

  @Test("the first of many, and how many there were")
  func first() {
    let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    var border = Border(Stage.layout().configuration(), seed: seed, now: Self.now)
    let none = border.hasStrangers()
    #expect(!none)
    for place in 0..<1000 {
      let remote = endpoint("192.0.2.\(place % 200):5060")
      let isAdmitted = border.admits(Flow(.udp, listener: 0, remote: remote))
      #expect(!isAdmitted)
    }
    let (some, hasNotes) = (border.hasStrangers(), border.hasNotes)
    #expect(some && !hasNotes)
    let strangers = border.takeStrangers()
    #expect(strangers.count == 1000)
    #expect(strangers.first.remote == endpoint("192.0.2.0:5060"))
    let left = border.hasStrangers()
    #expect(!left)
  }
}
