import Admission
import Basics
import Border
import Routing

/// Where a route leads: what is tried in its order, and when the next one is.
package struct Lead: Hashable, Sendable, Encodable {
  /// One target, as this request reaches it.
  package struct Target: Hashable, Sendable, Encodable {
    /// `udp:192.0.2.1:5060`
    package var to: String
    /// The name of its peer.
    package var peer: String
    /// The name of the listener that it is sent from.
    package var listener: String
    /// How long it has for its first response.
    package var timeout: String?

    var text: String { "\(to) (\(peer)) from \(listener)\(timeout.map { " within \($0)" } ?? "")" }
  }

  /// In the order in which they are tried.
  package var targets: [Target]
  /// Final statuses after which the next one is tried.
  package var failover: [UInt16]
  /// What a 3xx of a target means: `refuse`, `pass` or `recurse`.
  package var redirects: String

  /// On one line.
  package var text: String {
    let statuses = failover.isEmpty ? "none" : failover.map { "\($0)" }.joined(separator: ", ")
    return targets.map(\.text).joined(separator: ", then ")
      + "; failover \(statuses); redirects \(redirects)"
  }
}

/// The routing of one policy, asked for the ways of a route.
struct Ways: ~Copyable {
  private let stage: Routing.Stage

  init(_ snapshot: Snapshot) {
    stage = Routing.Stage(snapshot.configuration.routing, secret: Basics.Key(0, 0))
  }

  /// The ways of the route that a request took, by the function that takes one after the other.
  func lead(of judgement: Judgement, _ snapshot: Snapshot) -> Lead? {
    guard let route = judgement.passage.route else { return nil }
    let rule = stage.rules.routes[Int(route)]
    var search = Search()
    search.route = route
    search.next = UInt32(rule.targets.lowerBound)
    search.end = UInt32(rule.targets.upperBound)
    var targets: [Lead.Target] = []
    while let way = stage.next(&search, arriving: judgement.flow) {
      targets.append(
        Lead.Target(
          to: Explanation.text(way.flow), peer: snapshot.peers.names[Int(way.peer.raw)],
          listener: snapshot.listeners[Int(way.flow.listener)],
          timeout: stage.targetTimeout(search).map(Units.text)))
    }
    return Lead(
      targets: targets, failover: rule.failover.sorted(), redirects: "\(rule.redirects)")
  }
}

/// What one policy does with a request, in words that do not hang on how the policy is written.
package struct Outcome: Hashable, Sendable, Encodable {
  /// What it comes to; `nil` where the policy has no such listener.
  package var verdict: Explanation.Verdict?
  /// What its sender gets, where it is refused or answered.
  package var status: Int?
  /// The cause of a refusal, as the log has it.
  package var cause: String?
  /// Whose request it is.
  package var peer: String?
  /// What showed it its way.
  package var guide: String?
  /// The route that took it.
  package var route: String?
  /// Where that leads.
  package var lead: Lead?
  /// Where it was sent.
  package var nextHop: String?
  /// The rules that only observe and would have done something.
  package var observes: [String] = []
  /// Where in the policy that stands: `file:line:column`.
  package var place: String?

  static let noListener = Outcome()

  private init() {}

  init(_ judgement: Judgement, _ snapshot: Snapshot, _ ways: borrowing Ways) {
    let passage = judgement.passage
    verdict = Explanation.verdict(judgement)
    cause = Facts.cause(of: passage.verdict)
    peer = passage.peer.map { snapshot.peers.names[Int($0.raw)] }
    if passage.guide != .none { guide = Kebab.text(passage.guide) }
    route = passage.route.map { snapshot.configuration.routing.routes[Int($0)].name }
    nextHop = passage.flow.map(Explanation.text)
    if verdict == .refuse || verdict == .answer { status = Self.status(judgement) }
    lead = ways.lead(of: judgement, snapshot)
    observes = judgement.observed.map { observation in
      switch observation {
      case .methods(_): "methods"
      case .responses: "responses-from"
      case .rateLimit(let place): snapshot.configuration.admission.rateLimits[Int(place)].name
      case .sessionLimit(let place): snapshot.configuration.admission.nameOfLimit(Int(place))
      case .route(let place): snapshot.configuration.routing.routes[Int(place)].name
      }
    }
    place = Self.place(judgement, snapshot)
  }

  /// What the sender was told last.
  private static func status(_ judgement: Judgement) -> Int? {
    let responses = judgement.sent.filter { $0.bytes.starts(with: "SIP/2.0 ".utf8) }
    return responses.last.flatMap {
      Int(String(decoding: $0.bytes.dropFirst(8).prefix(3), as: UTF8.self))
    }
  }

  private static func place(_ judgement: Judgement, _ snapshot: Snapshot) -> String? {
    let places = snapshot.places
    if let route = judgement.passage.route { return places.text(places.routes[Int(route)]) }
    return judgement.passage.peer.flatMap { places.peers[$0] }.map(places.text)
  }

  /// The same without its place: two policies write the same in different lines.
  var essence: Outcome {
    var essence = self
    essence.place = nil
    return essence
  }

  /// Where it stands, to be put behind its text.
  var placeInBrackets: String { place.map { "  (\($0))" } ?? "" }

  /// On one line.
  package var text: String {
    let observed = observes.isEmpty ? "" : " (observed: \(observes.joined(separator: ", ")))"
    guard let verdict else { return "no such listener" }
    switch verdict {
    case .forward:
      let by = route.map { "route \($0)" } ?? guide ?? ""
      let place = (lead?.text ?? nextHop).map { " to \($0)" } ?? ""
      return "forward by \(by)\(place)\(observed)"
    case .refuse: return "refuse \(status ?? 0)\(cause.map { " (\($0))" } ?? "")\(observed)"
    case .answer: return "answer \(status ?? 0)\(observed)"
    case .silence: return "silence"
    case .ask: return "ask for a name\(observed)"
    case .absorb: return "absorb\(observed)"
    }
  }
}
