import Admission
import Basics
import Border
import Dialogs
import SIP

/// Makes log lines of a border's notes. Here alone values become text.
struct Report {
  let level: Line.Level
  let redacted: Redacted
  /// The names of the peers, at the places of their numbers.
  let peers: [[UInt8]]
  /// The names of the routes, in their order.
  let routes: [[UInt8]]
  var line = Line()
  /// Lines other than those of calls that may still be written in this second: a flood of bad
  /// messages must not become a flood of lines.
  private var budget = Report.linesPerSecond
  private var second: Int64 = 0
  private(set) var suppressed = 0

  private static let linesPerSecond = 100

  init(
    level: Line.Level, redacted: Redacted, peers: [[UInt8]], routes: [[UInt8]] = []
  ) {
    self.routes = routes
    self.level = level
    self.redacted = redacted
    self.peers = peers
  }

  mutating func add(_ note: Note, wall: Int64) {
    switch note {
    case .callEnded(let summary): call(summary, wall)
    case .refused(let refusal, let flow, let method): refused(refusal, flow, method, wall)
    case .observed(let observation, let flow, let method): observed(observation, flow, method, wall)
    case .malformed(let fault, let flow, let isAnswered): malformed(fault, flow, isAnswered, wall)
    case .targetFailed(let status, let flow, let hasNext): failed(status, flow, hasNext, wall)
    case .unresolved(let name, let cause, let flow): unresolved(name, cause, flow, wall)
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
    _ refusal: Refusal, _ flow: Flow, _ method: Method, _ wall: Int64
  ) {
    guard mayWrite(.notice, wall) else { return }
    let redacted = redacted
    line.add(.notice, "request.refused", wall: wall) { out in
      out.field("method", method == .other ? "other" : method.text)
      out.field("status", Int(refusal.status))
      out.field("cause", refusal.cause.text)
      source(flow, redacted, &out)
    }
  }

  /// What would have happened if the rule were enforced.
  private mutating func observed(
    _ observation: Observation, _ flow: Flow, _ method: Method, _ wall: Int64
  ) {
    guard mayWrite(.notice, wall) else { return }
    let (redacted, routes) = (redacted, routes)
    line.add(.notice, "policy.observed", wall: wall) { out in
      switch observation {
      case .methods(let refusal):
        out.field("rule", "admission.methods")
        out.field("would", Int(refusal.status))
      case .route(let place):
        out.name("rule")
        out.write("routes.")
        let route = Int(place) < routes.count ? routes[Int(place)] : []
        out.write(route.span)
        out.field("would", "take")
      }
      out.field("method", method == .other ? "other" : method.text)
      source(flow, redacted, &out)
    }
  }

  private mutating func malformed(
    _ fault: Malformed, _ flow: Flow, _ isAnswered: Bool, _ wall: Int64
  ) {
    guard mayWrite(.notice, wall) else { return }
    let redacted = redacted
    line.add(.notice, "message.malformed", wall: wall) { out in
      out.name("fault")
      out.write("\"")
      out.write(fault.fault.phrase)
      out.write("\"")
      out.field("offset", fault.offset)
      out.field("answered", isAnswered ? "yes" : "no")
      source(flow, redacted, &out)
    }
  }

  private mutating func failed(
    _ status: UInt16, _ flow: Flow, _ hasNext: Bool, _ wall: Int64
  ) {
    guard mayWrite(.warning, wall) else { return }
    let redacted = redacted
    line.add(.warning, "target.failed", wall: wall) { out in
      out.field("status", Int(status))
      out.field("next", hasNext ? "yes" : "no")
      source(flow, redacted, &out)
    }
  }

  private mutating func unresolved(
    _ name: HostName, _ cause: Unresolved, _ flow: Flow, _ wall: Int64
  ) {
    guard mayWrite(.warning, wall) else { return }
    let redacted = redacted
    line.add(.warning, "name.unresolved", wall: wall) { out in
      out.name("name")
      redacted.write(name, into: &out)
      out.field("cause", cause.text)
      source(flow, redacted, &out)
    }
  }

  private mutating func mayWrite(_ wanted: Line.Level, _ wall: Int64) -> Bool {
    guard level <= wanted else { return false }
    if wall / 1_000_000_000 != second {
      second = wall / 1_000_000_000
      budget = Self.linesPerSecond
      if suppressed > 0 {
        let count = suppressed
        line.add(.warning, "log.suppressed", wall: wall) { $0.field("lines", count) }
        suppressed = 0
      }
    }
    guard budget > 0 else {
      suppressed += 1
      return false
    }
    budget -= 1
    return true
  }

  private func peer(_ number: UInt16) -> [UInt8] {
    Int(number) < peers.count ? peers[Int(number)] : []
  }
}

func source(_ flow: Flow, _ redacted: Redacted, _ out: inout OutputSpan<UInt8>) {
  out.name("remote")
  redacted.write(flow.remote.address, into: &out)
  out.field("transport", flow.transport == .udp ? "udp" : flow.transport == .tcp ? "tcp" : "tls")
}

extension Call.Cause {
  var text: StaticString {
    switch self {
    case .bye: "bye"
    case .cancelled: "cancelled"
    case .refused: "refused"
    case .timeout: "timeout"
    case .tooLong: "too-long"
    case .shutdown: "shutdown"
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
    case .badExtension: "bad-extension"
    case .noSuchDialog: "no-such-dialog"
    case .cancelWithoutInvite: "cancel-without-invite"
    case .methodNotAllowed: "method-not-allowed"
    case .noRoute: "no-route"
    case .foreignDestination: "foreign-destination"
    case .redirectRefused: "redirect-refused"
    case .unknownName: "unknown-name"
    case .noTarget: "no-target"
    case .tableFull: "table-full"
    case .tooManyWaiting: "too-many-waiting"
    case .draining: "draining"
    }
  }
}
