import Basics
import Border

/// What a case says a message comes to. Only what it names is looked at.
package struct Expectation: Sendable {
  /// What is said of one header of what leaves.
  enum Wanted: Sendable {
    case present, absent
    /// One of its values is this.
    case equals(String)
    /// One of its values has this within it.
    case contains(String)
  }

  /// Something that is not as it was expected.
  package struct Deviation: Sendable, Encodable {
    /// The key of what was expected, or the name of a header.
    package var what: String
    /// What was to be.
    package var expected: String
    /// What was.
    package var got: String
  }

  static let stages = Passage.Stage.allCases.map { Kebab.text($0) }
  static let guides = ["routes", "dialog", "route-header", "mended"]

  /// Texts that are to be equal, under the keys that they were written with.
  var texts: [(key: String, wanted: String)] = []
  var headers: [(name: String, wanted: Wanted)] = []
  /// The names that are asked for, in their order.
  var asks: [String]?
  /// The rules that only observe and would have done something.
  var observes: [String]?

  /// Holds what became of a message against what was expected.
  func deviations(of explanation: Explanation) -> [Deviation] {
    var found: [Deviation] = []
    for (key, wanted) in texts {
      let got = Self.value(of: key, explanation) ?? "nothing"
      // A next hop may be named without its transport, and a reason phrase by its beginning.
      let isEqual =
        got == wanted || key == "to" && got.hasSuffix(":\(wanted)")
        || key == "reason" && got.hasPrefix(wanted)
      if !isEqual { found.append(Deviation(what: key, expected: wanted, got: got)) }
    }
    let observed = explanation.steps.flatMap { $0.observed ?? [] }.map(\.rule)
    found += Self.deviation("asks", asks, explanation.questions.map(\.name))
    found += Self.deviation("observes", observes, observed)
    let sent = explanation.leaves.first ?? explanation.replies.last
    for (name, wanted) in headers {
      guard let sent else {
        found.append(Deviation(what: name, expected: wanted.text, got: "nothing was sent"))
        continue
      }
      let values = sent.values(of: name)
      if wanted.holds(values) { continue }
      let got = values.isEmpty ? "absent" : values.map { "`\($0)`" }.joined(separator: ", ")
      found.append(Deviation(what: name, expected: wanted.text, got: got))
    }
    return found
  }

  private static func deviation(
    _ what: String, _ wanted: [String]?, _ got: [String]
  ) -> [Deviation] {
    guard let wanted, wanted != got else { return [] }
    func text(_ words: [String]) -> String {
      words.isEmpty ? "nothing" : words.joined(separator: ", ")
    }
    return [Deviation(what: what, expected: text(wanted), got: text(got))]
  }

  private static func value(of key: String, _ explanation: Explanation) -> String? {
    switch key {
    case "verdict": explanation.verdict.rawValue
    case "status": explanation.status.map(String.init)
    case "reason": explanation.reason
    case "cause": explanation.cause
    case "stage": explanation.stage
    case "peer": explanation.peer
    case "by": explanation.guide
    case "route": explanation.route
    case "to": explanation.nextHop
    case "to-peer": explanation.callee
    case "request-uri": explanation.leaves.first?.requestURI
    default: nil
    }
  }
}

extension Expectation.Wanted {
  func holds(_ values: [String]) -> Bool {
    switch self {
    case .present: !values.isEmpty
    case .absent: values.isEmpty
    case .equals(let text): values.contains(text)
    case .contains(let text): values.contains { $0.contains(text) }
    }
  }

  var text: String {
    switch self {
    case .present: "present"
    case .absent: "absent"
    case .equals(let text): "`\(text)`"
    case .contains(let text): "something with `\(text)` in it"
    }
  }
}

extension Explanation.Sent {
  /// The message, without the lines that were taken out.
  var transcript: Transcript {
    let isMarked = lines.contains { $0.hasPrefix("  ") || $0.hasPrefix("+ ") }
    let kept =
      isMarked ? lines.filter { !$0.hasPrefix("- ") }.map { String($0.dropFirst(2)) } : lines
    return Transcript(Array((kept.joined(separator: "\r\n") + "\r\n\r\n").utf8))
  }

  func values(of name: String) -> [String] { transcript.all(name) }
  var requestURI: String { transcript.requestURI }
}
