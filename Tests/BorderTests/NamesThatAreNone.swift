import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import Testing

@Suite("A name that cannot be resolved gets 500, and the operator hears why")
struct NamesThatAreNone {
  /// What the operator hears of it.
  private struct Told: Equatable {
    var name: String
    var cause: Unresolved
    var remote: Endpoint
  }

  private func exchange(_ names: [String: Address?] = [:]) -> Exchange {
    var layout = Stage.layout()
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    exchange.element.names = names
    return exchange
  }

  private func send(_ branch: String, by exchange: Exchange, name: String = "new.example") {
    let ask = Ask("MESSAGE") {
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK\(branch)"]
      $0.more.append("Route: <sip:\(name);lr>")
    }
    exchange.send(ask.text, from: exchange.west)
  }

  private func told(_ exchange: Exchange) -> [Told] {
    exchange.element.notes.compactMap { note in
      guard case .unresolved(let name, let cause, let subject) = note else { return nil }
      let text = String(decoding: (0..<name.count).map { name[$0] }, as: UTF8.self)
      return Told(name: text + (name.isCut ? "…" : ""), cause: cause, remote: subject.flow.remote)
    }
  }

  private func expected(_ causes: Unresolved..., name: String = "new.example") -> [Told] {
    causes.map { Told(name: name, cause: $0, remote: endpoint(Stage.west)) }
  }

  @Test("the cause that the resolver gives", arguments: Unresolved.allCases)
  func cause(cause: Unresolved) {
    let exchange = exchange(["new.example": nil])
    exchange.element.namelessness = cause
    for place in 0..<3 { send("c\(place)", by: exchange) }
    exchange.pause()
    #expect(exchange.west.all("500").count == 3)
    #expect(exchange.element.refusals.map(\.cause) == [.unknownName, .unknownName, .unknownName])
    // All three waited for one answer.
    #expect(told(exchange) == expected(cause))
    exchange.expectNothingLeft()
  }

  @Test("nobody answers before patience ends")
  func silence() {
    let exchange = exchange()
    for place in 0..<3 { send("s\(place)", by: exchange) }
    #expect(told(exchange).isEmpty)
    exchange.pause(.seconds(5))
    #expect(exchange.west.all("500").isEmpty == false)
    #expect(told(exchange) == expected(.noAnswer))
    exchange.expectNothingLeft()
  }

  @Test("an answer after that is told of where it says more", arguments: Unresolved.allCases)
  func late(cause: Unresolved) {
    let exchange = exchange(["new.example": nil])
    exchange.element.namelessness = cause
    exchange.element.resolution = .seconds(10)
    send("l", by: exchange)
    exchange.pause(.seconds(12))
    let known = cause == .noAnswer ? expected(.noAnswer) : expected(.noAnswer, cause)
    #expect(told(exchange) == known)
  }

  @Test("a name that has an address is not told of")
  func found() {
    let exchange = exchange(["new.example": endpoint(Stage.east).address])
    send("f", by: exchange)
    exchange.pause()
    #expect(exchange.east.all("MESSAGE").count == 1)
    #expect(told(exchange).isEmpty)
  }

  @Test("of a long name, its first octets")
  func long() {
    let label = String(repeating: "a", count: 60)
    let name = [label, label, label, "example"].joined(separator: ".")
    let exchange = exchange([name: nil])
    send("n", by: exchange, name: name)
    exchange.pause()
    #expect(told(exchange) == expected(.noSuchName, name: name.prefix(120) + "…"))
  }

  @Test("a note is no longer for it: what is copied for each call stays as small as a call's end")
  func size() {
    #expect(MemoryLayout<Note>.size <= MemoryLayout<Call.Summary>.size + 1)
  }
}
