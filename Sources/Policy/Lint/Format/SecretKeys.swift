/// Keys whose value is nobody's business.
struct SecretKeys {
  /// Ends of such keys: a policy of another program may say `db-password` or `SharedSecret`.
  private static let endings = [
    "password", "passwd", "passphrase", "passcode", "pass", "pwd", "secret", "credential", "psk",
    "ha1", "token", "key",
  ]
  /// Words that only count whole, as others end like them: the last one of `user_pin` or `userPin`.
  private static let words: Set<String> = ["pin", "pins", "pw", "auth"]
  /// Words that are remembered: a long list has the same keys again and again.
  private static let longest = 1_000

  private var known: [String: Bool] = [:]

  /// Whether a line ends with such a key, up to the colon after it.
  mutating func end(_ line: ArraySlice<Unicode.Scalar>) -> Bool {
    var end = line.endIndex
    while end > line.startIndex, " \t\"'".unicodeScalars.contains(line[end - 1]) { end -= 1 }
    var start = end
    while start > line.startIndex, line[start - 1].isWord { start -= 1 }
    let word = String(String.UnicodeScalarView(line[start..<end]))
    if let answer = known[word] { return answer }
    if known.count == Self.longest { known.removeAll() }
    let answer = Self.isSecret(word)
    known[word] = answer
    return answer
  }

  private static func isSecret(_ written: String) -> Bool {
    let word = written.lowercased()
    let plain = String(word.reversed().drop(while: \.isNumber).reversed())
    // Several of them, or one of several: `api_keys`, `password2`.
    let forms = [word, plain].flatMap { $0.last == "s" ? [$0, String($0.dropLast())] : [$0] }
    if forms.contains(where: { form in endings.contains(where: form.hasSuffix) }) { return true }
    return words.contains(last(written)) || isMisspelt(plain)
  }

  /// The last word of one that is written as `userPin`.
  private static func last(_ written: String) -> String {
    let end = written.reversed().prefix { !$0.isUppercase }
    let isJoined = end.count < written.count && !end.isEmpty
    return String(isJoined ? written.suffix(end.count + 1) : written[...]).lowercased()
  }

  /// One that is misspelt is found out because of that, and so is shown.
  private static func isMisspelt(_ word: String) -> Bool {
    let octets = Array(word.utf8)
    guard octets.count < 20 else { return false }
    return endings.contains { key in
      key.utf8.count >= 6 && Spelling.distance(octets, Array(key.utf8)) <= key.utf8.count / 4
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isWord: Bool {
    isASCII
      ? "0"..."9" ~= self || "a"..."z" ~= self || "A"..."Z" ~= self : properties.isAlphabetic
  }
}
