import Foundation
import Testing

/// What the element writes while it serves is read by programs, and kept by people who may not keep
/// everything.
@Suite("The log of the running element", .timeLimit(.minutes(2)))
struct LogTests {
  private static let load = SIPp.Load(calls: 50, rate: 50)

  @Test(
    "one line for each call, at its end, and nothing personal in any line",
    arguments: [("basic", "bye"), ("cancel", "cancelled"), ("busy", "refused")],
    [Crossing.all[0], Crossing.all[1], Crossing.all[4]])
  func ends(call: (scenario: String, cause: String), crossing: Crossing) async throws {
    try await withFolder { folder in
      let callee = try await crossing.callee(call.scenario, calls: Self.load, in: folder)
      let target = crossing.target(callee.host, callee.port)
      let policy = try crossing.policy(port: Ports.block(), calleeTargets: [target])
      let element = try await Element(policy, in: folder)
      let caller = try crossing.caller(call.scenario, calls: Self.load, to: element, in: folder)
      try await caller.expectAllCalls(within: .seconds(30))
      try await callee.expectAllCalls(within: .seconds(20))
      let lines = try await Self.whole(element)
      Self.expectRedacted(lines)
      let ends = lines.fields(of: "call.ended")
      #expect(ends.count == Self.load.calls)
      #expect(Set(ends.map { $0["call"] }).count == Self.load.calls)
      #expect(Set(ends.map { $0["call-id"] }).count == Self.load.calls)
      #expect(Set(ends.map { $0["cause"] }) == [Substring(call.cause)])
      try await element.expectOrderlyEnd()
    }
  }

  @Test("targets that fail, and requests that are refused, are told of without anything personal")
  func failures() async throws {
    try await faulty(log: "{ level: info, personal: redacted }") { lines in
      Self.expectRedacted(lines)
      #expect(lines.fields(of: "call.ended").count == Self.load.calls)
      #expect(lines.fields(of: "target.failed").count == Self.load.calls)
      #expect(lines.fields(of: "request.refused").map { $0["status"] } == ["481"])
      #expect(lines.fields(of: "message.malformed").count == 1)
      let remotes = Set(
        ["request.refused", "message.malformed"].flatMap { lines.fields(of: $0) }
          .map { $0["remote"] })
      // Equal data has equal digests, or lines of one peer could not be found together.
      #expect(remotes.count == 1 && remotes.first??.first == "#", "\(remotes)")
      let refused = lines.fields(of: "request.refused")
      #expect(refused.map { $0["peer"] } == ["left"])
      #expect(refused.allSatisfy { $0["call-id"]?.first == "#" && $0["port"] != nil })
    }
  }

  @Test("a call's line leads to the targets that failed it, and the other way round")
  func leads() async throws {
    try await faulty(log: "{ level: info, personal: redacted }") { lines in
      let calls = lines.fields(of: "call.ended")
      let failed = lines.fields(of: "target.failed")
      for name in ["call", "call-id"] as [Substring] {
        let known = Set(calls.map { $0[name] })
        #expect(known.count == Self.load.calls && !known.contains(nil))
        #expect(Set(failed.map { $0[name] }) == known)
      }
      #expect(Set(failed.map { $0["cause"] }) == ["timeout"])
      #expect(Set(failed.map { $0["peer"] }) == ["right"])
      #expect(Set(failed.map { $0["port"] }).count == 1)
    }
  }

  @Test("a stream that cannot be framed: a line with its peer and why")
  func stream() async throws {
    try await withFolder { folder in
      let crossing = Crossing.all[0]
      var policy = try crossing.policy(port: Ports.block(), calleeTargets: ["udp:127.0.0.3:9"])
      policy.callerSource = "127.0.0.1/32"
      let element = try await Element(policy, in: folder)
      let broken = "INVITE sip:alice@127.0.0.1 SIP/2.0\\r\\nContent-Length: many\\r\\n\\r\\n"
      let peer = try Child(
        "broken", "/bin/bash",
        ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(element.port); printf '\(broken)' >&3; cat <&3"],
        in: folder)
      let isTold = try await eventually(within: .seconds(5)) {
        element.child.said.contains("stream.closed")
      }
      #expect(isTold)
      // It hears the end, and so ends.
      _ = try await peer.status(within: .seconds(10))
      let lines = try await Self.whole(element)
      Self.expectRedacted(lines)
      let told = lines.fields(of: "stream.closed")
      #expect(told.map { $0["cause"] } == ["unframed"])
      #expect(told.map { $0["peer"] } == ["left"])
      #expect(told.allSatisfy { $0["port"] != nil && $0["transport"] == "tcp" })
      try await element.expectOrderlyEnd()
    }
  }

  /// Without this, the test above would hold of lines that never have an address.
  @Test("`personal: clear` shows addresses")
  func clear() async throws {
    try await faulty(log: "{ level: info, personal: clear }") { lines in
      #expect(lines.all.allSatisfy(LogLines.isWellFormed))
      for name in ["request.refused", "message.malformed"] {
        #expect(lines.fields(of: name).map { $0["remote"] } == ["127.0.0.2"])
      }
      let failed = lines.fields(of: "target.failed")
      #expect(failed.count == Self.load.calls)
      #expect(failed.allSatisfy { $0["remote"] == "127.0.0.3" })
    }
  }

  @Test("a name that nobody has: 500, and a line with the name and why it has no address")
  func nameless() async throws {
    try await withFolder { folder in
      let crossing = Crossing.all[0]
      var policy = try crossing.policy(port: Ports.block(), calleeTargets: ["udp:127.0.0.3:9"])
      policy.resolve = "always"
      let element = try await Element(policy, in: folder)
      let one = SIPp.Load(calls: 1, rate: 1)
      let caller = try crossing.caller("nameless", calls: one, to: element, in: folder)
      try await caller.expectAllCalls(within: .seconds(20))
      let lines = try await Self.whole(element)
      Self.expectRedacted(lines)
      #expect(lines.fields(of: "request.refused").map { $0["cause"] } == ["unknown-name"])
      // A machine without a name service hears of none, or of no answer, and of both in turn.
      let told = lines.fields(of: "name.unresolved")
      let causes: Set<Substring?> = ["no-such-name", "no-address", "no-answer", "server-failed"]
      #expect(told.first?["name"] == "nobody.invalid", "\(lines.all)")
      #expect(causes.isSuperset(of: told.map { $0["cause"] }), "\(told)")
      try await element.expectOrderlyEnd()
    }
  }

  /// Calls whose first target never answers, and requests that the element refuses itself.
  private func faulty(log: String, _ expect: (LogLines) throws -> Void) async throws {
    let crossing = Crossing.all[0]
    try await withFolder { folder in
      let silent = try await crossing.callee("silent", calls: Self.load, in: folder)
      let callee = try await crossing.callee("basic", calls: Self.load, in: folder)
      let targets = [silent, callee].map { crossing.target($0.host, $0.port) }
      var policy = try crossing.policy(port: Ports.block(), calleeTargets: targets)
      policy.patience = "1s"
      policy.log = log
      let element = try await Element(policy, in: folder)
      let caller = try crossing.caller("basic", calls: Self.load, to: element, in: folder)
      let one = SIPp.Load(calls: 1, rate: 1)
      let faulty = try crossing.caller("faulty", calls: one, to: element, in: folder)
      for side in [faulty, caller, callee, silent] {
        try await side.expectAllCalls(within: .seconds(30))
      }
      try expect(try await Self.whole(element))
      try await element.expectOrderlyEnd()
    }
  }

  /// The lines, once all that belongs to the calls is written and the tables are told after it.
  private static func whole(_ element: Element) async throws -> LogLines {
    try await element.expectEmptyTables()
    return LogLines(element.child.said)
  }

  private static func expectRedacted(_ lines: LogLines) {
    for line in lines.all {
      #expect(LogLines.isWellFormed(line), "\(line)")
      #expect(LogLines.personal(in: line) == [], "\(line)")
    }
  }
}

/// The rules that the tests above hold lines to find what breaks them.
@Suite("Log lines, as the tests read them")
struct LogLinesTests {
  private static let start = "2026-11-21T15:00:00.123Z"

  @Test(
    "are well formed, or not",
    arguments: [
      ("\(start) info call.ended call=1f from=left setup=0.012s", true),
      ("\(start) notice message.malformed fault=\"bad Via\" expected=\"a=b, c\" offset=3", true),
      ("\(start) notice tables: calls=0", true),
      ("\(start) info call.ended", true),
      ("listening on 127.0.0.1:5060 (udp4)", false),
      ("\(start) loud call.ended call=1", false),
      ("\(start) info call.ended call=", false),
      ("\(start) info call.ended call=1 2", false),
      ("\(start) info call.ended call=1 ", false),
      ("2026-11-21 15:00:00 info call.ended", false),
    ])
  func form(line: String, isWellFormed: Bool) {
    #expect(LogLines.isWellFormed(Substring(line)) == isWellFormed)
  }

  @Test(
    "tell of persons, or not",
    arguments: [
      ("\(start) info x remote=127.0.0.2", true), ("\(start) info x remote=::1", true),
      ("\(start) info x to=Alice", true), ("\(start) info x call-id=the-call-id-1-2", true),
      ("\(start) info x call-id=#12ab34cd56 from=left to=right", false),
    ])
  func persons(line: String, tells: Bool) {
    #expect(LogLines.personal(in: Substring(line)).isEmpty == !tells)
  }

  @Test("begin after the element has said that it serves")
  func begin() {
    let said = "listening on x (y)\nedge: serving with 1 worker\n\(Self.start) info a b=1\n"
    #expect(LogLines(said).all == ["\(Self.start) info a b=1"])
  }
}
