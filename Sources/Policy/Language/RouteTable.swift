/// A table of routes in a file of its own: plain lines of values with commas between them, for the
/// many prefixes that a numbering plan or a price list has. Read octet by octet, as there may be
/// hundreds of thousands.
///
///     # prefix, peers in their order, and a name of this row if it is to have one
///     prefix,to,name
///     +49,carrier-a|carrier-b,germany
///     +4915,carrier-b,germany-mobile
struct RouteTable {
  /// A value of a line, without the white space and the quotation marks around it.
  struct Field: Hashable {
    var range: Range<Int>
    var place: Place
  }

  struct Row {
    var prefix: Field
    var to: Field
    var name: Field?
  }

  let text: Text
  private(set) var rows: [Row] = []
  private var columns: Columns?
  private var fields: [Field] = []

  /// Which field of a line is which.
  private struct Columns {
    var count = 0
    var prefix: Int?
    var to: Int?
    var name: Int?
  }

  /// Reads a table. Lines that are wrong are told and left out.
  init(_ text: Text, into findings: inout Findings) {
    self.text = text
    rows.reserveCapacity(text.lineCount)
    for line in 0..<text.lineCount {
      guard split(line, &findings), !fields.isEmpty else { continue }
      guard let columns else {
        guard readHead(&findings) else { return }
        continue
      }
      add(columns, &findings)
    }
    if columns == nil {
      findings.add(
        .unreadable, nil, in: text.file,
        "the table is empty; it begins with the line `prefix,to` or `prefix,to,name`")
    }
  }

  func octets(_ field: Field) -> ArraySlice<UInt8> { text.bytes[field.range] }

  func string(_ field: Field) -> String { String(decoding: octets(field), as: UTF8.self) }

  private mutating func add(_ columns: Columns, _ findings: inout Findings) {
    guard fields.count == columns.count, let prefix = columns.prefix, let to = columns.to else {
      return findings.add(
        .wrongValue, fields[0].place,
        "this line has \(fields.count) values, and the first line of the table \(columns.count)")
    }
    var row = Row(prefix: fields[prefix], to: fields[to])
    if let name = columns.name, !fields[name].range.isEmpty { row.name = fields[name] }
    rows.append(row)
  }
}

// MARK: The first line

extension RouteTable {
  private mutating func readHead(_ findings: inout Findings) -> Bool {
    var columns = Columns(count: fields.count)
    let before = findings.count
    for (place, field) in fields.enumerated() {
      switch string(field) {
      case "prefix": note(place, &columns.prefix, &findings)
      case "to": note(place, &columns.to, &findings)
      case "name": note(place, &columns.name, &findings)
      case let other:
        let question = Spelling.question(other, of: ["prefix", "to", "name"])
        findings.add(
          .unknownKey, field.place,
          "`\(other.shortened)` is not a column of a table (prefix, to, name)\(question)")
      }
    }
    if findings.count == before, columns.prefix == nil || columns.to == nil {
      let missing = columns.prefix == nil ? "prefix" : "to"
      findings.add(
        .missingKey, fields[0].place, "the first line of a table names the column `\(missing)`")
    }
    self.columns = columns
    return findings.count == before
  }

  private func note(_ place: Int, _ column: inout Int?, _ findings: inout Findings) {
    if column != nil {
      findings.add(
        .duplicateKey, fields[place].place, "the column `\(string(fields[place]))` stands twice")
    }
    column = place
  }
}

// MARK: Lines

extension RouteTable {
  /// Takes a line apart into `fields`, of which a comment and an empty line have none.
  /// - Returns: whether it could be read.
  private mutating func split(_ line: Int, _ findings: inout Findings) -> Bool {
    fields.removeAll(keepingCapacity: true)
    let range = trimmed(text.range(ofLine: line))
    guard !range.isEmpty, text.bytes[range.lowerBound] != 0x23 else { return true }  // #
    let start = text.range(ofLine: line).lowerBound
    var begin = start
    var place = start
    while place <= range.upperBound {
      if place == range.upperBound || text.bytes[place] == 0x2c {
        guard let field = field(begin..<place, start, line) else {
          findings.add(
            .unreadable, Place(file: text.file, line: line + 1, column: column(begin, start)),
            "a quotation mark stands at both ends of a value or nowhere in it")
          return false
        }
        fields.append(field)
        begin = place + 1
      }
      place += 1
    }
    return true
  }

  private func field(_ range: Range<Int>, _ start: Int, _ line: Int) -> Field? {
    var range = trimmed(range)
    let quotes = text.bytes[range].reduce(0) { $1 == 0x22 ? $0 + 1 : $0 }
    if quotes > 0 {
      guard quotes == 2, text.bytes[range.lowerBound] == 0x22,
        text.bytes[range.upperBound - 1] == 0x22
      else { return nil }
      range = range.lowerBound + 1..<range.upperBound - 1
    }
    let place = Place(file: text.file, line: line + 1, column: column(range.lowerBound, start))
    return Field(range: range, place: place)
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isBlank(text.bytes[start]) { start += 1 }
    while end > start, isBlank(text.bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private func isBlank(_ octet: UInt8) -> Bool {
    octet == 0x20 || octet == 0x09 || octet == 0x0d || octet == 0x0a
  }

  private func column(_ offset: Int, _ start: Int) -> Int {
    var column = 1
    for place in start..<offset where text.bytes[place] & 0xc0 != 0x80 { column += 1 }
    return column
  }
}
