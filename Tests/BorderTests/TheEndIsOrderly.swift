import Basics
import Border
import Rehearsal
import Testing

@Suite("A border that goes gives back all that it keeps")
struct TheEndIsOrderly {
  private static let now = Instant(nanoseconds: 1_000_000_000)

  /// Takes in requests, and is then dropped as it is.
  /// - Returns: how many messages it kept at its end.
  private func keptAtTheEnd(_ texts: [String], _ layout: Layout = Stage.layout()) -> Int {
    let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    var border = Border(layout.configuration(), seed: seed, now: Self.now)
    var outbox = Outbox()
    let flow = Flow(.udp, listener: 0, remote: endpoint(Stage.west))
    for text in texts {
      border.receive(Array(text.utf8).span, from: flow, now: Self.now, into: &outbox)
      outbox.clear()
    }
    return border.occupancy.keptMessages
  }

  @Test("with transactions of all kinds under way: an assertion of the shelf ends the test if not")
  func transactions() {
    // The INVITE with its 100 and as it was sent, the OPTIONS as it came and as it was sent.
    #expect(keptAtTheEnd([Ask("INVITE").text, Ask("OPTIONS").text]) == 5)
  }

  @Test("with a request that waits for a name")
  func parked() {
    var layout = Stage.layout()
    layout.resolvesNames = true
    let invite = Ask("INVITE") { $0.more.append("Route: <sip:somewhere.example;lr>") }
    // As it came, and its 100.
    #expect(keptAtTheEnd([invite.text], layout) == 2)
  }
}
