import ArgumentParser
import Foundation
import Testing
import Torture

@testable import sallyport

@Suite("Torture messages written for other programs")
struct OctetsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let own = TortureCommand.own.map { root.appending(path: $0) }

  /// A directory that is not there yet, and that goes when the test ends.
  private func inDirectory(_ body: (URL) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory.appending(path: "deeper"))
  }

  @Test("each message of the project is there, with the octets that its markup stands for")
  func all() throws {
    let folders = try Self.own.map { try Folder.read($0.path) }
    let octets = try Octets(of: folders)
    try inDirectory { directory in
      try octets.write(to: directory.path)
      let written = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      #expect(octets.count == written.count)
      var names: Set<String> = []
      for folder in Self.own {
        let files = try FileManager.default.contentsOfDirectory(
          at: folder, includingPropertiesForKeys: nil)
        for file in files where file.pathExtension == "msg" {
          let name = file.deletingPathExtension().lastPathComponent + ".sip"
          let markup = [UInt8](try Data(contentsOf: file))
          let data = try Data(contentsOf: directory.appending(path: name))
          #expect([UInt8](data) == (try Markup.expand(markup)), "\(name)")
          names.insert(name)
        }
      }
      #expect(names == Set(written))
      #expect(names.count >= 49 + 12)
    }
  }

  @Test("a file that is there is replaced; what is no directory is said to be none")
  func replaced() throws {
    let message = Array("OPTIONS sip:a@b SIP/2.0\n\n".utf8)
    let folder = try Folder(path: "here", expected: "", messages: ["a": message])
    let octets = try Octets(of: [folder])
    try inDirectory { directory in
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      let file = directory.appending(path: "a.sip")
      try Data(repeating: 0x41, count: 100).write(to: file)
      try octets.write(to: directory.path)
      #expect(try Data(contentsOf: file) == Data("OPTIONS sip:a@b SIP/2.0\r\n\r\n".utf8))
      do throws(Octets.Unwritten) {
        try octets.write(to: file.path)
        Issue.record("it was written into a file")
      } catch {
        #expect(error.sentence.hasPrefix("\(file.path): error: it cannot be written: "))
      }
    }
  }

  @Test("two messages of one name are told, and neither is written over the other")
  func clashes() throws {
    let message = Array("OPTIONS sip:a@b SIP/2.0\n\n".utf8)
    let folders = try ["here", "there"].map {
      try Folder(path: $0, expected: "", messages: ["a": message])
    }
    do throws(Octets.Unwritten) {
      _ = try Octets(of: folders)
      Issue.record("one of them is lost")
    } catch {
      #expect(error.sentence == "there/a.msg: error: here has one of that name")
    }
  }

  @Test(
    "it goes with nothing that plays",
    arguments: [
      ["--policy", "p.yaml"], ["--target", "udp:127.0.0.1:5060"], ["--junit", "x.xml"],
      ["--mutate", "10"],
    ])
  func misuse(more: [String]) throws {
    try inDirectory { directory in
      let command = try TortureCommand.parse(["--write", directory.path] + more)
      do {
        try command.run()
        Issue.record("it plays")
      } catch {
        #expect(error as? ExitCode == ExitCode(2))
      }
      #expect(!FileManager.default.fileExists(atPath: directory.path))
    }
  }
}
