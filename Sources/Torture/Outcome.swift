package import Basics

/// What an element may do with a message: one word of a line of EXPECTED, such as `400`,
/// `501[has=Allow]`, `udp:400+close`, `forward[keeps=Authorization]` or `silence`.
package struct Outcome: Hashable, Sendable, CustomStringConvertible {
  /// What it does.
  package enum Deed: Hashable, Sendable {
    /// It leaves towards a next hop; a response, towards whoever asked.
    case forward
    /// It gets this final response from the element, and goes nowhere.
    case answer(Statuses)
    /// There is neither a final response, nor does anything leave, nor does the stream end.
    case silence
    /// The element ends the stream, after a final response or without one.
    case close
  }

  /// Which final responses are meant.
  package enum Statuses: Hashable, Sendable {
    case one(Int)
    /// All of a hundred, such as `4xx`. A challenge is none of them.
    case hundred(Int)
    /// `challenge`: 401 or 407 (RFC 3261 §22).
    case challenge
  }

  /// What must hold of the response, or of what leaves.
  package enum Condition: Hashable, Sendable {
    /// A header's values are those that it came with; `Request-URI` and `body` stand for those.
    case keeps(String)
    /// A header is there, or a body.
    case has(String)
    /// A header is not there, or no body.
    case lacks(String)
    /// `has=Contact:text`: this text stands in one of a header's values, in either case of letters.
    case shows(String, String)
    /// `lacks=Contact:text`: it stands in none.
    case hides(String, String)
    /// A header lists these tokens, in any order and no other.
    case lists(String, [String])
  }

  /// For which transport it counts: `false` for datagrams, `true` for streams, `nil` for both.
  package var overStreams: Bool?
  /// What is done.
  package var deed: Deed
  /// Whether the stream ends after the response.
  package var closes = false
  /// All of them must hold.
  package var conditions: [Condition] = []
  /// As it is written.
  package var description: String

  /// Whether it counts over a transport.
  package func counts(over transport: Transport) -> Bool {
    overStreams.map { $0 == transport.isReliable } ?? true
  }
}

extension Outcome {
  /// Reads one word.
  /// - Throws: what is wrong with it, in words.
  init(_ word: String) throws(Expected.Complaint) {
    var rest = word[...]
    description = word
    overStreams = nil
    if rest.hasPrefix("udp:") { overStreams = false }
    if rest.hasPrefix("stream:") { overStreams = true }
    if overStreams != nil { rest = rest.drop { $0 != ":" }.dropFirst() }
    let parts = rest.split(separator: "[", omittingEmptySubsequences: false)
    var verb = parts[0]
    conditions = []
    for part in parts.dropFirst() {
      var text = part
      // What closes the response's conditions may stand behind them: `400[has=Warning]+close`.
      if text.hasSuffix("+close") {
        text = text.dropLast(6)
        closes = true
      }
      guard text.hasSuffix("]") else {
        throw Expected.Complaint("`\(word)` has a bracket that is not closed")
      }
      conditions.append(try Self.condition(text.dropLast(), in: word))
    }
    if verb.hasSuffix("+close") {
      verb = verb.dropLast(6)
      closes = true
    }
    deed = try Self.deed(verb, in: word)
    try check(word)
  }

  private func check(_ word: String) throws(Expected.Complaint) {
    if closes, deed != .close, overStreams == false {
      throw Expected.Complaint("`\(word)` closes what is no stream")
    }
    switch deed {
    case .answer, .forward: break
    case .silence, .close:
      guard !closes, conditions.isEmpty else {
        throw Expected.Complaint("`\(word)`: there is nothing that conditions could hold of")
      }
    }
    if deed == .close, overStreams == false {
      throw Expected.Complaint("`\(word)` closes what is no stream")
    }
    if deed == .forward, closes {
      throw Expected.Complaint("`\(word)`: what is forwarded closes nothing")
    }
  }

  private static func deed(_ verb: Substring, in word: String) throws(Expected.Complaint) -> Deed {
    switch verb {
    case "forward": return .forward
    case "silence": return .silence
    case "close": return .close
    case "challenge": return .answer(.challenge)
    default: break
    }
    let digits = Array(verb.utf8)
    if digits.count == 3, (0x32...0x36).contains(digits[0]) {
      if verb.hasSuffix("xx") { return .answer(.hundred(Int(digits[0] - 0x30))) }
      if let status = Int(verb) { return .answer(.one(status)) }
    }
    throw Expected.Complaint(
      "`\(word)` is no outcome (forward, 200 to 699, 2xx to 6xx, challenge, silence, close)")
  }

  private static func condition(
    _ text: Substring, in word: String
  ) throws(Expected.Complaint) -> Condition {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw Expected.Complaint("`\(word)`: a condition is `has=NAME`, or `NAME=token,token`")
    }
    let value = String(parts[1])
    let pair = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if pair.count == 2, parts[0] == "has" || parts[0] == "lacks" {
      guard !pair[0].isEmpty, !pair[1].isEmpty else {
        throw Expected.Complaint("`\(word)`: a text is looked for as `has=NAME:text`")
      }
      let (name, text) = (String(pair[0]), String(pair[1]))
      return parts[0] == "has" ? .shows(name, text) : .hides(name, text)
    }
    switch parts[0] {
    case "keeps": return .keeps(value)
    case "has": return .has(value)
    case "lacks": return .lacks(value)
    default:
      return .lists(String(parts[0]), value.split(separator: ",").map { $0.lowercased() })
    }
  }
}
