import Basics
import Border
import class Foundation.FileHandle
import Platform
import Policy
import Synchronization
import Testing

@testable import sallyport

/// Two borders that are asked as the workers of an element are, without their threads.
private struct Pair: ~Copyable {
  static let text = """
    version: 1
    element: { workers: 2 }
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
    peers:
      - { name: left, sources: [127.0.0.0/8], methods: [OPTIONS, INVITE] }
      - { name: right, targets: ["127.0.0.9:5060"] }
    admission:
      rate-limits:
        - { name: few, per: element, rate: 30/h, burst: 3, method: OPTIONS }
    """

  private var first: Border
  private var second: Border
  private var outbox = Outbox()
  private let flow = Flow(
    .udp, listener: 0, remote: Endpoint(Address(ipv4: 0x7f00_0001), port: 5070))
  let board: Board
  let now = Instant(nanoseconds: 1_000_000_000_000)

  init() throws {
    let snapshot = try Snapshot.load(text: Self.text, name: "p", cores: 2)
    let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    let regime = Regime(snapshot.configuration, number: 1, seed: seed)
    first = Border(regime, worker: 0, of: 2, seed: seed, now: now)
    second = Border(regime, worker: 1, of: 2, seed: seed, now: now)
    board = Board(regime, snapshot, wall: 1_500_000_000)
    board.serves()
  }

  mutating func receive(_ text: String, by worker: Int) {
    let bytes = Array(text.utf8)
    if worker == 0 {
      first.receive(bytes.span, from: flow, now: now, into: &outbox)
    } else {
      second.receive(bytes.span, from: flow, now: now, into: &outbox)
    }
    outbox.clear()
  }

  /// What both say.
  mutating func parts() -> [Int: Measurement.Part] {
    [0: Self.part(&first), 1: Self.part(&second)]
  }

  private static func part(_ border: inout Border) -> Measurement.Part {
    Measurement.Part(
      counters: border.counters, figures: border.figures(), occupancy: border.occupancy,
      lostNotes: 0, overflows: 0, policy: border.policy, earlierPolicies: 0)
  }

  /// A scrape of those who answer.
  mutating func scrape(heard: Set<Int> = [0, 1], after: Interval = .seconds(0)) throws
    -> ExpositionFormat
  {
    let census = Census(
      facts: board.facts, parts: parts(), heard: heard, workers: 2, now: now + after, lostLines: 5,
      transport: [[(.octetsIn, 7), (.open, 1)], [(.octetsIn, 8), (.open, 2)]])
    return try ExpositionFormat(census.text)
  }
}

@Suite("What a scrape tells")
struct CensusTests {
  private func request(_ method: String, _ number: Int, maxForwards: Int = 70) -> String {
    """
    \(method) sip:x@127.0.0.1 SIP/2.0\r
    Via: SIP/2.0/UDP 127.0.0.1:5070;rport;branch=z9hG4bK\(number)\r
    Max-Forwards: \(maxForwards)\r
    From: <sip:a@left.example>;tag=t\r
    To: <sip:x@127.0.0.1>\r
    Call-ID: c\(number)\r
    CSeq: \(number) \(method)\r
    Contact: <sip:a@127.0.0.1>\r
    Content-Length: 0\r
    \r

    """
  }

  @Test("it agrees with what was sent, and a strict parser reads it")
  func values() throws {
    var pair = try Pair()
    for number in 0..<2 { pair.receive(request("OPTIONS", number), by: number) }
    for number in 2..<5 { pair.receive(request("PUBLISH", number), by: number % 2) }
    pair.receive(request("INVITE", 5, maxForwards: 0), by: 1)
    pair.receive("INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport\r\nX\r\n\r\n", by: 0)
    let read = try pair.scrape()
    let values: [(String, [String], Double)] = [
      ("messages_total", [], 7), ("requests_total", ["method=OPTIONS"], 2),
      ("requests_total", ["method=PUBLISH"], 3), ("refusals_total", ["cause=too-many-hops"], 1),
      ("refusals_total", ["cause=method-not-allowed"], 3),
      ("malformed_total", ["answered=yes"], 1), ("responses_total", ["class=2xx"], 0),
      ("peer_malformed_total", ["peer=left"], 1), ("live_calls", [], 0), ("workers", [], 2),
      ("peer_refusals_total", ["peer=left", "cause=method-not-allowed"], 3),
      ("peer_live_calls", ["peer=right", "direction=to"], 0), ("policy", [], 1),
      ("limit_refused_total", ["limit=few"], 0), ("limit_biting", ["limit=few"], 0),
      ("worker_answered", ["worker=1"], 1), ("draining", [], 0),
      ("log_lost_lines_total", [], 5), ("build_info", ["version=\(Version.text)"], 1),
      ("policy_start_time_seconds", [], 1.5), ("table_entries", ["table=calls", "worker=0"], 0),
      ("transport_received_bytes_total", ["worker=1"], 8),
      ("transport_connections", ["worker=0"], 1), ("worker_policy", ["worker=1"], 1),
    ]
    for (name, labels, value) in values {
      let found = read.families["sallyport_\(name)"]?.samples[labels]
      #expect(found == value, "\(name) \(labels)")
    }
    #expect(read.families["sallyport_requests_total"]?.samples.count == 15)
  }

  @Test("a limit that bites shows until it has refused nothing for 10 s; a drain shows")
  func alarms() throws {
    var pair = try Pair()
    for number in 0..<5 { pair.receive(request("OPTIONS", number), by: number % 2) }
    let (biting, later) = (try pair.scrape(), try pair.scrape(after: .seconds(11)))
    #expect(biting["sallyport_limit_biting", "limit=few"] == 1)
    #expect(biting["sallyport_limit_refused_total", "limit=few"] == 2)
    #expect(later["sallyport_limit_biting", "limit=few"] == 0)
    #expect(later["sallyport_limit_refused_total", "limit=few"] == 2)
    pair.board.drains()
    let draining = try pair.scrape()
    #expect(draining["sallyport_draining"] == 1)
  }

  @Test("who does not answer keeps his last numbers, and who asks at once gets the same again")
  func deafWorkers() throws {
    var pair = try Pair()
    pair.receive(request("PUBLISH", 1), by: 0)
    let parts = pair.parts()
    let answers = Mutex([[0, 1], [0], []])
    let asked = Atomic(0)
    let crowd = Scrape.Crowd(
      count: 2,
      ask: { measurement in
        asked.wrappingAdd(1, ordering: .relaxed)
        for worker in answers.withLock({ $0.removeFirst() }) {
          if let part = parts[worker] { measurement.add(part, of: worker) }
        }
      }, transport: { _ in [] })
    let scrape = Scrape(crowd, pair.board, Journal(output: .nullDevice))
    let first = scrape.text(now: pair.now)
    #expect(scrape.text(now: pair.now + .milliseconds(99)) == first)
    #expect(asked.load(ordering: .relaxed) == 1)
    for (round, heard) in [[1.0, 0], [0, 0]].enumerated() {
      let text = scrape.text(now: pair.now + .seconds(Int64(round) + 1))
      let read = try ExpositionFormat(text)
      #expect(read["sallyport_messages_total"] == 1)
      #expect(read["sallyport_worker_answered", "worker=0"] == heard[0])
      #expect(read["sallyport_worker_answered", "worker=1"] == heard[1])
    }
  }

  @Test("of very many peers those of whom nothing was counted have no lines")
  func crowds() throws {
    var pair = try Pair()
    pair.receive(request("PUBLISH", 1), by: 0)
    var facts = pair.board.facts
    facts.peers += (2...Census.peersTold).map { Array("peer\($0)".utf8) }
    let census = Census(
      facts: facts, parts: pair.parts(), heard: [], workers: 2, now: pair.now, lostLines: 0)
    let read = try ExpositionFormat(census.text)
    #expect(read.families["sallyport_peer_requests_total"]?.samples == [["peer=left"]: 1])
  }
}
