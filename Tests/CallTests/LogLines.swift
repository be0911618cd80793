import Foundation
import RegexBuilder

/// The lines that the element has written since it began to serve.
struct LogLines {
  let all: [Substring]

  /// - Parameter said: all that it has said. What stands before the first line of a worker is for
  ///   the person who started it: where it listens, and that it serves.
  init(_ said: String) {
    let lines = said.split(separator: "\n", omittingEmptySubsequences: false)
    let served = lines.firstIndex { $0.contains(": serving with ") }
    all = served.map { lines[($0 + 1)...].filter { !$0.isEmpty } } ?? []
  }

  /// The lines of that name, each as its fields.
  func fields(of name: String) -> [[Substring: Substring]] {
    all.compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 2, words[2] == name else { return nil }
      let fields = words.dropFirst(3).map { $0.split(separator: "=", maxSplits: 1) }
      return Dictionary(fields.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { first, _ in first }
    }
  }

  /// `time level name key=value…`: a time as RFC 3339 has it, in UTC and with milliseconds; a value
  /// is a word, or stands in quotation marks.
  static func isWellFormed(_ line: Substring) -> Bool {
    let time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
    let name = /[a-z]+(?:[.-][a-z]+)*:?/
    let field = /[ ][a-z]+(?:-[a-z]+)*=(?:[^\s"=]+|"[^"]*")/
    let whole = Regex {
      time
      " "
      ChoiceOf {
        "trace"; "debug"; "info"; "notice"; "warning"; "error"; "alarm"
      }
      " "
      name
      ZeroOrMore { field }
    }
    return line.wholeMatch(of: whole) != nil
  }

  /// What in a line tells of persons: an address of these tests, a user or a Call-ID of their
  /// scenarios.
  static func personal(in line: Substring) -> [String] {
    // An address ends where no further digit or letter of it follows: times have colons as well.
    let addresses = line.matches(of: /127\.0\.0\.\d|::1(?![0-9a-f])|::ffff:/).map { String($0.0) }
    let words = SIPp.otherUsers + [SIPp.user, SIPp.callID, "@", "sip:"]
    return addresses + words.filter { line.localizedCaseInsensitiveContains($0) }
  }
}
