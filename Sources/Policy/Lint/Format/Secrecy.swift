/// Lines that hold a secret are not shown with it. A policy should hold none; this is for one that
/// does all the same.
enum Secrecy {
  /// Ends of keys whose value is nobody's business.
  private static let keys = [
    "password", "passwd", "passphrase", "secret", "credentials", "psk", "ha1", "token", "key",
  ]
  static let stars = "********"

  /// A line with stars in place of what follows the key of a secret, to its end. A secret that is
  /// named and not written (`file:`, `env:`) may be seen.
  /// - Parameter before: the line before it, which may hold the key.
  static func redacted(_ line: String, after before: String) -> String {
    if isOpen(before) {
      let start = line.firstIndex { $0 != " " && $0 != "-" } ?? line.endIndex
      return hidden(line, from: start)
    }
    let folded = line.lowercased()
    // Where letters change their length in lower case, places in the two are not the same.
    guard folded.utf8.count == line.utf8.count else {
      return keys.contains(where: folded.contains) ? stars : line
    }
    var place = folded.startIndex
    while let colon = folded[place...].firstIndex(of: ":") {
      place = folded.index(after: colon)
      guard endsWithKey(folded[..<colon]) else { continue }
      let offset = folded.utf8.distance(from: folded.startIndex, to: place)
      let rest = line.utf8.index(line.startIndex, offsetBy: offset)
      let start = line[rest...].firstIndex { $0 != " " } ?? line.endIndex
      let shown = hidden(line, from: start)
      if shown != line { return shown }
    }
    return line
  }

  private static func hidden(_ line: String, from start: String.Index) -> String {
    let value = line[start...].drop { $0 == "\"" || $0 == "'" }
    let isNamed = value.hasPrefix("file:") || value.hasPrefix("env:")
    guard !value.isEmpty, !value.hasPrefix("#"), !isNamed else { return line }
    return line[..<start] + stars
  }

  /// Whether a line ends with such a key, so that its value stands in the next one.
  private static func isOpen(_ line: String) -> Bool {
    let content = line.lowercased().prefix { $0 != "#" }
    let end = content.reversed().drop { $0 == " " || $0 == "\t" }
    guard end.first == ":" else { return false }
    return endsWithKey(Substring(String(end.dropFirst().reversed())))
  }

  private static func endsWithKey(_ text: Substring) -> Bool {
    var text = text
    while let last = text.last, " \t\"'".contains(last) { text.removeLast() }
    if keys.contains(where: text.hasSuffix) { return true }
    // One that is misspelt is found out because of that, and so is shown.
    let word = Array(
      text.reversed().prefix { $0.isLetter }.reversed().map(String.init).joined().utf8)
    return keys.contains { key in
      key.utf8.count >= 6 && word.count < 20
        && Spelling.distance(word, Array(key.utf8)) <= key.utf8.count / 4
    }
  }
}
