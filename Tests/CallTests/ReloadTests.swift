import Foundation
import Testing

/// Another policy for an element that serves, by signal and by its control socket.
@Suite("The running element and its next policy", .timeLimit(.minutes(3)))
struct ReloadTests {
  private static let crossing = Crossing.all[0]

  /// What is done to the policy's file, how the element hears of it, and what comes of it.
  private struct Step: Sendable {
    enum Way { case signal, order }

    let way: Way
    var change: @Sendable (inout PolicyText) -> Void = { _ in }
    /// Made of the text after it.
    var spoil: @Sendable (String) -> String = { $0 }
    /// What an answer, or the log, has to hold.
    let isTaken: Bool
    let said: [String]
  }

  /// The callee's peer goes while its calls are up, and comes back under a name that it had before.
  private static let steps = [
    Step(way: .signal, change: { $0.callee = "other" }, isTaken: true, said: ["number=2 peers=2"]),
    Step(way: .order, isTaken: true, said: ["policy 3 is in force\n"]),
    Step(
      way: .order, spoil: { $0.replacing("routes:", with: "rotes:") }, isTaken: false,
      said: ["error: `rotes` is not a key of a policy", "\npolicy 3 stays in force\n"]),
    Step(
      way: .signal, spoil: { $0.replacing("to: right", with: "to: wrong") }, isTaken: false,
      said: ["rule=undefined-name message=\"there is no peer `wrong`\"", "kept number=3"]),
    Step(way: .order, change: { $0.callee = "other" }, isTaken: true, said: ["policy 4 is in"]),
    Step(
      way: .order, change: { $0.workers = 3 }, spoil: { $0.replacing("tcp6", with: "tls6") },
      isTaken: false,
      said: [
        "error: `workers` is `3`, and the element runs with `2`", "`tls6` is new", "`tcp6` is gone",
        "policy 4 stays in force\n",
      ]),
    Step(way: .signal, isTaken: true, said: ["policy.reloaded number=5 peers=2 routes=1"]),
  ]

  @Test("amid calls: none is lost, broken ones are refused, and no earlier one is kept")
  func amidCalls() async throws {
    try await withFolder { folder in
      let load = SIPp.Load(calls: 1000, rate: 100)
      let callee = try await Self.crossing.callee("basic", calls: load, in: folder)
      let policy = try self.policy(Self.crossing.target(callee.host, callee.port), folder)
      let element = try await Element(policy, in: folder)
      let caller = try Self.crossing.caller("basic", calls: load, to: element, in: folder)
      for (number, step) in Self.steps.enumerated() {
        try await Task.sleep(for: .milliseconds(900))
        try await take(step, number, policy, element, folder)
        let isUp = caller.child.isRunning
        #expect(isUp, "the calls were over before step \(number)")
      }
      try await caller.expectAllCalls(within: .seconds(60))
      try await callee.expectAllCalls(within: .seconds(20))
      try await element.expectEmptyTables()
      let status = try await ctl(["status", "--format", "json"], folder)
      #expect(status.said.contains("\"earlier-policies\" : 0,"), "\(status.said)")
      #expect(status.said.contains("\"policy\" : 5,"), "\(status.said)")
      let lines = LogLines(element.child.said)
      #expect(lines.all.allSatisfy(LogLines.isWellFormed))
      let reloaded = lines.fields(of: "policy.reloaded")
      #expect(reloaded.map { $0["number"] } == ["2", "3", "4", "5"])
      #expect(reloaded.allSatisfy { $0["workers"] == "2" })
      let ends = lines.fields(of: "call.ended")
      #expect(ends.count == load.calls && ends.allSatisfy { $0["cause"] == "bye" })
      #expect(Set(ends.map { $0["to"] }) == ["right", "other"])
      try await element.expectOrderlyEnd()
      #expect(!FileManager.default.fileExists(atPath: policy.control ?? ""))
    }
  }

  private func take(
    _ step: Step, _ number: Int, _ policy: PolicyText, _ element: Element, _ folder: URL
  ) async throws {
    var next = policy
    step.change(&next)
    try step.spoil(next.yaml).write(
      to: folder.appending(path: "element.yaml"), atomically: true, encoding: .utf8)
    switch step.way {
    case .order:
      let answer = try await ctl(["reload"], folder)
      #expect(answer.status == (step.isTaken ? 0 : 1), "step \(number)")
      for text in step.said { #expect(answer.said.contains(text), "\(number): \(answer.said)") }
    case .signal:
      element.child.signal(SIGHUP)
      let isTold = try await eventually(within: .seconds(5)) {
        step.said.allSatisfy { element.child.said.contains($0) }
      }
      #expect(isTold, "step \(number): \(element.child.said.suffix(1000))")
    }
  }

  @Test("the control socket: its owner's alone, a dead one replaced, a living one left")
  func socket() async throws {
    try await withFolder { folder in
      let policy = try self.policy("udp:127.0.0.3:9", folder)
      let path = policy.control ?? ""
      let first = try await Element(policy, in: folder)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      var other = policy
      other.port = try Ports.block()
      let second = try Element.start(other, in: folder, name: "second")
      let status = try await second.status(within: .seconds(10))
      #expect(status == 1)
      #expect(
        second.said == "sallyport: cannot serve: control socket \(path): in use by a process"
          + " that runs\n")
      first.child.signal(SIGKILL)
      _ = try await first.child.status(within: .seconds(5))
      #expect(try await ctl(["status"], folder).status == 1)
      let third = try await Element(other, in: folder)
      let dump = try await ctl(["dump"], folder)
      #expect(dump.status == 0 && dump.said.contains(" notice tables: calls=0 "), "\(dump.said)")
      #expect(dump.said.contains(" notice transport: worker=1 "), "\(dump.said)")
      // It is told to the one who asked, and the log has none of it.
      #expect(!third.child.said.contains("tables:"))
      let drain = try await ctl(["drain"], folder)
      #expect(drain.status == 0 && drain.said.hasPrefix("draining"), "\(drain.said)")
      let end = try await third.child.status(within: .seconds(5))
      #expect(end == 0)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  private func policy(_ target: String, _ folder: URL) throws -> PolicyText {
    var policy = try PolicyText(port: Ports.block(), calleeTargets: [target])
    policy.workers = 2
    policy.control = folder.appending(path: "control").path
    return policy
  }

  private func ctl(
    _ arguments: [String], _ folder: URL
  ) async throws -> (status: Int32, said: String) {
    let path = folder.appending(path: "control").path
    let child = try Child(
      "ctl", Element.binary.path, ["ctl", "--socket", path] + arguments, in: folder)
    return (try await child.status(within: .seconds(20)), child.said)
  }
}
