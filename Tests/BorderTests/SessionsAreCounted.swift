import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

/// Hands each datagram to the worker that owns it, as Platform does.
private final class Steering: Station {
  let workers: [Element]

  init(_ workers: [Element], in world: World) {
    self.workers = workers
    world.listen(self, on: endpoint(Layout.border), stream: false)
  }

  func datagram(_ bytes: [UInt8], from: Endpoint, to: Endpoint) {
    workers[workers[0].owner(of: bytes)].datagram(bytes, from: from, to: to)
  }

  func accepted(_ stream: Stream, on local: Endpoint) {}
  func connected(_ stream: Stream) {}
  func refused(_ stream: Stream) {}
  func octets(_ bytes: [UInt8], on stream: Stream) {}
  func closed(_ stream: Stream) {}
}

@Suite("The counts of sessions are those of the calls that there are, whatever happens to them")
struct SessionsAreCounted {
  typealias Limit = Admission.Rules.SessionLimit

  /// One of each kind, so that a call stands in all counts.
  private static func limits(_ calls: UInt32) -> [Limit] {
    var limits = Limit.Subject.allCases.map { Limit("\($0)", per: $0, calls: calls) }
    for place in limits.indices where limits[place].subject == .calledPrefix {
      limits[place].prefixes = [Array("bob".utf8)]
    }
    return limits
  }

  private static func layout(_ calls: UInt32) -> Layout {
    var layout = Stage.layout(targets: [Stage.east, Stage.second])
    layout.callDuration = .seconds(900)
    layout.sessionLimits = limits(calls)
    return layout
  }

  @Test(
    "lost BYEs, crashed peers, races of CANCEL, failover, forks and reloads leave nothing counted",
    arguments: [UInt64(1), 2, 3])
  func chaos(_ seed: UInt64) {
    let layout = Self.layout(60)
    let stage = Stage(seed: seed, layout: layout)
    let second = UserAgent("second", in: stage.world, at: Stage.second, over: .udp)
    stage.world.link = .lossy(100)
    for agent in [stage.alice, stage.bob, second] { agent.isListening = false }
    var habits = Chance(seed: seed)
    stage.bob.habit = { _ in EveryCallEndsInOrder.habit(&habits) }
    second.habit = { _ in EveryCallEndsInOrder.habit(&habits) }
    var plans = Chance(seed: seed &+ 1000)
    var (drift, most) = ([String](), 0)
    for place in 0..<400 {
      stage.alice.call(place % 3 == 0 ? "carol" : "bob", EveryCallEndsInOrder.plan(&plans))
      stage.world.run(for: .milliseconds(30))
      if let found = stage.element.audit() { drift.append(found) }
      most = max(most, stage.element.sessions.calls)
      if place % 50 == 10 { disturb(stage, place, layout) }
    }
    #expect(drift.isEmpty, "seed \(seed): \(drift.first ?? "")")
    #expect(most > 40, "there were \(most) calls at once")
    let refused = stage.element.refusals.contains { $0.cause == .sessionLimit }
    #expect(refused)
    // Nobody says BYE for what is left: the longest time that a call may last ends it.
    stage.world.leave(stage.alice.endpoint, stream: false)
    stage.world.leave(stage.bob.endpoint, stream: false)
    stage.world.run(for: .seconds(1500))
    let (left, counted, audit) = (
      stage.element.occupancy, stage.element.sessions, stage.element.audit()
    )
    #expect(counted == Headcount(calls: 0, halfOpen: 0), "seed \(seed): \(left)")
    #expect(audit == nil, "seed \(seed)")
    #expect(stage.element.isEmpty, "seed \(seed): \(left)")
  }

  /// A peer goes for a while, or another policy comes.
  private func disturb(_ stage: Stage, _ place: Int, _ layout: Layout) {
    switch place % 3 {
    case 0:
      stage.world.leave(stage.bob.endpoint, stream: false)
      stage.world.schedule(after: .seconds(1)) {
        stage.world.listen(stage.bob, on: stage.bob.endpoint, stream: false)
      }
    case 1:
      stage.element.adopt(Self.layout(UInt32(20 + place)).configuration())
    default:
      var other = layout
      other.sessionLimits = place % 2 == 0 ? [] : [Limit("x", per: .source, halfOpen: 40)]
      stage.element.adopt(other.configuration())
    }
  }

  @Test("the end of a drain gives all of it back", arguments: [UInt64(4), 5])
  func endCalls(_ seed: UInt64) {
    let stage = Stage(seed: seed, layout: Self.layout(1000))
    var calls = 0
    stage.bob.habit = { _ in
      calls += 1
      return calls % 2 == 0 ? .ring : .answer()
    }
    for _ in 0..<50 { stage.alice.call("bob") }
    stage.world.run(for: .seconds(3))
    #expect(stage.element.sessions.calls > 10)
    stage.element.endCalls()
    stage.world.run(for: .seconds(1))
    let (counted, audit) = (stage.element.sessions, stage.element.audit())
    #expect(counted == Headcount(calls: 0, halfOpen: 0))
    #expect(audit == nil)
  }

  @Test("a worker that ends gives back what its calls had")
  func workerEnds() {
    let shared = Shared()
    do {
      let world = World(seed: 7)
      let element = Element(world, Self.layout(9).configuration(), sharing: shared)
      let west = Talker("west", in: world, at: Stage.west, over: .udp)
      for number in 0..<3 {
        west.send(
          Array(SessionsAreLimited.invite(number).text.utf8), to: endpoint(Layout.border))
      }
      world.run(for: .milliseconds(50))
      #expect(element.sessions.calls == 3)
      world.end()
    }
    #expect(shared.tally() == Tally())
  }

  @Test("a limit holds over all workers of an element, and so does the count")
  func workers() {
    var layout = Stage.layout()
    layout.sessionLimits = [Limit("calls", per: .peer, calls: 10)]
    let (world, shared) = (World(seed: 8), Shared())
    let workers = (0..<4).map { worker in
      Element(
        world, layout.configuration(), worker: UInt8(worker), of: 4, sharing: shared)
    }
    let steering = Steering(workers, in: world)
    let alice = UserAgent("alice", in: world, at: Stage.west, over: .udp)
    let bob = UserAgent("bob", in: world, at: Stage.east, over: .udp)
    bob.habit = { _ in .answer() }
    var plan = Plan()
    plan.talk = .seconds(60)
    let legs = (0..<30).map { _ in alice.call("bob", plan) }
    world.run(for: .seconds(20))
    let answered = legs.count { $0.state == .confirmed }
    let refused = legs.count { $0.outcome == .refused(503) }
    #expect(answered == 10 && refused == 20)
    let spread = steering.workers.count { $0.occupancy.calls > 0 }
    #expect(spread > 1)
    let audit = workers[0].audit(with: Array(workers.dropFirst()))
    #expect(audit == nil)
    world.run(for: .seconds(400))
    #expect(workers[0].sessions.calls == 0)
    let end = workers[0].audit(with: Array(workers.dropFirst()))
    #expect(end == nil)
  }
}
