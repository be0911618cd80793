import Basics
import Testing

@testable import Admission

@Suite("Counts by name")
struct NamedCountsTests {
  @Test("they are what a dictionary says, in a table that fills and empties")
  func random() {
    var chance = Chance(seed: 3)
    var counts = NamedCounts(limit: 1000)
    var model: [UInt64: Int] = [:]
    // Names that fall on few places, so that they stand behind one another.
    var names: [UInt64] = []
    for number in 0..<300 as Range<UInt64> {
      let (high, low) = ((number % 7) << 60, number % 5)
      names.append(high | (number / 7) << 45 | low | 8)
    }
    for step in 0..<20_000 {
      let name = names[chance.below(names.count)]
      if chance.below(step / 4000 % 2 == 0 ? 3 : 2) > 0 {
        let taking = counts.take(name, .talking, within: Bound(calls: 3))
        let before = model[name, default: 0]
        #expect(taking?.before.calls == before && taking?.isTaken == (before < 3))
        if before < 3 { model[name] = before + 1 }
      } else if let before = model[name] {
        counts.give(name, .talking)
        model[name] = before == 1 ? nil : before - 1
      }
    }
    var found: [UInt64: Int] = [:]
    counts.forEach { name, count in found[name] = count.calls }
    let count = counts.count
    #expect(found == model && count == model.count && count > 50)
    for (name, calls) in model {
      for _ in 0..<calls { counts.give(name, .talking) }
    }
    let left = counts.count
    #expect(left == 0)
  }

  @Test("there are no more of them than there may be, and one that is there has room still")
  func limit() {
    var counts = NamedCounts(limit: 2)
    let names: [UInt64] = [1 << 41, 2 << 41, 3 << 41]
    let taken = names.map { counts.take($0, .ringing, within: .none) != nil }
    #expect(taken == [true, true, false])
    let again = counts.take(names[1], .ringing, within: .none)
    #expect(again?.before == Headcount(calls: 1, halfOpen: 1))
    counts.give(names[0], .ringing)
    let room = counts.take(names[2], .ringing, within: .none)
    #expect(room?.isTaken == true)
  }
}

@Suite("The ledger of sessions")
struct LedgerTests {
  @Test("many workers that take and give at once never hold more than the bound")
  func concurrent() async {
    let ledger = Ledger(peers: 4)
    let counts: [Ledger.Count] = [
      .element, .caller(PeerID(raw: 1)), .named(1 << 50), .callee(PeerID(raw: 60_000)),
    ]
    let worst = await withTaskGroup(of: Int.self) { group in
      for worker in 0..<4 {
        group.addTask {
          var chance = Chance(seed: UInt64(worker))
          var (held, worst) = ([Ledger.Count: Int](), 0)
          for _ in 0..<5000 {
            let count = counts[chance.below(counts.count)]
            if chance.below(2) == 0 {
              let taking = ledger.take(count, .ringing, within: Bound(calls: 5))
              guard let taking, taking.isTaken else { continue }
              worst = max(worst, taking.before.calls + 1)
              held[count, default: 0] += 1
            } else if held[count, default: 0] > 0 {
              held[count, default: 0] -= 1
              ledger.give(count, .ringing)
            }
          }
          for (count, number) in held {
            for _ in 0..<number { ledger.give(count, .ringing) }
          }
          return worst
        }
      }
      return await group.reduce(0, max)
    }
    #expect(worst == 5)
    #expect(ledger.tally() == Tally())
  }

  @Test("peers without words of their own are counted all the same, and told by their numbers")
  func manyPeers() {
    let ledger = Ledger(peers: 1)
    for peer in [PeerID(raw: 0), PeerID(raw: 511), PeerID(raw: 512), PeerID(raw: 65_535)] {
      _ = ledger.take(.caller(peer), .ringing)
      _ = ledger.take(.callee(peer), .talking)
      #expect(ledger.count(caller: peer) == Headcount(calls: 1, halfOpen: 1))
      #expect(ledger.count(callee: peer) == Headcount(calls: 1, halfOpen: 0))
    }
    let tally = ledger.tally()
    #expect(Set(tally.callers.keys.map(\.raw)) == [0, 511, 512, 65_535])
    #expect(Set(tally.callees.keys.map(\.raw)) == [0, 511, 512, 65_535])
    #expect(tally.named.isEmpty)
  }
}
