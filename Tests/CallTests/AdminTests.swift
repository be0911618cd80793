import Foundation
import Testing

@Suite("The admin listener of the program", .timeLimit(.minutes(2)))
struct AdminTests {
  private static func policy(_ port: Int, admin: Int) -> String {
    """
    version: 1
    element: { name: edge, workers: 2, admin: "127.0.0.1:\(admin)" }
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:\(port)" }
    peers:
      - { name: left, sources: [127.0.0.0/8], methods: [OPTIONS, INVITE] }
    """
  }

  /// Serves with SIP at the first port that `body` is given, and the admin listener at the second.
  private func serving(
    _ body: (_ sip: Int, _ admin: Int, _ folder: URL) async throws -> Void
  ) async throws {
    try await withFolder { folder in
      let port = try Ports.block()
      let file = folder.appending(path: "edge.yaml")
      try Self.policy(port, admin: port + 1).write(to: file, atomically: true, encoding: .utf8)
      let child = try Child("edge", Element.binary.path, ["run", file.path], in: folder)
      let isServing = try await eventually(within: .seconds(10)) {
        child.said.contains("serving with")
      }
      #expect(isServing, "\(child.said)")
      #expect(child.said.contains("listening on tcp 127.0.0.1:\(port + 1) (admin)"))
      try await body(port, port + 1, folder)
      // Whatever was done to it, it tells what it counts and ends in order.
      let answer = try await AdminClient.get("/metrics", at: port + 1)
      #expect(answer.status == 200)
      #expect(answer.body.contains("\nsallyport_workers 2\n"))
      child.signal(SIGTERM)
      #expect(try await child.status(within: .seconds(10)) == 0)
    }
  }

  @Test("what is told agrees with what was sent; everything else is not there, or only read")
  func pages() async throws {
    try await serving { sip, admin, _ in
      let peer = try AdminClient(to: sip, isStream: false)
      for number in 0..<3 {
        peer.write(
          """
          PUBLISH sip:x@127.0.0.1 SIP/2.0\r
          Via: SIP/2.0/UDP 127.0.0.1:5070;rport;branch=z9hG4bK\(number)\r
          Max-Forwards: 70\r
          From: <sip:a@left.example>;tag=t\r
          To: <sip:x@127.0.0.1>\r
          Call-ID: c\(number)\r
          CSeq: 1 PUBLISH\r
          Content-Length: 0\r
          \r

          """)
        #expect(try await peer.answered())
      }
      let answer = try await AdminClient.get("/metrics?any=thing", at: admin)
      #expect(answer.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"))
      let lines = answer.body.split(separator: "\n").map(String.init)
      for line in [
        "sallyport_messages_total 3", "sallyport_requests_total{method=\"PUBLISH\"} 3",
        "sallyport_peer_refusals_total{peer=\"left\",cause=\"method-not-allowed\"} 3",
        "sallyport_worker_answered{worker=\"1\"} 1", "sallyport_draining 0",
      ] { #expect(lines.contains(line), "\(line)") }
      let health = try await AdminClient.get("/health", at: admin)
      #expect(health.status == 200 && health.body == "serving\n")
      for path in ["/", "/metricsx", "/metrics/x", "/health/..", "*"] {
        #expect(try await AdminClient.get(path, at: admin).status == 404, "\(path)")
      }
      for method in ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "XYZZY"] {
        let answer = try await AdminClient.get("/metrics", at: admin, method: method)
        #expect(answer.status == 405, "\(method)")
        #expect(answer.head.contains("Allow: GET"), "\(method)")
      }
    }
  }

  @Test("a port that is taken is one clear line and status 1; a check of ports says nothing")
  func taken() async throws {
    try await serving { sip, admin, folder in
      let file = folder.appending(path: "second.yaml")
      try Self.policy(sip + 2, admin: admin).write(to: file, atomically: true, encoding: .utf8)
      let second = try Child("second", Element.binary.path, ["run", file.path], in: folder)
      #expect(try await second.status(within: .seconds(10)) == 1)
      let reason = "sallyport: cannot serve: tcp 127.0.0.1:\(admin): the port is in use\n"
      #expect(second.said.hasSuffix(reason), "\(second.said)")
      let check = try Child(
        "check", Element.binary.path, ["run", "--check", file.path], in: folder)
      #expect(try await check.status(within: .seconds(10)) == 0)
    }
  }

  @Test("garbage is cut off")
  func garbage() async throws {
    try await serving { _, admin, _ in
      let texts = [
        "\r\n\r\n", "x\r\n\r\n", "GET\r\n\r\n", "GET /metrics\r\n\r\n", "\0\0\0\n\0\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "GET / open connection HTTP/1.1\r\n\r\n", "GET /> close connection HTTP/1.1\r\n\r\n",
      ]
      for text in texts {
        let client = try AdminClient(to: admin)
        client.write(text)
        let said = try await client.end(within: .seconds(13))
        #expect(said != nil, "\(text.debugDescription)")
      }
    }
  }

  @Test("slow and silent clients are cut off in their time, and who asks meanwhile is answered")
  func slow() async throws {
    try await serving { _, admin, _ in
      let silent = try AdminClient(to: admin)
      let dripping = try AdminClient(to: admin)
      let lingering = try AdminClient(to: admin)
      lingering.write("GET /health HTTP/1.1\r\n\r\n")
      let began = ContinuousClock.now
      dripping.write("GET /metrics HTTP/1.1\r\nX: ")
      #expect(try await AdminClient.get("/health", at: admin).status == 200)
      let isCut = try await eventually(within: .seconds(8)) { dripping.write("y") < 0 }
      #expect(isCut)
      #expect(ContinuousClock.now - began < .seconds(6))
      #expect(try await silent.end(within: .seconds(4))?.isEmpty == true)
      // One that had its answer has more time, and an end.
      #expect(try await lingering.end(within: .seconds(13))?.isEmpty == false)
    }
  }

  @Test("a header without end is cut off, however fast it comes")
  func endless() async throws {
    try await serving { _, admin, _ in
      let client = try AdminClient(to: admin)
      client.write("GET /metrics HTTP/1.1\r\nX: ")
      let piece = String(repeating: "y", count: 64 << 10)
      let began = ContinuousClock.now
      var sent = 0
      while ContinuousClock.now - began < .seconds(10) {
        let count = client.write(piece)
        if count < 0 { break }
        sent += count
        if count == 0 { try await Task.sleep(for: .milliseconds(1)) }
      }
      #expect(ContinuousClock.now - began < .seconds(6), "\(sent) octets")
      #expect(sent < 256 << 20)
    }
  }

  @Test("of many connections those beyond eight are closed, and others are served after them")
  func many() async throws {
    try await serving { _, admin, _ in
      let crowd = try (0..<200).map { _ in try AdminClient(to: admin) }
      for client in crowd { #expect(try await client.end(within: .seconds(6))?.isEmpty == true) }
    }
  }
}
