import Basics

/// A client transaction of a user agent (RFC 3261 §17.1), with retransmissions of its own.
final class Asking {
  enum State { case calling, proceeding, completed, terminated }

  let request: PlainMessage
  let bytes: [UInt8]
  let remote: Endpoint
  let transport: Transport
  private(set) var state = State.calling
  private unowned let agent: UserAgent
  private let respond: (PlainMessage) -> Void
  private let timedOut: () -> Void

  init(
    _ request: PlainMessage, to remote: Endpoint, over transport: Transport, by agent: UserAgent,
    respond: @escaping (PlainMessage) -> Void, timedOut: @escaping () -> Void
  ) {
    self.request = request
    self.bytes = request.bytes
    self.remote = remote
    self.transport = transport
    self.agent = agent
    self.respond = respond
    self.timedOut = timedOut
  }

  private var isINVITE: Bool { request.method == "INVITE" }

  func start() {
    send()
    // Timer B or F.
    agent.world.schedule(after: .milliseconds(500) * 64) { [self] in
      let isWaiting = state == .calling || (!isINVITE && state == .proceeding)
      if isWaiting {
        state = .terminated
        timedOut()
      }
    }
    if !transport.isReliable { retransmit(after: .milliseconds(500)) }
  }

  private func send() { agent.send(bytes, to: remote, over: transport) }

  /// Timer A or E.
  private func retransmit(after interval: Interval) {
    agent.world.schedule(after: interval) { [self] in
      guard state == .calling || (state == .proceeding && !isINVITE) else { return }
      send()
      let doubled = interval * 2
      let next = isINVITE ? doubled : state == .proceeding ? .seconds(4) : min(doubled, .seconds(4))
      retransmit(after: next)
    }
  }

  func receive(_ response: PlainMessage) {
    let isFinal = response.status >= 200
    if isINVITE, response.status >= 300 { acknowledge(response) }
    switch state {
    case .calling, .proceeding:
      state = isFinal ? .completed : .proceeding
      if isFinal { agent.world.schedule(after: .seconds(32)) { [self] in state = .terminated } }
      respond(response)
    case .completed:
      // Another 2xx, or the same again (RFC 3261 §13.2.2.4).
      if isINVITE, response.status < 300 { respond(response) }
    case .terminated:
      break
    }
  }

  /// RFC 3261 §17.1.1.3.
  private func acknowledge(_ response: PlainMessage) {
    var ack = PlainMessage(startLine: "ACK \(request.requestURI) SIP/2.0")
    ack.add("Via", request["Via"] ?? "")
    for header in request.headers where header.name == "Route" { ack.add("Route", header.value) }
    ack.add("From", request["From"] ?? "")
    ack.add("To", response["To"] ?? "")
    ack.add("Call-ID", request.callID)
    ack.add("CSeq", "\(request.cSeqNumber) ACK")
    ack.add("Max-Forwards", "70")
    agent.send(ack.bytes, to: remote, over: transport)
  }

  /// RFC 3261 §9.1.
  func cancellation() -> PlainMessage {
    var cancel = PlainMessage(startLine: "CANCEL \(request.requestURI) SIP/2.0")
    cancel.add("Via", request["Via"] ?? "")
    for header in request.headers where header.name == "Route" { cancel.add("Route", header.value) }
    cancel.add("From", request["From"] ?? "")
    cancel.add("To", request["To"] ?? "")
    cancel.add("Call-ID", request.callID)
    cancel.add("CSeq", "\(request.cSeqNumber) CANCEL")
    cancel.add("Max-Forwards", "70")
    return cancel
  }
}

/// A server transaction of a user agent (RFC 3261 §17.2): its last response, sent again when the
/// request comes again.
final class Answering {
  let request: Talker.Heard
  private(set) var finalStatus = 0
  private(set) var isAcknowledged = false
  private var last: [UInt8]?
  private unowned let agent: UserAgent

  init(_ request: Talker.Heard, by agent: UserAgent) {
    self.request = request
    self.agent = agent
  }

  private var isINVITE: Bool { request.message.method == "INVITE" }

  func retransmitted() {
    if let last { agent.reply(last, to: request) }
  }

  func respond(_ response: PlainMessage) {
    let bytes = response.bytes
    agent.reply(bytes, to: request)
    if response.status < 200 || !(isINVITE && response.status < 300) { last = bytes }
    guard response.status >= 200 else { return }
    finalStatus = response.status
    if isINVITE, response.status >= 300, request.stream == nil {
      retransmit(bytes, after: .milliseconds(500), until: agent.world.now + .seconds(32))
    }
  }

  func acknowledged() { isAcknowledged = true }

  /// Timer G.
  private func retransmit(_ bytes: [UInt8], after interval: Interval, until end: Instant) {
    agent.world.schedule(after: interval) { [self] in
      guard !isAcknowledged, agent.world.now < end else { return }
      agent.reply(bytes, to: request)
      retransmit(bytes, after: min(interval * 2, .seconds(4)), until: end)
    }
  }
}
