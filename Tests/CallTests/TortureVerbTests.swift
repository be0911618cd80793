import Foundation
import Testing

/// What `sallyport torture` writes, and the status that it ends with.
@Suite("The verb torture, in process", .timeLimit(.minutes(1)))
struct TortureVerbTests {
  private static let root = Element.root.appending(path: "Torture")

  private func torture(
    _ arguments: [String], in folder: URL, ends wanted: Int32
  ) async throws -> String {
    let child = try Child("torture", Element.binary.path, ["torture"] + arguments, in: folder)
    let status = try await child.status(within: .seconds(30))
    #expect(status == wanted, "\(child.said)")
    return child.said
  }

  @Test("the folders of the project, where it is run from there")
  func own() async throws {
    try await withFolder { folder in
      // What it says is written to where it is run, and that should not be the tree.
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "Torture"), withDestinationURL: Self.root)
      let said = try await torture([], in: folder, ends: 0)
      #expect(said.contains(", 0 failed, 0 skipped"), "\(said)")
      #expect(!said.contains("FAIL"))
    }
  }

  @Test("nothing to read is said with what to do, and status 2")
  func lost() async throws {
    try await withFolder { folder in
      let said = try await torture([], in: folder, ends: 2)
      #expect(said.hasPrefix("Torture/rfc4475: error: there is no such folder"), "\(said)")
      #expect(said.contains("name folders, or run it where Torture/ of the project is"))
    }
  }

  @Test(
    "a run that looks at nothing is told of, and does not pass",
    arguments: ["# nothing", "ncl uas 400 §1"])
  func nothing(expected: String) async throws {
    try await withFolder { folder in
      let cases = folder.appending(path: "cases")
      try FileManager.default.createDirectory(at: cases, withIntermediateDirectories: false)
      try expected.write(
        to: cases.appending(path: "EXPECTED"), atomically: true, encoding: .utf8)
      if expected.hasPrefix("ncl") {
        try FileManager.default.copyItem(
          at: Self.root.appending(path: "rfc4475/ncl.msg"), to: cases.appending(path: "ncl.msg"))
      }
      let said = try await torture(["cases", "--junit", "out.xml"], in: folder, ends: 2)
      #expect(said.contains("there is nothing to play: no line is about a proxy"), "\(said)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out.xml").path))
    }
  }

  @Test("mutants in this process: all are put, and none breaks anything")
  func mutants() async throws {
    try await withFolder { folder in
      let said = try await torture(["--mutate", "3000"], in: folder, ends: 0)
      #expect(said.contains("3000 mutants of seed 1 in "), "\(said)")
      #expect(said.contains(": 0 broke something"))
      let one = try await torture(["--mutant", "4711", "--format", "json"], in: folder, ends: 0)
      let found = try JSONSerialization.jsonObject(with: Data(one.utf8)) as? [String: Any]
      #expect(found?["sent"] as? Int == 1, "\(one)")
    }
  }

  @Test(
    "a wrong word about mutants is told of in a sentence, with status 2",
    arguments: [
      (["--mutate", "0"], "from 1 to"), (["--mutant", "1000000000"], "a number below"),
      (["--mutate", "1", "--mutant", "1"], "say one"), (["--seed", "1"], "needs --mutate"),
      (["--rate", "5"], "needs --mutate"), (["--mutate", "5", "--rate", "5"], "needs --target"),
      (["--mutate", "5", "--from", "127.0.0.2"], "no folder"),
      (["--mutate", "5", "x"], "no folder"),
      (["--mutate", "5", "--target", "udp:127.0.0.1:9", "--rate", "0"], "from 1 to"),
      (["--mutate", "5", "--target", "udp:127.0.0.1:9", "--fresh"], "--fresh is for folders"),
      (["--mutate", "5", "--target", "udp:127.0.0.1:9", "--rewrite-via"], "is for folders"),
      (["--target", "udp:127.0.0.1:9", "--from", "127.0.0.2"], "--listen"),
    ])
  func wrongMutants(arguments: [String], words: String) async throws {
    try await withFolder { folder in
      let said = try await torture(arguments, in: folder, ends: 2)
      #expect(said.contains(words) && said.split(separator: "\n").count == 1, "\(said)")
    }
  }

  @Test("one outcome that is another fails the run, and is shown")
  func flipped() async throws {
    try await withFolder { folder in
      let cases = folder.appending(path: "cases")
      try FileManager.default.copyItem(at: Self.root.appending(path: "found"), to: cases)
      let expected = cases.appending(path: "EXPECTED")
      let text = try String(contentsOf: expected, encoding: .utf8)
      try text.replacing("proxy forward §7.3.1", with: "proxy 404 §7.3.1")
        .write(to: expected, atomically: true, encoding: .utf8)
      let said = try await torture(["cases", "--junit", "out.xml"], in: folder, ends: 1)
      #expect(said.contains("FAIL       folded-length (udp)"), "\(said)")
      #expect(said.contains("expected 404 (§7.3.1)"))
      #expect(said.contains("seen     forwarded"))
      let junit = try String(contentsOf: folder.appending(path: "out.xml"), encoding: .utf8)
      #expect(junit.contains("failures=\"1\""))
      try text.replacing("proxy forward §7.3.1", with: "proxy frward §7.3.1")
        .write(to: expected, atomically: true, encoding: .utf8)
      let broken = try await torture(["cases"], in: folder, ends: 2)
      #expect(broken.contains("cases/EXPECTED:4: error: `frward` is no outcome"), "\(broken)")
    }
  }
}
