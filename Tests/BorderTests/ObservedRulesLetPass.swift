import Admission
import Basics
import Border
import Rehearsal
import Routing
import SIP
import Testing

@Suite("A rule in observe mode counts and tells what it would have done, and lets pass")
struct ObservedRulesLetPass {
  private static func layout(_ mode: Mode, route: Mode = .enforce) -> Layout {
    var layout = Layout()
    let methods = MethodSet([.invite])
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west], methods: methods, mode: mode)
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east], names: ["pbx.east.example"])
    layout.route(from: [west], to: east, at: [Stage.second]) {
      $0.mode = route
      $0.methods = MethodSet([.message])
    }
    layout.route(from: [west], to: east, at: [Stage.east])
    return layout
  }

  private func observations(_ exchange: Exchange) -> [Observation] {
    exchange.element.notes.compactMap {
      if case .observed(let observation, _, .message) = $0 { observation } else { nil }
    }
  }

  private let refusal = Refusal(405, .methodNotAllowed, .methodNotAllowed)

  @Test("admission: the method that would have got 405 passes")
  func admission() {
    let exchange = Exchange(Self.layout(.observe, route: .observe))
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    #expect(exchange.east.last("MESSAGE") != nil && exchange.second.heard.isEmpty)
    #expect(observations(exchange) == [.methods(refusal), .route(0)])
    // What is sent again is absorbed, and is no second observation.
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    exchange.answer("MESSAGE", 200, by: exchange.east)
    let counters = exchange.element.counters
    #expect(counters.observed == 2 && counters.refused == 0)
    exchange.expectNothingLeft()
  }

  @Test("enforced, it does not")
  func enforced() {
    let exchange = Exchange(Self.layout(.enforce, route: .observe))
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    #expect(exchange.west.heard.map(\.message.status) == [405])
    #expect(observations(exchange) == [] && exchange.east.heard.isEmpty)
  }

  @Test("a route that is enforced is taken")
  func route() {
    let exchange = Exchange(Self.layout(.observe))
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    #expect(exchange.second.last("MESSAGE") != nil && exchange.east.heard.isEmpty)
    #expect(observations(exchange) == [.methods(refusal)])
  }

  @Test("a request that waited for a name is observed once")
  func waiting() {
    var layout = Self.layout(.observe)
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    exchange.element.names["new.example"] = .some(endpoint(Stage.east).address)
    exchange.send(
      Ask("MESSAGE") { $0.more.append("Route: <sip:new.example;lr>") }.text, from: exchange.west)
    exchange.pause(.milliseconds(500))
    #expect(exchange.east.last("MESSAGE") != nil)
    #expect(observations(exchange) == [.methods(refusal)])
  }
}
