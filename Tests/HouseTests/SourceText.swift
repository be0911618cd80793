/// A Swift or C source text, taken apart just far enough for the rules of the house: its lines, its
/// code without comments and without the insides of strings, its comments, and the words of its
/// code.
struct SourceText {
  /// Where it stands below the package's root, such as `Sources/SIP/Scan.swift`.
  let path: String
  let lines: [String]
  /// The octets of a program (none of other texts), with spaces for comments and for what stands
  /// inside strings. The quotation marks stay, and so does the code of an interpolation.
  let code: [UInt8]
  let words: [Word]
  /// Each line of a comment, with the number of its line.
  let comments: [(line: Int, text: String)]

  /// An identifier or keyword of the code.
  struct Word {
    let text: String
    let line: Int
    /// Where it stands in `code`.
    let range: Range<Int>
  }

  init(path: String, text: String) {
    self.path = path
    lines = Self.lines(text)
    let isProgram = [".swift", ".c", ".h"].contains { path.hasSuffix($0) }
    var lexer = Lexer(isProgram ? Array(text.utf8) : [])
    lexer.run()
    code = lexer.code
    words = Self.words(of: lexer.code)
    comments = Self.lines(String(decoding: lexer.comments, as: UTF8.self)).enumerated()
      .filter { !$0.element.allSatisfy { $0 == " " } }
      .map { (line: $0.offset + 1, text: $0.element) }
  }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func words(of code: [UInt8]) -> [Word] {
    var words: [Word] = []
    var line = 1
    var place = 0
    while place < code.count {
      let start = place
      while place < code.count, isWord(code[place]) { place += 1 }
      if place > start {
        let text = String(decoding: code[start..<place], as: UTF8.self)
        words.append(Word(text: text, line: line, range: start..<place))
      } else {
        if code[place] == UInt8(ascii: "\n") { line += 1 }
        place += 1
      }
    }
    return words
  }

  private static func isWord(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xff:
      true
    default: false
    }
  }

  /// The first octet of the code before `place` that is not white space.
  func octet(before place: Int) -> UInt8? {
    code[..<place].last { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
  }

  /// The first octet of the code at or after `place` that is not white space.
  func octet(from place: Int) -> UInt8? {
    code[place...].first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
  }

  func line(of place: Int) -> Int { 1 + code[..<place].count { $0 == UInt8(ascii: "\n") } }

  /// The folder below `Sources`, which is the target's name, if the text stands there.
  var target: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }
}
