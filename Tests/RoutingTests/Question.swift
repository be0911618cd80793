import Admission
import Authentication
import Basics
import Identity
import Routing
import SIP

/// Several stages are imported here; these are the ones under test.
typealias Stage = Routing.Stage
typealias Rules = Routing.Rules

/// A request from a peer, taken through the stages up to Routing: the proofs cannot be made
/// otherwise.
struct Question {
  var method = "INVITE"
  var uri: String
  var from: UInt16 = 0
  var transport = Transport.udp
  var remote = Endpoint(Address(ipv4: 0x0a00_0001), port: 5060)
  var now = Instant(nanoseconds: 0)
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  var wall: Int64 = 0
  /// The lines of its headers.
  var headers: [String] = []

  init(_ uri: String, method: String = "INVITE", from: UInt16 = 0) {
    self.uri = uri
    self.method = method
    self.from = from
  }

  enum Answer: Equatable {
    case search(Search)
    case refused(UInt16)
    case asked
    case dropped
  }

  /// What the routes say.
  func route(_ stage: borrowing Routing.Stage) throws -> Answer {
    var observed = Observations()
    return try route(stage, &observed)
  }

  func route(_ stage: borrowing Routing.Stage, _ observed: inout Observations) throws -> Answer {
    var seen = Observations()
    let answer = try ask { vouched, message, uri in
      stage.route(vouched, message, uri, wall: wall, &seen)
    }
    observed = seen
    return answer
  }

  /// What is said of the next hop that the Request-URI names.
  func hop(_ stage: borrowing Routing.Stage) throws -> Answer {
    try ask { vouched, message, uri in
      stage.route(vouched, message, to: try NextHop(uri, in: message.bytes), now: now)
    }
  }

  func ask(
    _ judge: (consuming Vouched, borrowing Message, URI) throws -> Verdict<Routed>
  ) throws -> Answer {
    let lines = ["\(method) \(uri) SIP/2.0"] + headers + ["", ""]
    let bytes = Array(lines.joined(separator: "\r\n").utf8)
    var table = HeaderTable()
    try Parser.parse(bytes.span, into: &table)
    let message = Message(bytes.span, table)
    let parsed = try URI.parse(bytes.span, message.outline.requestURI)
    return answer(try judge(try vouch(message), message, parsed))
  }

  private func vouch(_ message: borrowing Message) throws -> Vouched {
    let flow = Flow(transport, listener: 0, remote: remote)
    let peers = (0...from).map {
      Admission.Rules.Peer(id: PeerID(raw: $0), name: "peer \($0)", listeners: .max)
    }
    let admission = Admission.Stage(Admission.Rules(peers: peers, sources: []))
    let arrival = Arrival(flow: flow, peer: PeerID(raw: from))
    var (observed, marks) = (Observations(), Marks())
    let now = Instant(nanoseconds: 0)
    guard
      case .pass(let admitted) = admission.admit(arrival, message, at: now, &observed, &marks),
      case .pass(let authenticated) = Authentication.Stage(.init()).recognize(admitted, message),
      case .pass(let vouched) = Identity.Stage(.init()).vouch(authenticated, message)
    else { throw Unexpected() }
    return vouched
  }

  struct Unexpected: Error {}

  private func answer(_ verdict: consuming Verdict<Routed>) -> Answer {
    switch consume verdict {
    case .pass(let routed): .search(routed.search)
    case .refuse(let refusal): .refused(refusal.status)
    case .ask: .asked
    case .drop: .dropped
    }
  }
}

extension Routing.Stage {
  /// With a secret that no test depends on.
  init(_ rules: Routing.Rules) { self.init(rules, secret: Key(1, 2)) }

  /// The name of the route that a request takes.
  func name(_ question: Question) throws -> String {
    switch try question.route(self) {
    case .search(let search): search.route.map { rules.routes[Int($0)].name } ?? "none"
    case .refused(let status): "\(status)"
    case .asked: "asked"
    case .dropped: "dropped"
    }
  }
}
