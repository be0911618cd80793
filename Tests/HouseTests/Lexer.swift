/// Tells code, comments and strings apart (nested comments, raw strings, strings of several lines,
/// interpolations with strings in them). Knows no regex literals: the house writes none.
struct Lexer {
  private let text: [UInt8]
  private var place = 0
  private(set) var code: [UInt8]
  private(set) var comments: [UInt8]

  init(_ text: [UInt8]) {
    self.text = text
    let blank = text.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
    code = blank
    comments = blank
  }

  mutating func run() {
    while place < text.count { step() }
  }

  /// Passes one octet of code, or one whole comment or string.
  private mutating func step() {
    if starts("//") { return lineComment() }
    if starts("/*") { return blockComment() }
    if let hashes = stringStart() { return string(hashes) }
    keep()
  }

  private mutating func keep() {
    code[place] = text[place]
    place += 1
  }

  private mutating func comment() {
    comments[place] = text[place]
    place += 1
  }

  private mutating func lineComment() {
    while place < text.count, text[place] != UInt8(ascii: "\n") { comment() }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      let change = starts("/*") ? 1 : starts("*/") ? -1 : 0
      depth += change
      comment()
      if change != 0 { comment() }
    } while depth > 0 && place < text.count
  }

  /// The number of `#` before the quotation mark, if a string starts here.
  private func stringStart() -> Int? {
    var end = place
    while end < text.count, text[end] == UInt8(ascii: "#") { end += 1 }
    return end < text.count && text[end] == UInt8(ascii: "\"") ? end - place : nil
  }

  private mutating func string(_ hashes: Int) {
    place += hashes
    let marks = starts("\"\"\"") ? 3 : 1
    for _ in 0..<marks { keep() }
    let hash = String(repeating: "#", count: hashes)
    let end = String(repeating: "\"", count: marks) + hash
    while place < text.count, !starts(end) {
      if marks == 1, text[place] == UInt8(ascii: "\n") { return }
      if starts("\\" + hash) {
        place += 1 + hashes
        if place < text.count, text[place] == UInt8(ascii: "(") { interpolation(); continue }
      }
      if place < text.count { place += 1 }
    }
    for _ in 0..<marks where place < text.count { keep() }
    place += min(hashes, text.count - place)
  }

  /// From its opening to its closing parenthesis.
  private mutating func interpolation() {
    var depth = 0
    repeat {
      if text[place] == UInt8(ascii: "(") { depth += 1 }
      if text[place] == UInt8(ascii: ")") { depth -= 1 }
      step()
    } while depth > 0 && place < text.count
  }

  private func starts(_ prefix: String) -> Bool {
    let end = place + prefix.utf8.count
    return end <= text.count && text[place..<end].elementsEqual(prefix.utf8)
  }
}
