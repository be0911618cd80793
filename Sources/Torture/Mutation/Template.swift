/// A sound message as a text whose fields are named, so that each can be spoilt alone.
///
/// In the text stands `{Via host|10.0.0.1}` for a field of that name and its usual value; `#` for
/// the number of the mutant, so that no two are taken for one; `$` for the body's length; and `@v`,
/// `@f`, `@t`, `@i` and `@c` for the Via, From, To, Call-ID and CSeq of the request that a response
/// answers.
struct Template: Sendable {
  /// A stretch of a line.
  struct Piece: Sendable {
    var text: Range<Int>
    /// The field that it is the value of.
    var field: String?
  }

  /// Whether it answers a request that the element really sent.
  var isResponse: Bool
  /// What it is called in a report.
  let name: String
  /// The values, one after the other.
  let octets: [UInt8]
  /// The lines before the empty one; the body, where there is one, is a line too, the last.
  let lines: [[Piece]]
  /// The number of lines that belong to the head.
  let headLines: Int

  /// Reads a text in which lines end in LF; an empty one ends the head.
  init(_ name: String, isResponse: Bool = false, _ text: String) {
    self.name = name
    self.isResponse = isResponse
    let length = "\(Self.bodyLength(text))"
    var octets: [UInt8] = []
    var lines: [[Piece]] = []
    var headLines = 0
    for line in text.replacing("$", with: length).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.isEmpty, headLines == 0 {
        headLines = lines.count
      } else {
        lines.append(Self.pieces(of: line, into: &octets))
      }
    }
    self.octets = octets
    self.lines = lines
    self.headLines = headLines == 0 ? lines.count : headLines
  }

  /// The octets behind the empty line, with CRLF behind each line.
  private static func bodyLength(_ text: String) -> Int {
    guard let end = text.firstRange(of: "\n\n"), end.upperBound < text.endIndex else { return 0 }
    var octets: [UInt8] = []
    let lines = text[end.upperBound...].split(separator: "\n")
    for line in lines { _ = pieces(of: line, into: &octets) }
    return octets.count + 2 * lines.count
  }

  private static func pieces(of line: Substring, into octets: inout [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var rest = line
    func add(_ text: Substring, _ field: String?) {
      let start = octets.count
      octets += Array(text.utf8)
      pieces.append(Piece(text: start..<octets.count, field: field))
    }
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let field = rest[rest.index(after: open)..<close].split(
        separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
      precondition(field.count == 2, "a field of a template is {name|value}")
      if open > rest.startIndex { add(rest[..<open], nil) }
      add(field[1], String(field[0]))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { add(rest, nil) }
    return pieces
  }

  /// What the line is called: the header's name, `start line` or `body`.
  func lineName(_ line: Int) -> String {
    if line == 0 { return "start line" }
    if line >= headLines { return "SDP line" }
    guard let first = lines[line].first else { return "line" }
    let text = octets[first.text].prefix { $0 != 0x3a }
    return "\(String(decoding: text, as: UTF8.self)) line"
  }
}
