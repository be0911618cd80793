import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16: a call passes, over every transport, and either side ends it")
struct CallsPassBothWays {
  @Test("the caller hangs up", arguments: Transport.carried, Transport.carried)
  func callerHangsUp(_ from: Transport, _ to: Transport) {
    let stage = Stage(over: from, to: to, layout: Stage.layout(over: to))
    let leg = stage.alice.call("bob")
    stage.world.run(for: .seconds(3))
    #expect(leg.state == .confirmed)
    #expect(leg.provisional == [100, 180])
    #expect(stage.element.occupancy.calls == 1)
    stage.finish()
    #expect(leg.endedInOrder)
    #expect(leg.inDialogStatuses == [200])
    #expect(stage.bob.endedInOrder)
    stage.expectOrder(causes: [.bye])
  }

  @Test("the callee hangs up", arguments: Transport.carried, Transport.carried)
  func calleeHangsUp(_ from: Transport, _ to: Transport) {
    let stage = Stage(over: from, to: to, layout: Stage.layout(over: to))
    stage.bob.habit = { _ in .answer(ring: .seconds(1), talk: .seconds(5)) }
    var plan = Plan()
    plan.talk = nil
    let leg = stage.alice.call("bob", plan)
    stage.finish()
    #expect(leg.endedInOrder)
    #expect(leg.outcome == .answered)
    #expect(stage.bob.legs.first?.inDialogStatuses == [200])
    stage.expectOrder(causes: [.bye])
  }
}

extension Transport {
  static let carried: [Transport] = [.udp, .tcp]
}
