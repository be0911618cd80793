import Basics
import Synchronization
import Testing

@testable import Platform

@Suite("Names are looked up beside the workers", .timeLimit(.minutes(1)))
struct LookupsTests {
  /// Names that begin with "dead" are not answered until the gate is opened.
  private final class Names: Sendable {
    let isOpen = Atomic(false)
    let busy = Atomic(0)
    let most = Atomic(0)
    let count = Atomic(0)

    func lookUp(_ name: [UInt8]) -> Result<Address, Unresolved> {
      count.add(1, ordering: .relaxed)
      let now = busy.add(1, ordering: .relaxed).newValue
      most.max(now, ordering: .relaxed)
      defer { busy.subtract(1, ordering: .relaxed) }
      guard name.starts(with: Array("dead".utf8)) else {
        return .success(Address(ipv4: 0x7f00_0001))
      }
      while !isOpen.load(ordering: .acquiring) { Clock.sleep(.milliseconds(1)) }
      return .failure(.noAnswer)
    }
  }

  private final class Answers: Sendable {
    let all = Mutex<[String: [Result<Address, Unresolved>]]>([:])
  }

  private let names = Names()
  private let answers = Answers()

  private func lookups(threads: Int, limit: Int = 64) -> Lookups {
    let names = names
    return Lookups(threads: threads, names: limit) { names.lookUp($0) }
  }

  private let loopback = Result<Address, Unresolved>.success(Address(ipv4: 0x7f00_0001))

  private func ask(_ lookups: Lookups, _ name: String) {
    let answers = answers
    lookups.ask(Array(name.utf8)) { answer in
      answers.all.withLock { $0[name, default: []].append(answer) }
    }
  }

  /// Waits until so many answers have come.
  private func wait(for count: Int) -> Bool {
    for _ in 0..<5000 {
      if answers.all.withLock({ $0.values.reduce(0) { $0 + $1.count } }) >= count { return true }
      Clock.sleep(.milliseconds(1))
    }
    return false
  }

  private func found(_ name: String) -> [Result<Address, Unresolved>] {
    answers.all.withLock { $0[name] ?? [] }
  }

  @Test("a dead name holds one thread, however often it is asked for, and the others go on")
  func deadName() {
    let lookups = lookups(threads: 2)
    for name in ["dead", "Dead", "DEAD", "dead"] { ask(lookups, name) }
    for place in 0..<10 { ask(lookups, "live\(place)") }
    #expect(wait(for: 10))
    #expect(found("live9") == [loopback])
    #expect(found("dead").isEmpty)
    names.isOpen.store(true, ordering: .releasing)
    #expect(wait(for: 14))
    #expect(found("dead") == [.failure(.noAnswer), .failure(.noAnswer)])
    #expect(found("Dead") == [.failure(.noAnswer)])
    #expect(names.count.load(ordering: .relaxed) == 11)
  }

  @Test("no more threads than allowed, and what waits for one gets it in its turn")
  func bounded() {
    let lookups = lookups(threads: 3)
    for place in 0..<9 { ask(lookups, "dead\(place)") }
    ask(lookups, "live")
    Clock.sleep(.milliseconds(50))
    #expect(names.busy.load(ordering: .relaxed) == 3)
    names.isOpen.store(true, ordering: .releasing)
    #expect(wait(for: 10))
    #expect(found("live") == [loopback])
    #expect(names.most.load(ordering: .relaxed) == 3)
    // The threads have ended; others are started when they are needed.
    ask(lookups, "later")
    #expect(wait(for: 11))
  }

  @Test("beyond its limit a name is answered at once: there is no room for it")
  func full() {
    let lookups = lookups(threads: 1, limit: 2)
    for name in ["dead1", "dead2", "live", "dead1"] { ask(lookups, name) }
    #expect(found("live") == [.failure(.noRoom)])
    #expect(found("dead1").isEmpty)
    names.isOpen.store(true, ordering: .releasing)
    #expect(wait(for: 4))
  }
}
