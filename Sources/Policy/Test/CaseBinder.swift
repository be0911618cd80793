import Basics
import Border
import Routing

/// From the tree of a test file to its cases. Goes on after an error, so that all of them are told.
struct CaseBinder {
  private let root: Node
  private let snapshot: Snapshot
  private let library: Library
  private let path: String
  private(set) var findings: Findings
  private var told: Set<String> = []

  init(
    _ root: Node, _ snapshot: Snapshot, _ library: Library, path: String, _ findings: Findings
  ) {
    self.root = root
    self.snapshot = snapshot
    self.library = library
    self.path = path
    self.findings = findings
  }

  mutating func cases() -> [Suite.Case] {
    if let cases = root["cases"], cases.items.isEmpty {
      findings.add(.missingKey, cases.place, "there is no case in this file")
    }
    var names: Set<String> = []
    return root.all("cases").map { node in
      let name = node.word("name") ?? ""
      if !names.insert(name).inserted {
        findings.add(
          .duplicateName, node["name"]?.place ?? node.place, "there is already such a case")
      }
      return Suite.Case(
        name: name, place: node["name"]?.place ?? node.place,
        before: node.all("after").map { input($0, canWait: true) },
        input: input(node, canWait: false),
        expectation: node["expect"].map { expectation($0) } ?? Expectation())
    }
  }

  /// What is wrong with the defaults is told once, and not for each case.
  private mutating func add(_ complaint: Complaint, _ place: Place) {
    guard told.insert("\(place) \(complaint.message)").inserted else { return }
    findings.add(complaint.rule, place, complaint.message)
  }

  // MARK: Messages

  private mutating func input(_ node: Node, canWait: Bool) -> Suite.Input {
    var input = Suite.Input(message: .nothing)
    input.within = node.word("within").flatMap(Suite.Input.Side.init)
    input.message = message(node, canWait: canWait)
    input.flow = flow(node, isWithin: input.within != nil)
    input.answers = answers(node)
    input.wall = wall(node)
    input.count = node.count("count") ?? 1
    input.replies = node.words("replies").compactMap(Int.init)
    input.repliesFrom = node["replies-from"]?.scalar.flatMap { try? Addresses.endpoint($0) }
    input.wait = node.interval("wait")
    return input
  }

  private mutating func message(_ node: Node, canWait: Bool) -> Suite.Input.Message {
    if let file = node["file"], let name = file.scalar {
      for key in ["request", "headers", "body", "within"] where node[key] != nil {
        findings.add(
          .wrongValue, node[key]?.place ?? node.place,
          "`\(key)` belongs to the short form of a request, and `file` is a whole message")
      }
      do throws(Finding) {
        return .octets(Mended(try library.read(Library.path(name, from: path))).octets)
      } catch {
        findings.add(.badInclude, file.place, "`\(name.shortened)`: \(error.message)")
        return .nothing
      }
    }
    guard let request = node["request"], let text = request.scalar else {
      if !isMisspelt(node), !canWait || node["wait"] == nil {
        findings.add(
          .missingKey, node.place,
          "here must stand `request`, such as `INVITE sip:+4930@example.com`, or `file`")
      }
      return .nothing
    }
    do throws(Complaint) {
      var sketch = try Sketch(text, needsURI: node["within"] == nil)
      headers(node, &sketch)
      sketch.body = body(node)
      return .sketch(sketch)
    } catch {
      add(error, request.place)
      return .nothing
    }
  }

  /// Whether a key of it was told to be none: it may be the one that is missed.
  private func isMisspelt(_ node: Node) -> Bool {
    node.entries.contains { Table.testCase[$0.key] == nil && Table.before[$0.key] == nil }
  }

  /// A header with no value is left out, and one with a list stands several times.
  private mutating func headers(_ node: Node, _ sketch: inout Sketch) {
    guard let headers = node["headers"] else { return }
    guard case .mapping(let entries) = headers.content else {
      return findings.add(
        .wrongValue, headers.place,
        "`headers` is a mapping of names to values, and here stands"
          + " \(headers.noun)")
    }
    for entry in entries {
      let values = entry.value.items.compactMap(\.scalar)
      if values.count != entry.value.items.count {
        findings.add(.wrongValue, entry.value.place, "a header is a text, or a list of them")
      }
      sketch.set(entry.key, values)
    }
  }

  /// The lines of a list end with CR LF each; one text is taken as it is.
  private func body(_ node: Node) -> [UInt8] {
    guard let body = node["body"] else { return [] }
    if let text = body.scalar { return Array(text.utf8) }
    return body.items.compactMap(\.scalar).flatMap { Array("\($0)\r\n".utf8) }
  }

  // MARK: Where it comes from

  private mutating func flow(_ node: Node, isWithin: Bool) -> Flow? {
    let defaults = root["defaults"]
    guard let from = node["from"] ?? (isWithin ? nil : defaults?["from"]), let text = from.scalar
    else {
      if !isWithin, !isMisspelt(node), node["request"] != nil || node["file"] != nil {
        findings.add(
          .missingKey, node.place, "here or in `defaults` must stand where it is `from`")
      }
      return nil
    }
    // A case that names another transport or source means a listener that fits these.
    let isOwn = node["from"] != nil || node["transport"] != nil
    let listener = node["listener"] ?? (isOwn ? nil : defaults?["listener"])
    let transport = node["transport"] ?? (listener == nil ? defaults?["transport"] : nil)
    do throws(Complaint) {
      return try snapshot.flow(from: text, to: listener?.scalar, transport: transport?.scalar)
    } catch {
      add(error, (listener ?? from).place)
      return nil
    }
  }

  private mutating func wall(_ node: Node) -> Int64? {
    guard let at = node["at"] ?? root["defaults"]?["at"], let text = at.scalar else { return nil }
    do throws(Complaint) {
      return try Moment.read(text)
    } catch {
      add(error, at.place)
      return nil
    }
  }

  private mutating func answers(_ node: Node) -> [String: Result<Address, Unresolved>] {
    var answers: [String: Result<Address, Unresolved>] = [:]
    for source in [root["defaults"]?["answers"], node["answers"]] {
      guard let source else { continue }
      guard case .mapping(let entries) = source.content else {
        findings.add(
          .wrongValue, source.place,
          "`answers` is a mapping of host names to addresses, and here stands \(source.noun)")
        continue
      }
      for entry in entries {
        do throws(Complaint) {
          answers[entry.key.lowercased()] = try Snapshot.answer(to: entry.value.scalar ?? "")
        } catch {
          add(error, entry.value.place)
        }
      }
    }
    return answers
  }
}

// MARK: What is expected

extension CaseBinder {
  private mutating func expectation(_ node: Node) -> Expectation {
    var expectation = Expectation()
    for entry in node.entries {
      switch entry.key {
      case "headers": expectation.headers = wanted(entry.value)
      case "asks": expectation.asks = names(entry)
      case "observes": expectation.observes = names(entry)
      case "to": expectation.texts += target(entry.value)
      default:
        guard let text = entry.value.scalar else { continue }
        check(entry.key, text, entry.value.place)
        expectation.texts.append((entry.key, text))
      }
    }
    let isEmpty =
      expectation.texts.isEmpty && expectation.headers.isEmpty && expectation.asks == nil
      && expectation.observes == nil
    if isEmpty {
      findings.add(.missingKey, node.place, "nothing is expected; a case that cannot fail is none")
    }
    return expectation
  }

  /// A name, or a list of names that may be empty.
  private mutating func names(_ entry: Node.Entry) -> [String] {
    let names = entry.value.items.compactMap(\.scalar)
    if names.count != entry.value.items.count {
      findings.add(.wrongValue, entry.value.place, "`\(entry.key)` is a name, or a list of them")
    }
    return names
  }

  /// A route or peer that the policy does not have would make a case that can only fail.
  private mutating func check(_ key: String, _ text: String, _ place: Place) {
    let known: [String]
    switch key {
    case "route": known = snapshot.configuration.routing.routes.map(\.name)
    case "peer", "to-peer": known = snapshot.peers.names
    default: return
    }
    if known.contains(text) { return }
    let noun = key == "route" ? "route" : "peer"
    findings.add(
      .undefinedName, place,
      "the policy has no \(noun) `\(text.shortened)`\(Spelling.question(text, of: known))")
  }

  /// A next hop without a transport is taken for any.
  private func target(_ node: Node) -> [(key: String, wanted: String)] {
    guard let text = node.scalar, let target = try? Addresses.target(text) else { return [] }
    let transport = target.transport.map { "\($0.word):" } ?? ""
    return [("to", "\(transport)\(target.endpoint.text)")]
  }

  private mutating func wanted(_ node: Node) -> [(name: String, wanted: Expectation.Wanted)] {
    guard case .mapping(let entries) = node.content else {
      findings.add(
        .wrongValue, node.place,
        "`headers` is a mapping of names to what is expected, and here stands \(node.noun)")
      return []
    }
    return entries.flatMap { entry in wanted(entry).map { (name: entry.key, wanted: $0) } }
  }

  private mutating func wanted(_ entry: Node.Entry) -> [Expectation.Wanted] {
    let form = "`present`, `absent`, a value, or `equals:` and `contains:` with one"
    switch entry.value.content {
    case .scalar("present"): return [.present]
    case .scalar("absent"): return [.absent]
    case .scalar(let text): return [.equals(text)]
    case .mapping(let entries):
      return entries.compactMap { entry in
        switch (entry.key, entry.value.scalar) {
        case ("equals", let text?): return .equals(text)
        case ("contains", let text?): return .contains(text)
        default:
          let question = Spelling.question(entry.key, of: ["equals", "contains"])
          findings.add(.unknownKey, entry.place, "of a header is expected \(form)\(question)")
          return nil
        }
      }
    case .nothing, .list:
      findings.add(.wrongValue, entry.value.place, "of a header is expected \(form)")
      return []
    }
  }
}
