import Foundation
import Testing

@Suite("RFC 3261 §16.6, §16.7: what is forwarded reads as what came, to sofia-sip")
struct ForwardedIsWhatCame {
  /// `SALLYPORT_DIFFERENTIAL` messages (5,000 without it) from `SALLYPORT_SEED` on (1 without it).
  private static func setting(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
  }

  /// So many come from one seed, so that a fault can be had again quickly.
  private static let batch = 500

  @Test("messages of random shape by the grammar")
  func messages() throws {
    let (count, first) = (
      Self.setting("SALLYPORT_DIFFERENTIAL", 5000), Self.setting("SALLYPORT_SEED", 1)
    )
    let sofia = try Sofia.shared()
    var judgement = Judgement(sofia)
    var ways: [String: Int] = [:]
    for seed in first..<first + (count + Self.batch - 1) / Self.batch {
      let (pairs, faults) = Traffic.pairs(seed: UInt64(seed), atLeast: Self.batch)
      try judgement.judge(pairs)
      for pair in pairs { ways[pair.way.name, default: 0] += 1 }
      for fault in (faults + judgement.takeFaults()).prefix(3) {
        Issue.record("SALLYPORT_SEED=\(seed): \(fault)")
      }
    }
    print("Read by sofia-sip as they were: \(judgement.summary), \(ways)")
    #expect(judgement.compared >= count)
    // Were it many, then little would be compared as it is.
    #expect(judgement.limits.values.reduce(0, +) * 20 < judgement.compared, "\(judgement.limits)")
    for name in ["request", "redirected", "response", "answer", "cancel", "acknowledgement"] {
      #expect(ways[name, default: 0] * 200 > count, "\(name): \(ways)")
    }
  }
}
