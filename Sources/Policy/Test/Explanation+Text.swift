import Foundation

extension Explanation {
  /// Lines for a terminal.
  package var text: String {
    var lines = ["\(message)", "from \(from) to listener \(listener)"]
    if let remark { lines.append("(\(remark))") }
    lines.append("")
    for step in steps { lines += step.lines }
    lines += ["", conclusion]
    if let lead, verdict == .forward { lines.append("tried in turn: \(lead.text)") }
    for question in questions {
      let answer = question.answer ?? "no answer given; --answer \(question.name)=ADDRESS gives one"
      lines.append("asked outside: the address of \(question.name): \(answer)")
    }
    if let log { lines.append("in the log: \(log)") }
    for sent in leaves { lines += ["", "leaves for \(sent.to):"] + sent.lines.map { "  \($0)" } }
    for sent in replies { lines += ["", "its sender gets:"] + sent.lines.map { "    \($0)" } }
    return lines.joined(separator: "\n")
  }

  /// The verdict in one line.
  package var conclusion: String {
    let answer = "\(status ?? 0) \(reason ?? "")"
    switch verdict {
    case .forward:
      let by = route.map { "route \($0)" } ?? guide ?? ""
      return nextHop.map { "forward: to \($0) (\(callee ?? "?")) by \(by)" } ?? "forward"
    case .refuse: return "refuse: \(answer)\(cause.map { " (\($0))" } ?? "")"
    case .silence: return "silence: \(steps.last?.fact ?? "")"
    case .answer: return "answer: \(answer)"
    case .ask: return "ask: it waits for an answer from outside"
    case .absorb: return "absorb: it goes no further"
    }
  }

  /// As JSON, for programs.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers alone: nothing in it can fail to be encoded.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}

extension Explanation.Step {
  private static let width = 16

  var lines: [String] {
    let margin = String(repeating: " ", count: Self.width + 2)
    let head = stage.padded(to: Self.width)
    var lines = ["  \(head)\(verdict): \(fact)"]
    if let place { lines.append("\(margin)\(place)") }
    for condition in conditions ?? [] { lines.append("\(margin)\(condition.line)") }
    for rule in observed ?? [] {
      lines.append("\(margin)observed: \(rule.rule) (\(rule.place ?? "-")): \(rule.fact)")
      for condition in rule.conditions ?? [] { lines.append("\(margin)  \(condition.line)") }
    }
    for route in passedOver ?? [] { lines += route.lines.map { margin + $0 } }
    if let more = passedOverBesides {
      lines.append("\(margin)and \(more) more routes that do not take it, or only observe")
    }
    return lines
  }
}

extension Explanation.Condition {
  fileprivate var line: String { "\(condition): \(fact)" }
}

extension Explanation.PassedOver {
  /// The first condition that did not hold has decided; the others are told behind it.
  fileprivate var lines: [String] {
    var lines = ["not \(route) (\(place)), by \(condition):", "  \(fact)"]
    let first = conditions.firstIndex { $0.condition == condition && !$0.holds }
    for (place, other) in conditions.enumerated() where place != first {
      let word = other.holds ? "holds" : "fails too"
      lines.append("  \(other.condition) \(word): \(other.fact)")
    }
    return lines
  }
}
