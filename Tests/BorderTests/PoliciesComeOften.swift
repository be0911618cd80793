import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("A version of the policy each second: what is only remembered does not keep all of them")
struct PoliciesComeOften {
  private static let few = MethodSet([.invite, .ack, .bye, .cancel])

  /// The usual policy, with other sources of west, or other methods of east.
  private static func policy(
    west: [String] = ["10.1.0.0/16"], callee methods: MethodSet = .all
  ) -> Layout {
    var layout = Layout()
    let caller = layout.peer("west", west, at: [Stage.west])
    let callee = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east], methods: methods)
    layout.peer("third", ["10.3.0.0/16"], at: ["10.3.0.1:5060"])
    layout.route(from: [caller], to: callee, at: [Stage.east])
    layout.route(from: [callee], to: caller, at: [Stage.west])
    return layout
  }

  /// A call with a Call-ID and branch of its own.
  private func begin(_ number: Int, _ exchange: Exchange) -> Dialog {
    exchange.establish(
      Ask("INVITE") {
        $0.callID = "c\(number)@west"
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKcall\(number)"]
      })
  }

  private func end(_ dialog: Dialog, _ exchange: Exchange) {
    let branch = "bye-\(dialog.callID.prefix { $0 != "@" })"
    exchange.send(dialog.ask("BYE", fromWest: true, branch: branch).text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
  }

  @Test("for 200 s, with calls of 3 s all the while: each ends in order")
  func eachSecond() {
    let exchange = Exchange(Self.policy())
    let policies = [Self.policy(west: ["10.1.0.1/32"]), Self.policy()].map { $0.configuration() }
    var open: [Dialog] = []
    var mostNeeded = 0
    var most = 0
    for second in 0..<200 {
      open.append(begin(second, exchange))
      exchange.element.adopt(policies[second % 2])
      if open.count > 3 { end(open.removeFirst(), exchange) }
      mostNeeded = max(mostNeeded, exchange.element.neededPolicies)
      most = max(most, exchange.element.earlierPolicies)
      exchange.pause(.milliseconds(500))
    }
    // A program that asks before it has a further version is never refused one.
    #expect((3...4).contains(mostNeeded))
    #expect(most == Border.mostEarlierPolicies)
    for dialog in open { end(dialog, exchange) }
    #expect(exchange.element.ended.count == 200)
    #expect(exchange.element.ended.allSatisfy { $0.cause == .bye })
    exchange.expectNothingLeft()
    #expect(exchange.element.earlierPolicies == 0 && exchange.element.neededPolicies == 0)
  }

  @Test("what is in progress keeps its version, however many come after it")
  func inProgress() {
    let exchange = Exchange(Self.policy())
    let up = begin(1, exchange)
    exchange.send(
      Ask("INVITE") {
        $0.callID = "c2@west"
        $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKrings"]
      }.text, from: exchange.west)
    let ringing = exchange.east.last("INVITE")
    exchange.element.adopt(Self.policy(west: []).configuration())
    for number in 3..<60 {
      exchange.element.adopt(Self.policy().configuration())
      end(begin(number, exchange), exchange)
    }
    exchange.element.adopt(Self.policy(west: []).configuration())
    #expect(
      exchange.element.holdings == [Border.Holding(policy: 1, calls: 2, requests: 1)])
    #expect(exchange.element.neededPolicies == 1)
    #expect(exchange.element.earlierPolicies == Border.mostEarlierPolicies)
    // Only the version that they began under knows the caller.
    answer(ringing, exchange, tag: "callee")
    #expect(exchange.element.holdings == [Border.Holding(policy: 1, calls: 2, requests: 0)])
    end(up, exchange)
    #expect(exchange.element.holdings == [Border.Holding(policy: 1, calls: 1, requests: 0)])
  }

  @Test("what comes late for a call whose version has gone goes by the one in force")
  func late() {
    let exchange = Exchange(Self.policy())
    let dialog = begin(1, exchange)
    exchange.send(dialog.ask("REFER", fromWest: true, branch: "refer").text, from: exchange.west)
    exchange.answer("REFER", 202, by: exchange.east)
    end(dialog, exchange)
    func notify(_ number: Int) -> Int {
      exchange.send(
        dialog.ask("NOTIFY", fromWest: false, number: number) {
          $0.more.append("Subscription-State: active;expires=100")
        }.text, from: exchange.east)
      exchange.answerIfHeard("NOTIFY", 200, by: exchange.west)
      return exchange.west.all("NOTIFY").count
    }
    // As long as there is room, it goes by its own, which lets east send NOTIFY.
    exchange.element.adopt(Self.policy(callee: Self.few).configuration())
    #expect(notify(2) == 1)
    change(Border.mostEarlierPolicies + 1, Self.policy(callee: Self.few), exchange)
    #expect(notify(3) == 1)
    #expect(exchange.east.all("405").count == 1)
    exchange.expectNothingLeft()
    #expect(exchange.element.earlierPolicies == 0)
  }

  @Test("a call that a late 2xx makes anew when its version has gone has the one in force")
  func anew() {
    let exchange = Exchange(Self.policy())
    let dialog = begin(1, exchange)
    let invite = exchange.east.last("INVITE")
    end(dialog, exchange)
    change(Border.mostEarlierPolicies + 1, Self.policy(), exchange)
    answer(invite, exchange, tag: "late")
    #expect(exchange.element.occupancy.calls == 1)
    let policy = exchange.element.policy
    exchange.element.adopt(Self.policy().configuration())
    #expect(exchange.element.holdings == [Border.Holding(policy: policy, calls: 1, requests: 0)])
    let bye = dialog.ask("BYE", fromWest: true, branch: "last") {
      $0.to = "<sip:bob@east.example>;tag=late"
    }
    exchange.send(bye.text, from: exchange.west)
    exchange.answer("BYE", 200, by: exchange.east)
    #expect(exchange.element.ended.last?.call.policy == policy)
    exchange.expectNothingLeft()
    #expect(exchange.element.earlierPolicies == 0 && exchange.element.neededPolicies == 0)
  }

  /// East answers an INVITE that is not the last one that it has heard.
  private func answer(_ invite: Talker.Heard?, _ exchange: Exchange, tag: String) {
    guard let invite else {
      Issue.record("there was no INVITE")
      return
    }
    var response = exchange.east.response(to: invite.message, 200, tag: tag)
    response.add("Contact", "<sip:x@\(text(exchange.east.endpoint))>")
    exchange.east.reply(response.bytes, to: invite)
    exchange.pause()
  }

  /// So many versions, each with a call that is over before the next one comes.
  private func change(_ count: Int, _ next: Layout, _ exchange: Exchange) {
    for number in 0..<count {
      exchange.element.adopt(next.configuration())
      end(begin(100 + number, exchange), exchange)
    }
  }
}
