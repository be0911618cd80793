import Foundation
import Testing

/// `make call`, where somebody asks it for what it cannot do.
@Suite("The script that places calls", .timeLimit(.minutes(1)))
struct CallScriptTests {
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "call")

  @Test(
    "a number of calls, or a rate, that is none: one line that says so, and status 2",
    arguments: [
      ["20", "0"], ["0", "10"], ["20", "-1"], ["20", "1.5"], ["many"], ["08"],
      ["20", "9999999999"], ["1", "1", "1"],
    ])
  func refuses(arguments: [String]) async throws {
    try await withFolder { folder in
      let child = try Child("call", Self.script.path, arguments, in: folder)
      let status = try await child.status(within: .seconds(10))
      #expect(status == 2, "\(child.said)")
      let lines = child.said.split(separator: "\n")
      #expect(lines.count == 1 && child.said.contains("CALLS and RATE"), "\(child.said)")
    }
  }
}
