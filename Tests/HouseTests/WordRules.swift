/// Words that may stand only in some places.
enum Words {
  /// Files outside Platform that hold `unsafe` code: a path, or a folder with a slash at its end.
  static let unsafePlaces = [
    "Sources/Platform/", "Sources/Cryptography/TokenKey.swift", "Sources/SIP/Scan.swift",
    "Sources/Capture/CaptureFile.swift",
  ]

  static let memory = Rule(name: "`unsafe` stands only where it is allowed") { text in
    guard text.target != nil, !unsafePlaces.contains(where: { text.path.hasPrefix($0) }) else {
      return []
    }
    return text.words.filter { isUnsafe($0.text) || text.isAttribute($0, "safe") }
      .map { text.finding($0.line, "`\($0.text)` is not allowed here") }
  }

  private static func isUnsafe(_ word: String) -> Bool {
    word.hasPrefix("unsafe") || word.hasPrefix("Unsafe")
      || word.hasPrefix("withUnsafe") || word.hasPrefix("_unsafe")
  }

  static let foundation = only("Foundation", in: ["Policy", "Torture", "sallyport"])
  static let access = only("public", in: ["Basics", "SIP"])
  static let asynchronous = only("async", in: ["sallyport"])
  static let awaited = only("await", in: ["sallyport"])

  /// The word may stand in these targets only, as a word of its own and not as a member.
  private static func only(_ word: String, in targets: Set<String>) -> Rule {
    let places = "only in \(targets.sorted().joined(separator: ", "))"
    return Rule(name: "`\(word)` stands \(places)") { text in
      guard let target = text.target, !targets.contains(target) else { return [] }
      return text.words.filter { $0.text == word && text.isKeyword($0) }
        .map { text.finding($0.line, "`\(word)` stands \(places)") }
    }
  }

  static let force = Rule(name: "nothing is forced: no `try!`, no `as!`") { text in
    guard text.target != nil else { return [] }
    return text.words.filter {
      ["try", "as"].contains($0.text) && $0.range.upperBound < text.code.count
        && text.code[$0.range.upperBound] == UInt8(ascii: "!")
    }.map { text.finding($0.line, "`\($0.text)!` is not allowed") }
  }

  private static let kinds: Set<String> = [
    "struct", "class", "enum", "protocol", "actor", "typealias",
  ]
  private static let vague: Set<String> = [
    "Manager", "Helper", "Util", "Utils", "Common", "Handler",
  ]

  static let names = Rule(name: "a type's name says what it is") { text in
    zip(text.words, text.words.dropFirst()).compactMap { kind, name in
      guard kinds.contains(kind.text) else { return nil }
      guard let part = parts(of: name.text).first(where: vague.contains) else { return nil }
      return text.finding(name.line, "\(name.text): a name with `\(part)` says nothing")
    }
  }

  /// `HTTPServerUtil` has the parts `HTTP`, `Server`, `Util`, near enough.
  private static func parts(of name: String) -> [String] {
    var parts: [String] = []
    for character in name {
      if character.isUppercase, parts.last?.last?.isLowercase ?? true {
        parts.append(String(character))
      } else {
        parts.append((parts.popLast() ?? "") + String(character))
      }
    }
    return parts
  }
}

extension SourceText {
  func isAttribute(_ word: Word, _ name: String) -> Bool {
    word.text == name && octet(before: word.range.lowerBound) == UInt8(ascii: "@")
  }

  /// Neither a member (`.public`), nor a label (`public:`), nor a variable of that name.
  func isKeyword(_ word: Word) -> Bool {
    octet(before: word.range.lowerBound) != UInt8(ascii: ".")
      && octet(from: word.range.upperBound) != UInt8(ascii: ":")
      && octet(from: word.range.upperBound) != UInt8(ascii: "=")
  }
}
