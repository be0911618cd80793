/// Says what an observation is worth. It knows nothing of how the element was reached.
package struct Judge {
  private let attempt: Attempt
  private let observation: Observation
  private let sent: Wire
  /// The final responses that the sender got.
  private let finals: [Wire]
  private let forwarded: [Wire]

  /// - Parameter observation: what was seen of this attempt.
  package init(_ attempt: Attempt, _ observation: Observation) {
    self.attempt = attempt
    self.observation = observation
    sent = Wire(observation.sent)
    finals = observation.answers.map { Wire($0.octets) }.filter { ($0.status ?? 200) >= 200 }
    forwarded = observation.forwarded.map { Wire($0.octets) }
  }

  /// The verdict.
  package func verdict() -> Verdict {
    if let reason = attempt.of.line.skip { return verdict(.skipped, reason) }
    if let trouble = observation.trouble { return verdict(.fail, trouble) }
    if let fault = survival ?? manners { return verdict(.fail, fault) }
    var failed: [String] = []
    for outcome in attempt.required + attempt.tolerated {
      switch match(outcome) {
      case .matches:
        var verdict = verdict(attempt.required.contains(outcome) ? .pass : .tolerated, seen)
        verdict.isChallenge = outcome.deed == .answer(.challenge)
        return verdict
      case .lacks(let what): failed.append(what)
      case .differs: break
      }
    }
    return verdict(.fail, ([seen] + failed).joined(separator: "; "))
  }

  private func verdict(_ kind: Verdict.Kind, _ seen: String) -> Verdict {
    Verdict(kind, expected: attempt.expectation, seen: seen)
  }

  // MARK: What holds for every message

  /// What a broken element shows, whatever it did with the message.
  private var survival: String? {
    guard observation.stillAnswers else { return "\(seen); then no answer to an OPTIONS" }
    return observation.leftovers.map { "\(seen); then \($0) left over" }
  }

  /// An answer is well-formed or it is a fault; a response and an ACK get none, and a request no
  /// two that differ; what is forwarded is clean.
  private var manners: String? {
    for answer in observation.answers {
      if sent.isResponse { return "an answer to a response" }
      if sent.method == "ACK" { return "an answer to an ACK" }
      if let fault = Cleanliness.fault(ofAnswer: answer, to: sent) {
        return "\(seen), but \(fault)"
      }
    }
    let statuses = finals.compactMap(\.status)
    if let other = statuses.first(where: { $0 != statuses[0] }) {
      return "two final responses, \(statuses[0]) and \(other)"
    }
    for message in observation.forwarded {
      let fault =
        sent.isResponse
        ? Cleanliness.fault(ofResponse: message, from: sent)
        : Cleanliness.fault(of: message, from: sent)
      if let fault { return "forwarded, but \(fault)" }
    }
    return nil
  }

  // MARK: One outcome

  private enum Match {
    case matches
    /// It is that outcome, and a condition of it does not hold.
    case lacks(String)
    case differs
  }

  private func match(_ outcome: Outcome) -> Match {
    switch outcome.deed {
    case .forward:
      guard let message = forwarded.first else { return .differs }
      return hold(outcome.conditions, of: message)
    case .answer(let statuses):
      guard forwarded.isEmpty, let answer = finals.first, let status = answer.status,
        statuses.contain(status)
      else { return .differs }
      if outcome.closes, !observation.isClosed { return .lacks("the stream stays open") }
      // RFC 3261 §22.1, §22.3: without it there is nothing to be answered with credentials.
      if let name = Self.challenges[status], answer.values(name).isEmpty {
        return .lacks("it has no \(name)")
      }
      return hold(outcome.conditions, of: answer)
    case .silence:
      return forwarded.isEmpty && finals.isEmpty && !observation.isClosed ? .matches : .differs
    case .close:
      // What was accepted, or sent elsewhere, was not taken for the end of the stream.
      let isRefused = finals.allSatisfy { ($0.status ?? 0) >= 400 }
      return forwarded.isEmpty && observation.isClosed && isRefused ? .matches : .differs
    }
  }

  private static let challenges = [401: "WWW-Authenticate", 407: "Proxy-Authenticate"]

  private func hold(_ conditions: [Outcome.Condition], of message: Wire) -> Match {
    for condition in conditions {
      switch condition {
      case .has(let name):
        if values(name, of: message).isEmpty { return .lacks("it has no \(name)") }
      case .lacks(let name):
        if !values(name, of: message).isEmpty { return .lacks("it has \(name)") }
      case .shows(let name, let text):
        if !message.shows(text, in: name) { return .lacks("its \(name) does not show `\(text)`") }
      case .hides(let name, let text):
        if message.shows(text, in: name) { return .lacks("its \(name) shows `\(text)`") }
      case .keeps(let name):
        let (now, before) = (values(name, of: message), values(name, of: sent))
        if now != before { return .lacks("its \(name) is another") }
      case .lists(let name, let tokens):
        let listed = message.tokens(name)
        if Set(listed) != Set(tokens) {
          return .lacks("its \(name) lists \(listed.isEmpty ? "nothing" : "\(listed)")")
        }
      }
    }
    return .matches
  }

  private func values(_ name: String, of message: Wire) -> [[UInt8]] {
    switch name.lowercased() {
    case "request-uri": [message.requestURI]
    // Of what stands behind the empty line, that much is the body (RFC 3261 §20.14).
    case "body": message.measuredBody.isEmpty ? [] : [message.measuredBody]
    default: message.values(name)
    }
  }

  // MARK: In words

  /// What was seen.
  private var seen: String {
    var parts: [String] = []
    if let message = forwarded.first {
      parts.append("forwarded\(message.status.map { " (\($0))" } ?? "")")
    } else {
      parts += finals.prefix(1).map(\.statusText)
    }
    if observation.isClosed { parts.append("closed the stream") }
    guard parts.isEmpty else { return parts.joined(separator: ", ") }
    return observation.answers.isEmpty ? "silence" : "nothing final"
  }
}

extension Attempt {
  /// What EXPECTED asks for here, in words.
  package var expectation: String {
    let asked = required.map(\.description).joined(separator: " or ")
    let borne = tolerated.map(\.description).joined(separator: " or ")
    if of.line.skip != nil { return "nothing" }
    return borne.isEmpty ? asked : "\(asked), tolerated \(borne)"
  }
}

extension Outcome.Statuses {
  /// Whether a status is one of them.
  func contain(_ status: Int) -> Bool {
    let isChallenge = status == 401 || status == 407
    return switch self {
    case .one(let wanted): status == wanted
    case .hundred(let first): status / 100 == first && !isChallenge
    case .challenge: isChallenge
    }
  }
}

extension Wire {
  /// Its Status-Line without the version, cut where it is long; what is no response, in words.
  var statusText: String {
    guard isResponse else { return "octets that are no response" }
    let text = String(decoding: startLine.dropFirst(8), as: UTF8.self)
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      return "a broken Status-Line"
    }
    return text.count > 120 ? "\(text.prefix(119))…" : text
  }
}
