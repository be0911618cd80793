/// Lines that hold a secret are not shown with it. A policy should hold none; this is for one that
/// does all the same, and that YAML may not even be able to read. So it reads line after line by
/// itself, and in doubt it hides.
struct Secrecy {
  static let stars = "********"

  /// The value of a secret that began in a line before, and may go on.
  private var open: SecretValue?
  private var keys = SecretKeys()

  /// The next line, with stars in place of what is or may be a secret, to its end. One that is
  /// named and not written (`file:`, `env:`) may be seen.
  mutating func redacted(_ line: String) -> String {
    let text = Array(line.unicodeScalars)
    guard let first = text.firstIndex(where: { !$0.isBlank }) else { return line }
    if var value = open, value.covers(text, from: first) {
      guard value.isText || text[first] != "#" else { return line }
      value.read(text[first...])
      open = nil
      // Behind its end another one may begin.
      if !value.isUnfinished { _ = struckOut(text, first) }
      open = open?.within(value) ?? value
      let start = text.firstIndex { !$0.isBlank && $0 != "-" } ?? first
      return Self.hidden(text, from: start) ?? line
    }
    open = nil
    return struckOut(text, first) ?? line
  }

  /// - Returns: `nil` for a line that can be shown as it is.
  private mutating func struckOut(_ text: [Unicode.Scalar], _ first: Int) -> String? {
    if text[first] == "?", keys.end(text[(first + 1)...]) {
      open = SecretValue(column: first)
      return nil
    }
    var shown: String?
    for colon in text.indices where text[colon] == ":" && keys.end(text[..<colon]) {
      var value = SecretValue(column: text.firstIndex { !$0.isBlank && $0 != "-" } ?? first)
      value.read(text[(colon + 1)...])
      // In brackets what is behind a comma is another one's.
      let isOver = value.isOver && text[..<colon].contains { $0 == "{" || $0 == "[" }
      if !isOver, open?.isUnfinished != true { open = value }
      guard shown == nil else { continue }
      let start = text[(colon + 1)...].firstIndex { !$0.isBlank } ?? text.count
      let isComment = start < text.count && start > colon + 1 && text[start] == "#"
      if !isComment { shown = Self.hidden(text, from: start) }
    }
    return shown
  }

  /// - Returns: `nil` where nothing stands there that has to be hidden.
  private static func hidden(_ text: [Unicode.Scalar], from start: Int) -> String? {
    let value = text[start...].drop { $0 == "\"" || $0 == "'" }
    let isNamed = ["file:", "env:"].contains { value.starts(with: $0.unicodeScalars) }
    let isEnd = text[start...].allSatisfy { "]}, \t".unicodeScalars.contains($0) }
    guard !isEnd, !isNamed else { return nil }
    return String(String.UnicodeScalarView(text[..<start])) + stars
  }
}

/// What is known of a secret's value from the lines that were read.
private struct SecretValue {
  /// Where the line with its key begins, from 0: what stands deeper belongs to it.
  private(set) var column: Int
  /// Nothing of it has been read.
  private var isAwaited = true
  /// It is a text below a `|` or `>`.
  private var isBlock = false
  /// Brackets and braces of it that are open.
  private var brackets = 0
  /// The quote that a text of it began with, and that has yet to come again.
  private var quote: Unicode.Scalar?
  private var isEscaped = false
  /// A comma or a bracket ended it, if it stands within others.
  private(set) var isOver = false

  init(column: Int) { self.column = column }

  /// The same for one that is a part of another.
  func within(_ other: SecretValue) -> SecretValue {
    var value = self
    value.column = min(column, other.column)
    return value
  }

  /// Whether the next line is a part of it, however far to the left it stands.
  var isUnfinished: Bool { isAwaited || brackets > 0 || quote != nil }
  /// Whether a number sign in the next line begins no comment.
  var isText: Bool { isBlock || quote != nil }

  /// Whether a line is a part of it; a list may stand right below the key.
  func covers(_ line: [Unicode.Scalar], from first: Int) -> Bool {
    let isItem = line[first] == "-" && (first + 1 == line.count || line[first + 1].isBlank)
    return isUnfinished || first > column || first == column && isItem
  }

  /// Reads on.
  mutating func read(_ text: ArraySlice<Unicode.Scalar>) {
    guard !isBlock else { return }
    (isOver, isEscaped) = (false, false)
    // Only where something begins does a quote or a bracket mean anything.
    var isStart = true
    var isMark = false
    var before: Unicode.Scalar = " "
    for character in text {
      defer { before = character }
      if quote != nil {
        readQuoted(character)
      } else if character.isBlank {
        isStart = isStart || isMark || "-?:".unicodeScalars.contains(before)
        isMark = false
      } else if character == "#", before.isBlank {
        return
      } else if "]},".unicodeScalars.contains(character), brackets == 0 {
        (isOver, isAwaited) = (true, false)
        return
      } else if isMark || isStart && "&!".unicodeScalars.contains(character) {
        // The name of an anchor or of a type stands before a value.
        isMark = true
      } else {
        // A quote within quotes of its kind is written twice.
        take(character, isStart: isStart || character == "'" && before == "'")
        isStart = brackets > 0 && "[{,:".unicodeScalars.contains(character)
      }
    }
  }

  private mutating func readQuoted(_ character: Unicode.Scalar) {
    if character == quote, !isEscaped { quote = nil }
    isEscaped = quote == "\"" && character == "\\" && !isEscaped
  }

  private mutating func take(_ character: Unicode.Scalar, isStart: Bool) {
    isAwaited = false
    switch character {
    case "[", "{": if isStart || brackets > 0 { brackets += 1 }
    case "]", "}": brackets -= 1
    case "\"", "'": if isStart { quote = character }
    case "|", ">": isBlock = isStart && brackets == 0
    default: break
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isBlank: Bool { self == " " || self == "\t" }
}
