import Foundation
import Testing

/// Issue 3: what a check says of a policy, a start says too, in the same words.
@Suite("Policies that are broken", .timeLimit(.minutes(1)))
struct BrokenPolicyTests {
  private static let right = [
    "version: 1",
    "element: { name: edge, drain: 5s, log: { level: info } }",
    "listeners:",
    #"  - { name: u4, transport: udp, address: "127.0.0.1:5060" }"#,
    "peers:",
    "  - { name: left, sources: [127.1.0.0/16], listeners: [u4] }",
    #"  - { name: right, targets: ["udp:127.2.0.1:5060"] }"#,
    "routes:",
    #"  - { name: all, from: left, user-prefix: "+49", to: right }"#,
  ]

  /// What breaks a policy, by the line that it takes the place of.
  private static let breaks: [(line: Int, text: String)] = [
    (1, "version: 2"), (1, "verzion: 1"), (1, "version: 1\nversion: 1"), (1, "version: [1"),
    (1, "version: 1\ninclude: none.yaml"), (2, "element: { colour: red }"),
    (2, "element: { drain: 5 }"), (2, "element: { drain: 5s, drain: 6s }"),
    (2, "element: { workers: none, batching: 1y, log: { level: loud } }"), (2, "element: 7"),
    (4, #"  - { name: u4, transport: tls, address: "127.0.0.1:5060" }"#),
    (4, #"  - { name: u4, transport: udp, address: "localhost" }"#),
    (5, "peers: none"), (6, "  - { name: left, sources: [127.1.0.1/16], listeners: [u5] }"),
    (6, "  - { name: right, sources: [127.1.0.0/16] }"),
    (7, #"  - { name: right, targets: ["tcp:127.2.0.1:5060"] }"#),
    (7, "  - { name: right, rate: 100/s }"), (9, "  - { name: all, to: rihgt }"),
    (9, "  - { name: all, user-prefix: [], to: right }"), (9, "  - &a { name: all, to: *a }"),
  ]

  @Test("20 of them fail `run --check` and `run` alike, with status 2 and the same reasons")
  func alike() async throws {
    #expect(Self.breaks.count == 20)
    try await withFolder { folder in
      for (number, change) in Self.breaks.enumerated() {
        var lines = Self.right
        lines[change.line - 1] = change.text
        let file = folder.appending(path: "broken-\(number).yaml")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        let checked = try await said(["run", "--check", file.path], "check-\(number)", folder)
        let started = try await said(["run", file.path], "run-\(number)", folder)
        #expect(checked == started, "\(change.text)")
        #expect(checked.contains("broken-\(number).yaml:"), "\(change.text): \(checked)")
        #expect(checked.contains(": error: "), "\(change.text): \(checked)")
      }
    }
  }

  private func said(_ arguments: [String], _ name: String, _ folder: URL) async throws -> String {
    let child = try Child(name, Element.binary.path, arguments, in: folder)
    let status = try await child.status(within: .seconds(10))
    #expect(status == 2, "\(arguments): \(child.said)")
    return child.said
  }
}
