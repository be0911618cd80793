/// A Via as sofia-sip writes it, with what the next element says of its sender apart.
struct ViaValue {
  var rest = ""
  var host = ""
  var received: String?
  /// Empty when it is only asked for.
  var rport: String?

  init(_ value: String) {
    for (place, part) in value.splitOutsideQuotes(at: ";").enumerated() {
      let pieces = part.split(separator: "=", maxSplits: 1).map(String.init)
      switch pieces.first?.lowercased() {
      case "received" where place > 0: received = pieces.dropFirst().first ?? ""
      case "rport" where place > 0: rport = pieces.dropFirst().first ?? ""
      default: rest += ";" + part
      }
      if place == 0 { host = Self.host(part) }
    }
  }

  private static func host(_ head: String) -> String {
    let sentBy = head.drop { $0 != " " }.dropFirst()
    if sentBy.hasPrefix("[") { return String(sentBy.dropFirst().prefix { $0 != "]" }) }
    return String(sentBy.prefix { $0 != ":" })
  }
}

extension String {
  /// The parts between the marks that stand in no quoted string.
  func splitOutsideQuotes(at mark: Character) -> [String] {
    var parts = [""]
    var (isQuoted, isEscaped) = (false, false)
    for character in self {
      if character == mark, !isQuoted {
        parts.append("")
        continue
      }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && character == "\\" && !isEscaped
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  /// What follows the quoted string at the beginning.
  func dropQuoted() -> Substring {
    var isEscaped = false
    for place in indices.dropFirst() {
      if self[place] == "\"", !isEscaped { return self[index(after: place)...] }
      isEscaped = self[place] == "\\" && !isEscaped
    }
    return self[...]
  }
}
