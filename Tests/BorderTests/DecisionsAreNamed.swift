import Admission
import Basics
import Border
import Rehearsal
import SIP
import Testing

@Suite("Every decision has a name in the log, and in the answer where the policy allows it")
struct DecisionsAreNamed {
  private func layout(tells: Bool) -> Layout {
    var layout = Layout()
    layout.peer(
      "west", ["10.1.0.0/16"], at: [Stage.west], methods: MethodSet([.invite, .ack, .options]),
      tellsDecisions: tells)
    return layout
  }

  /// The ids that notes have, in their order.
  private func told(_ element: Element) -> [UInt64] {
    element.notes.compactMap { note in
      switch note {
      case .refused(_, let subject, method: _): subject.decision
      case .malformed(_, _, let subject, isAnswered: _): subject.decision
      default: nil
      }
    }
  }

  private static let asks: [Ask] = [
    Ask("PUBLISH"), Ask("INVITE") { $0.maxForwards = "0" },
    Ask("OPTIONS") { $0.more.append("CSeq: x") }, Ask("INVITE") { $0.uri = "<>" },
  ]

  @Test("RFC 3261 §20.43: the Warning of a refusal names what the log names, and no host")
  func named() throws {
    let exchange = Exchange(layout(tells: true))
    for ask in Self.asks { exchange.send(ask.text, from: exchange.west) }
    let warnings = exchange.west.heard.map { $0.message["Warning"] }
    let ids = told(exchange.element)
    #expect(ids.count == Self.asks.count)
    #expect(Set(ids).count == ids.count)
    #expect(!ids.contains(0))
    let expected = ids.map { id in
      let digits = String(id, radix: 16)
      return "399 sbc \"decision \(String(repeating: "0", count: 16 - digits.count))\(digits)\""
    }
    #expect(warnings == expected)
  }

  @Test("by default the answer tells nothing of it, and the log does all the same")
  func unnamed() {
    let exchange = Exchange(layout(tells: false))
    for ask in Self.asks { exchange.send(ask.text, from: exchange.west) }
    #expect(exchange.west.heard.count == Self.asks.count)
    #expect(exchange.west.heard.allSatisfy { $0.message["Warning"] == nil })
    #expect(told(exchange.element).allSatisfy { $0 != 0 })
  }

  @Test("what is observed of a request and what is decided on it have one name")
  func oneName() {
    var layout = Layout()
    layout.peer(
      "west", ["10.1.0.0/16"], at: [Stage.west], methods: MethodSet([.invite]), mode: .observe)
    let exchange = Exchange(layout)
    exchange.send(Ask("MESSAGE").text, from: exchange.west)
    let ids = exchange.element.notes.compactMap { note in
      switch note {
      case .observed(_, let subject, method: _), .refused(_, let subject, method: _):
        subject.decision
      default: nil
      }
    }
    #expect(ids.count == 2)
    #expect(Set(ids).count == 1)
  }

  @Test("a request that waited for a name is refused by name as well")
  func waited() throws {
    var layout = layout(tells: true)
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    exchange.element.names["dead.example"] = .some(nil)
    exchange.send(
      Ask("INVITE") { $0.more.append("Route: <sip:dead.example;lr>") }.text, from: exchange.west)
    exchange.pause(.seconds(1))
    let id = try #require(told(exchange.element).last)
    let heard = try #require(exchange.west.last("500"))
    #expect(heard.message["Warning"]?.hasSuffix("\(String(id, radix: 16))\"") == true)
  }
}
