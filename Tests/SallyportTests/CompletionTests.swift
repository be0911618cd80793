import ArgumentParser
import Foundation
import Testing

@testable import sallyport

@Suite("Completion for a shell")
struct CompletionTests {
  /// Asks the function of bash's script as the shell does when somebody presses Tab.
  private static let driver = """
    source "$1"; shift
    COMP_WORDS=("$@"); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _sallyport sallyport "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
    printf '%s\\n' "${COMPREPLY[@]}"
    """

  /// What bash offers in a folder with the script and some files.
  private func offered(_ words: [String]) throws -> Set<String> {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tab-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = folder.appending(path: "script")
    try Data(Sallyport.completionScript(for: .bash).utf8).write(to: script)
    for name in ["edge.yaml", "part.yml", "notes.txt"] {
      try Data().write(to: folder.appending(path: name))
    }
    let bash = Process()
    bash.executableURL = URL(filePath: "/bin/bash")
    bash.currentDirectoryURL = folder
    bash.arguments = ["-c", Self.driver, "bash", script.path, "sallyport"] + words
    let pipe = Pipe()
    bash.standardOutput = pipe
    try bash.run()
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    bash.waitUntilExit()
    #expect(bash.terminationStatus == 0)
    return Set(String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init))
  }

  @Test(
    "bash offers verbs, options, values, rules and policies",
    arguments: [
      ([""], ["run", "ctl", "lint", "test", "explain", "diff", "schema", "--help"]),
      (["li"], ["lint"]), (["lint", "--"], ["--format", "--explain", "--effective", "--against"]),
      (["lint", "--format", ""], ["text", "json", "sarif"]),
      (["lint", "--explain", "open"], ["open-relay"]),
      (["lint", ""], ["edge.yaml", "part.yml"]), (["ctl", "re"], ["reload"]),
      (["explain", "edge.yaml", "--he"], ["--header", "--help"]),
    ] as [([String], Set<String>)])
  func bash(words: [String], wanted: Set<String>) throws {
    let found = try offered(words)
    #expect(found.isSuperset(of: wanted), "\(words): \(found)")
    #expect(!found.contains("notes.txt"))
    if words.last?.isEmpty == false, words.last != "--" {
      #expect(found == wanted, "\(words): \(found)")
    }
  }

  @Test("there is one for each shell, with all verbs, and the README says where it goes")
  func shells() throws {
    let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "README.md")
    let text = try String(contentsOf: readme, encoding: .utf8)
    for shell in CompletionShell.allCases {
      let script = Sallyport.completionScript(for: shell)
      for verb in ["run", "ctl", "lint", "test", "explain", "diff", "schema"] {
        #expect(script.contains(verb), "\(shell.rawValue): \(verb)")
      }
      #expect(text.contains("--generate-completion-script \(shell.rawValue) > "))
    }
  }
}
