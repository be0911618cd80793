import Foundation
import Testing

/// SIPp calls SIPp through the release binary. Both sides follow their route set and remote target
/// as RFC 3261 §12.2 has it, both send requests within the dialog, and both count.
@Suite("Calls through the running element", .timeLimit(.minutes(5)))
struct CallTests {
  /// How many scenarios run at the same time.
  private static let turnstile = Turnstile(6)

  @Test(
    "a thousand calls, none failed, and nothing is left of them",
    arguments: ["basic", "early-media", "reinvite", "cancel", "busy"], Crossing.all)
  func thousand(scenario: String, crossing: Crossing) async throws {
    try await call(scenario, crossing, .init(calls: 1000, rate: 100))
  }

  @Test(
    "everything else that dialogs carry, and what stands alone, over two workers",
    arguments: ["delayed-offer", "glare", "within", "alone", "subscribe"], Crossing.all)
  func others(scenario: String, crossing: Crossing) async throws {
    try await call(scenario, crossing, .init(calls: 250, rate: 50), workers: 2)
  }

  @Test("the first target never answers, and the second takes all calls", arguments: Crossing.all)
  func failover(crossing: Crossing) async throws {
    try await call("basic", crossing, .init(calls: 1000, rate: 100), isFirstSilent: true)
  }

  @Test("INVITEs too long for a datagram, to a callee that takes no TCP (RFC 3261 §18.1.1)")
  func large() async throws {
    let load = SIPp.Load(calls: 250, rate: 50)
    try await withFolder { folder in
      let element = try await Self.turnstile.pass {
        let crossing = Crossing.all[0]
        let callee = try await crossing.callee("basic", calls: load, in: folder)
        // Without a transport before it, the target is held to take both.
        let target = "\(callee.host):\(callee.port)"
        var policy = try PolicyText(port: Ports.block(), calleeTargets: [target])
        policy.workers = 2
        let element = try await Element(policy, in: folder)
        let caller = try crossing.caller("large", calls: load, to: element, in: folder)
        try await caller.expectAllCalls(within: .seconds(60))
        try await callee.expectAllCalls(within: .seconds(20))
        return element
      }
      try await element.expectEmptyTables()
      try await element.expectOrderlyEnd()
    }
  }

  private func call(
    _ scenario: String, _ crossing: Crossing, _ load: SIPp.Load, workers: Int = 1,
    isFirstSilent: Bool = false
  ) async throws {
    try await withFolder { folder in
      let element = try await Self.turnstile.pass {
        var callees = [try await crossing.callee(scenario, calls: load, in: folder)]
        if isFirstSilent {
          callees.insert(try await crossing.callee("silent", calls: load, in: folder), at: 0)
        }
        let targets = callees.map { crossing.target($0.host, $0.port) }
        var policy = try crossing.policy(port: Ports.block(), calleeTargets: targets)
        policy.workers = workers
        policy.patience = isFirstSilent ? "1s" : nil
        let element = try await Element(policy, in: folder)
        let caller = try crossing.caller(scenario, calls: load, to: element, in: folder)
        try await caller.expectAllCalls(within: .seconds(70))
        for callee in callees { try await callee.expectAllCalls(within: .seconds(20)) }
        return element
      }
      try await element.expectEmptyTables()
      try await element.expectOrderlyEnd()
    }
  }
}
