import Foundation
import Testing

/// How the program starts and ends.
@Suite("The running element", .timeLimit(.minutes(2)))
struct ProgramTests {
  private static let crossing = Crossing.all[0]

  @Test("asked to end, it takes no new call, lets the others end, and ends with status 0")
  func drains() async throws {
    try await withFolder { folder in
      let (element, callee, caller) = try await longCalls(drain: "20s", in: folder)
      try await Task.sleep(for: .seconds(2))
      element.child.signal(SIGTERM)
      try await Task.sleep(for: .milliseconds(500))
      let load = SIPp.Load(calls: 1, rate: 1)
      let late = try Self.crossing.caller("late", calls: load, to: element, in: folder)
      try await late.expectAllCalls(within: .seconds(10))
      #expect(element.child.isRunning, "it ended while calls went on")
      try await caller.expectAllCalls(within: .seconds(15))
      try await callee.expectAllCalls(within: .seconds(15))
      let status = try await element.child.status(within: .seconds(40))
      #expect(status == 0, "\(element.child.said.suffix(1000))")
    }
  }

  @Test("asked to end, it does so at the drain's limit, whatever goes on")
  func drainHasALimit() async throws {
    try await withFolder { folder in
      let (element, _, _) = try await longCalls(drain: "1s", in: folder)
      try await Task.sleep(for: .seconds(2))
      element.child.signal(SIGTERM)
      let status = try await element.child.status(within: .seconds(5))
      #expect(status == 0, "\(element.child.said.suffix(1000))")
    }
  }

  @Test(
    "at the drain's limit callers hear 503 and callees that ring a CANCEL, and then it ends",
    arguments: Crossing.all.prefix(2))
  func drainTellsEverybody(crossing: Crossing) async throws {
    try await withFolder { folder in
      let load = SIPp.Load(calls: 20, rate: 40)
      let callee = try await crossing.callee("cancel", calls: load, in: folder)
      let target = crossing.target(callee.host, callee.port)
      var policy = try PolicyText(port: Ports.block(), calleeTargets: [target])
      policy.drain = "1s"
      let element = try await Element(policy, in: folder)
      let caller = try crossing.caller("left", calls: load, to: element, in: folder)
      try await Task.sleep(for: .seconds(2))
      element.child.signal(SIGTERM)
      let status = try await element.child.status(within: .seconds(5))
      #expect(status == 0, "\(element.child.said.suffix(1000))")
      try await caller.expectAllCalls(within: .seconds(10))
      try await callee.expectAllCalls(within: .seconds(10))
    }
  }

  @Test("it says its version")
  func version() async throws {
    try await withFolder { folder in
      let child = try Child("version", Element.binary.path, ["--version"], in: folder)
      let status = try await child.status(within: .seconds(10))
      #expect(status == 0)
      let said = child.said.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(said.wholeMatch(of: /\d+\.\d+\.\d+/) != nil, "\(said)")
    }
  }

  @Test("with no calls, it ends at once when asked to")
  func endsAtOnce() async throws {
    try await withFolder { folder in
      let policy = try PolicyText(port: Ports.block(), calleeTargets: ["udp:127.0.0.3:9"])
      let element = try await Element(policy, in: folder)
      try await element.expectEmptyTables(within: .seconds(2))
      try await element.expectOrderlyEnd(within: .seconds(2))
    }
  }

  /// Five calls of some seconds.
  private func longCalls(
    drain: String, in folder: URL
  ) async throws -> (element: Element, callee: SIPp, caller: SIPp) {
    let load = SIPp.Load(calls: 5, rate: 5)
    let callee = try await Self.crossing.callee("basic", calls: load, in: folder)
    let target = Self.crossing.target(callee.host, callee.port)
    var policy = try PolicyText(port: Ports.block(), calleeTargets: [target])
    policy.drain = drain
    let element = try await Element(policy, in: folder)
    let caller = try Self.crossing.caller("long", calls: load, to: element, in: folder)
    return (element, callee, caller)
  }

  @Test(
    "a port that another program has: one line, and status 1", arguments: Crossing.all.prefix(2))
  func portInUse(crossing: Crossing) async throws {
    try await withFolder { folder in
      let port = try Ports.block()
      let transport = crossing.calleeTransport
      let load = SIPp.Load(calls: 1, rate: 1)
      let holder = try await SIPp(
        "basic-callee", transport, at: "127.0.0.1", port: port, calls: load, in: folder
      ).listens(transport)
      let policy = PolicyText(port: port, calleeTargets: ["udp:127.0.0.3:9"])
      try await expectRefusal(of: Element.start(policy, in: folder), port: port)
      #expect(holder.child.isRunning)
    }
  }

  @Test("a port that another element has: one line, and status 1")
  func secondElement() async throws {
    try await withFolder { folder in
      let policy = try PolicyText(port: Ports.block(), calleeTargets: ["udp:127.0.0.3:9"])
      let first = try await Element(policy, in: folder)
      let second = try Element.start(policy, in: folder, name: "second")
      try await expectRefusal(of: second, port: policy.port)
      try await first.expectOrderlyEnd()
    }
  }

  private func expectRefusal(of child: Child, port: Int) async throws {
    let status = try await child.status(within: .seconds(10))
    let lines = child.said.split(separator: "\n")
    #expect(status == 1, "\(child.said)")
    #expect(lines.count == 1 && child.said.contains(":\(port)"), "\(child.said)")
  }

  @Test(
    "a policy that does not load: its place, what is wrong, and status 2",
    arguments: zip(
      ["routes:", "transport: tcp", "version: 1"], ["rotes:", "transport: ttp", "version: 9"]))
  func badPolicy(right: String, wrong: String) async throws {
    try await withFolder { folder in
      let policy = try PolicyText(port: Ports.block(), calleeTargets: ["udp:127.0.0.3:9"])
      let place = try #require(policy.yaml.firstRange(of: right)).lowerBound
      let line = policy.yaml[..<place].split(separator: "\n", omittingEmptySubsequences: false)
        .count
      let file = folder.appending(path: "bad.yaml")
      try policy.yaml.replacing(right, with: wrong, maxReplacements: 1)
        .write(to: file, atomically: true, encoding: .utf8)
      let child = try Element.start(file, in: folder)
      let status = try await child.status(within: .seconds(10))
      #expect(status == 2, "\(child.said)")
      #expect(try !Ports.isTaken(policy.port, .udp))
      let start = child.said.prefix { $0 != "\n" }
      #expect(start.wholeMatch(of: try Self.complaint(file, line)) != nil, "\(child.said)")
    }
  }

  /// `file:line:column: error: what is wrong`
  private static func complaint(_ file: URL, _ line: Int) throws -> Regex<AnyRegexOutput> {
    let path = file.path.replacing(".", with: "\\.").replacing("/", with: "\\/")
    return try Regex("\(path):\(line):[0-9]+: error: .+")
  }
}
