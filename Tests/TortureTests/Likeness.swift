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
      let lines =
        request.isResponse
        ? ["SIP/2.0 \(request.status ?? 0) So"] : [Self.startLine(outcome, request)]
      let kept = outcome.conditions.flatMap { Self.kept($0, of: request) }
      let all = lines + Self.essentials(request.method, without: kept) + kept
      let body = outcome.conditions.lazy.compactMap { Self.body($0, of: request) }.first
      observation.forwarded = [
        Observation.Seen(Self.message(all, body: body ?? []), over: transport)
      ]
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
    let copied = ["Via", "From", "To", "Call-ID", "CSeq"].flatMap { name in
      request.values(name).prefix(1).map { "\(name): \(String(decoding: $0, as: UTF8.self))" }
    }
    let challenge = [401: ["WWW-Authenticate: x"], 407: ["Proxy-Authenticate: x"]][status] ?? []
    return ["SIP/2.0 \(status) So"] + copied + challenge
  }

  private static func essentials(_ method: String, without kept: [String]) -> [String] {
    let names = kept.map { $0.prefix { $0 != ":" } }
    return [
      "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "From: <sip:a@b>;tag=1", "To: <sip:c@d>", "Call-ID: x",
      "CSeq: 1 \(method)", "Max-Forwards: 7",
    ].filter { line in !names.contains { line.hasPrefix("\($0):") } }
  }

  private static func startLine(_ outcome: Torture.Outcome, _ request: Wire) -> String {
    let isKept = outcome.conditions.contains(.keeps("Request-URI"))
    let uri = isKept ? String(decoding: request.requestURI, as: UTF8.self) : "sip:c@d"
    return "\(request.method) \(uri) SIP/2.0"
  }

  private static func body(_ condition: Torture.Outcome.Condition, of request: Wire) -> [UInt8]? {
    switch condition {
    case .keeps("body"), .has("body"): request.body
    default: nil
    }
  }

  private static func line(_ condition: Torture.Outcome.Condition) -> String? {
    switch condition {
    case .has(let name): "\(name): x"
    case .lists(let name, let tokens): "\(name): \(tokens.reversed().joined(separator: ", "))"
    case .shows(let name, let text): "\(name): <\(text)"
    case .keeps, .lacks, .hides: nil
    }
  }

  private static func kept(_ condition: Torture.Outcome.Condition, of request: Wire) -> [String] {
    guard case .keeps(let name) = condition, name != "Request-URI", name != "body" else {
      return []
    }
    return request.values(name).map { "\(name): \(String(decoding: $0, as: UTF8.self))" }
  }

  static func message(_ lines: [String], body: String = "") -> [UInt8] {
    message(lines, body: Array(body.utf8))
  }

  static func message(_ lines: [String], body: [UInt8]) -> [UInt8] {
    let head = lines + ["Content-Length: \(body.count)", "", ""]
    return Array(head.joined(separator: "\r\n").utf8) + body
  }
}
