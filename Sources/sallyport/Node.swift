import struct Admission.Headcount
import Basics
import Border
import Dialogs
import Platform
import SIP
import Synchronization

/// What other threads tell a worker.
enum Letter: Sendable {
  /// Take no new calls; end those that are left at this instant.
  case drain(until: Instant)
  /// A host name was looked up.
  case answer(ticket: UInt64, Result<Address, Unresolved>)
  /// Say in the log how much the tables hold.
  case dump
  /// The same, to whoever asked.
  case survey(Survey)
  /// Say what was counted, to whoever asked.
  case measure(Measurement)
  /// Work by this version of the policy from now on.
  case adopt(Adoption)
}

/// A border on a worker: hands inputs on, and its notes to the log.
struct Node: ~Copyable, Element {
  private var border: Border
  private var report: Report
  private let journal: Journal
  private let worker: Int
  /// Has a host name looked up; the answer comes as a letter.
  private let ask: @Sendable (Inquiry, Int) -> Void
  private let tally: Tally
  private var drain = Drain.no
  /// How many earlier policies the main thread knows to be kept, and to be needed.
  private var earlier = 0
  private var needed = 0
  /// How many lost notes the log has heard of.
  private var lostNotes = 0
  /// How long it is silent after each line about unknown sources, and until when it is so.
  private let silence: Interval
  private var silentUntil = Instant(nanoseconds: 0)

  /// Lines about unknown sources that all workers together write in a second at most: whoever can
  /// reach a listener can cause them.
  private static let strangerLines = 2
  /// When the border is told next what time it is on the wall, and how long that is good for.
  private var wallIsGoodUntil = Instant(nanoseconds: 0)
  private static let wallIsGoodFor = Interval.seconds(1)

  private enum Drain {
    case no
    /// No new calls, and at this instant none at all.
    case until(Instant)
    /// Its limit was reached.
    case over
  }

  init(
    _ border: consuming Border, _ report: Report, _ journal: Journal, _ tally: Tally, worker: Int,
    of workers: Int, ask: @escaping @Sendable (Inquiry, Int) -> Void
  ) {
    self.ask = ask
    self.border = border
    self.report = report
    self.journal = journal
    self.tally = tally
    silence = .milliseconds(Int64(1000 * workers / Self.strangerLines))
    self.worker = worker
  }

  mutating func knows(_ flow: Flow) -> Bool { border.knows(flow) }

  mutating func admits(_ flow: Flow) -> Bool { border.admits(flow) }

  mutating func welcomes(_ flow: Flow, now: Instant) -> Bool {
    let welcome = border.welcome(flow, now: now)
    // A limit that begins to bite is told at once: what it stops may be all that comes.
    if welcome == .tooMany, border.hasNotes { tell() }
    return welcome == .welcome
  }

  mutating func receive(
    _ bytes: Span<UInt8>, from flow: Flow, now: Instant, into out: inout Outbox
  ) {
    if wallIsGoodUntil <= now { tellTime(now) }
    border.receive(bytes, from: flow, now: now, into: &out)
    tell()
  }

  mutating func expire(now: Instant, into out: inout Outbox) {
    if wallIsGoodUntil <= now { tellTime(now) }
    border.expire(now: now, into: &out)
    if border.hasStrangers(), silentUntil <= now { tellStrangers(now) }
    if case .until(let limit) = drain, limit <= now {
      drain = .over
      border.endCalls(now: now, into: &out)
    }
    tell()
  }

  mutating func nextDeadline() -> Instant? {
    var deadline = border.nextDeadline() ?? .distantFuture
    if border.hasStrangers() { deadline = min(deadline, silentUntil) }
    if case .until(let limit) = drain { deadline = min(deadline, limit) }
    return deadline == .distantFuture ? nil : deadline
  }

  mutating func failed(
    owner: UInt64, flow: Flow, _ loss: Loss, now: Instant, into out: inout Outbox
  ) {
    border.failed(owner: owner, loss, now: now, into: &out)
    tell()
  }

  mutating func awaits(_ owner: UInt64) -> Bool { border.awaits(owner) }

  mutating func closed(_ flow: Flow, _ closing: Closing) {
    report.add(closing, flow, of: border.peer(of: flow), wall: Clock.wall())
    flush()
  }

  mutating func take(_ letter: consuming Letter, now: Instant, into out: inout Outbox) {
    switch letter {
    case .drain(let limit):
      beginDrain(limit)
    case .answer(let ticket, let answer):
      border.answer(ticket, answer, now: now, into: &out)
      tell()
    case .dump:
      addTables(overflows: out.overflows)
      flush()
    case .survey(let survey):
      addTables(overflows: out.overflows)
      survey.add(report.line.bytes, calls: border.occupancy.calls, border.holdings)
      report.line.clear()
    case .measure(let measurement):
      measurement.add(part(overflows: out.overflows), of: worker)
    case .adopt(let adoption):
      adopt(adoption)
    }
  }

  private mutating func tellTime(_ now: Instant) {
    border.setWall(Clock.wall(), now: now)
    wallIsGoodUntil = now + Self.wallIsGoodFor
  }

  /// What is under way goes on under the policy that it began under.
  private mutating func adopt(_ adoption: Adoption) {
    border.adopt(adoption.regime)
    // What limits have to tell goes by the names of the policy that ends here.
    tell()
    report.adopt(adoption)
    publish()
    tally.desks[worker].policy.store(adoption.regime.number, ordering: .releasing)
  }

  /// The count can only fall between two versions, so it need not be looked at where it is 0.
  private mutating func publish() {
    let counts = (border.earlierPolicies, border.neededPolicies)
    guard counts != (earlier, needed) else { return }
    (earlier, needed) = counts
    tally.desks[worker].earlier.store(earlier, ordering: .relaxed)
    tally.desks[worker].needed.store(needed, ordering: .relaxed)
  }

  /// A second letter can only bring the limit nearer.
  private mutating func beginDrain(_ limit: Instant) {
    border.drain()
    switch drain {
    case .no: drain = .until(limit)
    case .until(let old): drain = .until(min(old, limit))
    case .over: break
    }
  }

  mutating func owner(of bytes: Span<UInt8>) -> Int { border.owner(of: bytes) }

  mutating func frame(_ bytes: Span<UInt8>) -> Frame {
    switch Framing.measure(bytes) {
    case .needMore: .needMore
    case .message(let count): .message(count)
    case .keepAlive(let count, let isPing): .keepAlive(count, pong: isPing)
    case .last(let count, _): .last(count)
    case .broken: .broken
    }
  }

  mutating func isDrained() -> Bool {
    switch drain {
    case .no: false
    case .until, .over: border.isIdle()
    }
  }

  /// Notes become lines at once; the journal gets them when there are some.
  private mutating func tell() {
    if earlier > 0 { publish() }
    while let inquiry = border.nextInquiry() { ask(inquiry, worker) }
    guard border.hasNotes else { return }
    let wall = Clock.wall()
    let cut = Self.write(&border, to: &report, wall: wall)
    if cut > 0 { tally.callsCut.wrappingAdd(cut, ordering: .relaxed) }
    tellLosses(wall)
    flush()
  }

  /// - Returns: how many calls the limit of a drain has ended.
  private static func write(_ border: inout Border, to report: inout Report, wall: Int64) -> Int {
    var cut = 0
    border.drainNotes { note in
      report.add(note, wall: wall)
      if case .callEnded(let summary) = note, summary.cause == .shutdown { cut += 1 }
    }
    return cut
  }

  /// What found no room among the notes has no line, and that has one.
  private mutating func tellLosses(_ wall: Int64) {
    let lost = border.lostNotes
    guard lost > lostNotes else { return }
    let (count, number) = (lost - lostNotes, worker)
    lostNotes = lost
    report.line.add(.warning, "notes.lost", wall: wall) { out in
      out.field("count", count)
      out.field("worker", number)
    }
  }

  private mutating func tellStrangers(_ now: Instant) {
    silentUntil = now + silence
    report.add(border.takeStrangers(), wall: Clock.wall())
    flush()
  }

  private mutating func flush() {
    guard !report.line.isEmpty else { return }
    journal.append(report.line.bytes)
    report.line.clear()
  }

  /// - Parameter overflows: as for `addTables`.
  private mutating func part(overflows: Int) -> Measurement.Part {
    Measurement.Part(
      counters: border.counters, figures: border.figures(), occupancy: border.occupancy,
      lostNotes: border.lostNotes, overflows: overflows, policy: border.policy,
      earlierPolicies: border.earlierPolicies)
  }

  /// - Parameter overflows: how many messages ever found no room in the worker's outbox.
  private mutating func addTables(overflows: Int) {
    let tables = border.occupancy
    let counters = border.counters
    let lost = border.lostNotes
    let (number, sessions) = (worker, border.sessions)
    report.line.add(.notice, "tables:", wall: Clock.wall()) { out in
      out.field("calls", tables.calls)
      out.field("ended-calls", tables.endedCalls)
      out.field("server-transactions", tables.serverTransactions)
      out.field("client-transactions", tables.clientTransactions)
      out.field("timers", tables.timers)
      out.field("kept-messages", tables.keptMessages)
      out.field("worker", number)
      out.field("received", counters.received)
      out.field("forwarded", counters.forwarded)
      out.field("refused", counters.refused)
      out.field("observed", counters.observed)
      out.field("limited", counters.limited)
      out.field("unknown-source", counters.unknownSource)
      out.field("malformed", counters.malformedAnswered + counters.malformedDropped)
      out.field("retransmissions", counters.retransmissionsAbsorbed)
      out.field("stray-responses", counters.strayResponses)
      out.field("misplaced-responses", counters.misplacedResponses)
      out.field("stray-acks", counters.strayAcks)
      out.field("outbox-full", overflows)
      out.field("lost-notes", lost)
      out.field("total-calls", counters.calls)
      out.field("answered-calls", counters.answeredCalls)
      // Of all workers: the sum of their `calls`, but for what came in between.
      out.field("sessions", sessions.calls)
      out.field("half-open-sessions", sessions.halfOpen)
    }
  }
}
