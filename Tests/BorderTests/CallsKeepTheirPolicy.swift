import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("A call keeps the policy that it began under; what is new goes by the new one")
struct CallsKeepTheirPolicy {
  /// The usual policy, with other sources and methods of west, and other targets of east.
  static func policy(
    west: [String] = ["10.1.0.0/16"], methods: MethodSet = .all,
    targets: [String] = [Stage.east], mends: Bool = false,
    _ change: (inout Routing.Rules.Route) -> Void = { _ in }
  ) -> Layout {
    var layout = Layout()
    layout.mendsLostRoutes = mends
    let caller = layout.peer("west", west, at: [Stage.west], methods: methods)
    let callee = layout.peer("east", ["10.2.0.0/16"], at: targets)
    layout.peer("third", ["10.3.0.0/16"], at: ["10.3.0.1:5060"])
    layout.route(from: [caller], to: callee, at: targets, change)
    layout.route(from: [callee], to: caller, at: [Stage.west])
    return layout
  }

  /// A policy that west has no part in.
  static let without = policy(west: []).configuration()

  private func anotherCall() -> Ask {
    Ask("INVITE") {
      $0.callID = "c2@west"
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKother"]
    }
  }

  @Test("the calls of a peer that was taken out go on to their end, in both directions")
  func removedPeer() {
    let exchange = Exchange(Self.policy())
    let dialog = exchange.establish()
    exchange.element.adopt(Self.without)
    #expect(exchange.element.earlierPolicies == 1)
    exchange.send(dialog.ask("INFO", fromWest: true).text, from: exchange.west)
    exchange.answer("INFO", 200, by: exchange.east)
    #expect(exchange.west.all("200").count == 2)
    exchange.send(anotherCall().text, from: exchange.west)
    #expect(exchange.east.all("INVITE").count == 1)
    #expect(exchange.element.counters.unknownSource == 1)
    exchange.send(dialog.ask("BYE", fromWest: false, number: 7).text, from: exchange.east)
    exchange.answer("BYE", 200, by: exchange.west)
    #expect(exchange.east.all("200").count == 1)
    #expect(exchange.element.ended.map(\.cause) == [.bye])
    exchange.expectNothingLeft()
    #expect(exchange.element.earlierPolicies == 0)
    // With the last call the policy is gone, and with it the peer.
    exchange.send(dialog.ask("INFO", fromWest: true, number: 9).text, from: exchange.west)
    #expect(exchange.element.counters.unknownSource == 2)
  }

  @Test("a call that rings can be cancelled, and tried elsewhere, as its policy said")
  func ringing() {
    let exchange = Exchange(Self.policy(targets: [Stage.east, Stage.second]))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.element.adopt(Self.without)
    exchange.answer("INVITE", 503, by: exchange.east)
    #expect(exchange.second.all("INVITE").count == 1)
    exchange.answer("INVITE", 180, by: exchange.second)
    exchange.send(Ask("CANCEL") { $0.more = [] }.text, from: exchange.west)
    #expect(exchange.second.all("CANCEL").count == 1)
    exchange.answer("CANCEL", 200, by: exchange.second)
    exchange.answer("INVITE", 487, by: exchange.second)
    #expect(exchange.west.all("487").count == 1)
    exchange.send(
      Ask("ACK") {
        $0.more = []
        $0.to += ";tag=callee"
      }.text, from: exchange.west)
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
    exchange.expectNothingLeft()
    #expect(exchange.element.earlierPolicies == 0)
  }

  /// The usual policy, but what was west's and east's is the third one's by now.
  private static func moved() -> Layout {
    var layout = Layout()
    let caller = layout.peer("west", ["10.8.0.0/16"], at: [Stage.west])
    let callee = layout.peer("east", ["10.9.0.0/16"], at: [Stage.east])
    layout.peer("third", ["10.1.0.0/16", "10.2.0.0/16"], at: ["10.3.0.1:5060"])
    layout.route(from: [caller], to: callee, at: [Stage.east])
    return layout
  }

  @Test("a call whose sources are another peer's by now is answered, and cancelled, all the same")
  func movedSources() {
    var layout = Self.policy()
    layout.hear(PeerID(raw: 1), from: .peer)
    let exchange = Exchange(layout)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.element.adopt(Self.moved().configuration())
    // From another host of the peer that was called.
    let host = Talker("host", in: exchange.world, at: "10.2.0.7:5060", over: .udp)
    let heard = exchange.east.last("INVITE")?.message ?? .response(0)
    exchange.send(host.response(to: heard, 180, tag: "callee"), from: host)
    #expect(exchange.west.all("180").count == 1)
    exchange.send(Ask("CANCEL") { $0.more = [] }.text, from: exchange.west)
    #expect(exchange.west.last("200")?.message.cSeqMethod == "CANCEL")
    #expect(exchange.east.all("CANCEL").count == 1)
    exchange.answer("CANCEL", 200, by: exchange.east)
    exchange.answer("INVITE", 487, by: exchange.east)
    #expect(exchange.element.ended.map(\.cause) == [.cancelled])
    exchange.expectNothingLeft()
    #expect(exchange.element.earlierPolicies == 0)
  }

  @Test("a CANCEL of nothing, from a source that was taken out, gets silence")
  func strangeCancel() {
    let exchange = Exchange(Self.policy())
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.element.adopt(Self.without)
    let sent = exchange.west.heard.count
    exchange.send(
      Ask("CANCEL") { $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKnone"] }.text,
      from: exchange.west)
    #expect(exchange.west.heard.count == sent)
    #expect(exchange.element.counters.unknownSource == 1)
  }

  @Test("what a peer may send, and where new calls go, change at once for new calls alone")
  func rules() {
    let exchange = Exchange(Self.policy())
    let old = exchange.establish()
    let few = MethodSet([.invite, .ack, .cancel, .bye])
    exchange.element.adopt(
      Self.policy(methods: few, targets: [Stage.second]).configuration())
    exchange.send(old.ask("INFO", fromWest: true).text, from: exchange.west)
    #expect(exchange.east.all("INFO").count == 1)
    exchange.answer("INFO", 200, by: exchange.east)
    exchange.send(anotherCall().text, from: exchange.west)
    #expect(exchange.east.all("INVITE").count == 1)
    #expect(exchange.second.all("INVITE").count == 1)
    exchange.answer("INVITE", 200, by: exchange.second)
    let route = exchange.west.all("200").last?.message.all("Record-Route") ?? []
    let new = Dialog(callID: "c2@west", west: route.reversed(), east: [])
    exchange.send(new.ask("INFO", fromWest: true, number: 8).text, from: exchange.west)
    #expect(exchange.west.all("405").count == 1)
    #expect(exchange.element.earlierPolicies == 1)
  }

  @Test("a source that the new policy gives to a peer speaks in the calls of that peer")
  func newSource() {
    let exchange = Exchange(Self.policy(west: ["10.1.0.1/32"]))
    let dialog = exchange.establish()
    exchange.element.adopt(Self.policy(west: ["10.1.0.0/16"]).configuration())
    let other = Talker("other", in: exchange.world, at: "10.1.0.9:5060", over: .udp)
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: other)
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.ended.map(\.cause) == [.bye])
    exchange.expectNothingLeft()
  }

  @Test("lost routes are mended for calls of a policy that mends, and for no others")
  func mending() {
    let exchange = Exchange(Self.policy(mends: true))
    let dialog = exchange.establish()
    exchange.element.adopt(Self.policy(mends: false).configuration())
    exchange.send(anotherCall().text, from: exchange.west)
    exchange.answer("INVITE", 200, by: exchange.east)
    func lost(_ id: String, _ number: Int, _ method: String = "INFO") -> String {
      dialog.ask(method, fromWest: true, number: number) {
        $0.more = []
        $0.callID = id
      }.text
    }
    exchange.send(lost("c1@west", 5), from: exchange.west)
    #expect(exchange.east.all("INFO").count == 1)
    exchange.answer("INFO", 200, by: exchange.east)
    exchange.send(lost("c2@west", 6), from: exchange.west)
    #expect(exchange.west.all("481").count == 1)
    exchange.send(lost("c1@west", 7, "BYE"), from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.ended.map(\.cause) == [.bye])
  }

  @Test("a policy that nothing began under is not kept; the latest of many counts")
  func many() {
    let exchange = Exchange(Self.policy())
    for _ in 0..<100 { exchange.element.adopt(Self.without) }
    #expect(exchange.element.earlierPolicies == 0)
    exchange.element.adopt(Self.policy().configuration())
    let dialog = exchange.establish()
    for _ in 0..<100 { exchange.element.adopt(Self.without) }
    #expect(exchange.element.earlierPolicies == 1)
    exchange.send(dialog.ask("BYE", fromWest: true).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.ended.first?.call.policy == 102)
    exchange.expectNothingLeft()
    #expect(exchange.element.earlierPolicies == 0)
  }

  @Test(
    "policies change amid calls over a network that loses: every call ends in order",
    arguments: 1...20)
  func amidCalls(seed: UInt64) {
    let stage = Stage(seed: seed, layout: Self.policy(targets: [Stage.east, Stage.second]))
    stage.world.link = .lossy(30)
    let others = [
      Self.policy(), Self.policy(west: []), Self.policy(targets: [Stage.second, Stage.east]),
      Self.policy(methods: MethodSet([.invite, .ack, .cancel, .bye])),
    ]
    var legs: [Leg] = []
    for place in 0..<40 {
      var plan = Plan()
      plan.talk = .seconds(Int64(1 + (place &* 7) % 23))
      plan.requests = [(.milliseconds(700), "INFO")]
      legs.append(stage.alice.call("bob", plan))
      stage.world.run(for: .milliseconds(300))
      stage.element.adopt(others[Int((seed &+ UInt64(place)) % 4)].configuration())
    }
    stage.finish()
    let element = stage.element
    let (faults, earlier, occupancy) = (element.faults, element.earlierPolicies, element.occupancy)
    let unfinished = legs.filter { !$0.endedInOrder }.count
    #expect(unfinished == 0, "seed \(seed)")
    #expect(element.isEmpty, "seed \(seed): \(occupancy)")
    #expect(faults == [])
    #expect(earlier == 0)
    let byes = element.ended.filter { $0.cause == .bye }.count
    #expect(byes > 5)
    let policies = Set(element.ended.map(\.call.policy)).count
    #expect(policies > 5)
  }
}
