import Foundation
import Testing

/// What `sallyport diff` writes, and the status that it ends with.
@Suite("The verb diff", .timeLimit(.minutes(1)))
struct DiffVerbTests {
  private static let right = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
    peers:
      - { name: a, sources: [127.0.0.1] }
      - { name: b, targets: ["127.0.0.2"] }
    routes:
      - { name: all, to: b }

    """

  private static let other = right.replacing("name: all", with: "name: all, user-prefix: \"+49\"")

  private static let message =
    "INVITE sip:+44@x.example SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\n"
    + "From: <sip:a@x.example>;tag=1\nTo: <sip:+44@x.example>\nCall-ID: 1\nCSeq: 1 INVITE\n"
    + "Max-Forwards: 70\nContent-Length: 0\n\n"

  /// Writes policies and a message, compares the policies, and gives what was said.
  private func diff(
    _ new: String?, _ options: [String] = [], old: String = right, ends wanted: Int32
  ) async throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in [("old.yaml", old), ("new.yaml", new), ("m.sip", Self.message)] {
      try text?.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let child = try Child(
      "diff", Element.binary.path, ["diff", "old.yaml", "new.yaml"] + options, in: folder)
    let status = try await child.status(within: .seconds(20))
    #expect(status == wanted, "\(child.said)")
    return child.said
  }

  @Test("0 for the same, 1 for another, 2 for one that cannot be loaded")
  func status() async throws {
    let same = try await diff(Self.right, ends: 0)
    #expect(same.hasPrefix("no difference: "))
    let another = try await diff(Self.other, ends: 1)
    #expect(another.contains("route all does not take any more: INVITE"))
    let broken = try await diff("version: 2\n", ends: 2)
    #expect(broken.hasPrefix("new.yaml:1:"))
    let missing = try await diff(nil, ends: 2)
    #expect(missing.contains("new.yaml"))
    let first = try await diff(Self.right, old: "version: 2\n", ends: 2)
    #expect(first.hasPrefix("old.yaml:1:"))
  }

  @Test("1 for a setting and for a name, which change no verdict")
  func silentChanges() async throws {
    let setting = try await diff("element: { drain: 90s }\n" + Self.right, ends: 1)
    #expect(setting.contains("element.drain\n    - "))
    let name = try await diff(Self.right.replacing("name: all", with: "name: every"), ends: 1)
    #expect(name.contains("route all (old.yaml:8:13) is now every (new.yaml:8:13)"))
    #expect(name.contains("\n0 kinds of requests with another verdict"))
  }

  @Test("one message: both verdicts, and whether they are the same")
  func message() async throws {
    let from = ["--message", "m.sip", "--from", "127.0.0.1", "--to", "u4"]
    let same = try await diff(Self.right, from, ends: 0)
    #expect(same.contains("  = forward by route all to udp:127.0.0.2:5060 (b) from u4"))
    #expect(same.hasSuffix("the same verdict\n"))
    let another = try await diff(Self.other, from, ends: 1)
    #expect(another.contains("  - forward by route all to udp:127.0.0.2:5060 (b) from u4"))
    #expect(another.contains("  + refuse 404 (no-route)"))
    #expect(another.hasSuffix("another verdict\n"))
    let short = ["--message", "INVITE sip:+49@x.example", "--from", "127.0.0.1"]
    let json = try await diff(Self.other, short + ["--format", "json"], ends: 0)
    let told = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(told?["isSame"] as? Bool == true)
    #expect((told?["new"] as? [String: Any])?["verdict"] as? String == "forward")
  }

  @Test("2 for a message that cannot be read, 64 for a wrong use of the command")
  func misuse() async throws {
    _ = try await diff(Self.right, ["--message", "none.sip", "--from", "127.0.0.1"], ends: 2)
    let listener = try await diff(
      Self.right, ["--message", "m.sip", "--from", "127.0.0.1", "--to", "u5"], ends: 2)
    #expect(listener == "sallyport diff: there is no listener `u5`; did you mean `u4`?\n")
    _ = try await diff(Self.right, ["--message", "m.sip"], ends: 64)
    _ = try await diff(Self.right, ["--from", "127.0.0.1"], ends: 64)
  }
}
