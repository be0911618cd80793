import Foundation
import Testing

@testable import Policy

@Suite("Files that are policies, and such that are not")
struct FileTests {
  @Test("the policies that are shipped load, and nothing is to be said of them")
  func shipped() throws {
    let folder = Sample.root.appending(path: "Policies").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }
    #expect(names.contains("quickstart.yaml"))
    for name in names {
      let snapshot = try Snapshot.load(path: Sample.shipped(name))
      // Some show how a rule is tried before it is in force, and one is for the laboratory.
      let meant: [Rule] = [.observeMode] + (name == "lab.yaml" ? [.personalDataInLog] : [])
      let warnings = snapshot.warnings.filter { !meant.contains($0.rule) }
      #expect(warnings == [])
    }
  }

  @Test("the policies of the README load, and nothing is to be said of them")
  func readme() throws {
    let readme = try String(contentsOf: Sample.root.appending(path: "README.md"), encoding: .utf8)
    let blocks = readme.split(separator: "```yaml\n").dropFirst()
      .compactMap { $0.split(separator: "```").first }
    let policies = blocks.filter { $0.hasPrefix("version:") }
    #expect(!policies.isEmpty)
    for policy in policies { #expect(Sample.findings(String(policy)) == []) }
    // A section takes the place of the one that the first has.
    let sections = blocks.filter { $0.hasPrefix("admission:") }
    #expect(sections.count == 1)
    let rest = policies[0].split(separator: "\n").filter { !$0.hasPrefix("admission:") }
    for section in sections {
      #expect(Sample.findings(rest.joined(separator: "\n") + "\n" + section) == [])
    }
    // The others are tests of the first, and come to what stands below them.
    let tests = blocks.filter { !$0.hasPrefix("version:") && !$0.hasPrefix("admission:") }
    #expect(tests.count == 1)
    for test in tests {
      let files = ["edge.yaml": String(policies[0]), "edge.test.yaml": String(test)]
      let report = try Suite.load(beside: "edge.yaml", from: .memory(files)).run()
      let lines = report.text.split(separator: "\n").prefix { !$0.contains("|") }
      #expect(lines.count == 7)
      #expect(readme.contains(lines.joined(separator: "\n")), "\(report.text)")
    }
  }

  @Test("every key of the language stands in its description")
  func everyKeyIsDescribed() throws {
    let page = try String(
      contentsOf: Sample.root.appending(path: "Sources/Policy/Policy.docc/Policy.md"),
      encoding: .utf8)
    for key in Self.keys(.table(.policy)) {
      #expect(page.contains("`\(key)`"), "`\(key)` is not described")
    }
  }

  private static func keys(_ shape: Shape) -> Set<String> {
    switch shape {
    case .table(let table):
      table.keys.reduce(into: []) { names, key in
        guard let shape = key.shape else { return }
        names.formUnion(keys(shape).union([key.name]))
      }
    case .list(let item), .oneOrMore(let item): keys(item)
    default: []
    }
  }

  private func message(_ path: String) -> String {
    do {
      _ = try Snapshot.load(path: path)
      return ""
    } catch {
      return error.description
    }
  }

  private func withFile(_ octets: [UInt8], _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml")
    try Data(octets).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }

  @Test("no file, a directory, and what is neither")
  func noFile() {
    #expect(message("/nowhere/p.yaml") == "/nowhere/p.yaml: error: there is no such file")
    #expect(message("/tmp") == "/tmp: error: this is a directory; name the file in it")
    #expect(message("/dev/zero") == "/dev/zero: error: this is not a file")
  }

  @Test("no name, a way through a file, a name that no file can have, and links that lead nowhere")
  func noWay() throws {
    #expect(message("") == ": error: the name of the file is empty")
    let long = "/tmp/" + String(repeating: "x", count: 300)
    #expect(message(long) == "\(long): error: the name of the file is too long for this system")
    try withFile([]) { path in
      #expect(
        message("\(path)/p.yaml")
          == "\(path)/p.yaml: error: there is no such file: a part of its path is no directory")
      let link = "\(path).link"
      for destination in ["\(path).none", link] {
        try FileManager.default.createSymbolicLink(
          atPath: link, withDestinationPath: destination)
        defer { try? FileManager.default.removeItem(atPath: link) }
        #expect(message(link) == "\(link): error: this is a link that leads to no file")
      }
    }
  }

  /// Who may read the kernel's log finds a file there that has no end: before, a reload that
  /// included it never came back.
  @Test("a file that has no end is not waited for", .timeLimit(.minutes(1)))
  func endless() throws {
    var told: [String] = []
    try withFile(Array("version: 1\ninclude: /proc/kmsg\n".utf8)) { path in
      told = Inspection(of: [path]).findings.map(\.message)
        .filter { $0.hasPrefix("`/proc/kmsg`") }
    }
    let sentences = [
      "this is not a file: it has no end, and more may come at any time",
      "the file may not be read by this user", "there is no such file",
    ]
    #expect(sentences.map { "`/proc/kmsg`: \($0)" }.contains(told.first ?? "nothing"), "\(told)")
  }

  @Test("what a shell gives open is read to its end, once")
  func streams() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("version: 2\n".utf8))
    try pipe.fileHandleForWriting.close()
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    let inspection = Inspection(of: [path, path], from: .shell([path, path]))
    #expect(inspection.policies.map(\.isLoadable) == [false, false])
    #expect(
      inspection.text().contains(
        "\(path):1:10: error: `version`: `2` is not 1 [wrong-value]\n    version: 2\n"),
      "\(inspection.text())")
  }

  @Test("a file that may not be read")
  func noPermission() {
    #expect(
      Source.sentence(for: CocoaError(.fileReadNoPermission))
        == "the file may not be read by this user")
  }

  @Test("an empty file, and one of comments alone")
  func empty() throws {
    let sentence = "error: the file is empty; a policy begins with `version: 1`"
    for text in ["", "\n\n", "# nothing\n"] {
      try withFile(Array(text.utf8)) { path in
        #expect(message(path) == "\(path): \(sentence)")
      }
    }
  }

  @Test("octets that are no text")
  func binary() throws {
    try withFile([0x7f, 0x45, 0x4c, 0x46, 0, 1]) { path in
      #expect(
        message(path) == "\(path):1:5: error: this is a binary file, not the text of a policy")
    }
    try withFile(Array("version: 1\nname: ".utf8) + [0xff, 0x0a]) { path in
      #expect(message(path) == "\(path):2:7: error: this is not UTF-8")
    }
  }

  @Test("a text of units of two or four octets is told as such, with or without a mark")
  func wide() throws {
    let text = "version: 1\n"
    let little = text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    let four: [UInt8] = text.unicodeScalars.flatMap { [0, 0, 0, UInt8($0.value)] }
    let texts = [
      [0xff, 0xfe] + little, [0xfe, 0xff] + big, little, big, [0, 0, 0xfe, 0xff] + four,
    ]
    for octets in texts {
      try withFile(octets) { path in
        #expect(
          message(path) == "\(path):1:1: error: this is UTF-16 or UTF-32, and a policy is UTF-8")
      }
    }
  }

  @Test("what to do is said of each file for itself")
  func remedies() throws {
    func remedy(_ path: String) -> String { Inspection(of: [path]).findings[0].remedy }
    #expect(remedy("/tmp") == "name the file in it")
    #expect(remedy("/dev/zero") == "name a file, or `-` for the standard input")
    #expect(
      remedy("/nowhere/p") == "name a file that is there and can be read, as seen from where this"
        + " runs")
    try withFile([]) { #expect(remedy($0) == "see why it is empty, or take it out") }
    try withFile([0xff, 0xfe, 0x20, 0]) {
      #expect(remedy($0) == "have the editor save the file as UTF-8")
    }
    try withFile(Array("version: &a 1".utf8)) {
      #expect(remedy($0) == Rule.unreadable.page.remedy)
    }
  }

  @Test("a file that is too long is not read")
  func tooLong() throws {
    try withFile(Array(repeating: 0x23, count: Limits.octets + 1)) { path in
      #expect(message(path) == "\(path): error: the file is longer than 32MiB")
    }
  }

  @Test("a byte order mark is no part of the text, and lines may end as they do elsewhere")
  func foreignEditors() throws {
    let text = Sample.right.replacing("\n", with: "\r\n")
    try withFile([0xef, 0xbb, 0xbf] + Array(text.utf8)) { path in
      #expect(message(path) == "")
    }
    try withFile(Array(text.replacing("to: right", with: "to: nobody").utf8)) { path in
      #expect(message(path) == "\(path):9:22: error: there is no peer `nobody`")
    }
  }
}
