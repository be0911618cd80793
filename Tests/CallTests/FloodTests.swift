import Foundation
import Testing

/// A peer's calls beside a flood. The figures are those of issue 5: no call fails, and the 99th
/// percentile of the set-up is at most 20 ms above that of a quiet run beside it.
@Suite("A flood costs a named peer nothing", .timeLimit(.minutes(4)))
struct FloodTests {
  private static let load = SIPp.Load(calls: 1000, rate: 50)
  /// Datagrams a second, and for how long: as long as the calls.
  private static let flood = (rate: 50_000, seconds: 20)
  /// Milliseconds that it may cost.
  private static let cost = 20.0

  private static func policy(_ port: Int, to callee: SIPp) -> String {
    """
    version: 1
    element: { name: test, workers: 2, drain: 5s }
    listeners:
      - { name: udp4, transport: udp, address: "127.0.0.1:\(port)" }
      - { name: tcp4, transport: tcp, address: "127.0.0.1:\(port)" }
    admission:
      rate-limits:
        - { name: each, per: source, from: crowd, counts: messages, rate: 10/s }
        - { name: crowd, per: peer, from: crowd, counts: messages, rate: 500/s }
    peers:
      - { name: left, sources: [127.0.0.2], rate: 100/s }
      - { name: right, sources: [127.0.0.3], targets: ["udp:127.0.0.3:\(callee.port)"] }
      - { name: crowd, sources: [127.16.0.0/12] }
    routes:
      - { name: all, from: left, to: right }

    """
  }

  /// - Parameter sources: of the flood; none of them: there is none.
  /// - Returns: the 99th percentile of the set-ups, in milliseconds.
  private func run(sources: Int, _ flood: URL) async throws -> Double {
    try await withFolder { folder in
      let callee = try await SIPp(
        "basic-callee", .udp, at: "127.0.0.3", calls: Self.load, in: folder
      ).listens(.udp)
      let port = try Ports.block()
      let policy = folder.appending(path: "element.yaml")
      try Self.policy(port, to: callee).write(to: policy, atomically: true, encoding: .utf8)
      let element = try await Element(Element.start(policy, in: folder), at: port)
      let flooder =
        sources == 0
        ? nil
        : try Child(
          "flood", flood.path,
          ["127.0.0.1", "\(port)", "\(Self.flood.rate)", "\(Self.flood.seconds)", "\(sources)"],
          in: folder)
      let caller = try SIPp(
        "basic-caller", .udp, at: "127.0.0.2", calls: Self.load, calling: "127.0.0.1:\(port)",
        isTimed: true, in: folder)
      try await caller.expectAllCalls(within: .seconds(60))
      try await callee.expectAllCalls(within: .seconds(20))
      if let flooder {
        let status = try await flooder.status(within: .seconds(30))
        let sent = Int(flooder.said.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        #expect(status == 0 && sent >= Self.flood.rate * Self.flood.seconds / 2, "sent \(sent)")
        expectAlarm(sources == 1 ? "each" : "crowd", LogLines(element.child.said))
      }
      try await element.expectOrderlyEnd()
      let setups = try caller.setups("basic-caller", in: folder)
      try #require(setups.count == Self.load.calls)
      return setups[setups.count * 99 / 100]
    }
  }

  private func expectAlarm(_ limit: Substring, _ lines: LogLines) {
    let began = lines.fields(of: "limit.began")
    #expect(began.contains { $0["limit"] == limit }, "\(began)")
    #expect(lines.all.allSatisfy(LogLines.isWellFormed))
    // Not one line for each of a million.
    #expect(lines.all.count < Self.load.calls + 5_000, "\(lines.all.count) lines")
  }

  @Test("50 calls a second from a peer beside 50,000 datagrams a second from 1 and 100,000 sources")
  func flooded() async throws {
    try await withFolder { folder in
      let flood = folder.appending(path: "flood")
      let source = Element.root.appending(path: "Tests/CallTests/flood.c")
      let compiler = try Child(
        "gcc", "gcc", ["-O2", "-Wall", "-o", flood.path, source.path], in: folder)
      let status = try await compiler.status(within: .seconds(60))
      try #require(status == 0, "\(compiler.said)")
      let quiet = try await run(sources: 0, flood)
      for sources in [1, 100_000] {
        let loud = try await run(sources: sources, flood)
        #expect(loud <= quiet + Self.cost, "\(loud) ms, and \(quiet) ms without \(sources) sources")
      }
    }
  }
}
