import Yams

/// From the text of a policy to its tree. The only door to the YAML library.
struct Composer {
  private var text: Text
  private var findings: Findings
  /// The keys that stand twice, under the names that were put in their place.
  private var repeated: Set<String> = []

  /// - Returns: the tree, or `nil` when there is none; then `findings` says why.
  static func compose(_ text: Text, into findings: inout Findings) -> Node? {
    // What is wrong with other files is no reason to leave this one unread.
    guard Screen.passes(text, into: &findings) else { return nil }
    var composer = Composer(text: text, findings: findings)
    let root = composer.root()
    findings = composer.findings
    return root
  }

  private mutating func root() -> Node? {
    while true {
      switch Self.parse(text) {
      case .success(let node):
        guard let node else {
          findings.add(
            .unreadable, nil, in: text.file,
            text.file == 0
              ? "the file is empty; a policy begins with `version: 1`" : "the file is empty",
            remedy: "see why it is empty, or take it out")
          return nil
        }
        return convert(node, depth: 0)
      case .failure(.repeated(let key, let first)):
        guard rename(key, first) else { return nil }
      case .failure(.other(let place, let message)):
        findings.add(.unreadable, place, in: text.file, message)
        return nil
      }
    }
  }

  private enum Failure: Error {
    /// A key that stands twice in a mapping, and where it stands first.
    case repeated(String, Place)
    case other(Place?, String)
  }

  private static func parse(_ text: Text) -> Result<Yams.Node?, Failure> {
    do {
      return .success(try Yams.compose(yaml: text.string, .basic, .default, .utf8))
    } catch let error as YamlError {
      return .failure(failure(error, text))
    } catch {
      return .failure(.other(nil, "\(error)"))
    }
  }

  private static func failure(_ error: YamlError, _ text: Text) -> Failure {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      .other(
        text.within(text.place(of: mark)),
        sentence(for: problem, context, text.place(of: mark), text))
    case .duplicatedKeysInMapping(let keys, let context):
      .repeated(keys.first ?? "", text.within(text.place(of: context.mark)))
    case .reader(let problem, _, _, _): .other(nil, "not YAML: \(problem)")
    default: .other(nil, "not YAML")
    }
  }

  /// In words for who knows this program and not the YAML library.
  private static func sentence(
    for problem: String, _ context: YamlError.Context?, _ place: Place, _ text: Text
  ) -> String {
    if problem.contains("nesting level") { return tooDeep }
    if problem.contains("another document") {
      return "a second document begins here, and a policy is one; take out what stands before or"
        + " after this line"
    }
    if problem.contains("violates indentation") { return tab }
    if problem.contains("cannot start any token"), let offset = text.offset(of: place),
      offset < text.bytes.count
    {
      let octet = text.bytes[offset]
      return octet == 0x09
        ? tab
        : "`\(Character(Unicode.Scalar(octet)))` cannot begin a text without quotation marks"
    }
    let line = context.map { text.place(of: $0.mark).line } ?? place.line
    let beginning = line == place.line ? "" : ", in what begins in line \(line)"
    return "not YAML: \(problem)\(beginning)"
  }

  private static let tab = "a tab, and YAML indents with blanks alone"
  private static let tooDeep = "lists and mappings stand at most \(Limits.depth) deep"

  private mutating func convert(_ node: Yams.Node, depth: Int) -> Node {
    let place = text.within(node.mark.map(text.place(of:)) ?? text.place(of: 0))
    guard depth <= Limits.depth else {
      findings.add(.unreadable, place, Self.tooDeep)
      return Node(place: place, content: .nothing)
    }
    switch node {
    case .scalar(let scalar):
      let isNothing = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
      return Node(place: place, content: isNothing ? .nothing : .scalar(scalar.string))
    case .sequence(let sequence):
      return Node(place: place, content: .list(sequence.map { convert($0, depth: depth + 1) }))
    case .mapping(let mapping):
      var entries: [Node.Entry] = []
      entries.reserveCapacity(mapping.count)
      var keys: Set<String> = []
      for (key, value) in mapping {
        let value = convert(value, depth: depth + 1)
        guard let entry = entry(key, value) else { continue }
        // The library takes `key` and `"key"` for two.
        if keys.insert(entry.key).inserted {
          entries.append(entry)
        } else {
          findings.add(
            .duplicateKey, entry.place, "`\(entry.key.shortened)` stands twice in this mapping")
        }
      }
      return Node(place: place, content: .mapping(entries))
    case .alias:
      findings.add(.unreadable, place, "aliases are not part of the policy language")
      return Node(place: place, content: .nothing)
    }
  }

  private mutating func entry(_ key: Yams.Node, _ value: Node) -> Node.Entry? {
    let place = text.within(key.mark.map(text.place(of:)) ?? value.place)
    guard case .scalar(let scalar) = key, !scalar.string.isEmpty else {
      findings.add(.unreadable, place, "a key must be a word, and not empty")
      return nil
    }
    guard !repeated.contains(scalar.string) else { return nil }
    return Node.Entry(key: scalar.string, place: place, value: value)
  }
}

// Keys that stand twice. The library says which key it is and where it stands first, but not where
// it stands again. So each place where it might is given another name of the same length, in
// private characters, until YAML is content; then that was the place, no other place has moved, and
// the rest of the file can be judged.
extension Composer {
  private mutating func rename(_ key: String, _ first: Place) -> Bool {
    guard repeated.count < Limits.repeatedKeys, !key.isEmpty,
      let start = text.offset(of: first)
    else { return giveUp(key, first) }
    let name = stand(for: key)
    var budget = max(Limits.searchForRepeated, text.bytes.count)
    var from = start + 1
    while let candidate = next(key, from: from) {
      budget -= text.bytes.count
      guard budget >= 0, let changed = replacing(candidate, key, with: name) else { break }
      if case .failure(.repeated(key, first)) = Self.parse(changed) {
        from = candidate + 1
        continue
      }
      let isQuoted = [0x22, 0x27].contains(text.bytes[candidate - 1])
      findings.add(
        .duplicateKey, text.place(of: isQuoted ? candidate - 1 : candidate),
        "`\(key.shortened)` stands twice; it stands first in line \(first.line)")
      text = changed
      repeated.insert(name)
      return true
    }
    return giveUp(key, first)
  }

  private mutating func giveUp(_ key: String, _ first: Place) -> Bool {
    findings.add(.duplicateKey, first, "`\(key.shortened)` stands twice in this mapping")
    return false
  }

  /// As many private characters as the key has characters: columns stay what they are.
  private func stand(for key: String) -> String {
    var name = String.UnicodeScalarView()
    for place in 0..<key.unicodeScalars.count {
      let offset = place == 0 ? UInt32(repeated.count) : 0x100
      if let scalar = Unicode.Scalar(0xe000 + offset) { name.append(scalar) }
    }
    return String(name)
  }

  /// The next place where the key is followed by a colon.
  private func next(_ key: String, from start: Int) -> Int? {
    let wanted = Array(key.utf8)
    let bytes = text.bytes
    var place = start
    while place + wanted.count < bytes.count {
      if bytes[place] == wanted[0], bytes[place..<place + wanted.count].elementsEqual(wanted) {
        var after = place + wanted.count
        while after < bytes.count, [0x20, 0x09, 0x22, 0x27].contains(bytes[after]) { after += 1 }
        if after < bytes.count, bytes[after] == 0x3a { return place }
      }
      place += 1
    }
    return nil
  }

  private func replacing(_ place: Int, _ key: String, with name: String) -> Text? {
    var bytes = text.bytes
    bytes.replaceSubrange(place..<place + key.utf8.count, with: name.utf8)
    return try? Text(bytes, file: text.file)
  }
}

extension Text {
  fileprivate func place(of mark: Mark) -> Place {
    Place(file: file, line: mark.line, column: mark.column)
  }
}
