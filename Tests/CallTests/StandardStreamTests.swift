import Foundation
import Testing

/// Verbs whose standard streams are closed, or full, or no files at all: they end with the status
/// that they would have had, and a socket never takes the number of a stream.
@Suite("Standard streams", .timeLimit(.minutes(1)))
struct StandardStreamTests {
  private static let policy = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
    peers:
      - { name: a, sources: [127.0.0.1], targets: ["127.0.0.1:5070"] }
    routes:
      - { name: r, from: a, to: a }

    """

  /// What each does, and the status that it ends with.
  private static let verbs: [(line: String, status: Int32)] = [
    ("lint p.yaml", 0), ("lint none.yaml", 2), ("run --check p.yaml", 0),
    ("run --check none.yaml", 2), ("run none.yaml", 2), ("test p.yaml", 2),
    ("explain p.yaml none.sip --from 127.0.0.1", 2),
    ("explain p.yaml 'OPTIONS sip:x@y' --from 127.0.0.1", 0), ("diff p.yaml none.yaml", 2),
    ("ctl status --socket none.sock", 1), ("ctl status --policy p.yaml", 2), ("lnit", 64),
  ]

  private func status(of line: String, in folder: URL) async throws -> (Int32, String) {
    let command = "\"$0\" \(line)"
    let shell = ["-c", command, Element.binary.path]
    let child = try Child("shell-\(UUID())", "/bin/sh", shell, in: folder)
    return (try await child.status(within: .seconds(10)), child.said)
  }

  private func withPolicy(_ body: (URL) async throws -> Void) async throws {
    try await withFolder { folder in
      try Self.policy.write(
        to: folder.appending(path: "p.yaml"), atomically: true, encoding: .utf8)
      try await body(folder)
    }
  }

  @Test(
    "closed or full, they change no status",
    arguments: ["2>&-", "<&-", ">&-", "<&- >&- 2>&-", "2>/dev/full"])
  func closed(streams: String) async throws {
    try await withPolicy { folder in
      for (line, wanted) in Self.verbs {
        let (status, said) = try await status(of: "\(line) \(streams)", in: folder)
        #expect(status == wanted, "\(line) \(streams): \(said)")
      }
    }
  }

  @Test("what could not be written is no success")
  func full() async throws {
    try await withPolicy { folder in
      for line in ["run --check p.yaml", "schema", "lint --rules", "--version"] {
        let (status, said) = try await status(of: "\(line) >/dev/full", in: folder)
        #expect(status == 74, "\(line): \(said)")
        #expect(said.hasPrefix("sallyport: the output could not be written: "), "\(said)")
      }
    }
  }

  @Test("the standard input as a policy and as a message, and one that is no file")
  func input() async throws {
    try await withPolicy { folder in
      for (line, wanted) in [
        ("lint - <p.yaml", Int32(0)), ("run --check - <p.yaml", 0), ("diff - p.yaml <p.yaml", 0),
        ("lint - </dev/null", 2), ("lint - </tmp", 2), ("run - <p.yaml", 64),
        ("explain - 'OPTIONS sip:x@y' --from 127.0.0.1 <p.yaml", 0),
        ("explain p.yaml - --from 127.0.0.1 </tmp", 2),
        ("explain p.yaml - --from 127.0.0.1 </dev/zero", 2),
        ("explain - - --from 127.0.0.1 <p.yaml", 64),
      ] {
        let (status, said) = try await status(of: line, in: folder)
        #expect(status == wanted, "\(line): \(said)")
      }
    }
  }

  @Test("an element that was started without them has no socket in their places")
  func element() async throws {
    try await withFolder { folder in
      let policy = try PolicyText(port: Ports.block(), calleeTargets: ["udp:127.0.0.3:9"])
      let file = folder.appending(path: "p.yaml")
      try policy.yaml.write(to: file, atomically: true, encoding: .utf8)
      let command = "exec \"$0\" run p.yaml <&- >&- 2>&-"
      let child = try Child("closed", "/bin/sh", ["-c", command, Element.binary.path], in: folder)
      let serves = try await eventually(within: .seconds(10)) {
        try Ports.isTaken(policy.port, .udp)
      }
      #expect(serves, "\(child.said)")
      for number in 0...2 {
        let path = try FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/\(child.number)/fd/\(number)")
        #expect(path == "/dev/null")
      }
      child.signal(SIGTERM)
      #expect(try await child.status(within: .seconds(10)) == 0)
    }
  }
}
