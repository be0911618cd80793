import Border
import Foundation
import Policy
import Routing
import Testing

@Suite("A policy in several files")
struct IncludeTests {
  private static let listeners = """
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
    """

  private func load(_ files: [String: String]) throws(Rejection) -> Snapshot {
    try Snapshot.load(path: "etc/main.yaml", from: .memory(files), cores: 2)
  }

  private func findings(_ files: [String: String]) -> [String] {
    do throws(Rejection) {
      return try load(files).remarks.map(\.description)
    } catch {
      return error.findings.map(\.description)
    }
  }

  @Test("a name that was given in another file is told with that file")
  func twice() {
    let told = findings([
      "etc/main.yaml": """
      version: 1
      include: [a.yaml]
      \(Self.listeners)
      peers: [{ name: left, sources: [10.0.0.1], targets: ["10.0.0.1"] }]
      routes: [{ name: r, method: BYE, to: left }]
      """,
      "etc/a.yaml": "routes: [{ name: r, to: left }]",
    ])
    #expect(
      told == ["etc/a.yaml:1:18: error: there is already a route `r`, in line 6 of etc/main.yaml"])
  }

  @Test("one file under two spellings, or by a link, is one")
  func sameFile() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let inner = folder.appending(path: "in")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let main = "version: 1\ninclude: [a.yaml, ../in/a.yaml, link.yaml, main.yaml, self.yaml]\n"
    for (name, text) in [("main.yaml", main), ("a.yaml", "routing: { redirects: pass }\n")] {
      try text.write(to: inner.appending(path: name), atomically: true, encoding: .utf8)
    }
    for (link, file) in [("link.yaml", "a.yaml"), ("self.yaml", "main.yaml")] {
      try FileManager.default.createSymbolicLink(
        at: inner.appending(path: link), withDestinationURL: inner.appending(path: file))
    }
    let path = inner.appending(path: "main.yaml").path
    let told = Inspection(of: [path]).findings.filter { $0.rule.name == "bad-include" }
      .map { $0.message.prefix { $0 != ":" } }
    #expect(
      told == [
        "`../in/a.yaml` is included twice", "`link.yaml` is included twice",
        "`main.yaml` includes itself", "`self.yaml` includes itself",
      ])
  }

  @Test("lists of the parts follow those of the file, in the order of `include`")
  func order() throws {
    let snapshot = try load([
      "etc/main.yaml": """
      version: 1
      include: [parts/b.yaml, ./a.yaml]
      \(Self.listeners)
      routes:
        - { name: own, from: left, to: right }
      """,
      "etc/parts/b.yaml": """
      include: ../c.yaml
      peers:
        - { name: right, sources: [10.0.0.2], targets: ["10.0.0.2"] }
      routes:
        - { name: of-b, method: OPTIONS, to: right }
      """,
      "etc/c.yaml": "routes: [{ name: of-c, method: MESSAGE, to: left }]",
      "etc/a.yaml": """
      version: 1
      routing: { no-route: forbidden }
      peers: [{ name: left, sources: [10.0.0.1], targets: ["10.0.0.1"] }]
      routes: [{ name: of-a, to: left }]
      """,
    ])
    let routes = snapshot.configuration.routing.routes
    #expect(routes.map(\.name) == ["own", "of-b", "of-c", "of-a"])
    #expect(snapshot.configuration.routing.noRoute == .forbidden)
    #expect(snapshot.warnings == [])
    let files = ["etc/main.yaml", "etc/parts/b.yaml", "etc/c.yaml", "etc/a.yaml"]
    #expect(snapshot.places.files == files)
    let places = snapshot.places.routes.map(snapshot.places.text)
    #expect(
      places
        == ["etc/main.yaml:6:13", "etc/parts/b.yaml:5:13", "etc/c.yaml:1:18", "etc/a.yaml:4:18"]
        .map { $0 })
  }

  @Test("what is wrong in a part is told with the name of that part")
  func findingsOfParts() {
    let found = findings([
      "etc/main.yaml": "version: 1\ninclude: [a.yaml, b.yaml]\n\(Self.listeners)\nelement: {}",
      "etc/a.yaml": "peers:\n  - { name: left, colour: red }",
      "etc/b.yaml": "element: {}\nversion: 2",
    ])
    #expect(
      found == [
        "etc/a.yaml:2:19: error: `colour` is not a key of a peer; its keys are name, sources,"
          + " listeners, targets, names, methods, mode, rate, decision-id, sessions, max-duration,"
          + " responses-from, authentication, timeout",
        "etc/b.yaml:1:1: error: `element` stands already in etc/main.yaml:5",
        "etc/b.yaml:2:1: error: `version` stands already in etc/main.yaml:1",
      ])
  }

  @Test(
    "files that cannot be included",
    arguments: [
      ("[no.yaml]", "`no.yaml`: there is no such file"),
      ("main.yaml", "`main.yaml` includes itself: etc/main.yaml -> etc/main.yaml"),
      ("[a.yaml, a.yaml]", "`a.yaml` is included twice"),
      ("[[a.yaml]]", "`include` is a list of files"),
    ])
  func refused(include: String, message: String) {
    let found = findings([
      "etc/main.yaml": "version: 1\ninclude: \(include)\n\(Self.listeners)",
      "etc/a.yaml": "routes: []",
    ])
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("etc/main.yaml:2:") == true)
    #expect(found.first?.hasSuffix("error: \(message)") == true)
  }

  @Test("an error in one file keeps no other from being read")
  func allErrors() {
    let found = findings([
      "etc/main.yaml": """
      version: 1
      version: 1
      include: [a.yaml, b.yaml]
      \(Self.listeners)
      routes: [{ name: all, from: left, to: core }]
      """,
      "etc/a.yaml": "peers:\n  - { name: left, sourcez: [10.0.0.1] }",
      "etc/b.yaml": "peers:\n  - { name: core, targets: [\"10.0.0.2\"], colour: red }",
    ])
    let starts = [
      "etc/main.yaml:2:1: error: `version` stands twice",
      "etc/a.yaml:2:19: error: `sourcez` is not",
      "etc/b.yaml:2:42: error: `colour` is not",
    ]
    #expect(found.count == 3 && zip(found, starts).allSatisfy { $0.hasPrefix($1) }, "\(found)")
  }

  @Test(
    "what is named and not there may be in a part that cannot be read",
    arguments: [
      ("peers: [&a { name: core }]", "etc/a.yaml:1:9: error: anchors"),
      ("peers: [", "etc/a.yaml:1:9: error: not YAML"), ("", "etc/a.yaml: error: the file is empty"),
      ("[]", "etc/a.yaml:1:1: error: a policy is a mapping"),
      (nil, "etc/main.yaml:2:10: error: `a.yaml`: there is no such file"),
    ])
  func unreadablePart(part: String?, start: String) {
    var files = [
      "etc/main.yaml": """
      version: 1
      include: a.yaml
      peers: [{ name: left, sources: [10.0.0.1], listeners: [u9] }]
      routes: [{ name: all, from: left, to: core }]
      """
    ]
    files["etc/a.yaml"] = part
    let found = findings(files)
    #expect(found.count == 1 && found[0].hasPrefix(start), "\(found)")
    // With the part all that it does not hold is told.
    files["etc/a.yaml"] = "routing: {}"
    #expect(findings(files).count { $0.contains("there is no") || $0.contains("needs") } == 3)
  }

  @Test("a circle over several files is told with all of them")
  func circle() {
    let found = findings([
      "etc/main.yaml": "version: 1\ninclude: a.yaml\n\(Self.listeners)",
      "etc/a.yaml": "include: b.yaml", "etc/b.yaml": "\n\ninclude: [a.yaml]",
    ])
    #expect(
      found == [
        "etc/b.yaml:3:11: error: `a.yaml` includes itself: etc/main.yaml -> etc/a.yaml ->"
          + " etc/b.yaml -> etc/a.yaml"
      ])
  }

  @Test("files within files have an end")
  func depth() {
    var files = ["etc/main.yaml": "version: 1\ninclude: 1.yaml\n\(Self.listeners)"]
    for place in 1...20 { files["etc/\(place).yaml"] = "include: \(place + 1).yaml" }
    #expect(
      findings(files) == [
        "etc/8.yaml:1:10: error: there can be at most 256 files, 8 deep"
      ])
  }
}
