import Testing

/// Reads the text format of Prometheus 0.0.4 and lets nothing pass that it does not allow, nor what
/// its authors advise against: a family without HELP or TYPE, or in pieces, a counter that does not
/// end with `_total`, a sample that stands there twice.
struct ExpositionFormat {
  struct Family: Equatable {
    var kind = ""
    var help = ""
    /// By the labels, as they were written and in their order, without escapes.
    var samples: [[String]: Double] = [:]
  }

  struct Complaint: Error, CustomStringConvertible {
    let line: Int
    let description: String
  }

  private(set) var families: [String: Family] = [:]
  private var current = ""
  private var line = 0

  init(_ bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw complaint("no UTF-8") }
    guard text.hasSuffix("\n") else { throw complaint("the last line does not end") }
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
      self.line += 1
      try read(String(line))
    }
    for (name, family) in families where family.samples.isEmpty {
      throw complaint("\(name) has no sample")
    }
  }

  /// A sample; the labels as `name=value`, in the order in which they stand.
  subscript(name: String, labels: String...) -> Double? { families[name]?.samples[labels] }

  private func complaint(_ text: String) -> Complaint {
    Complaint(line: line, description: "line \(line): \(text)")
  }

  private mutating func read(_ line: String) throws {
    if line.hasPrefix("# HELP ") {
      try begin(line.dropFirst(7))
    } else if line.hasPrefix("# TYPE ") {
      try type(line.dropFirst(7))
    } else {
      var reader = Reader(line)
      try sample(&reader)
    }
  }

  private mutating func begin(_ text: Substring) throws {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, Self.isName(parts[0], colons: true) else { throw complaint("bad HELP") }
    current = String(parts[0])
    guard families[current] == nil else { throw complaint("\(current) comes twice") }
    families[current] = Family(help: String(parts[1]))
  }

  private mutating func type(_ text: Substring) throws {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == current, families[current]?.kind == "" else {
      throw complaint("TYPE does not follow its HELP")
    }
    let isCounter = parts[1] == "counter"
    guard isCounter || parts[1] == "gauge" else { throw complaint("no such type") }
    guard isCounter == current.hasSuffix("_total") else {
      throw complaint("_total is for counters")
    }
    families[current]?.kind = String(parts[1])
  }

  private mutating func sample(_ reader: inout Reader) throws {
    let name = reader.take { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
    guard name == current, families[current]?.kind != "" else {
      throw complaint("a sample outside of its family: \(name)")
    }
    let labels = reader.skip("{") ? try self.labels(&reader) : []
    guard reader.skip(" ") else { throw complaint("no space before the value") }
    let text = reader.take { _ in true }
    guard let value = Double(text), text.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else {
      throw complaint("`\(text)` is no number")
    }
    let isCounter = families[current]?.kind == "counter"
    guard !isCounter || value >= 0 else { throw complaint("a counter below 0") }
    guard families[current]?.samples.updateValue(value, forKey: labels) == nil else {
      throw complaint("the same sample twice")
    }
  }

  private func labels(_ reader: inout Reader) throws -> [String] {
    var labels: [String] = []
    var names: Set<String> = []
    repeat {
      let name = reader.take { $0.isLetter || $0.isNumber || $0 == "_" }
      guard Self.isName(name[...], colons: false), !name.hasPrefix("__") else {
        throw complaint("bad label `\(name)`")
      }
      guard names.insert(name).inserted else { throw complaint("the label \(name) twice") }
      guard reader.skip("="), reader.skip("\"") else { throw complaint("a label without a value") }
      labels.append("\(name)=\(try value(&reader))")
    } while reader.skip(",")
    guard reader.skip("}") else { throw complaint("the labels do not end") }
    return labels
  }

  private func value(_ reader: inout Reader) throws -> String {
    var value = ""
    while let character = reader.next() {
      switch character {
      case "\"": return value
      case "\\":
        switch reader.next() {
        case "\\": value += "\\"
        case "\"": value += "\""
        case "n": value += "\n"
        default: throw complaint("bad escape")
        }
      default: value.unicodeScalars.append(character)
      }
    }
    throw complaint("a value does not end")
  }

  private static func isName(_ text: Substring, colons: Bool) -> Bool {
    guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": true
      case ":": colons
      default: false
      }
    }
  }

  private struct Reader {
    private var rest: Substring.UnicodeScalarView

    init(_ line: String) { rest = line[...].unicodeScalars }

    mutating func next() -> Unicode.Scalar? { rest.popFirst() }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
      guard rest.first == mark else { return false }
      rest.removeFirst()
      return true
    }

    mutating func take(while isPart: (Character) -> Bool) -> String {
      var text = ""
      while let scalar = rest.first, isPart(Character(scalar)) {
        text.unicodeScalars.append(scalar)
        rest.removeFirst()
      }
      return text
    }
  }
}
