import Basics
import Border
import Foundation
import Platform
import Policy
import Synchronization
import Testing

@testable import sallyport

/// An element that serves on loopback, with its admin listener, as `run` joins them.
private final class Served: Sendable {
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
        - { name: few, per: element, rate: 1/h, burst: 3, method: OPTIONS }
    """

  let port: UInt16
  let admin: Admin
  let board: Board
  let crew = Crew(workers: 2)
  private let workers: Workers<Node>
  private let journal = Journal(output: .nullDevice)

  /// - Parameter limits: shorter than those of an element, so that a test need not wait.
  init(limits: Doorkeeper.Limits = .init()) throws {
    let snapshot = try Snapshot.load(text: Self.text, name: "p", cores: 2)
    let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    let regime = Regime(snapshot.configuration, number: 1, seed: seed)
    var settings = Platform.Settings()
    settings.workers = 2
    let local = Endpoint(Address(ipv4: 0x7f00_0001), port: 0)
    let (journal, tally) = (journal, crew.tally)
    workers = try Workers<Node>([Listener(.udp, local)], settings) { worker, _ in
      let border = Border(regime, worker: UInt8(worker), of: 2, seed: seed, now: Clock.now())
      let report = Report(
        level: .info, redacted: Redacted(isClear: false, secret: Key(1, 2)),
        peers: snapshot.peerNames, limits: snapshot.limitNames)
      return Node(border, report, journal, tally, worker: worker, of: 2) { _, _ in }
    }
    crew.workers = workers
    board = Board(regime, snapshot, wall: Clock.wall())
    board.serves()
    port = try Client.freePort()
    admin = try Admin(
      Endpoint(Address(ipv4: 0x7f00_0001), port: port),
      Scrape(crew.crowd(of: 2), board, journal), board, limits: limits)
  }

  var sipPort: UInt16 { workers.listeners[0].local.port }

  func end() {
    admin.close()
    let limit = Interval(nanoseconds: 0)
    workers.drain(within: limit + .seconds(1)) { _ in .drain(until: Clock.now()) }
    while !workers.haveEnded { usleep(5_000) }
    workers.join()
    journal.close()
  }

  /// A scrape that is younger than the last one may be old.
  func scrape() throws -> ExpositionFormat {
    usleep(120_000)
    let answer = try Client.get("/metrics", at: port)
    #expect(answer.status == 200)
    #expect(answer.head.lowercased().contains("content-type: text/plain; version=0.0.4"))
    return try ExpositionFormat(answer.body)
  }
}

@Suite("The admin listener", .timeLimit(.minutes(2)), .serialized)
struct AdminTests {
  private func withServed(
    limits: Doorkeeper.Limits = .init(), _ body: (Served) throws -> Void
  ) throws {
    let served = try Served(limits: limits)
    defer { served.end() }
    try body(served)
  }

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

  @Test("what is told agrees with what was sent, and a strict parser reads it")
  func values() throws {
    try withServed { served in
      let peer = try Client.datagrams(to: served.sipPort)
      for number in 0..<2 { peer.exchange(request("OPTIONS", number)) }
      for number in 2..<5 { peer.exchange(request("PUBLISH", number)) }
      peer.exchange(request("INVITE", 5, maxForwards: 0))
      peer.exchange("INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport\r\nX\r\n\r\n")
      let read = try served.scrape()
      let sums: [(String, [String], Double)] = [
        ("messages_total", [], 7), ("requests_total", ["method=OPTIONS"], 2),
        ("requests_total", ["method=PUBLISH"], 3), ("refusals_total", ["cause=too-many-hops"], 1),
        ("refusals_total", ["cause=method-not-allowed"], 3),
        ("malformed_total", ["answered=yes"], 1), ("responses_total", ["class=2xx"], 0),
        ("peer_malformed_total", ["peer=left"], 1), ("live_calls", [], 0), ("workers", [], 2),
        ("peer_refusals_total", ["peer=left", "cause=method-not-allowed"], 3),
        ("peer_live_calls", ["peer=right", "direction=to"], 0), ("policy", [], 1),
        ("limit_refused_total", ["limit=few"], 0), ("limit_biting", ["limit=few"], 0),
        ("worker_answered", ["worker=1"], 1), ("draining", [], 0),
        ("log_lost_lines_total", [], 0), ("build_info", ["version=\(Version.text)"], 1),
      ]
      for (name, labels, value) in sums {
        let found = read.families["sallyport_\(name)"]?.samples[labels]
        #expect(found == value, "\(name) \(labels)")
      }
      let datagrams = read.families["sallyport_transport_received_datagrams_total"]?.samples
      #expect(datagrams?.values.reduce(0, +) == 7)
    }
  }

  @Test("a limit that bites shows, and so does a drain")
  func alarms() throws {
    try withServed { served in
      let peer = try Client.datagrams(to: served.sipPort)
      for number in 0..<5 { peer.exchange(request("OPTIONS", number)) }
      let read = try served.scrape()
      #expect(read["sallyport_limit_biting", "limit=few"] == 1)
      #expect(read["sallyport_limit_refused_total", "limit=few"] == 2)
      #expect(try Client.get("/health", at: served.port).text == "serving\n")
      served.board.drains()
      #expect(try served.scrape()["sallyport_draining"] == 1)
      let health = try Client.get("/health", at: served.port)
      #expect(health.status == 503)
      #expect(health.text == "draining\n")
    }
  }

  @Test("workers that do not answer keep their last numbers, and show as such")
  func deafWorkers() throws {
    try withServed { served in
      let peer = try Client.datagrams(to: served.sipPort)
      peer.exchange(request("OPTIONS", 1))
      #expect(try served.scrape()["sallyport_messages_total"] == 1)
      served.crew.workers = nil
      let read = try served.scrape()
      #expect(read["sallyport_messages_total"] == 1)
      #expect(read["sallyport_worker_answered", "worker=0"] == 0)
    }
  }

  @Test("everything else is not there, or only read")
  func others() throws {
    try withServed { served in
      for path in ["/", "/metrics/", "/metricsx", "/../metrics/x", "/health/..", "*"] {
        #expect(try Client.get(path, at: served.port).status == 404, "\(path)")
      }
      for method in ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "metrics"] {
        let answer = try Client.get("/metrics", at: served.port, method: method)
        #expect(answer.status == 405, "\(method)")
        #expect(answer.head.contains("Allow: GET"))
      }
      #expect(try Client.get("/metrics?a=b", at: served.port).status == 200)
    }
  }

  @Test("a port that is taken is told as that of any listener")
  func taken() throws {
    try withServed { served in
      let local = Endpoint(Address(ipv4: 0x7f00_0001), port: served.port)
      let scrape = Scrape(served.crew.crowd(of: 2), served.board, Journal(output: .nullDevice))
      let refusal = #expect(throws: Platform.Refusal.self) {
        try Admin(local, scrape, served.board)
      }
      #expect(
        "\(refusal.map { "\($0)" } ?? "")" == "tcp 127.0.0.1:\(served.port): the port is in use")
    }
  }
}

@Suite("Hostile clients of the admin listener", .timeLimit(.minutes(2)), .serialized)
struct HostileAdminTests {
  private static let limits = Doorkeeper.Limits(connections: 4, request: 0.5, whole: 1)

  private func withServed(_ body: (Served) throws -> Void) throws {
    let served = try Served(limits: Self.limits)
    defer { served.end() }
    try body(served)
    // Whatever they did, everybody else is served, and nothing of them is left.
    #expect(eventually { served.admin.doorkeeper.open == 0 })
    #expect(try served.scrape()["sallyport_workers"] == 2)
  }

  private func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<300 {
      if condition() { return true }
      usleep(10_000)
    }
    return false
  }

  @Test("garbage is cut off")
  func garbage() throws {
    try withServed { served in
      let texts = [
        "\r\n\r\n", "x\r\n\r\n", "GET\r\n\r\n", "GET /metrics\r\n\r\n", "\0\0\0\n\0\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "GET /metrics HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        "GET / open connection HTTP/1.1\r\n\r\n", "GET /> close connection HTTP/1.1\r\n\r\n",
      ]
      for text in texts {
        let client = try Client.stream(to: served.port)
        client.write(Array(text.utf8))
        // It ends, with an answer or without.
        #expect(client.readAll(within: 3) != nil, "\(text.debugDescription)")
      }
    }
  }

  @Test("a slow sender is cut off in his time, and so is one who is silent after his answer")
  func slow() throws {
    try withServed { served in
      let (silent, dripping) = (
        try Client.stream(to: served.port), try Client.stream(to: served.port)
      )
      let began = Clock.now()
      var isCut = false
      for octet in Array("GET /metrics HTTP/1.1\r\nX: \(String(repeating: "y", count: 200))".utf8) {
        guard dripping.write([octet]) else {
          isCut = true
          break
        }
        usleep(20_000)
      }
      #expect(isCut)
      #expect(silent.readAll(within: 3)?.isEmpty == true)
      #expect(Clock.now() - began < .seconds(4))
      let lingering = try Client.stream(to: served.port)
      lingering.write(Array("GET /health HTTP/1.1\r\n\r\n".utf8))
      #expect(lingering.readAll(within: 3)?.isEmpty == false)
    }
  }

  @Test("a header without end is cut off, however fast it comes")
  func endless() throws {
    try withServed { served in
      let client = try Client.stream(to: served.port)
      client.write(Array("GET /metrics HTTP/1.1\r\nX: ".utf8))
      let piece = [UInt8](repeating: 0x79, count: 16 << 10)
      var sent = 0
      let began = Clock.now()
      while client.write(piece), Clock.now() - began < .seconds(10) { sent += piece.count }
      #expect(Clock.now() - began < .seconds(5), "\(sent) octets")
    }
  }

  @Test("of many connections those beyond the limit are closed, and the next one is served")
  func many() throws {
    try withServed { served in
      let crowd = try (0..<200).map { _ in try Client.stream(to: served.port) }
      let ended = crowd.count { $0.readAll(within: 3)?.isEmpty == true }
      #expect(ended == crowd.count)
    }
  }

  @Test("a client who does not read his answer holds nobody up")
  func deaf() throws {
    try withServed { served in
      let deaf = try Client.stream(to: served.port)
      deaf.write(Array("GET /metrics HTTP/1.1\r\n\r\n".utf8))
      #expect(try served.scrape()["sallyport_workers"] == 2)
      #expect(eventually { served.admin.doorkeeper.open == 0 })
    }
  }
}
