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

  @Test(
    "what this machine lacks fails them alike, with status 1 and the same words",
    arguments: [
      (
        2, "element: { control: /none/of/these.sock }",
        "control socket /none/of/these.sock: No such file or directory"
      ),
      (
        2, "element: { control: /dev/null }",
        "control socket /dev/null: something else stands there"
      ),
      (
        4, #"  - { name: u4, transport: udp, address: "192.0.2.77:5060" }"#,
        "udp 192.0.2.77:5060: this machine has no such address"
      ),
      (
        4, #"  - { name: u4, transport: tcp, address: "192.0.2.77:5060" }"#,
        "tcp 192.0.2.77:5060: this machine has no such address"
      ),
    ])
  func lacking(line: Int, text: String, reason: String) async throws {
    var lines = Self.right
    lines[line - 1] = text
    // Its target is then of the transport that the listener has.
    if text.contains("tcp") { lines[6] = #"  - { name: right, targets: ["tcp:127.2.0.1:5060"] }"# }
    try await withFolder { folder in
      let file = folder.appending(path: "p.yaml")
      try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
      let checked = try await said(["run", "--check", file.path], "check", folder, ends: 1)
      let started = try await said(["run", file.path], "run", folder, ends: 1)
      #expect(checked.hasSuffix("\nsallyport: cannot serve: \(reason)\n"), "\(checked)")
      #expect(checked == started)
    }
  }

  @Test("a check tells all that the machine lacks, and of what is there it takes nothing")
  func all() async throws {
    try await withFolder { folder in
      var lines = Self.right
      let socket = folder.appending(path: "ctl").path
      let port = try Ports.block()
      lines[1] = "element: { control: \(socket) }"
      lines[3] = #"  - { name: u4, transport: udp, address: "127.0.0.1:\#(port)" }"#
      let file = folder.appending(path: "p.yaml")
      try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
      let serving = try Child("serving", Element.binary.path, ["run", file.path], in: folder)
      let isServing = try await eventually(within: .seconds(10)) {
        serving.said.contains("serving with")
      }
      #expect(isServing, "\(serving.said)")
      let checked = try await said(["run", "--check", file.path], "check", folder, ends: 0)
      #expect(checked.hasSuffix("\n\(file.path): OK\n"), "\(checked)")
      #expect(FileManager.default.fileExists(atPath: socket))
      lines[1] = "element: { control: /none/of/these.sock }"
      lines[3] += "\n" + #"  - { name: w4, transport: udp, address: "192.0.2.77:5060" }"#
      lines[3] += "\n" + #"  - { name: t4, transport: tcp, address: "192.0.2.78:5060" }"#
      try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
      let reasons = try await said(["run", "--check", file.path], "again", folder, ends: 1)
      let told = reasons.split(separator: "\n").filter { $0.hasPrefix("sallyport: ") }
      #expect(told.count == 3, "\(reasons)")
      serving.signal(SIGTERM)
      #expect(try await serving.status(within: .seconds(20)) == 0)
    }
  }

  private func said(
    _ arguments: [String], _ name: String, _ folder: URL, ends wanted: Int32 = 2
  ) async throws -> String {
    let child = try Child(name, Element.binary.path, arguments, in: folder)
    let status = try await child.status(within: .seconds(10))
    #expect(status == wanted, "\(arguments): \(child.said)")
    return child.said
  }
}
