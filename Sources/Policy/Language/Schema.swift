import Basics

/// The JSON Schema of the policy language, for editors to complete and check by. It is made of the
/// tables that the loader goes by, so that the two cannot differ. What it lets pass may still be
/// wrong: names that nobody has, addresses that cannot be used.
package enum Schema {
  /// The schema as text, of draft 2020-12. A part of a policy, which another file includes, has its
  /// own at `#/$defs/policy`: it needs no key.
  package static let text =
    Value.object([
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
      ("$comment", .text("Made by `sallyport schema`; do not edit.")),
      ("title", .text("A policy of Sallyport")),
      ("$ref", .text(reference(.policy))),
      ("required", .list(Table.policy.keys.filter(\.isRequired).map { .text($0.name) })),
      ("$defs", .object(definitions())),
    ]).written() + "\n"

  /// A value of JSON, its keys in the order in which they are to stand.
  indirect enum Value {
    case text(String)
    case number(Int)
    case no
    case list([Value])
    case object([(String, Value)])
  }

  // MARK: Tables

  /// All tables, each under its name.
  private static func definitions() -> [(String, Value)] {
    var found: [(String, Value)] = []
    func gather(_ shape: Shape) {
      switch shape {
      case .table(let table):
        let name = name(of: table)
        guard !found.contains(where: { $0.0 == name }) else { return }
        found.append((name, value(of: table)))
        for key in table.keys { key.shape.map(gather) }
      case .list(let item), .oneOrMore(let item): gather(item)
      default: break
      }
    }
    gather(.table(.policy))
    return found
  }

  /// What the mapping is, without its article.
  private static func name(of table: Table) -> String {
    let words = table.noun.split(separator: " ")
    return words.drop { ["a", "the"].contains($0) }.joined(separator: "-")
  }

  private static func reference(_ table: Table) -> String { "#/$defs/\(name(of: table))" }

  private static func value(of table: Table) -> Value {
    var value: [(String, Value)] = [
      ("type", .text("object")), ("additionalProperties", .no),
    ]
    // A part of a policy needs none of its keys; the whole says so of itself.
    let required = name(of: table) == "policy" ? [] : table.keys.filter(\.isRequired)
    if !required.isEmpty { value.append(("required", .list(required.map { .text($0.name) }))) }
    switch table.demand {
    case .nothing: break
    case .one(let keys): value.append(("oneOf", needs(keys)))
    case .some(let keys): value.append(("anyOf", needs(keys)))
    }
    let properties = table.keys.compactMap { key in
      key.shape.map { (key.name, described($0, key)) }
    }
    return .object(value + [("properties", .object(properties))])
  }

  private static func needs(_ keys: [String]) -> Value {
    .list(keys.map { .object([("required", .list([.text($0)]))]) })
  }

  private static func described(_ shape: Shape, _ key: Key) -> Value {
    let end = key.builtIn.map { "; without it: \($0)" } ?? ""
    return .object([("description", .text("\(key.summary)\(end)"))] + value(of: shape))
  }

  // MARK: Shapes

  private static func value(of shape: Shape) -> [(String, Value)] {
    switch shape {
    case .table(let table): [("$ref", .text(reference(table)))]
    case .list(let item): list(item)
    case .oneOrMore(let item):
      [
        (
          "anyOf",
          .list([.object(value(of: item)), .object(list(item) + [("minItems", .number(1))])])
        )
      ]
    case .word(let words): [("enum", .list(words.words.map { .text($0) }))]
    case .count(let range): count(range)
    case .text: [("type", scalars)]
    case .headerText:
      [("type", scalars), ("maxLength", .number(128)), ("pattern", .text("[^ \\t]"))]
    default: pattern(of: shape)
    }
  }

  private static func list(_ item: Shape) -> [(String, Value)] {
    [("type", .text("array")), ("items", .object(value(of: item)))]
  }

  private static func count(_ range: ClosedRange<Int>) -> [(String, Value)] {
    [
      ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
      ("maximum", .number(range.upperBound)),
    ]
  }

  /// A text that looks like something else to whoever reads YAML by its types.
  private static let scalars = Value.list(["string", "number", "boolean"].map { .text($0) })

  /// Texts by their pattern. A name or a number to dial may be all digits, and so an integer to an
  /// editor.
  private static func pattern(of shape: Shape) -> [(String, Value)] {
    let isPerhapsNumber =
      switch shape {
      case .name, .userPrefix, .userPattern, .headerName: true
      default: false
      }
    let type: Value =
      isPerhapsNumber ? .list([.text("string"), .text("integer")]) : .text("string")
    return [("type", type), ("pattern", .text("^\(expression(of: shape))$"))]
  }

  private static let literal = #"(\[[0-9A-Fa-f:.]+\]|[0-9]{1,3}(\.[0-9]{1,3}){3})"#
  private static let port = "[0-9]{1,5}"
  private static let day = "(\(Times.days.joined(separator: "|")))"
  private static let user = "A-Za-z0-9_~*'()&=+$,;?/"

  /// A regular expression of the kind that every dialect knows.
  private static func expression(of shape: Shape) -> String {
    switch shape {
    case .table, .list, .oneOrMore, .word, .count, .text, .headerText: ".*"
    case .name: "[A-Za-z0-9_.-]{1,64}"
    case .interval: "[0-9]+(ms|s|m|h|d)"
    case .rate: "[0-9]+/[smh]"
    case .size: "[0-9]+(B|KiB|MiB|GiB)"
    case .endpoint, .loopback: "\(literal):\(port)"
    case .hostPort: #"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:\#(port))?"#
    case .host: "[A-Za-z0-9_.:-]+"
    case .hostName: "([A-Za-z0-9_-]+[.])*[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*[.]?"
    case .prefix: "[0-9A-Fa-f:.]+(/[0-9]{1,3})?"
    case .target: "([Uu][Dd][Pp]:|[Tt][Cc][Pp]:)?\(literal)(:\(port))?"
    case .userPrefix: "[\(user).!-]{1,64}"
    case .userPattern:
      #"(([\#(user)#@-]|\[[^\]]+\]|\{[0-9]+(,[0-9]+)?\})+[.!]?|[.!])"#
    case .headerName: "[A-Za-z0-9.!%*_+`'~-]{1,64}"
    case .weekdays: "\(day)(-\(day))?"
    case .between:
      "([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
    case .path: "/.+"
    case .zone: "(UTC|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
    }
  }
}

extension Schema.Value {
  /// As JSON; what is short stands on one line.
  func written(indent: Int = 0) -> String {
    let line = onOneLine()
    if line.count + indent <= 100 { return line }
    let inner = String(repeating: " ", count: indent + 2)
    let end = "\n" + String(repeating: " ", count: indent)
    switch self {
    case .list(let values):
      let lines = values.map { inner + $0.written(indent: indent + 2) }
      return "[\n\(lines.joined(separator: ",\n"))\(end)]"
    case .object(let entries):
      let lines = entries.map { key, value in
        "\(inner)\(Self.quoted(key)): \(value.written(indent: indent + 2))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\(end)}"
    case .text, .number, .no: return line
    }
  }

  private func onOneLine() -> String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .number(let number): "\(number)"
    case .no: "false"
    case .list(let values): "[\(values.map { $0.onOneLine() }.joined(separator: ", "))]"
    case .object(let entries):
      "{ \(entries.map { "\(Self.quoted($0)): \($1.onOneLine())" }.joined(separator: ", ")) }"
    }
  }

  /// The texts of the language have no control characters.
  private static func quoted(_ text: String) -> String {
    let inner = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(inner)\""
  }
}
