import Basics
import Foundation
import Platform
import Policy
import SIP
import Synchronization

/// The main thread while the workers serve. It hears signals and orders, to the very end, and
/// speaks through the journal alone: a log that nobody reads must not keep the element from ending.
struct Service {
  let workers: Workers<Node>
  let journal: Journal
  let tally: Tally
  /// What comes in by the control socket.
  let orders: Orders
  /// The terminal that it was started from.
  let terminal: Terminal
  /// Where other threads read how the element stands, if any do.
  var board: Board?
  /// Is rung when another thread has something for this one.
  let bell: Bell
  /// The policy in force, and how the next one comes.
  var succession: Succession
  var reloading = Reloading()
  private let began = Clock.now()
  private(set) var isDraining = false

  /// How often it looks, while it drains, whether all workers have ended.
  private static let look = Interval.milliseconds(20)
  /// How long the workers may take, after the drain's limit, to tell everybody.
  private static let farewell = Interval.seconds(1)
  /// Seconds that the workers have to say what their tables hold.
  private static let surveyTime = 2.0

  init(
    _ workers: Workers<Node>, _ journal: Journal, _ tally: Tally, _ orders: Orders,
    _ terminal: Terminal, _ bell: Bell, _ succession: Succession
  ) {
    self.workers = workers
    self.journal = journal
    self.tally = tally
    self.orders = orders
    self.terminal = terminal
    self.bell = bell
    self.succession = succession
  }

  /// Serves until it is told to end, and all workers have ended.
  mutating func run(_ signals: borrowing Signals) {
    while !isDraining || !workers.haveEnded {
      hear(signals.next(within: isDraining ? Self.look : reloading.glance))
      goOnReloading()
    }
    // Whoever asked while the last worker ended is not left without an answer.
    answerOrders()
    workers.join()
    say("ended") { $0.field("calls-cut", tally.callsCut.load(ordering: .relaxed)) }
  }

  private mutating func hear(_ signal: Signal?) {
    switch signal {
    case .terminate, .interrupt: end()
    case .report: dump()
    case .hangUp(let sender): terminal.isClosed(by: sender) ? leaveTerminal() : reload()
    case .bell: answerOrders()
    case nil: break
    }
  }

  private mutating func answerOrders() {
    while let pending = orders.next() {
      if let answer = carryOut(pending) { pending.finish(answer) }
    }
  }

  /// - Returns: `nil` for an order whose answer comes later.
  private mutating func carryOut(_ pending: Orders.Pending) -> Order.Answer? {
    switch pending.order {
    case .reload: return reload(for: pending)
    case .drain:
      let limit = end()
      let seconds = limit.milliseconds / 1000
      return Order.Answer(isDone: true, "draining; what is left ends in \(seconds) s\n")
    case .dump:
      let lines = survey().lines + transportLines()
      return Order.Answer(isDone: true, String(decoding: lines, as: UTF8.self))
    case .status:
      let status = status()
      return Order.Answer(isDone: true, pending.isForPrograms ? status.json : status.text)
    }
  }

  /// One line of its own, where the log holds such lines.
  func say(_ name: StaticString, _ fields: (inout OutputSpan<UInt8>) -> Void) {
    if level <= .notice { journal.say(.notice, name, fields) }
  }

  /// The least level that the log holds.
  var level: Line.Level { Line.Level(succession.snapshot.settings.level) }
}

// MARK: - The end

extension Service {
  /// Drains, and at a second call ends what is left at once.
  /// - Returns: how long calls may go on.
  @discardableResult
  private mutating func end() -> Interval {
    let limit = isDraining ? Interval(nanoseconds: 0) : succession.snapshot.settings.drain
    isDraining = true
    board?.drains()
    giveUpReloading()
    let instant = Clock.now() + limit
    workers.drain(within: limit + Self.farewell) { _ in .drain(until: instant) }
    say("draining") { $0.field("limit", limit) }
    return limit
  }

  /// The terminal was closed: what was started to be watched does not go on unwatched.
  private mutating func leaveTerminal() {
    guard !isDraining else { return }
    say("terminal.gone") { _ in }
    end()
  }
}

// MARK: - What it holds

extension Service {
  private func dump() {
    for worker in 0..<workers.count { workers.post(.dump, to: worker) }
    journal.append(transportLines())
  }

  /// Asks all workers what their tables hold. One that has ended says nothing.
  func survey() -> Survey.State {
    let survey = Survey()
    for worker in 0..<workers.count { workers.post(.survey(survey), to: worker) }
    return survey.wait(for: workers.count, seconds: isDraining ? 0.2 : Self.surveyTime)
  }

  private func transportLines() -> [UInt8] {
    var line = Line()
    for worker in 0..<workers.count {
      let counters = workers.counters(of: worker)
      line.add(.notice, "transport:", wall: Clock.wall()) { out in
        out.field("worker", worker)
        for (name, count) in Self.counts { out.field(name, Int(counters[count])) }
      }
    }
    return line.bytes
  }

  /// What a dump tells of the sockets: how much came and went, and what was lost or cut off.
  private static let counts: [(StaticString, Count)] = [
    ("datagrams-in", .datagramsIn), ("datagrams-out", .datagramsOut),
    ("stream-messages-in", .streamMessagesIn), ("stream-messages-out", .streamMessagesOut),
    ("open", .open), ("accepted", .accepted), ("connected", .connected), ("closed", .closed),
    ("refused", .refused), ("unframed", .unframed), ("late", .late), ("unread", .unread),
    ("held", .held), ("failures", .failures), ("unusable", .unusable),
    ("queue-full", .queueFull), ("ring-full", .ringFull),
    ("wrong-way", .wrongWay), ("unwelcome", .unwelcome),
    ("strange-connections", .strangeConnections),
  ]

  private func status() -> Status {
    var since: [UInt8] = []
    since.append(addingCapacity: 32) { $0.write(timestamp: succession.since) }
    return Status(
      element: succession.snapshot.settings.name, policy: Int(succession.number),
      file: succession.path, since: String(decoding: since, as: UTF8.self), calls: survey().calls,
      earlierPolicies: tally.earlier, workers: workers.count,
      uptime: Double((Clock.now() - began).milliseconds) / 1000, isDraining: isDraining,
      isReloading: reloading.goesOn)
  }
}
