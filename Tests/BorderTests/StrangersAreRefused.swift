import Admission
import Basics
import Border
import Rehearsal
import SIP
import Testing

@Suite("`unknown: refuse`: a source that no peer has is told so, and nobody is flooded by it")
struct StrangersAreRefused {
  private func exchange(_ change: (inout Layout) -> Void = { _ in }) -> Exchange {
    var layout = Stage.layout()
    layout.unknown = .refuse
    change(&layout)
    return Exchange(layout)
  }

  private func stranger(_ exchange: Exchange, at place: String = "10.9.0.1:5060") -> Talker {
    Talker("stranger", in: exchange.world, at: place, over: .udp)
  }

  @Test("a stateless 403, the same each time; nothing of it is left, and it costs no line")
  func refused() {
    let exchange = exchange()
    let stranger = stranger(exchange)
    for _ in 1...2 { exchange.send(Ask("INVITE").text, from: stranger) }
    #expect(stranger.heard.map(\.message.startLine).allSatisfy { $0 == "SIP/2.0 403 Forbidden" })
    #expect(stranger.heard.count == 2 && Set(stranger.heard.map(\.bytes)).count == 1)
    let (cause, notes) = (exchange.element.passage.verdict, exchange.element.notes.count)
    #expect(cause == .refused(Refusal(403, .forbidden, .unknownSource)))
    #expect(notes == 0 && exchange.element.counters.unknownSource == 2)
    #expect(exchange.element.isEmpty)
    #expect(exchange.east.heard.isEmpty)
  }

  @Test("so is a peer that comes to a listener which it may not use")
  func listener() {
    let exchange = exchange { $0.limit(PeerID(raw: 0), to: 0b10) }
    exchange.send(Ask("OPTIONS").text, from: exchange.west)
    #expect(exchange.west.all("403").count == 1)
    let verdict = exchange.element.passage.verdict
    #expect(verdict == .refused(Refusal(403, .forbidden, .listenerNotAllowed)))
  }

  @Test("silence is the default")
  func silence() {
    let exchange = Exchange()
    let stranger = stranger(exchange)
    exchange.send(Ask("INVITE").text, from: stranger)
    #expect(stranger.heard.isEmpty)
  }

  @Test("never for an ACK, a response, or what is no sound request")
  func never() {
    let exchange = exchange()
    let stranger = stranger(exchange)
    let sound = Ask("OPTIONS").text
    let texts = [
      Ask("ACK").text, sound.replacing("OPTIONS sip:bob@10.0.0.1 SIP/2.0", with: "SIP/2.0 200 OK"),
      sound.replacing("Call-ID", with: "Called"), sound.replacing("SIP/2.0/UDP", with: "SIP/2.0/"),
      "OPTIONS", "\r\n\r\n", sound.replacing("CSeq: 1", with: "CSeq: one"),
    ]
    for text in texts { exchange.send(text, from: stranger) }
    #expect(stranger.heard.isEmpty)
    #expect(exchange.element.counters.unknownSource == texts.count)
    exchange.send(sound, from: stranger)
    #expect(stranger.heard.count == 1)
  }

  @Test("to the very source, whatever address and port its Via names")
  func toTheSource() {
    let exchange = exchange()
    let stranger = stranger(exchange)
    let victims = ["10.9.0.1:5070", "10.9.0.2:5060"].map {
      Talker($0, in: exchange.world, at: $0, over: .udp)
    }
    for victim in victims {
      let ask = Ask("OPTIONS") { $0.via = ["SIP/2.0/UDP \(victim.name);branch=z9hG4bKv"] }
      exchange.send(ask.text, from: stranger)
    }
    #expect(victims.map(\.heard.count) == [0, 0])
    #expect(stranger.all("403").count == 2)
  }

  @Test("never larger than `amplification` times what came, and silence where it would be")
  func amplification() {
    // The tag and the stamps on the Via make the answer larger than so short a request.
    let ask = Ask("OPTIONS") { ask in
      (ask.more, ask.maxForwards) = ([], nil)
      ask.uri = "sip:a"
      ask.via = ["SIP/2.0/UDP far.example;rport;branch=z9hG4bKv"]
    }
    for (times, count) in [(1, 0), (2, 1), (3, 1)] {
      let exchange = exchange { $0.amplification = times }
      let stranger = stranger(exchange)
      exchange.send(ask.text, from: stranger)
      #expect(stranger.heard.count == count, "\(times)")
      #expect(stranger.heard.allSatisfy { $0.bytes.count <= times * ask.text.utf8.count })
    }
  }

  @Test("10 a second at most for all sources and workers together, and silence beyond")
  func pace() {
    var layout = Stage.layout()
    layout.unknown = .refuse
    let (world, shared) = (World(seed: 7), Shared())
    let workers = (UInt8(0)..<2).map {
      Element(world, layout.configuration(), worker: $0, of: 2, sharing: shared)
    }
    var sources: [Talker] = []
    for place in 0..<200 {
      sources.append(Talker("s\(place)", in: world, at: "10.9.0.\(place + 1):5060", over: .udp))
    }
    for second in 1...5 {
      for (place, source) in sources.enumerated() {
        workers[place % 2].datagram(
          Array(Ask("OPTIONS").text.utf8), from: source.endpoint, to: endpoint(Layout.border))
      }
      world.run(for: .seconds(1))
      let heard = sources.map(\.heard.count).reduce(0, +)
      #expect(heard == 10 * second)
    }
    #expect(workers.map(\.counters.unknownSource).reduce(0, +) == 1000)
  }
}
