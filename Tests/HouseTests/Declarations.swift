/// Something that a Swift text declares for others to see.
struct Declaration {
  /// `func`, `struct` and so on.
  let keyword: SourceText.Word
  /// Its name; `init` and `subscript` are called so.
  let name: String
  /// The words before the keyword: `public`, `mutating`, `inlinable` without its `@`.
  let modifiers: Set<String>
  /// The line of its first attribute or modifier.
  let line: Int
}

extension SourceText {
  private static let keywords: Set<String> = [
    "func", "var", "let", "init", "subscript", "struct", "enum", "class", "actor", "protocol",
    "typealias",
  ]
  private static let modifiers: Set<String> = [
    "public", "package", "internal", "private", "fileprivate", "static", "final", "mutating",
    "nonmutating", "consuming", "borrowing", "override", "convenience", "required", "indirect",
    "unowned", "weak", "lazy", "nonisolated",
  ]

  /// Everything that has `public` or `package` before it, or an attribute that shows it.
  func declarations() -> [Declaration] {
    guard path.hasSuffix(".swift") else { return [] }
    return words.indices.compactMap { index in
      let keyword = words[index]
      guard Self.keywords.contains(keyword.text), isKeyword(keyword) else { return nil }
      let (modifiers, start) = modifiers(before: keyword)
      guard !modifiers.isDisjoint(with: ["public", "package", "usableFromInline"]) else {
        return nil
      }
      return Declaration(
        keyword: keyword, name: name(declaredBy: index), modifiers: modifiers, line: line(of: start)
      )
    }
  }

  /// The word after the keyword, or the operator; the keyword itself where no name follows it.
  private func name(declaredBy index: Int) -> String {
    let keyword = words[index]
    if ["init", "subscript"].contains(keyword.text) { return keyword.text }
    let after = code[keyword.range.upperBound...].drop { $0 == UInt8(ascii: " ") }
    if index + 1 < words.count, words[index + 1].range.lowerBound == after.startIndex {
      return words[index + 1].text
    }
    let mark = after.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "(") }
    return String(decoding: mark, as: UTF8.self)
  }

  /// Modifiers and attributes, with or without arguments, and where the first of them begins.
  private func modifiers(before keyword: Word) -> (Set<String>, Int) {
    var found: Set<String> = []
    var start = keyword.range.lowerBound
    while let word = modifier(before: start) {
      found.insert(word.text)
      start = word.start
    }
    return (found, start)
  }

  private func modifier(before place: Int) -> (text: String, start: Int)? {
    var end = place
    while end > 0, isBlank(code[end - 1]) { end -= 1 }
    if end > 0, code[end - 1] == UInt8(ascii: ")") {
      var depth = 0
      repeat {
        end -= 1
        if code[end] == UInt8(ascii: ")") { depth += 1 }
        if code[end] == UInt8(ascii: "(") { depth -= 1 }
      } while depth > 0 && end > 0
    }
    guard let word = words.last(where: { $0.range.upperBound <= end }),
      word.range.upperBound == end
    else { return nil }
    let start = word.range.lowerBound
    if start > 0, code[start - 1] == UInt8(ascii: "@") { return (word.text, start - 1) }
    return Self.modifiers.contains(word.text) ? (word.text, start) : nil
  }

  func isBlank(_ octet: UInt8) -> Bool {
    octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\n")
  }
}

/// What a declaration that others see must have.
enum Shown {
  static let documented = Rule(name: "what another target sees has a doc comment") { text in
    guard text.target != nil else { return [] }
    return text.declarations().compactMap { shown in
      guard !shown.modifiers.isDisjoint(with: ["public", "package"]), !isWitness(shown.name),
        !text.onlyFillsIn(shown), !text.isDocumented(shown)
      else { return nil }
      return text.finding(shown.line, "`\(shown.name)` has no doc comment")
    }
  }

  /// What a protocol of the standard library asks for says itself what it is: operators too.
  private static func isWitness(_ name: String) -> Bool {
    ["description", "hash", "rawValue", "stringLiteral"].contains(name)
      || !(name.first.map { $0.isLetter || $0 == "_" } ?? false)
  }

  /// Without it every call of it, and every call within it, goes through a witness table.
  static let inlinable = Rule(name: "a generic that another target calls is inlinable") { text in
    guard let target = text.target, ["Basics", "SIP"].contains(target) else { return [] }
    let bodies = text.genericBodies()
    return text.declarations().compactMap { shown in
      guard text.hasCode(shown), !shown.modifiers.contains("inlinable") else { return nil }
      let isWithin = bodies.contains { $0.contains(shown.keyword.range.lowerBound) }
      guard isWithin || text.isGeneric(shown) else { return nil }
      return text.finding(shown.line, "`\(shown.name)` is generic and not `@inlinable`")
    }
  }
}

extension SourceText {
  /// Whether a `///` stands on the line before it.
  func isDocumented(_ shown: Declaration) -> Bool {
    shown.line > 1 && lines[shown.line - 2].drop { $0 == " " }.hasPrefix("///")
  }

  /// Whether it is an initialiser that gives each property the parameter of its name: those have
  /// their own comments. One that takes the raw value of an enumeration is as plain.
  func onlyFillsIn(_ shown: Declaration) -> Bool {
    guard shown.name == "init", let body = body(of: shown) else { return false }
    let inside = code[(body.lowerBound + 1)..<(body.upperBound - 1)]
    return String(decoding: inside, as: UTF8.self).split(separator: "\n").allSatisfy { line in
      let sides = line.split(separator: "=").map { $0.filter { $0 != " " } }
      guard sides.count == 2 else { return line.allSatisfy { $0 == " " } }
      let property = sides[0].split(separator: ".")
      return property.last.map(String.init) == sides[1] && property.count <= 2
    }
  }

  fileprivate func body(of shown: Declaration) -> Range<Int>? {
    words.firstIndex { $0.range == shown.keyword.range }.flatMap { body(declaredAt: $0) }
  }

  /// A function, an initialiser, a subscript, or a property that is computed.
  fileprivate func hasCode(_ shown: Declaration) -> Bool {
    ["func", "init", "subscript", "var"].contains(shown.keyword.text) && body(of: shown) != nil
  }

  /// `func f<T>`, `init<T>`, or one with `some P` among its parameters.
  fileprivate func isGeneric(_ shown: Declaration) -> Bool {
    guard shown.keyword.text != "var", let body = body(of: shown),
      let open = code[shown.keyword.range.upperBound...].firstIndex(of: UInt8(ascii: "("))
    else { return false }
    let head = shown.keyword.range.upperBound..<open
    let parameters = open..<body.lowerBound
    return code[head].contains(UInt8(ascii: "<")) && shown.name.first != "<"
      || words.contains { $0.text == "some" && parameters.contains($0.range.lowerBound) }
  }

  /// The bodies of the generic types of this text, and of their extensions after them.
  fileprivate func genericBodies() -> [Range<Int>] {
    var generic: Set<String> = []
    return zip(words, words.dropFirst()).compactMap { kind, name in
      switch kind.text {
      case "struct", "enum", "class":
        guard octet(from: name.range.upperBound) == UInt8(ascii: "<") else { return nil }
        generic.insert(name.text)
      case "extension":
        guard generic.contains(name.text) else { return nil }
      default: return nil
      }
      return code[name.range.upperBound...].firstIndex(of: UInt8(ascii: "{"))
        .flatMap { open in end(ofBracketAt: open).map { open..<$0 } }
    }
  }
}
