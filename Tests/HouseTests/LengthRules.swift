/// How long things may be (lines of text, functions, files).
enum Length {
  static let line = 100
  static let function = 60
  static let file = 500

  /// Files that a program wrote, by their path: they may be longer. There are none yet.
  static let generated: Set<String> = []

  static let lines = Rule(name: "no line is longer than \(line) columns") { text in
    text.lines.enumerated().filter { $0.element.count > line }.map {
      text.finding($0.offset + 1, "\($0.element.count) columns, and \(line) are allowed")
    }
  }

  static let files = Rule(name: "no file is longer than \(file) lines") { text in
    guard text.lines.count > file, !generated.contains(text.path) else { return [] }
    return [text.finding(1, "\(text.lines.count) lines, and \(file) are allowed")]
  }

  static let functions = Rule(name: "no function is longer than \(function) lines") { text in
    text.functions().filter { $0.lines.count > function }.map {
      text.finding(
        $0.lines.lowerBound,
        "\($0.name) has \($0.lines.count) lines, and \(function) are allowed")
    }
  }
}

/// A function, initialiser, subscript or computed property with its lines, both ends included.
struct Function: Equatable {
  let name: String
  let lines: ClosedRange<Int>
}

extension SourceText {
  /// All functions that have a body.
  func functions() -> [Function] {
    guard path.hasSuffix(".swift") else { return functionsOfC() }
    return words.indices.compactMap { index in
      guard let body = body(declaredAt: index) else { return nil }
      let word = words[index]
      let next = index + 1 < words.count ? words[index + 1].text : ""
      let name = ["func", "var"].contains(word.text) ? next : word.text
      return Function(name: name, lines: word.line...line(of: body.upperBound - 1))
    }
  }

  /// In C a function's body is what stands in braces after a parenthesis, outside all others; its
  /// first line is that of its name.
  private func functionsOfC() -> [Function] {
    var found: [Function] = []
    var place = 0
    while let open = code[place...].firstIndex(of: UInt8(ascii: "{")),
      let end = end(ofBracketAt: open)
    {
      if let name = name(ofParametersBefore: open) {
        found.append(Function(name: name.text, lines: name.line...line(of: end - 1)))
      }
      place = end
    }
    return found
  }

  /// The word before the parentheses that end where these braces begin.
  private func name(ofParametersBefore brace: Int) -> Word? {
    guard octet(before: brace) == UInt8(ascii: ")") else { return nil }
    let opens = code[..<brace].indices.reversed().filter { code[$0] == UInt8(ascii: "(") }
    let open = opens.first { open in
      guard let close = end(ofBracketAt: open) else { return false }
      return close <= brace && code[close..<brace].allSatisfy(isBlank)
    }
    return open.flatMap { open in words.last { $0.range.upperBound <= open } }
  }

  /// The braces of the body of what is declared at this word, if it is a function that has one.
  func body(declaredAt index: Int) -> Range<Int>? {
    let word = words[index]
    switch word.text {
    case "func", "subscript", "init":
      let before = octet(before: word.range.lowerBound)
      guard before != UInt8(ascii: "."), before != UInt8(ascii: "`") else { return nil }
      guard let open = code[word.range.upperBound...].firstIndex(of: UInt8(ascii: "(")),
        let close = end(ofBracketAt: open)
      else { return nil }
      return braces(from: close, after: index)
    case "deinit": return braces(from: word.range.upperBound, after: index)
    case "var": return computed(from: word)
    default: return nil
    }
  }

  /// The braces after a declaration's head, unless something else comes first.
  private func braces(from place: Int, after index: Int) -> Range<Int>? {
    let next = words[(index + 1)...].first {
      $0.range.lowerBound >= place && Self.declarations.contains($0.text)
    }
    for place in place..<(next?.range.lowerBound ?? code.count) {
      switch code[place] {
      case UInt8(ascii: "{"): return end(ofBracketAt: place).map { place..<$0 }
      case UInt8(ascii: "}"), UInt8(ascii: ";"): return nil
      default: continue
      }
    }
    return nil
  }

  private static let declarations: Set<String> = [
    "func", "init", "deinit", "subscript", "var", "let", "case", "struct", "class", "enum",
    "extension", "protocol", "typealias", "associatedtype", "import",
  ]

  /// The braces of a computed property: they open on the line of its `var`, with no `=` before
  /// them.
  private func computed(from word: Word) -> Range<Int>? {
    for place in word.range.upperBound..<code.count {
      switch code[place] {
      case UInt8(ascii: "{"): return end(ofBracketAt: place).map { place..<$0 }
      case UInt8(ascii: "="), UInt8(ascii: "\n"), UInt8(ascii: "}"): return nil
      default: continue
      }
    }
    return nil
  }

  /// The place after the bracket that closes the one here.
  func end(ofBracketAt start: Int) -> Int? {
    var depth = 0
    for place in start..<code.count {
      switch code[place] {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: continue
      }
      if depth == 0 { return place + 1 }
    }
    return nil
  }
}
