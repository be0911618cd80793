import Basics
import Testing
import Torture

extension Attempt {
  /// What would be seen of an element that does exactly this.
  func likeness(of outcome: Torture.Outcome) -> Observation {
    var observation = Observation(sent: octets)
    observation.isClosed = outcome.closes || outcome.deed == .close
    let request = Wire(octets)
    switch outcome.deed {
    case .silence, .close: break
    case .answer(let statuses):
      let lines = answerLines(request, statuses) + outcome.conditions.compactMap(Self.line)
      observation.answers = [Observation.Seen(Self.message(lines), over: transport)]
    case .forward:
      let lines = request.isResponse ? ["SIP/2.0 200 OK"] : [Self.startLine(outcome, request)]
      let kept = outcome.conditions.flatMap { Self.kept($0, of: request) }
      let all = lines + Self.essentials + kept
      observation.forwarded = [Observation.Seen(Self.message(all), over: transport)]
    }
    return observation
  }

  private func answerLines(_ request: Wire, _ statuses: Torture.Outcome.Statuses) -> [String] {
    let status =
      switch statuses {
      case .one(let status): status
      case .hundred(let first): first * 100 + 99
      case .challenge: 401
      }
    let copied = ["Call-ID", "CSeq"].flatMap { name in
      request.values(name).prefix(1).map { "\(name): \(String(decoding: $0, as: UTF8.self))" }
    }
    return ["SIP/2.0 \(status) So", "Via: SIP/2.0/UDP a;branch=z9hG4bK1"] + copied
  }

  private static let essentials = [
    "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "From: <sip:a@b>;tag=1", "To: <sip:c@d>", "Call-ID: x",
    "CSeq: 1 NEW", "Max-Forwards: 7",
  ]

  private static func startLine(_ outcome: Torture.Outcome, _ request: Wire) -> String {
    guard outcome.conditions.contains(.keeps("Request-URI")) else { return "NEW sip:c@d SIP/2.0" }
    return "NEW \(String(decoding: request.requestURI, as: UTF8.self)) SIP/2.0"
  }

  private static func line(_ condition: Torture.Outcome.Condition) -> String? {
    switch condition {
    case .has(let name): "\(name): x"
    case .lists(let name, let tokens): "\(name): \(tokens.reversed().joined(separator: ", "))"
    case .keeps, .lacks: nil
    }
  }

  private static func kept(_ condition: Torture.Outcome.Condition, of request: Wire) -> [String] {
    guard case .keeps(let name) = condition, name != "Request-URI" else { return [] }
    return request.values(name).map { "\(name): \(String(decoding: $0, as: UTF8.self))" }
  }

  static func message(_ lines: [String], body: String = "") -> [UInt8] {
    let all = lines + ["Content-Length: \(body.utf8.count)", "", body]
    return Array(all.joined(separator: "\r\n").utf8)
  }
}
