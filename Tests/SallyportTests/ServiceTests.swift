import Basics
import Border
import Foundation
import Platform
import Policy
import Synchronization
import Testing

@testable import sallyport

/// The main thread with two workers, whose next policies are loaded when the test says so.
private final class Serving: Sendable {
  static let text = """
    version: 1
    element: { workers: 2 }
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
    peers:
      - { name: left, sources: [10.1.0.0/16] }
    """
  private static let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)

  private let orders = Mutex<Orders?>(nil)
  /// One signal lets one policy be loaded.
  let gate = DispatchSemaphore(value: 0)
  let loads = Atomic<Int>(0)
  private let began = DispatchSemaphore(value: 0)
  private let ended = DispatchGroup()

  init() throws {
    let snapshot = try Snapshot.load(text: Self.text, name: "p", cores: 2)
    DispatchQueue(label: "main").async(group: ended) { [self] in
      do {
        try serve(snapshot)
      } catch {
        Issue.record(error)
        began.signal()
      }
    }
    began.wait()
  }

  private func serve(_ snapshot: Snapshot) throws {
    let signals = try Signals()
    let orders = Orders(signals.bell)
    self.orders.withLock { $0 = orders }
    let journal = Journal(output: .nullDevice)
    let tally = Tally(workers: 2)
    let regime = Regime(snapshot.configuration, number: 1, seed: Self.seed)
    var settings = Platform.Settings()
    settings.workers = 2
    let local = Endpoint(Address(ipv4: 0x7f00_0001), port: 0)
    let workers = try Workers<Node>([Listener(.udp, local)], settings) { worker, _ in
      let border = Border(
        regime, worker: UInt8(worker), of: 2, seed: Self.seed, now: Clock.now())
      let report = Report(
        level: .info, redacted: Redacted(isClear: false, secret: Key(1, 2)),
        peers: snapshot.peerNames, routes: snapshot.routeNames)
      return Node(border, report, journal, tally, worker: worker, of: 2) { _, _ in }
    }
    let succession = Succession(
      snapshot, path: "p", seed: Self.seed, sharing: regime.shared, wall: 1,
      load: { [self] _, peers throws(Rejection) in
        gate.wait()
        loads.wrappingAdd(1, ordering: .relaxed)
        return try Snapshot.load(text: Self.text, name: "p", peers: peers, cores: 2)
      })
    var service = Service(
      workers, journal, tally, orders, Terminal([]), signals.bell, succession)
    began.signal()
    service.run(signals)
    journal.close()
  }

  func ask(_ request: String) -> String {
    let orders = self.orders.withLock { $0 }
    return String(decoding: orders?.ask(request) ?? [], as: UTF8.self)
  }

  /// An answer that comes later.
  func order(_ request: String) -> Later {
    let later = Later()
    Thread.detachNewThread { [self] in later.set(ask(request)) }
    return later
  }

  func status() throws -> Status {
    let answer = ask("status json")
    #expect(answer.hasPrefix("ok\n"))
    return try JSONDecoder().decode(Status.self, from: Data(answer.dropFirst(3).utf8))
  }

  func hasEnded(within seconds: Double) -> Bool {
    ended.wait(timeout: .now() + seconds) == .success
  }

  final class Later: Sendable {
    private let text = Mutex<String?>(nil)
    private let came = DispatchSemaphore(value: 0)

    func set(_ answer: String) {
      text.withLock { $0 = answer }
      came.signal()
    }

    var isThere: Bool { text.withLock { $0 != nil } }

    func wait() -> String? {
      _ = came.wait(timeout: .now() + 10)
      return text.withLock { $0 }
    }
  }
}

@Suite("The main thread hears while a policy loads", .timeLimit(.minutes(1)), .serialized)
struct ServiceTests {
  @Test("a status is told, and what is asked for meanwhile follows: one load for all who ask")
  func orders() throws {
    let serving = try Serving()
    let first = serving.order("reload")
    try wait(for: serving) { $0.isReloading }
    let status = try serving.status()
    #expect(status.policy == 1 && status.isReloading && !first.isThere)
    // Whichever of them comes last does not wait: a place is left for who asks how things stand.
    let others = (0..<3).map { _ in serving.order("reload") }
    try wait(for: serving) { _ in others.contains(where: \.isThere) }
    let refused = others.filter(\.isThere).compactMap { $0.wait() }
    #expect(refused == ["refused\na reload goes on, and 2 more wait for it\n"])
    serving.gate.signal()
    #expect(first.wait() == "ok\npolicy 2 is in force\n")
    #expect(try serving.status().policy == 2)
    #expect(others.count { $0.isThere } == 1)
    serving.gate.signal()
    let said = others.compactMap { $0.wait() }
    #expect(said.sorted() == Array(repeating: "ok\npolicy 3 is in force\n", count: 2) + refused)
    #expect(serving.loads.load(ordering: .relaxed) == 2)
    let last = try serving.status()
    #expect(last.policy == 3 && !last.isReloading)
    #expect(serving.ask("drain").hasPrefix("ok\ndraining"))
    #expect(serving.hasEnded(within: 10))
  }

  @Test("it ends while a thread still loads, and whoever waits for that is told")
  func drain() throws {
    let serving = try Serving()
    let asked = [serving.order("reload"), serving.order("reload")]
    try wait(for: serving) { $0.isReloading }
    #expect(serving.ask("drain").hasPrefix("ok\ndraining"))
    let answer = "refused\nthe element is draining\npolicy 1 stays in force\n"
    for later in asked { #expect(later.wait() == answer) }
    #expect(serving.hasEnded(within: 10))
    #expect(serving.loads.load(ordering: .relaxed) == 0)
    serving.gate.signal()
  }

  private func wait(for serving: Serving, _ holds: (Status) -> Bool) throws {
    for _ in 0..<500 where !holds(try serving.status()) { Thread.sleep(forTimeInterval: 0.01) }
  }

  @Test(
    "before it serves as well: told to end it does not wait for its policy", arguments: [0, 1, 2])
  func start(kind: Int) throws {
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, nil, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let signals = try Signals()
    let gate = DispatchSemaphore(value: 0)
    if kind < 2 { raise([SIGTERM, SIGINT][kind]) } else { raise(SIGHUP) }
    if kind == 2 { DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) { gate.signal() } }
    let outcome = Starting.wait(signals, Terminal([])) { () throws(Rejection) in
      gate.wait()
      return try Snapshot.load(text: Serving.text, name: "p", cores: 2)
    }
    let starting = try outcome.get()
    #expect((starting == nil) == (kind < 2))
    // A SIGHUP means that the file may have changed since it was read.
    if let starting { #expect(starting.isReloadAsked && starting.regime.number == 1) }
    gate.signal()
  }

  @Test("a policy that is refused at the start is told with all that is wrong with it")
  func refusedStart() throws {
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, nil, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let outcome = Starting.wait(try Signals(), Terminal([])) { () throws(Rejection) in
      try Snapshot.load(text: Serving.text.replacing("peers", with: "pears"), name: "p", cores: 2)
    }
    let rejection = #expect(throws: Rejection.self) { try outcome.get() }
    #expect(rejection?.findings.contains { $0.message.contains("pears") } == true)
  }
}
