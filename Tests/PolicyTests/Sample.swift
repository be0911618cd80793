import Foundation
import Policy

/// Policies for tests.
enum Sample {
  /// What the lines of a table of wrong policies are put into.
  static let right = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
      - { name: t4, transport: tcp, address: "127.0.0.1:5060" }
    peers:
      - { name: left, sources: [10.0.0.0/8], listeners: [u4] }
      - { name: right, sources: [10.1.0.0/16], targets: ["udp:10.1.0.1:5060"] }
    routes:
      - { name: all, to: right }

    """

  /// A policy with one line of the right one replaced by other lines.
  static func with(line: Int, _ text: String) -> String {
    var lines = right.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[line - 1] = text
    return lines.joined(separator: "\n")
  }

  static func load(_ text: String) throws -> Snapshot {
    try Snapshot.load(text: text, name: "p", cores: 2)
  }

  /// What is wrong with a policy, a line for each finding.
  static func findings(_ text: String) -> [String] {
    do {
      return try load(text).warnings.map(\.description)
    } catch {
      return (error as? Rejection)?.findings.map(\.description) ?? ["\(error)"]
    }
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func shipped(_ name: String) -> String { root.appending(path: "Policies/\(name)").path }
}

/// A generator with a seed, so that a failure can be seen again.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}
