import Admission
import Basics
import Border
import Dialogs
import SIP

/// Makes log lines of a border's notes. Here alone values become text.
struct Report {
  private(set) var level: Line.Level
  private(set) var redacted: Redacted
  /// The names of the peers, at the places of their numbers.
  private(set) var peers: [[UInt8]]
  /// The names of the routes, in their order.
  private(set) var routes: [[UInt8]]
  /// The names of the limits, in their order.
  private(set) var limits: [[UInt8]]
  var line = Line()
  /// Lines other than those of calls that may still be written in this second: a flood of bad
  /// messages must not become a flood of lines.
  private var budget = Budget(perSecond: 100)
  /// The same for streams that were closed.
  var closings = Budget(perSecond: 5)

  init(
    level: Line.Level, redacted: Redacted, peers: [[UInt8]], routes: [[UInt8]] = [],
    limits: [[UInt8]] = []
  ) {
    self.limits = limits
    self.routes = routes
    self.level = level
    self.redacted = redacted
    self.peers = peers
  }

  /// Another version of the policy: digests stay what they were, and peers keep their numbers.
  mutating func adopt(_ adoption: Adoption) {
    level = adoption.level
    redacted.isClear = adoption.isClear
    peers = adoption.peers
    routes = adoption.routes
    limits = adoption.limits
  }

  mutating func add(_ note: Note, wall: Int64) {
    switch note {
    case .callEnded(let summary): call(summary, wall)
    case .refused(let refusal, let subject, let method): refused(refusal, subject, method, wall)
    case .observed(let observation, let subject, let method):
      observed(observation, subject, method, wall)
    case .malformed(let fault, let found, let subject, let isAnswered):
      malformed(fault, found, subject, isAnswered, wall)
    case .misplaced(let status, let subject, let asked): misplaced(status, subject, asked, wall)
    case .limitBegan(let rule, let policy, let subject): began(rule, policy, subject, wall)
    case .limitEnded(let rule, let policy, let refused): ended(rule, policy, refused, wall)
    case .targetFailed(let failure, let status, let subject, let hasNext):
      failed(failure, status, subject, hasNext, wall)
    case .unresolved(let name, let cause, let subject): unresolved(name, cause, subject, wall)
    }
  }

  /// One line for each call, at its end.
  private mutating func call(_ summary: Call.Summary, _ wall: Int64) {
    guard level <= .info else { return }
    let call = summary.call
    let names = (peer(call.caller), peer(call.callee))
    let redacted = redacted
    line.add(.info, "call.ended", wall: wall) { out in
      out.name("call")
      out.write(hexadecimal: call.id, digits: 16)
      out.name("call-id")
      redacted.write(digest: call.callIDDigest, into: &out)
      out.field("from", names.0)
      out.field("to", names.1)
      out.field("cause", summary.cause.text)
      out.field("status", Int(call.status))
      out.field("setup", summary.setup)
      out.field("duration", summary.duration)
    }
  }

  private mutating func refused(
    _ refusal: Refusal, _ subject: Subject, _ method: Method, _ wall: Int64
  ) {
    guard mayWrite(.notice, wall) else { return }
    let (about, limits) = (about(subject), limits)
    line.add(.notice, "request.refused", wall: wall) { out in
      out.field("method", method == .other ? "other" : method.text)
      out.field("status", Int(refusal.status))
      out.field("cause", refusal.cause.text)
      if let rule = refusal.rule { out.field("limit", Self.name(Int(rule), limits)) }
      about.write(into: &out)
    }
  }

  /// A limit begins to bite: an alarm, which no flood of other lines keeps back.
  private mutating func began(_ rule: Int, _ policy: UInt32, _ subject: Subject, _ wall: Int64) {
    let (about, limits) = (about(subject), limits)
    line.add(.alarm, "limit.began", wall: wall) { out in
      out.field("limit", Self.name(rule, limits))
      out.field("policy", Int(policy))
      about.write(into: &out)
    }
  }

  private mutating func ended(_ rule: Int, _ policy: UInt32, _ refused: Int, _ wall: Int64) {
    let limits = limits
    line.add(.alarm, "limit.ended", wall: wall) { out in
      out.field("limit", Self.name(rule, limits))
      out.field("policy", Int(policy))
      out.field("refused", refused)
    }
  }

  private static func name(_ place: Int, _ names: [[UInt8]]) -> [UInt8] {
    place < names.count ? names[place] : []
  }

  /// What would have happened if the rule were enforced.
  private mutating func observed(
    _ observation: Observation, _ subject: Subject, _ method: Method, _ wall: Int64
  ) {
    guard mayWrite(.notice, wall) else { return }
    let (about, routes, limits) = (about(subject), routes, limits)
    line.add(.notice, "policy.observed", wall: wall) { out in
      switch observation {
      case .methods(let refusal):
        out.field("rule", "admission.methods")
        out.field("would", Int(refusal.status))
      case .responses:
        out.field("rule", "admission.responses-from")
        out.field("would", "drop")
      case .rateLimit(let place):
        out.name("rule")
        out.write("admission.rate-limits.")
        out.write(Self.name(Int(place), limits).span)
        out.field("would", "stop")
      case .sessionLimit(let place):
        out.name("rule")
        out.write("admission.session-limits.")
        out.write(Self.name(Int(place), limits).span)
        out.field("would", "refuse")
      case .route(let place):
        out.name("rule")
        out.write("routes.")
        let route = Int(place) < routes.count ? routes[Int(place)] : []
        out.write(route.span)
        out.field("would", "take")
      }
      out.field("method", method == .other ? "other" : method.text)
      about.write(into: &out)
    }
  }

  private mutating func malformed(
    _ fault: Malformed, _ found: Malformed.Found, _ subject: Subject, _ isAnswered: Bool,
    _ wall: Int64
  ) {
    guard mayWrite(.notice, wall) else { return }
    let about = about(subject)
    line.add(.notice, "message.malformed", wall: wall) { out in
      out.quoted("fault") { $0.write(fault.fault.phrase) }
      out.quoted("expected") { $0.write(fault.expected) }
      out.quoted("found") { $0.write(found) }
      out.field("offset", fault.offset)
      out.field("answered", isAnswered ? "yes" : "no")
      about.write(into: &out)
    }
  }

  /// Somebody was not asked, and answers: a forger, or a peer that answers from another port.
  private mutating func misplaced(
    _ status: UInt16, _ subject: Subject, _ asked: Flow, _ wall: Int64
  ) {
    guard mayWrite(.notice, wall) else { return }
    let (about, redacted) = (about(subject), redacted)
    line.add(.notice, "response.refused", wall: wall) { out in
      out.field("status", Int(status))
      out.field("cause", "response-source")
      out.name("asked")
      redacted.write(asked.remote.address, into: &out)
      out.field("asked-port", Int(asked.remote.port))
      about.write(into: &out)
    }
  }

  private mutating func failed(
    _ failure: TargetFailure, _ status: UInt16, _ subject: Subject, _ hasNext: Bool, _ wall: Int64
  ) {
    guard mayWrite(.warning, wall) else { return }
    let about = about(subject)
    line.add(.warning, "target.failed", wall: wall) { out in
      out.field("cause", failure.text)
      out.field("status", Int(status))
      out.field("next", hasNext ? "yes" : "no")
      about.write(into: &out)
    }
  }

  private mutating func unresolved(
    _ name: HostName, _ cause: Unresolved, _ subject: Subject, _ wall: Int64
  ) {
    guard mayWrite(.warning, wall) else { return }
    let redacted = redacted
    let about = about(subject)
    line.add(.warning, "name.unresolved", wall: wall) { out in
      out.name("name")
      redacted.write(name, into: &out)
      out.field("cause", cause.text)
      about.write(into: &out)
    }
  }

  private mutating func mayWrite(_ wanted: Line.Level, _ wall: Int64) -> Bool {
    guard level <= wanted else { return false }
    let missed = budget.begin(wall)
    if missed > 0 {
      line.add(.warning, "log.suppressed", wall: wall) { $0.field("lines", missed) }
    }
    return budget.take()
  }

  private func about(_ subject: Subject) -> About {
    About(subject: subject, peer: peer(subject.peer.raw), redacted: redacted)
  }

  func peer(_ number: UInt16) -> [UInt8] {
    Int(number) < peers.count ? peers[Int(number)] : []
  }
}

extension Call.Cause {
  var text: StaticString {
    switch self {
    case .bye: "bye"
    case .cancelled: "cancelled"
    case .refused: "refused"
    case .timeout: "timeout"
    case .tooLong: "too-long"
    case .sessionExpired: "session-expired"
    case .shutdown: "shutdown"
    }
  }
}

extension TargetFailure {
  var text: StaticString {
    switch self {
    case .status: "status"
    case .timeout: "timeout"
    case .refused: "connection-refused"
    case .unsent: "not-sent"
    case .unanswered: "connection-ended"
    }
  }
}

extension Unresolved {
  var text: StaticString {
    switch self {
    case .noSuchName: "no-such-name"
    case .noAddress: "no-address"
    case .serverFailed: "server-failed"
    case .noAnswer: "no-answer"
    case .noRoom: "no-room"
    }
  }
}

extension Refusal.Cause {
  var text: StaticString {
    switch self {
    case .unsupportedScheme: "unsupported-scheme"
    case .tooManyHops: "too-many-hops"
    case .loop: "loop"
    case .noBreadth: "no-breadth"
    case .badExtension: "bad-extension"
    case .noSuchDialog: "no-such-dialog"
    case .cancelWithoutInvite: "cancel-without-invite"
    case .methodNotAllowed: "method-not-allowed"
    case .noRoute: "no-route"
    case .foreignDestination: "foreign-destination"
    case .redirectRefused: "redirect-refused"
    case .unknownName: "unknown-name"
    case .noTarget: "no-target"
    case .unknownSource: "unknown-source"
    case .listenerNotAllowed: "listener-not-allowed"
    case .tableFull: "table-full"
    case .tooManyWaiting: "too-many-waiting"
    case .draining: "draining"
    case .tooLarge: "too-large"
    case .rateLimit: "rate-limit"
    case .sessionLimit: "session-limit"
    }
  }
}
