import Basics
import CLinux
import Foundation
import Platform
import Testing

@Suite("Workers")
struct WorkersTests {
  @Test("a port in use is one clear line", arguments: [Transport.udp, .tcp])
  func portInUse(transport: Transport) throws {
    let first = try Workers([Listener(transport, loopback)], Settings()) { worker, _ in
      EchoElement(worker, Witness())
    }
    defer { ended(first) }
    let taken = first.listeners[0]
    let error = #expect(throws: Refusal.self) {
      _ = try Workers([taken], Settings()) { worker, _ in EchoElement(worker, Witness()) }
    }
    #expect(error == .addressInUse(taken))
    let port = taken.local.port
    #expect(error?.description == "\(transport) 127.0.0.1:\(port): the port is in use")
  }

  @Test("an address of another machine, and a transport that is not there")
  func notAvailable() {
    let foreign = Listener(.udp, Endpoint(Address(ipv4: 0xc000_0201), port: 5060))
    let error = #expect(throws: Refusal.self) {
      _ = try Workers([foreign], Settings()) { worker, _ in EchoElement(worker, Witness()) }
    }
    #expect(error == .addressNotAvailable(foreign))
    #expect(error?.description == "udp 192.0.2.1:5060: this machine has no such address")
    let secure = Listener(.tls, loopback6)
    let second = #expect(throws: Refusal.self) {
      _ = try Workers([secure], Settings()) { worker, _ in EchoElement(worker, Witness()) }
    }
    #expect(second == .unsupported(secure))
    #expect(second?.description == "tls [::1]:0: this transport cannot be opened here")
  }

  private final class Material: Sendable {}

  @Test("what elements are made from goes once they are made, and they serve on")
  func materialGoes() throws {
    weak var held: Material?
    func start() throws -> Workers<EchoElement> {
      let material = Material()
      held = material
      return try Workers([Listener(.udp, loopback)], Settings()) { worker, _ in
        withExtendedLifetime(material) { EchoElement(worker, Witness()) }
      }
    }
    let workers = try start()
    defer { ended(workers) }
    let isGone = eventually { held == nil }
    #expect(isGone)
  }

  @Test("draining ends the threads, and an element that does not drain ends in time")
  func drain() throws {
    let first = try Workers([Listener(.udp, loopback)], twoWorkers) { worker, _ in
      EchoElement(worker, Witness())
    }
    let began = Clock.now()
    first.drain(within: .seconds(30)) { _ in .drain }
    first.join()
    #expect(Clock.now() - began < .seconds(5))

    let second = try Workers([Listener(.udp, loopback)], twoWorkers) { worker, _ in
      EchoElement(worker, Witness())
    }
    let then = Clock.now()
    second.drain(within: .milliseconds(100)) { $0 == 0 ? .drain : .note("not I") }
    second.join()
    #expect(Clock.now() - then >= .milliseconds(100))
  }

  @Test("what another worker owns reaches it, in order")
  func handOver() throws {
    let witness = Witness()
    let workers = try Workers([Listener(.udp, loopback)], twoWorkers) { worker, _ in
      EchoElement(worker, witness, steered: true, notes: true)
    }
    defer { ended(workers) }
    let peer = Peer.datagrams()
    let port = workers.listeners[0].local.port
    for number in 0..<2_000 {
      peer.send(Array(message("D", "\(number % 2)-\(number)").utf8), to: port)
    }
    #expect(eventually { witness.messages.count == 2_000 })
    for worker in 0..<2 {
      let got = witness.messages.filter { $0.worker == worker }.map(\.text)
      let wanted = stride(from: worker, to: 2_000, by: 2).map { message("D", "\(worker)-\($0)") }
      let isSame = got == wanted
      #expect(isSame)
    }
    let handed = (0..<2).map { workers.counters(of: $0)[.handedOver] }.reduce(0, +)
    #expect(handed == 1_000)
  }

  @Test("an answer goes out on the stream that another worker holds")
  func foreignStream() throws {
    let witness = Witness()
    let workers = try Workers([Listener(.tcp, loopback)], twoWorkers) { worker, _ in
      EchoElement(worker, witness, steered: true, notes: true)
    }
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    let peer = Peer.stream(to: port)
    for number in 0..<100 {
      let text = message("E", "\(number % 2) \(number)")
      #expect(peer.write(text))
      #expect(peer.reads(text))
    }
    let holders = Set(witness.messages.compactMap { $0.flow.connection?.worker })
    #expect(holders.count == 1)
    #expect(Set(witness.messages.map(\.worker)) == [0, 1])
    // Closing it from the worker that does not hold it.
    let other = holders.contains(0) ? 1 : 0
    let last = message("X", "\(other)")
    #expect(peer.write(last))
    #expect(peer.reads(last))
    #expect(peer.isClosedByOther())
  }

  @Test("a failure on another worker's stream is told to the worker that sent")
  func foreignFailure() throws {
    let witness = Witness()
    let workers = try Workers([Listener(.tcp, loopback)], twoWorkers) { worker, _ in
      EchoElement(worker, witness, steered: true, notes: true)
    }
    defer { ended(workers) }
    let remote = Peer.refusing()
    let gone = Connection(worker: 1, handle: Handle(index: 3, generation: 9))
    let flow = Flow(.tcp, listener: 0, remote: remote, connection: gone)
    workers.post(.send(flow, owner: 77, count: 5, times: 1), to: 0)
    #expect(eventually { witness.failed == [77] })
    #expect(workers.counters(of: 1)[.failures] == 1)
    #expect(workers.counters(of: 1)[.handedOver] == 1)
    #expect(workers.counters(of: 0)[.takenOver] == 1)
  }

  @Test("workers with nothing to do end at once, however the end meets them")
  func idleEnd() throws {
    var late = 0
    for _ in 0..<200 {
      let workers = try Workers([Listener(.udp, loopback)], twoWorkers) { worker, _ in
        EchoElement(worker, Witness())
      }
      usleep(300)
      let began = Clock.now()
      workers.drain(within: .milliseconds(400)) { _ in .drain }
      workers.join()
      if Clock.now() - began >= .milliseconds(390) { late += 1 }
    }
    #expect(late == 0)
  }

  @Test("signals are values, and SIGHUP says from whom it is")
  func signals() throws {
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, nil, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let signals = try Signals()
    let none = signals.next(within: .milliseconds(1))
    #expect(none == nil)
    raise(SIGHUP)
    let first = signals.next(within: .seconds(5))
    raise(SIGTERM)
    let second = signals.next(within: .seconds(5))
    #expect(first == .hangUp(from: .process(getpid())))
    #expect(second == .terminate)
  }

  @Test("entropy is of the asked length and not twice the same")
  func entropy() {
    #expect(Entropy.bytes(33).count == 33)
    #expect(Entropy.bytes(0).isEmpty)
    #expect(Entropy.key() != Entropy.key())
  }

  private var twoWorkers: Settings {
    var settings = Settings()
    settings.workers = 2
    return settings
  }
}
