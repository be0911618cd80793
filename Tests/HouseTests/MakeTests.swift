import Foundation
import Testing

/// What `make` tells who runs it.
@Suite("make")
struct MakeTests {
  @Test("run says what to try next, where that can work: with the quickstart")
  func hint() throws {
    let hint = try make("hint")
    #expect(hint.split(separator: "\n").count == 2)
    let policy = try text("Policies/quickstart.yaml")
    let makefile = try text("Makefile")
    #expect(hint.contains("make call ") && makefile.contains("\ncall: "))
    #expect(makefile.contains("\nrun: build hint "))
    for command in ["sipp -sn uas -p 5070", "sipp -sn uac 127.0.0.1:5060"] {
      #expect(hint.contains(command))
      #expect(policy.contains("#     \(command)\n"))
    }
    #expect(try make("hint", "POLICY=other.yaml").isEmpty)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Tree.root.appending(path: path), encoding: .utf8)
  }

  /// What it prints; an outer `make` has no say in it.
  private func make(_ arguments: String...) throws -> String {
    let make = Process()
    let pipe = Pipe()
    make.executableURL = URL(filePath: "/usr/bin/env")
    let outer = ["MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "POLICY"].flatMap { ["-u", $0] }
    make.arguments = outer + ["make", "--no-print-directory"] + arguments
    make.currentDirectoryURL = Tree.root
    make.standardOutput = pipe
    try make.run()
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    make.waitUntilExit()
    #expect(make.terminationStatus == 0)
    return String(decoding: said, as: UTF8.self)
  }
}
