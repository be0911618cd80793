import Basics
import Platform
import Testing

/// Listener 0 is for all, 1 for nobody.
@Suite("Who is not admitted costs one look")
struct AdmissionTests {
  private func start(_ transport: Transport, _ witness: Witness, workers count: Int = 1) throws
    -> Workers<EchoElement>
  {
    var settings = Settings()
    settings.workers = count
    let listener = Listener(transport, loopback)
    return try Workers([listener, listener], settings) { worker, _ in
      // It owns nothing itself: all that passes would go through a ring.
      EchoElement(worker, witness, steered: count > 1, notes: true, turnsAway: 1)
    }
  }

  @Test("a connection is ended as soon as it is there, without an abort, and told to nobody")
  func connections() throws {
    let witness = Witness()
    let workers = try start(.tcp, witness)
    defer { ended(workers) }
    let good = Peer.stream(to: workers.listeners[0].local.port)
    for number in 0..<50 {
      let strange = Peer.stream(to: workers.listeners[1].local.port)
      // Before it is accepted, as a rule: what it says must not make the end an abort.
      if number % 2 == 0 { strange.write(message("E", "let me in")) }
      #expect(strange.read().map(\.count) == 0)
      #expect(good.write(message("E", "I am in")))
      #expect(good.reads(message("E", "I am in")))
    }
    #expect(workers.counters(of: 0)[.strangeConnections] == 50)
    #expect(workers.counters(of: 0)[.accepted] == 1)
    #expect(witness.messages.allSatisfy { $0.flow.listener == 0 })
  }

  @Test("a datagram is let fall before its owner is asked for")
  func datagrams() throws {
    let witness = Witness()
    let workers = try start(.udp, witness, workers: 2)
    defer { ended(workers) }
    let peers = (0..<8).map { _ in Peer.datagrams() }
    for peer in peers {
      for owner in 0..<2 {
        peer.send(Array(message("E", "\(owner) strange").utf8), to: workers.listeners[1].local.port)
      }
    }
    func sum(_ count: Count) -> UInt64 {
      (0..<2).map { workers.counters(of: $0)[count] }.reduce(0, +)
    }
    #expect(eventually { sum(.unwelcome) == 16 })
    #expect(sum(.handedOver) == 0)
    #expect(witness.messages.isEmpty)
    let text = message("E", "0 known")
    peers[0].send(Array(text.utf8), to: workers.listeners[0].local.port)
    #expect(peers[0].readsDatagram(Array(text.utf8)))
  }
}
