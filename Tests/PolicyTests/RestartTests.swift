import Testing

@testable import Policy

@Suite("What a reload may change of a policy, and what only a restart can")
struct RestartTests {
  private static func load(_ element: String, listeners: String = usual) throws -> Snapshot {
    let text = """
      version: 1
      element: {\(element)}
      listeners:
      \(listeners)
      peers:
        - { name: left, sources: [10.0.0.0/8] }
        - { name: right, sources: [10.1.0.0/16], targets: ["udp:10.1.0.1:5060"] }
      routes:
        - { name: all, to: right }

      """
    return try Snapshot.load(text: text, name: "p", cores: 2)
  }

  private static let usual = """
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
      - { name: t4, transport: tcp, address: "127.0.0.1:5060" }
    """

  private static func changes(_ old: Snapshot, _ new: Snapshot) -> [String] {
    old.changesForRestart(to: new).map(\.description)
  }

  /// Two values of each key of the element that has one value, and of its limits.
  static let keys: [(path: String, values: (String, String))] = [
    ("name", ("a", "b")), ("workers", ("1", "3")), ("batching", ("3ms", "2ms")),
    ("drain", ("1s", "2s")), ("log.level", ("info", "debug")),
    ("log.personal", ("redacted", "clear")), ("names", ("[a.example]", "[b.example]")),
    ("control", ("/run/a", "/run/b")), ("admin", ("127.0.0.1:9090", "127.0.0.1:9091")),
    ("limits.calls", ("10", "20")),
    ("limits.transactions", ("10", "20")), ("limits.kept-messages", ("1MiB", "2MiB")),
    ("limits.call-duration", ("1h", "2h")), ("limits.setup-duration", ("1m", "2m")),
    ("limits.source-table", ("1MiB", "2MiB")), ("limits.tcp-connections", ("10", "20")),
    ("limits.tcp-connections-per-source", ("10", "20")),
    ("limits.tcp-waiting", ("4KiB", "8KiB")), ("limits.tcp-idle", ("1m", "2m")),
    ("limits.tcp-unfinished", ("1s", "2s")),
  ]

  /// `{ limits: { calls: 10 } }` without its outer braces, from `limits.calls`.
  private static func element(_ path: String, _ value: String) -> String {
    let parts = path.split(separator: ".")
    return parts.count == 1 ? " \(path): \(value) " : " \(parts[0]): { \(parts[1]): \(value) } "
  }

  @Test("every key of the element is here: it changes with a reload, or is refused at its place")
  func everyKey() throws {
    for (path, values) in Self.keys {
      let old = try Self.load(Self.element(path, values.0))
      let new = try Self.load(Self.element(path, values.1))
      let without = try Self.load("")
      let isFixed = RestartOnly.paths.contains("element.\(path)")
      let (changes, gone) = (Self.changes(old, new), Self.changes(old, without))
      guard isFixed else {
        #expect(changes == [] && gone == [], "\(path)")
        continue
      }
      let parts = path.split(separator: ".")
      let column = parts.count == 1 ? 12 : "element: { ".count + parts[0].count + 5
      let text = "p:2:\(column): error: `\(parts[parts.count - 1])` is `\(values.1)`, and the"
      #expect(changes.count == 1 && changes[0].hasPrefix(text), "\(changes)")
      #expect(changes[0].contains(" with `\(values.0)`; only a restart"), "\(changes)")
      #expect(gone.count == 1 && gone[0].hasPrefix("p:2:1: error: "), "\(path): \(gone)")
      #expect(old.changesForRestart(to: new).first?.rule == .restartOnly)
    }
  }

  @Test("the list of keys is whole, and names no key that the language does not have")
  func listIsWhole() {
    func leaves(_ table: Table, _ start: String) -> [String] {
      table.keys.flatMap { key -> [String] in
        switch key.shape {
        case nil: []
        case .table(let table)?: leaves(table, "\(start)\(key.name).")
        case _?: ["\(start)\(key.name)"]
        }
      }
    }
    let element = Set(leaves(.element, "element."))
    #expect(element == Set(Self.keys.map { "element.\($0.path)" }))
    let listener = Set(leaves(.listener, "listeners."))
    #expect(listener == Set(RestartOnly.ofListener.map { "listeners.\($0)" }))
    let others: Set = ["admission.reverse-path"]
    #expect(Set(RestartOnly.paths).subtracting(others).isSubset(of: element.union(listener)))
    #expect(others.isSubset(of: leaves(Section.admission.table, "admission.")))
  }

  @Test("listeners: each change at the place of its key in the new policy")
  func listeners() throws {
    let old = try Self.load("")
    func changes(_ listeners: String) throws -> [String] {
      Self.changes(old, try Self.load("", listeners: listeners))
    }
    let other = """
        - { name: u4, transport: tcp, address: "127.0.0.1:5080", advertise: "a.example" }
        - { name: t4, transport: udp, address: "127.0.0.2:5060" }
      """
    let end = "; only a restart can change it"
    #expect(
      try changes(other) == [
        "p:4:17: error: `transport` is `tcp`, and the element runs with `udp`\(end)",
        "p:4:33: error: `address` is `127.0.0.1:5080`, and the element runs with"
          + " `127.0.0.1:5060`\(end)",
        "p:4:60: error: `advertise` is `a.example`, and the element runs without it\(end)",
        "p:5:17: error: `transport` is `udp`, and the element runs with `tcp`\(end)",
        "p:5:33: error: `address` is `127.0.0.2:5060`, and the element runs with"
          + " `127.0.0.1:5060`\(end)",
      ])
    let renamed = Self.usual.replacing("t4", with: "t5")
    #expect(
      try changes(renamed) == [
        "p:3:1: error: listener `t4` is gone; only a restart can close listeners",
        "p:5:7: error: listener `t5` is new; only a restart can open listeners",
      ])
    let turned = Self.usual.split(separator: "\n").reversed().joined(separator: "\n")
    #expect(
      try changes(turned) == [
        "p:3:1: error: the listeners stand in another order\(end)"
      ])
  }

  @Test("all of it is told at once, and what is included has its own file")
  func all() throws {
    let old = try Self.load("")
    let library = Library.memory([
      "part.yaml": "element: { workers: 3, batching: 5ms, limits: { calls: 5 } }"
    ])
    let text = """
      version: 1
      include: [part.yaml]
      listeners:
      \(Self.usual)
      """
    let new = try Snapshot.load(octets: Array(text.utf8), name: "p", from: library, cores: 2)
    #expect(
      Self.changes(old, new).map { $0.prefix { $0 != " " } } == [
        "part.yaml:1:12:", "part.yaml:1:24:", "part.yaml:1:49:",
      ])
  }

  @Test("the cores of the machine, written or not, are the same number of workers")
  func cores() throws {
    let (without, with) = (try Self.load(""), try Self.load(" workers: 2 "))
    #expect(Self.changes(without, with) == [])
    #expect(Self.changes(with, without) == [])
  }

  @Test(
    "the path of a control socket is absolute, of a file, and short enough for the kernel",
    arguments: [
      ("run/x", "`control`: `run/x` is not the path of a file from `/`"),
      ("/run/", "`control`: `/run/` is not the path of a file from `/`"),
      ("/" + String(repeating: "a", count: 107), "has more than 107 octets"),
      ("[/run/x]", "`control` is one value, and here stands a list"),
    ])
  func path(written: String, complaint: String) throws {
    let rejection = #expect(throws: Rejection.self) { try Self.load(" control: \(written) ") }
    #expect(rejection?.findings.count == 1)
    #expect(rejection?.description.contains(complaint) == true, "\(rejection?.description ?? "")")
    let longest = "/" + String(repeating: "a", count: 106)
    #expect(try Self.load(" control: \(longest) ").settings.control == longest)
  }

  @Test(
    "metrics are read on this machine alone",
    arguments: [
      ("192.0.2.1:9090", "`admin`: `192.0.2.1:9090` can be reached by others"),
      ("0.0.0.0:9090", "can be reached by others"), ("'[::]:9090'", "can be reached by others"),
      ("128.0.0.1:9090", "can be reached by others"), ("'[::2]:9090'", "can be reached by others"),
      ("127.0.0.1", "`127.0.0.1` is not an address of this machine alone and a port"),
      ("localhost:9090", "is not an address of this machine alone and a port"),
      ("127.0.0.1:0", "port"), ("'127.0.0.1:65536'", "127.0.0.1:65536"),
      ("127.0.0.1:5060", "`element.admin` has this address already"),
    ])
  func admin(written: String, complaint: String) throws {
    let rejection = #expect(throws: Rejection.self) { try Self.load(" admin: \(written) ") }
    #expect(rejection?.findings.count == 1)
    #expect(rejection?.description.contains(complaint) == true, "\(rejection?.description ?? "")")
  }

  @Test("every address of 127.0.0.0/8 and ::1 is one", arguments: ["127.9.8.7:1", "[::1]:65535"])
  func loopback(text: String) throws {
    #expect(try Self.load(" admin: '\(text)' ").settings.admin?.text == text)
  }
}
