import Basics
import Border

/// The course of one case: a fresh border, the messages that come before, and the one that counts.
struct Course: ~Copyable {
  /// A call that was begun, as its two sides know it.
  struct Dialog: Sendable {
    /// The request that began it as the caller wrote it and as the callee got it, and the callee's
    /// answer as the caller got it.
    var asked: Transcript
    var received: Transcript
    var answer: Transcript?
    var caller: Flow
    var callee: Flow
    /// How many requests each side has sent in it.
    var requests = [Suite.Input.Side.caller: 1, .callee: 0]
  }

  private let snapshot: Snapshot
  private var trial: Trial
  private var serial = 0
  private var dialog: Dialog?

  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    trial = Trial(snapshot.configuration)
  }

  /// Plays what comes before.
  mutating func play(_ input: Suite.Input) {
    for _ in 0..<input.count {
      guard let judgement = judge(input) else { break }
      reply(input.replies, from: input.repliesFrom, to: judgement)
    }
    if let wait = input.wait { _ = trial.wait(wait) }
  }

  /// Puts a message to the border.
  /// - Returns: `nil` when there is none, or no call that it could belong to.
  mutating func judge(_ input: Suite.Input) -> Judgement? {
    serial += 1
    if let wall = input.wall { trial.set(wall: wall) }
    switch input.message {
    case .nothing: return nil
    case .octets(let octets):
      guard let flow = input.flow else { return nil }
      return trial.judge(octets, from: flow, input.answers)
    case .sketch(let sketch):
      guard let side = input.within else {
        guard let flow = input.flow else { return nil }
        return judge(sketch, flow, input)
      }
      guard var dialog else { return nil }
      let inside = dialog.request(sketch, from: side)
      self.dialog = dialog
      return judge(inside, input.flow ?? (side == .caller ? dialog.caller : dialog.callee), input)
    }
  }

  private mutating func judge(
    _ sketch: Sketch, _ flow: Flow, _ input: Suite.Input
  ) -> Judgement {
    let octets = sketch.octets(from: flow, serial: serial)
    let judgement = trial.judge(octets, from: flow, input.answers)
    if input.within == nil,
      let sent = judgement.sent.first(where: { $0.flow == judgement.passage.flow })
    {
      let received = Transcript(sent.bytes)
      dialog = Dialog(
        asked: Transcript(octets), received: received, caller: flow, callee: sent.flow)
    }
    return judgement
  }

  /// Whoever a request reached says so much to it.
  private mutating func reply(
    _ statuses: [Int], from source: Endpoint?, to judgement: Judgement
  ) {
    guard let flow = judgement.passage.flow,
      let sent = judgement.sent.first(where: { $0.flow == flow })
    else { return }
    let request = Transcript(sent.bytes)
    var back = flow.answering
    if let source { back.remote = source }
    for status in statuses {
      let reply = request.reply(status, from: flow, tag: "callee-\(serial)")
      let outcome = trial.receive(Array(reply.utf8), from: back)
      let answers = outcome.sent.map { Transcript($0.bytes) }
      guard let answer = answers.last(where: { !$0.isRequest }) else { continue }
      dialog?.take(answer, of: request)
    }
  }
}

extension Course.Dialog {
  /// The answer that makes the dialog is the last one to the request that began it.
  mutating func take(_ answer: Transcript, of request: Transcript) {
    guard request.startLine == received.startLine, request.all("CSeq") == received.all("CSeq")
    else {
      return
    }
    self.answer = answer
  }

  /// A request of one side within the call. What the case says itself of a header stays.
  mutating func request(_ sketch: Sketch, from side: Suite.Input.Side) -> Sketch {
    var sketch = sketch
    if sketch.method == "CANCEL" { return cancel(sketch) }
    let isACK = sketch.method == "ACK"
    if !isACK { requests[side, default: 0] += 1 }
    let number = isACK ? 1 : requests[side] ?? 1
    let to = answer?.all("To") ?? asked.all("To")
    sketch.setUsual("CSeq", ["\(number) \(sketch.method)"])
    sketch.setUsual("Call-ID", asked.all("Call-ID"))
    sketch.setUsual("From", side == .caller ? asked.all("From") : to)
    sketch.setUsual("To", side == .caller ? to : asked.all("From"))
    // RFC 3261 §12.1: the caller's route set stands in reverse.
    let routes =
      side == .caller
      ? (answer?.all("Record-Route").reversed() ?? []) : received.all("Record-Route")
    sketch.setUsual("Route", Array(routes))
    let contact = side == .caller ? answer?.all("Contact") : received.all("Contact")
    if sketch.uri.isEmpty {
      sketch.uri = contact?.first.map(Self.uri) ?? asked.requestURI
    }
    return sketch
  }

  /// RFC 3261 §9.1: a CANCEL has the Request-URI, Via, To and number of its request.
  private func cancel(_ sketch: Sketch) -> Sketch {
    var sketch = sketch
    for name in ["Via", "From", "To", "Call-ID"] { sketch.setUsual(name, asked.all(name)) }
    let number = asked.all("CSeq").first?.prefix { $0 != " " } ?? "1"
    sketch.setUsual("CSeq", ["\(number) CANCEL"])
    if sketch.uri.isEmpty { sketch.uri = asked.requestURI }
    return sketch
  }

  /// The URI of a Contact.
  private static func uri(_ contact: String) -> String {
    guard contact.contains("<") else { return String(contact.prefix { $0 != ";" }) }
    return String(contact.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
  }
}

extension Transcript {
  /// What RFC 3261 §8.2.6 wants of an answer to this request.
  func reply(_ status: Int, from flow: Flow, tag: String) -> String {
    var lines = ["SIP/2.0 \(status) \(status < 200 ? "Ringing" : status < 300 ? "OK" : "No")"]
    for field in fields {
      switch Self.fullName(field.name) {
      case "via", "record-route", "from", "call-id", "cseq": lines.append(field.line)
      case "to":
        let hasTag = field.value.contains(";tag=") || status == 100
        lines.append("\(field.line)\(hasTag ? "" : ";tag=\(tag)")")
      default: break
      }
    }
    let transport = flow.transport.isReliable ? ";transport=\(flow.transport.word)" : ""
    lines.append("Contact: <sip:callee@\(flow.remote.text)\(transport)>")
    return (lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n")
  }
}

extension Flow {
  /// The flow by which the other side answers: over a stream, the one that was opened to it.
  fileprivate var answering: Flow {
    var flow = self
    if transport.isReliable, connection == nil {
      flow.connection = Connection(worker: 0, handle: Handle(index: 1, generation: 0))
    }
    return flow
  }
}
