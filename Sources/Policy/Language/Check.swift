import Basics

/// Holds a tree against the shapes: every key known, every value of its kind. All that is wrong is
/// said.
struct Check {
  /// Where the whole begins.
  private let root: Place
  private(set) var findings: Findings

  static func run(_ root: Node, _ table: Table, into findings: inout Findings) {
    var check = Check(root: root.place, findings: findings)
    check.value(root, .table(table), "the policy")
    findings = check.findings
  }

  /// - Parameter name: what the value is called in a sentence.
  private mutating func value(_ node: Node, _ shape: Shape, _ name: String) {
    switch shape {
    case .table(let table):
      mapping(node, table, name)
    case .list(let item):
      guard case .list(let items) = node.content else {
        return findings.add(
          .wrongValue, node.place, "\(name) is a list, and here stands \(node.noun)")
      }
      for node in items { value(node, item, "an item of \(name)") }
    case .oneOrMore(let item):
      if case .list(let items) = node.content, items.isEmpty {
        findings.add(
          .wrongValue, node.place, "\(name) is an empty list; without it there is no such condition"
        )
      }
      if case .nothing = node.content { return value(node, item, name) }
      for node in node.items { value(node, item, name) }
    default:
      scalar(node, shape, name)
    }
  }

  private mutating func mapping(_ node: Node, _ table: Table, _ name: String) {
    guard case .mapping(let entries) = node.content else {
      return findings.add(
        .wrongValue, node.place,
        "\(name) is a mapping of keys to values, and here stands \(node.noun)")
    }
    var misspelt: Set<String> = []
    var knowsAll = true
    for entry in entries {
      guard let key = table[entry.key] else {
        knowsAll = false
        misspelt.formUnion(unknown(entry, table))
        continue
      }
      guard let shape = key.shape else {
        findings.add(
          .notLanded, entry.place,
          "`\(key.name)` has not landed yet; this version would not do it, so it is refused")
        continue
      }
      value(entry.value, shape, "`\(key.name)`")
    }
    for key in table.keys where key.isRequired && node[key.name] == nil {
      guard !misspelt.contains(key.name), !isElsewhere(node) else { continue }
      findings.add(.missingKey, node.place, "\(table.noun) needs the key `\(key.name)`")
    }
    // A key that is not known may be one of those in another spelling.
    if knowsAll { demand(node, table) }
  }

  /// Whether what is missing here may be in a file that could not be read.
  private func isElsewhere(_ node: Node) -> Bool { findings.isIncomplete && node.place == root }

  private mutating func demand(_ node: Node, _ table: Table) {
    func present(_ keys: [String]) -> [String] { keys.filter { node[$0] != nil } }
    func list(_ keys: [String]) -> String { keys.map { "`\($0)`" }.joined(separator: ", ") }
    switch table.demand {
    case .nothing: break
    case .one(let keys):
      let found = present(keys)
      if found.isEmpty {
        findings.add(.missingKey, node.place, "\(table.noun) needs one of \(list(keys))")
      } else if found.count > 1 {
        findings.add(
          .wrongValue, node.place, "\(table.noun) has only one of \(list(keys)), not \(list(found))"
        )
      }
    case .some(let keys):
      guard present(keys).isEmpty else { return }
      findings.add(.missingKey, node.place, "\(table.noun) needs at least one of \(list(keys))")
    }
  }

  /// - Returns: the key that was probably meant.
  private mutating func unknown(_ entry: Node.Entry, _ table: Table) -> [String] {
    let known = table.keys.map(\.name)
    let meant = Spelling.nearest(to: entry.key, of: known)
    let offered = table.keys.filter { $0.shape != nil }.map(\.name).joined(separator: ", ")
    let end = meant.map { "did you mean `\($0)`?" } ?? "its keys are \(offered)"
    findings.add(
      .unknownKey, entry.place, "`\(entry.key.shortened)` is not a key of \(table.noun); \(end)")
    return meant.map { [$0] } ?? []
  }

  private mutating func scalar(_ node: Node, _ shape: Shape, _ name: String) {
    guard let text = node.scalar else {
      return findings.add(
        .wrongValue, node.place, "\(name) is one value, and here stands \(node.noun)")
    }
    do throws(Complaint) {
      try Self.read(text, shape)
    } catch {
      findings.add(error.rule, node.place, "\(name): \(error.message)")
    }
  }

  private static func read(_ text: String, _ shape: Shape) throws(Complaint) {
    switch shape {
    case .table, .list, .oneOrMore, .text: break
    case .word(let words): try word(text, words)
    case .name: _ = try Names.name(text)
    case .count(let range): _ = try Units.count(text, in: range)
    case .interval(let range): _ = try Units.interval(text, in: range)
    case .rate(let range): _ = try Units.rate(text, in: range)
    case .size(let range): _ = try Units.size(text, in: range)
    case .endpoint: _ = try Addresses.endpoint(text)
    case .loopback: _ = try Addresses.loopback(text)
    case .hostPort: _ = try Addresses.advertised(text)
    case .host: _ = try Addresses.host(text)
    case .hostName: _ = try Addresses.hostName(text)
    case .prefix: _ = try Addresses.prefix(text)
    case .target: _ = try Addresses.target(text)
    case .userPrefix: _ = try Names.userPrefix(text)
    case .userPattern: _ = try UserPatterns.read(text)
    case .headerName: try Names.header(text)
    case .headerText: try Names.headerText(text)
    case .weekdays: _ = try Times.weekdays(text)
    case .between: _ = try Times.between(text)
    case .zone: _ = try Times.zone(text)
    case .path(let longest): try Names.path(text, longest: longest)
    }
  }

  private static func word(_ text: String, _ words: Words) throws(Complaint) {
    if words.words.contains(text) { return }
    if words.later.contains(text) {
      throw Complaint(
        "`\(text)` has not landed yet; this version would not do it, so it is refused", .notLanded)
    }
    let question = Spelling.question(text, of: words.words)
    let list = words.words.joined(separator: ", ")
    throw Complaint("`\(text.shortened)` is not \(words.noun) (\(list))\(question)")
  }
}

/// Names, paths and beginnings of numbers.
enum Names {
  /// A path that means the same wherever who reads it was started.
  static func path(_ text: String, longest: Int) throws(Complaint) {
    guard text.hasPrefix("/"), !text.hasSuffix("/") else {
      throw Complaint("`\(text.shortened)` is not the path of a file from `/`")
    }
    guard text.utf8.count <= longest else {
      throw Complaint("`\(text.shortened)` has more than \(longest) octets")
    }
  }

  static func name(_ text: String) throws(Complaint) -> String {
    let isName = text.utf8.allSatisfy { octet in
      switch octet {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
      default: false
      }
    }
    guard isName, (1...64).contains(text.utf8.count) else {
      throw Complaint(
        "`\(text.shortened)` is not a name: 1 to 64 letters, digits, `-`, `_` and `.`")
    }
    return text
  }

  /// What a user part can begin with (RFC 3261 §25.1), without escapes.
  static func userPrefix(_ text: String) throws(Complaint) -> [UInt8] {
    let octets = Array(text.utf8)
    try userPrefix(octets)
    return octets
  }

  /// The same of a text that is at hand as its octets.
  static func userPrefix(_ octets: [UInt8]) throws(Complaint) {
    guard isUserPrefix(octets) else {
      let text = String(decoding: octets, as: UTF8.self).shortened
      throw Complaint("`\(text)` is not the beginning of a user part, such as `+4930`")
    }
    // RFC 3966 §3: `+` begins a global number. A number is compared without its separators, so
    // that such a prefix would be the beginning of those alone that are written like it.
    guard octets[0] == 0x2b, octets.contains(where: isSeparator),
      octets.dropFirst().allSatisfy({ 0x30...0x39 ~= $0 || isSeparator($0) })
    else { return }
    let text = String(decoding: octets, as: UTF8.self)
    let bare = String(decoding: octets.filter { !isSeparator($0) }, as: UTF8.self)
    throw Complaint(
      "`\(text)` has separators; numbers are compared without them, so write `\(bare)`")
  }

  /// `-`, `.`, `(` and `)`.
  private static func isSeparator(_ octet: UInt8) -> Bool {
    octet == 0x28 || octet == 0x29 || octet == 0x2d || octet == 0x2e
  }

  private static func isUserPrefix(_ octets: [UInt8]) -> Bool {
    guard (1...64).contains(octets.count) else { return false }
    for octet in octets where !isOfUser(octet) { return false }
    return true
  }

  private static func isOfUser(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    // ! $ & ' ( ) * + , - . /
    case 0x21, 0x24, 0x26...0x2f: true
    // ; = ? _ ~
    case 0x3b, 0x3d, 0x3f, 0x5f, 0x7e: true
    default: false
    }
  }

  /// The name of a header (RFC 3261 §25.1): a token.
  static func header(_ text: String) throws(Complaint) {
    let marks = Array("-.!%*_+`'~".utf8)
    let isToken = text.utf8.allSatisfy { octet in
      switch octet {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
      default: marks.contains(octet)
      }
    }
    guard isToken, (1...64).contains(text.utf8.count) else {
      throw Complaint("`\(text.shortened)` is not the name of a header, such as `Subject`")
    }
  }

  /// What can be looked for in a header.
  static func headerText(_ text: String) throws(Complaint) {
    let isBlank = text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    guard !isBlank, text.utf8.count <= 128, !text.utf8.contains(where: { $0 == 0x0d || $0 == 0x0a })
    else {
      throw Complaint("`\(text.shortened)` is not a text of 1 to 128 octets in one line")
    }
  }
}
