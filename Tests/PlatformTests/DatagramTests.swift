import Basics
import Foundation
import Platform
import Testing

@Suite("Datagrams")
struct DatagramTests {
  private func start(
    _ listeners: [Listener], _ witness: Witness, workers: Int = 1, notes: Bool = false
  ) throws -> Workers<EchoElement> {
    var settings = Settings()
    settings.workers = workers
    return try Workers(listeners, settings) { worker, _ in
      EchoElement(worker, witness, notes: notes)
    }
  }

  @Test("batches come back whole and in order", arguments: [true, false])
  func echo(ipv4: Bool) throws {
    let workers = try start([Listener(.udp, ipv4 ? loopback : loopback6)], Witness())
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    let peer = Peer.datagrams(ipv4: ipv4)
    for round in 0..<10 {
      for number in 0..<100 { peer.send(Array("E \(round) \(number)".utf8), to: port) }
      for number in 0..<100 {
        #expect(peer.read() == Array("E \(round) \(number)".utf8))
      }
    }
    let counters = workers.counters(of: 0)
    #expect(eventually { counters[.datagramsOut] == 1000 })
    #expect(counters[.datagramsIn] == 1000)
    #expect(counters[.failures] == 0)
  }

  @Test("a socket is looked at while there is load, and watched again when there is none")
  func polled() throws {
    let workers = try start([Listener(.udp, loopback)], Witness())
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    let peer = Peer.datagrams()
    let counters = workers.counters(of: 0)
    for _ in 0..<3 {
      let before = counters[.pollings]
      let loaded = eventually {
        for number in 0..<50 { peer.send(Array("E \(number)".utf8), to: port) }
        for number in 0..<50 where peer.read() != Array("E \(number)".utf8) { return false }
        return counters[.pollings] > before
      }
      #expect(loaded)
      // Longer than it is looked at for nothing: only a watch wakes the worker now.
      let quiet = eventually {
        let turns = counters[.turns]
        Thread.sleep(forTimeInterval: 0.05)
        return counters[.turns] == turns
      }
      #expect(quiet)
      peer.send(Array("E again".utf8), to: port)
      #expect(peer.read() == Array("E again".utf8))
    }
  }

  @Test("the longest datagram there is comes back uncut")
  func longest() throws {
    let workers = try start([Listener(.udp, loopback)], Witness())
    defer { ended(workers) }
    let peer = Peer.datagrams()
    let octets = [0x45] + (1..<65_507).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    #expect(peer.send(octets, to: workers.listeners[0].local.port))
    #expect(peer.readsDatagram(octets))
  }

  @Test("a datagram that is too long, or for another family, is told to its owner")
  func failures() throws {
    let witness = Witness()
    let workers = try start([Listener(.udp, loopback)], witness)
    defer { ended(workers) }
    let peer = Peer.datagrams()
    let flow = Flow(.udp, listener: 0, remote: peer.endpoint)
    workers.post(.send(flow, owner: 41, count: 65_508, times: 1), to: 0)
    let other = Flow(.udp, listener: 0, remote: Endpoint(loopback6.address, port: 9))
    workers.post(.send(other, owner: 42, count: 10, times: 1), to: 0)
    let none = Flow(.udp, listener: 9, remote: peer.endpoint)
    workers.post(.send(none, owner: 43, count: 10, times: 1), to: 0)
    // A datagram may say that it came from port 0, to which nothing can be sent.
    let zero = Flow(.udp, listener: 0, remote: loopback)
    workers.post(.send(zero, owner: 44, count: 10, times: 1), to: 0)
    workers.post(.send(flow, owner: 45, count: 10, times: 1), to: 0)
    #expect(peer.read()?.count == 10)
    #expect(eventually { witness.failed.count == 4 })
    #expect(witness.failed.sorted() == [41, 42, 43, 44])
  }

  @Test("what one peer's host refuses by ICMP costs no other peer a datagram")
  func unreachable() throws {
    let witness = Witness()
    let workers = try start([Listener(.udp, loopback)], witness)
    defer { ended(workers) }
    let gone = Flow(.udp, listener: 0, remote: Peer.datagrams().endpoint)
    let peer = Peer.datagrams()
    let flow = Flow(.udp, listener: 0, remote: peer.endpoint)
    for round in 0..<50 as Range<UInt8> {
      workers.post(.send(gone, owner: 1, count: 10, times: 2), to: 0)
      workers.post(.send(flow, owner: 2, count: Int(round) + 1, times: 1), to: 0)
      #expect(peer.read()?.count == Int(round) + 1)
      #expect(peer.send([0x45, round], to: workers.listeners[0].local.port))
      #expect(peer.read() == [0x45, round])
    }
    #expect(witness.failed.isEmpty)
  }

  @Test("datagrams of no octets are counted and stop nobody")
  func empty() throws {
    let workers = try start([Listener(.udp, loopback)], Witness())
    defer { ended(workers) }
    let peer = Peer.datagrams()
    let port = workers.listeners[0].local.port
    for _ in 0..<10 { #expect(peer.send([], to: port)) }
    #expect(peer.send([0x45], to: port))
    #expect(peer.read() == [0x45])
    #expect(workers.counters(of: 0)[.unusable] == 10)
  }

  @Test("two listeners answer each from its own port")
  func listeners() throws {
    let listeners = [Listener(.udp, loopback), Listener(.udp, loopback)]
    let workers = try start(listeners, Witness())
    defer { ended(workers) }
    let peer = Peer.datagrams()
    for listener in workers.listeners {
      #expect(peer.connect(to: listener.local.port))
      #expect(peer.write("E"))
      #expect(peer.read() == Array("E".utf8))
    }
  }

  @Test("letters and timers reach the element")
  func letters() throws {
    let witness = Witness()
    let workers = try start([Listener(.udp, loopback)], witness)
    defer { ended(workers) }
    workers.post(.note("first"), to: 0)
    workers.post(.note("second"), to: 0)
    workers.post(.wake(Clock.now() + .milliseconds(20)), to: 0)
    #expect(eventually { witness.letters == ["first", "second"] })
    #expect(eventually { witness.expired == 1 })
  }

  @Test("an idle worker sleeps")
  func idle() throws {
    let workers = try start([Listener(.udp, loopback), Listener(.tcp, loopback)], Witness())
    defer { ended(workers) }
    let peer = Peer.datagrams()
    peer.send(Array("E".utf8), to: workers.listeners[0].local.port)
    #expect(peer.read() != nil)
    usleep(50_000)
    let turns = workers.counters(of: 0)[.turns]
    let time = workers.processorTime(of: 0)
    usleep(300_000)
    #expect(workers.counters(of: 0)[.turns] <= turns + 2)
    #expect(workers.processorTime(of: 0) < time + .milliseconds(2))
  }

  @Test("under load the loop naps, and one message alone does not wait")
  func batching() throws {
    let workers = try start([Listener(.udp, loopback)], Witness())
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    let peer = Peer.datagrams()
    peer.send(Array("E".utf8), to: port)
    #expect(peer.read() != nil)
    #expect(workers.counters(of: 0)[.naps] == 0)
    for _ in 0..<200 {
      for _ in 0..<20 { peer.send(Array("D".utf8), to: port) }
      usleep(500)
    }
    #expect(workers.counters(of: 0)[.naps] > 0)
  }
}
