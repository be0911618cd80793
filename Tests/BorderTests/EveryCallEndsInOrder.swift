import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite(
  "Issue 2: calls over a network that loses, doubles and reorders, and every one ends in order")
struct EveryCallEndsInOrder {
  @Test("1,000 calls with 5% loss on each link", arguments: [UInt64(1), 2, 3])
  func lossyCalls(_ seed: UInt64) {
    let stage = Stage(seed: seed)
    stage.world.link = .lossy(50)
    stage.alice.isListening = false
    stage.bob.isListening = false
    var habits = Chance(seed: seed)
    stage.bob.habit = { _ in Self.habit(&habits) }
    var plans = Chance(seed: seed &+ 1000)
    var legs: [Leg] = []
    for _ in 0..<1000 {
      legs.append(stage.alice.call("bob", Self.plan(&plans)))
      stage.world.run(for: .milliseconds(10))
    }
    stage.finish()
    let unfinished = legs.filter { !$0.endedInOrder }.count
    #expect(unfinished == 0, "seed \(seed)")
    let (calleeEnded, lost) = (stage.bob.endedInOrder, stage.world.lost)
    #expect(calleeEnded, "seed \(seed)")
    #expect(lost > 500)
    let (occupancy, faults) = (stage.element.occupancy, stage.element.faults)
    #expect(stage.element.isEmpty, "seed \(seed): \(occupancy)")
    #expect(faults.isEmpty, "seed \(seed): \(faults)")
    expectRecords(stage, legs)
  }

  private func expectRecords(_ stage: Stage, _ legs: [Leg]) {
    let ended = stage.element.ended
    #expect(ended.count + stage.element.lostNotes == stage.element.counters.calls)
    let answered = legs.filter { $0.outcome == .answered }.count
    let byes = ended.filter { $0.cause == .bye }.count
    #expect(byes == answered, "seed \(stage.world.seed)")
    let tooLong = ended.filter { $0.cause == .tooLong || $0.cause == .shutdown }.count
    #expect(tooLong == 0)
    // A lost INVITE was sent again: nearly every call came through.
    #expect(answered > 600)
  }

  static func habit(_ chance: inout Chance) -> Habit {
    switch chance.below(20) {
    case 0..<10: .answer(ring: .milliseconds(Int64(chance.below(3000))))
    case 10..<13: .answer(ring: .milliseconds(500), talk: .seconds(Int64(chance.below(5))))
    case 13: .refuse(486)
    case 14: .reject(603)
    case 15: .reject(503)
    case 16: .ring
    case 17, 18: .reliable
    default: .fork(2)
    }
  }

  static func plan(_ chance: inout Chance) -> Plan {
    var plan = Plan()
    plan.talk = .milliseconds(Int64(1000 + chance.below(6000)))
    switch chance.below(6) {
    case 0: plan.cancelAfter = .milliseconds(Int64(chance.below(4000)))
    case 1: plan.requests = [(.milliseconds(500), "INVITE"), (.milliseconds(2500), "INFO")]
    case 2: plan.requests = [(.milliseconds(700), "UPDATE")]
    default: break
    }
    // Who is never answered gives up before Timer C does.
    if plan.cancelAfter == nil { plan.cancelAfter = .seconds(60) }
    return plan
  }

  @Test("the same seed gives the same run")
  func deterministic() {
    func run() -> [String] {
      let stage = Stage(seed: 9)
      stage.world.link = .lossy(100)
      stage.world.isTracing = true
      for _ in 0..<20 { stage.alice.call("bob") }
      stage.finish()
      return stage.world.trace
    }
    let (first, second) = (run(), run())
    #expect(first.count > 300)
    let isSame = first == second
    #expect(isSame)
  }

  @Test(
    "over streams that break in the middle of calls nothing is left behind",
    arguments: [UInt64(4), 5])
  func breakingStreams(_ seed: UInt64) {
    var layout = Stage.layout(over: .tcp)
    layout.callDuration = .seconds(1800)
    let stage = Stage(seed: seed, over: .tcp, to: .tcp, layout: layout)
    var habits = Chance(seed: seed)
    stage.bob.habit = { _ in Self.habit(&habits) }
    var plans = Chance(seed: seed &+ 1000)
    for place in 0..<300 {
      stage.alice.call("bob", Self.plan(&plans))
      stage.world.run(for: .milliseconds(20))
      if place % 40 == 7 { stage.bob.hangUpStreams() }
      if place % 40 == 27 { stage.alice.hangUpStreams() }
    }
    stage.finish()
    stage.world.run(for: .seconds(1900))
    let (occupancy, faults) = (stage.element.occupancy, stage.element.faults)
    #expect(stage.element.isEmpty, "seed \(seed): \(occupancy)")
    #expect(faults.isEmpty)
    #expect(stage.element.ended.count + stage.element.lostNotes == stage.element.counters.calls)
  }
}
