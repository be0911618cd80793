import ArgumentParser
import Basics
import Border
import Foundation
import Platform
import Policy
import Routing

/// `sallyport run POLICY`: serves until it is told to stop.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve as a policy says.",
    discussion: """
      SIGTERM and SIGINT end it in order: new calls get 503, calls in progress may go on until \
      the policy's `drain`, and a second signal ends them at once. SIGUSR1 writes to the log how \
      much the tables hold, and what was counted.

      SIGHUP loads the policy anew. A policy with an error changes nothing, and the log says why; \
      calls in progress keep the policy that they began under. If it was started from a terminal, \
      and SIGHUP comes because that was closed, it ends as with SIGTERM. `sallyport ctl` does the \
      same where the policy has a control socket. Signals are heard while it loads a policy, too.
      """)

  @Argument(help: "The policy file.", completion: .file(extensions: ["yaml", "yml"]))
  var policy: String

  @Flag(
    help: """
      Load the policy, build everything, open nothing, and say what is wrong with it. Status 2 \
      means the policy, 1 that this machine has not what it takes: an address, or the folder of \
      the control socket. Whether ports are free and may be opened is not looked at: an element \
      may be serving.
      """)
  var check = false

  func validate() throws {
    guard check || policy != "-" else {
      throw ValidationError(
        "a reload reads the policy again, so it has to be a file; `--check -` looks at one that"
          + " comes from the standard input")
    }
  }

  func run() throws {
    if check {
      return try rehearse(orExit(Result { () throws(Rejection) in try load() }))
    }
    do {
      // Before any thread is started, so that none of them takes a signal.
      let signals = try Signals()
      let terminal = Terminal()
      let starting = try orExit(
        Starting.wait(signals, terminal) { [self] () throws(Rejection) in try load() })
      guard let starting else {
        Speech.say("sallyport: told to end before it began to serve")
        // A thread still loads the policy: nothing that it uses may be taken down.
        _exit(0)
      }
      try serve(starting, signals, terminal)
    } catch let refusal as Refusal {
      Speech.say("sallyport: cannot serve: \(refusal)")
      throw ExitCode(1)
    }
  }

  /// Does all that comes before anything is opened, and says what else would end it.
  private func rehearse(_ snapshot: Snapshot) throws {
    let seed = Seed(tokens: Entropy.key(), hashes: Entropy.key(), generations: Entropy.word())
    _ = Regime(snapshot.configuration, number: 1, seed: seed)
    let admin = snapshot.settings.admin.map { [Platform.Listener(.tcp, $0)] } ?? []
    let hindrances = Hindrances.all(
      admin + snapshot.platformListeners, control: snapshot.settings.control)
    guard hindrances.isEmpty else {
      for hindrance in hindrances { Speech.say("sallyport: cannot serve: \(hindrance)") }
      throw ExitCode(1)
    }
    Speech.tell("\(policy): OK")
  }

  /// - Throws: `ExitCode` when the policy was rejected, after it has been told why.
  private func orExit<Value>(_ outcome: Result<Value, Rejection>) throws -> Value {
    do throws(Rejection) {
      return try outcome.get()
    } catch {
      Speech.say(error.description)
      throw ExitCode(2)
    }
  }

  private func load() throws(Rejection) -> Snapshot {
    let snapshot = try Snapshot.load(path: policy, from: check ? .shell([policy]) : .disk)
    for warning in snapshot.warnings { Speech.say(warning.description) }
    return snapshot
  }

  private func serve(
    _ starting: Starting, _ signals: borrowing Signals, _ terminal: Terminal
  ) throws(Refusal) {
    let snapshot = starting.snapshot
    let orders = Orders(signals.bell)
    // Before any port is opened: of two who are started with one policy, one hears it from here.
    let control = try control(snapshot, orders)
    defer { control?.close() }
    let journal = Journal()
    let crew = Crew(workers: snapshot.settings.workers)
    let board = Board(starting.regime, snapshot, wall: Clock.wall())
    let admin = try admin(
      snapshot, Scrape(crew.crowd(of: snapshot.settings.workers), board, journal), board)
    defer { admin?.close() }
    let workers = try start(starting, journal, crew)
    crew.workers = workers
    announce(workers, snapshot, journal)
    try control?.start()
    let succession = Succession(
      snapshot, path: policy, seed: starting.seed, sharing: starting.regime.shared,
      wall: Clock.wall())
    var service = Service(
      workers, journal, crew.tally, orders, terminal, signals.bell, succession)
    service.board = board
    board.serves()
    if starting.isReloadAsked { service.reload() }
    service.run(signals)
    journal.close()
    if service.reloading.isAbandoned {
      control?.close()
      _exit(0)
    }
  }

  private func control(
    _ snapshot: Snapshot, _ orders: Orders
  ) throws(Refusal) -> Control? {
    guard let path = snapshot.settings.control else { return nil }
    return try Control(path) { orders.ask($0) }
  }

  private func admin(
    _ snapshot: Snapshot, _ scrape: Scrape, _ board: Board
  ) throws(Refusal) -> Admin? {
    guard let local = snapshot.settings.admin else { return nil }
    return try Admin(local, scrape, board)
  }

  private func start(
    _ starting: Starting, _ journal: Journal, _ crew: Crew
  ) throws(Refusal) -> Workers<Node> {
    let snapshot = starting.snapshot
    let configuration = snapshot.configuration
    let redacted = Redacted(
      isClear: snapshot.settings.showsPersonalData, secret: Entropy.key())
    let level = Line.Level(snapshot.settings.level)
    let peers = snapshot.peerNames
    let (routes, limits) = (snapshot.routeNames, snapshot.limitNames)
    let count = snapshot.settings.workers
    let lookups = lookups(families(configuration), workers: count)
    let (regime, seed) = (starting.regime, starting.seed)
    return try Workers<Node>(
      snapshot.platformListeners,
      Platform.Settings(snapshot.settings)
    ) { worker, _ in
      let border = Border(
        regime, worker: UInt8(worker), of: count, seed: seed, now: Clock.now())
      let report = Report(
        level: level, redacted: redacted, peers: peers, routes: routes,
        limits: limits)
      return Node(border, report, journal, crew.tally, worker: worker, of: count) {
        inquiry, worker in
        lookups.ask(inquiry.name) { crew.answer(inquiry.ticket, $0, to: worker) }
      }
    }
  }

  /// Twice as many threads as one peer can hold with dead names: 8 for each worker.
  private func lookups(_ families: (ipv4: Bool, ipv6: Bool), workers: Int) -> Lookups {
    Lookups(threads: 16 * workers, names: 256 * workers) {
      NameService.address(of: $0, families: families)
    }
  }

  private func families(_ configuration: Configuration) -> (ipv4: Bool, ipv6: Bool) {
    let addresses = configuration.listeners.map(\.local.address)
    return (addresses.contains { $0.isIPv4 }, addresses.contains { !$0.isIPv4 })
  }

  /// In plain words, for whoever looks at the terminal; through the journal, for nothing may wait
  /// for a reader any more.
  private func announce(_ workers: Workers<Node>, _ snapshot: Snapshot, _ journal: Journal) {
    for (listener, name) in zip(workers.listeners, snapshot.listeners) {
      journal.append(Array("listening on \(listener) (\(name))\n".utf8))
    }
    if let path = snapshot.settings.control {
      journal.append(Array("listening on \(path) (control)\n".utf8))
    }
    if let local = snapshot.settings.admin {
      journal.append(Array("listening on \(Platform.Listener(.tcp, local)) (admin)\n".utf8))
    }
    let count = workers.count
    let crowd = "\(count) worker\(count == 1 ? "" : "s")"
    journal.append(Array("\(snapshot.settings.name): serving with \(crowd)\n".utf8))
  }
}

extension Snapshot {
  /// Where it listens.
  fileprivate var platformListeners: [Platform.Listener] {
    configuration.listeners.map { Platform.Listener($0.transport, $0.local) }
  }
}

extension Line.Level {
  init(_ level: Policy.Settings.Level) {
    self =
      switch level {
      case .trace: .trace
      case .debug: .debug
      case .info: .info
      case .notice: .notice
      case .warning: .warning
      case .error: .error
      }
  }
}

extension Platform.Settings {
  init(_ policy: Policy.Settings) {
    self.init()
    workers = policy.workers
    batching = policy.batching
    checksReversePath = policy.checksReversePath
    limits.connections = policy.streams.connections ?? limits.connections
    limits.connectionsPerSource =
      policy.streams.connectionsPerSource ?? limits.connectionsPerSource
    limits.waiting = policy.streams.waiting ?? limits.waiting
    limits.idle = policy.streams.idle ?? limits.idle
    limits.unfinished = policy.streams.unfinished ?? limits.unfinished
  }
}
