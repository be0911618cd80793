import Basics
import CLinux
import Foundation
import Platform
import Synchronization
import Testing

/// Two workers; the one that holds the streams is quick, and the other stands still for a while.
@Suite("What waits for another worker")
struct HeldStreamTests {
  private final class Scene {
    let witness = Witness()
    let workers: Workers<EchoElement>
    /// Held by one worker.
    let streams: [Peer]
    let quick: Int
    let slow: Int

    init(streams count: Int) throws {
      var settings = Settings()
      settings.workers = 2
      settings.limits.message = 2_048
      settings.limits.ring = 4_096
      let witness = witness
      workers = try Workers([Listener(.tcp, loopback), Listener(.udp, loopback)], settings) {
        worker, _ in
        EchoElement(worker, witness, steered: true, notes: true)
      }
      // The kernel chooses the worker of a connection by a hash of its port.
      var held: [[Peer]] = [[], []]
      while held[0].count < count, held[1].count < count {
        let peer = Peer.stream(to: workers.listeners[0].local.port)
        #expect(peer.write(message("E", "0")))
        #expect(peer.reads(message("E", "0")))
        let holder = witness.messages.last?.flow.connection?.worker
        held[Int(try #require(holder))].append(peer)
      }
      quick = held[0].count == count ? 0 : 1
      slow = 1 - quick
      streams = held[quick]
      witness.note { $0.messages = [] }
    }

    func counter(_ count: Count) -> UInt64 { workers.counters(of: quick)[count] }

    /// A message that the slow worker owns and does not answer.
    func text(_ number: Int) -> String {
      message("D", "\(slow) \(number) " + String(repeating: "x", count: 100))
    }

    func arrived() -> [String] { witness.messages.filter { $0.worker == slow }.map(\.text) }
  }

  @Test("a stream whose messages find no room is not read, loses nothing, and spins for nobody")
  func nothingIsLost() throws {
    let scene = try Scene(streams: 2)
    defer { ended(scene.workers) }
    scene.workers.post(.pause(400), to: scene.slow)
    usleep(20_000)
    let texts = (0..<1_000).map(scene.text)
    #expect(scene.streams[0].write(texts.joined()))
    #expect(eventually { scene.counter(.held) > 0 })
    let turns = scene.counter(.turns)
    // Another stream of the same worker, whose messages go elsewhere, is as quick as ever.
    for number in 0..<20 {
      let text = message("E", "\(scene.quick) \(number)")
      #expect(scene.streams[1].write(text))
      #expect(scene.streams[1].reads(text))
    }
    usleep(200_000)
    #expect(scene.counter(.turns) < turns + 60)
    #expect(scene.arrived().count < 1_000)
    #expect(eventually { scene.arrived().count == 1_000 })
    let isSame = scene.arrived() == texts.map { String($0.prefix(32)) }
    #expect(isSame)
    #expect(scene.counter(.ringFull) == 0)
    let text = message("E", "\(scene.slow) still there")
    #expect(scene.streams[0].write(text))
    #expect(scene.streams[0].reads(text))
  }

  @Test("streams that end while they are held, by an end or an abort, lose nothing either")
  func endsWhileHeld() throws {
    let scene = try Scene(streams: 8)
    defer { ended(scene.workers) }
    let open = scene.counter(.open)
    scene.workers.post(.pause(400), to: scene.slow)
    usleep(20_000)
    let burst = (0..<100).map(scene.text).joined()
    for (place, stream) in scene.streams.enumerated() {
      #expect(stream.write(burst))
      guard place > 1 else { continue }
      // All that it wrote is in the kernel's hands; an abort would throw it away before it is read.
      #expect(eventually { scene.counter(.octetsIn) >= UInt64((place + 1) * burst.utf8.count) })
      if place % 2 == 0 { stream.abort() } else { shutdown(stream.number, Int32(SHUT_WR)) }
    }
    let turns = scene.counter(.turns)
    usleep(200_000)
    #expect(scene.counter(.turns) < turns + 60)
    #expect(eventually { scene.arrived().count == 800 })
    #expect(eventually { scene.counter(.open) == open - 6 })
  }

  @Test("of a stream closed while it is held nothing more is taken, and it spins for nobody")
  func closedWhileHeld() throws {
    let scene = try Scene(streams: 1)
    defer { ended(scene.workers) }
    let name = message("D", "\(scene.quick) name")
    #expect(scene.streams[0].write(name))
    #expect(eventually { !scene.witness.messages.isEmpty })
    let connection = try #require(scene.witness.messages.last?.flow.connection)
    let before = scene.counter(.handedOver)
    scene.workers.post(.pause(500), to: scene.slow)
    usleep(20_000)
    let texts = (0..<200).map(scene.text)
    #expect(scene.streams[0].write(texts.joined()))
    #expect(eventually { scene.counter(.held) > 0 })
    let handedOver = scene.counter(.handedOver) - before
    scene.workers.post(.close(connection), to: scene.quick)
    #expect(scene.streams[0].isClosedByOther())
    #expect(scene.streams[0].write(texts.joined()))
    let turns = scene.counter(.turns)
    usleep(200_000)
    #expect(scene.counter(.turns) < turns + 60)
    #expect(eventually { scene.arrived().count >= Int(handedOver) })
    usleep(50_000)
    let isPrefix =
      scene.arrived() == texts.prefix(Int(handedOver)).map { String($0.prefix(32)) }
    #expect(isPrefix)
    // Worker 0 sent the first echo on the stream. Its word that the stream has ended goes the way
    // of the messages where it is the slow one, at any time after the peer has seen the end.
    let words: UInt64 = scene.slow == 0 ? 1 : 0
    #expect(scene.counter(.handedOver) == before + handedOver + words)
    #expect(scene.witness.seen.withLock { $0.unanswered } == [7])
  }

  @Test("streams that waited are gone on with in bounds: a turn does not take them all")
  func bounded() throws {
    let scene = try Scene(streams: 64)
    defer { ended(scene.workers) }
    scene.workers.post(.pause(400), to: scene.slow)
    usleep(20_000)
    #expect(scene.streams[0].write((0..<100).map(scene.text).joined()))
    #expect(eventually { scene.counter(.held) == 1 })
    let own = (0..<50).map { message("D", "\(scene.quick) \($0)") }.joined()
    for stream in scene.streams.dropFirst() { #expect(stream.write(scene.text(0) + own)) }
    #expect(eventually { scene.counter(.held) == 64 })
    scene.witness.note { $0.turns = [:] }
    #expect(eventually { scene.witness.messages.count == 100 + 63 * 51 })
    let most = scene.witness.mostInTurn
    #expect(most <= 16 * 50 + 16)
  }

  @Test("no wake-up is lost, though the way to the other worker is full again and again")
  func wakeUps() throws {
    let scene = try Scene(streams: 4)
    defer { ended(scene.workers) }
    let burst = (0..<500).map(scene.text).joined()
    let writers = scene.streams.map { stream in
      Foundation.Thread {
        for _ in 0..<10 where !stream.write(burst) { return }
      }
    }
    for writer in writers { writer.start() }
    #expect(eventually { scene.arrived().count == 20_000 })
    #expect(scene.counter(.held) > 20)
    #expect(scene.counter(.ringFull) == 0)
  }

  @Test("the end waits for what is on its way to another worker, and for what that leads to")
  func end() throws {
    let scene = try Scene(streams: 1)
    // The slow worker is told to drain, and then stands still: when it goes on, it has nothing left
    // to do but what was handed to it meanwhile.
    scene.workers.post(.pause(100), to: scene.slow)
    usleep(20_000)
    scene.workers.post(.drain, to: scene.slow)
    scene.workers.post(.pause(200), to: scene.slow)
    scene.workers.drain(within: .seconds(20)) { $0 == scene.quick ? .drain : .note("already") }
    usleep(150_000)
    let text = message("E", "\(scene.slow) last")
    #expect(scene.streams[0].write(text))
    #expect(scene.streams[0].reads(text))
    let began = Clock.now()
    scene.workers.join()
    #expect(Clock.now() - began < .seconds(5))
  }

  @Test("datagrams that find no room are lost and counted")
  func datagrams() throws {
    let scene = try Scene(streams: 1)
    defer { ended(scene.workers) }
    scene.workers.post(.pause(300), to: scene.slow)
    usleep(20_000)
    let port = scene.workers.listeners[1].local.port
    // From many ports, so that the quick worker gets some of them.
    let peers = (0..<16).map { _ in Peer.datagrams() }
    for _ in 0..<64 {
      for peer in peers { peer.send(Array(scene.text(1).utf8), to: port) }
    }
    #expect(eventually { scene.counter(.ringFull) > 0 })
    #expect(scene.counter(.held) == 0)
  }

  @Test("the end of a stream is told to the other worker, however full the way to it is")
  func failures() throws {
    let scene = try Scene(streams: 2)
    defer { ended(scene.workers) }
    let server = Peer.listening()
    // A stream of the quick worker, named to the slow one, which sends on it.
    #expect(scene.streams[1].write(message("D", "\(scene.slow) name")))
    #expect(eventually { !scene.witness.messages.isEmpty })
    var flow = try #require(scene.witness.messages.last?.flow)
    flow.remote = server.endpoint
    scene.workers.post(.send(flow, owner: 100, count: 10, times: 50), to: scene.slow)
    #expect(scene.streams[1].read(exactly: 500).count == 500)
    scene.workers.post(.pause(300), to: scene.slow)
    usleep(20_000)
    #expect(scene.streams[0].write((0..<1_000).map(scene.text).joined()))
    #expect(eventually { scene.counter(.held) > 0 })
    shutdown(scene.streams[1].number, Int32(SHUT_RDWR))
    #expect(eventually { scene.witness.unanswered.count == 50 })
    #expect(scene.witness.unanswered == Array(100..<150))
    #expect(eventually { scene.arrived().count == 1_001 })
    #expect(scene.counter(.ringFull) == 0)
  }
}
