import Admission
import Basics
import Border
import Routing
import SIP

/// The words for what a passage holds. Nothing here decides: each sentence says on what the border
/// itself has decided.
struct Facts {
  let judgement: Judgement
  let snapshot: Snapshot
  let transcript: Transcript

  init(_ judgement: Judgement, _ snapshot: Snapshot) {
    self.judgement = judgement
    self.snapshot = snapshot
    transcript = Transcript(judgement.octets)
  }

  var passage: Passage { judgement.passage }
  var admission: Admission.Rules { snapshot.configuration.admission }
  var routes: [Routing.Rules.Route] { snapshot.configuration.routing.routes }

  func name(_ peer: PeerID) -> String { snapshot.peers.names[Int(peer.raw)] }

  func place(of peer: PeerID) -> String? {
    snapshot.places.peers[peer].map(snapshot.places.text)
  }

  func place(ofRoute route: Int) -> String { snapshot.places.text(snapshot.places.routes[route]) }

  /// Why a message goes no further, as the log calls it.
  static func cause(of verdict: Passage.Verdict) -> String? {
    switch verdict {
    case .silence(.responseSource): "response-source"
    case .silence: "unknown-source"
    case .refused(let refusal): Kebab.text(refusal.cause)
    case .malformed, .unreadable: "malformed"
    case .none, .answered, .absorbed, .stray, .asking, .forwarded: nil
    }
  }

  /// The line that the log has of it, without its time and source.
  var log: String? {
    switch passage.verdict {
    case .silence(.responseSource):
      return "response.refused status=\(transcript.status ?? 0) cause=response-source"
    case .silence: return "source.unknown"
    case .refused(let refusal):
      if passage.stage == .source { return "source.unknown" }
      let cause = Kebab.text(refusal.cause)
      return "request.refused method=\(transcript.method) status=\(refusal.status) cause=\(cause)"
    case .malformed(let fault, let isAnswered): return malformed(fault, isAnswered: isAnswered)
    case .unreadable(let fault): return malformed(fault, isAnswered: false)
    case .none, .answered, .absorbed, .stray, .asking, .forwarded: return nil
    }
  }

  private func malformed(_ fault: Malformed, isAnswered: Bool) -> String {
    var found: [UInt8] = []
    found.append(addingCapacity: 200) { $0.write(fault.found(in: judgement.octets.span)) }
    return "message.malformed fault=\"\(fault.fault.phrase)\" expected=\"\(fault.expected)\""
      + " found=\"\(String(decoding: found, as: UTF8.self))\" offset=\(fault.offset)"
      + " answered=\(isAnswered ? "yes" : "no")"
  }

  // MARK: The stages

  /// Every stage that was met, up to the one that had the last word.
  var steps: [Explanation.Step] {
    if let fault = judgement.unframed { return [unframed(fault)] }
    guard transcript.isRequest || passage.verdict != .none, !isMisplaced else { return [response] }
    let met = Passage.Stage.allCases.prefix { $0.rawValue <= passage.stage.rawValue }
    return met.map { $0 == passage.stage ? last($0) : passed($0) }
  }

  /// Whether it is a response of somebody who was not asked.
  private var isMisplaced: Bool { passage.verdict == .silence(.responseSource) }

  /// What a stream is that holds no message: only one that can hold none any more is closed.
  private func unframed(_ fault: Malformed) -> Explanation.Step {
    let octets = judgement.octets
    if octets.allSatisfy({ $0 == 0x0d || $0 == 0x0a }) {
      return Explanation.Step(
        stage: "transport", verdict: "silence",
        fact: "a keep-alive of the stream, and no message; of two line ends one is given back"
          + " (RFC 5626 §3.5.1)")
    }
    if fault.fault == .headersNotEnded, fault.offset == octets.count {
      return Explanation.Step(
        stage: "transport", verdict: "wait",
        fact: "the stream holds no whole message yet, and its rest is waited for"
          + " (`tcp-unfinished`)")
    }
    return Explanation.Step(
      stage: "transport", verdict: "close",
      fact: "the stream cannot be framed: \(fault.fault.phrase) at octet \(fault.offset)")
  }

  private var response: Explanation.Step {
    if case .silence(let reason) = passage.verdict {
      let (fact, place) = silence(reason)
      return Explanation.Step(stage: "response", verdict: "silence", fact: fact, place: place)
    }
    let isPassed = !judgement.sent.isEmpty
    return Explanation.Step(
      stage: "response", verdict: isPassed ? "forward" : "silence",
      fact: isPassed
        ? "it answers a request that this element has sent on"
        : "no transaction of this element waits for it (RFC 6026 §7.1)")
  }

  private func passed(_ stage: Passage.Stage) -> Explanation.Step {
    step(stage, "pass", fact(stage))
  }

  private func last(_ stage: Passage.Stage) -> Explanation.Step {
    switch passage.verdict {
    case .none, .forwarded: return step(stage, "forward", departure)
    case .silence(let reason): return step(stage, "silence", silence(reason))
    case .unreadable(let fault): return step(stage, "silence", (words(fault), nil))
    case .malformed(let fault, true): return step(stage, "refuse \(answer)", (line(of: fault), nil))
    case .malformed(let fault, false):
      return step(stage, "silence", ("\(words(fault)); it cannot be answered", nil))
    case .refused(let refusal):
      return step(stage, "refuse \(refusal.status) \(refusal.phrase.text)", reason(refusal))
    case .answered: return step(stage, "answer \(answer)", ("it is for this element itself", nil))
    case .absorbed:
      return step(stage, "absorb", ("it belongs to a transaction that is there already", nil))
    case .stray:
      return step(stage, "silence", ("an ACK for no call and no transaction; never answered", nil))
    case .asking:
      let names = judgement.asked.map { "`\($0.name)`" }.joined(separator: ", ")
      return step(stage, "ask", ("it waits for the address of \(names)", nil))
    }
  }

  private func step(
    _ stage: Passage.Stage, _ verdict: String, _ fact: (text: String, place: String?)
  ) -> Explanation.Step {
    var step = Explanation.Step(
      stage: Kebab.text(stage), verdict: verdict, fact: fact.text, place: fact.place,
      observed: observed(in: stage))
    guard stage == .routing, passage.guide == .routes else { return step }
    let look = self.look
    if !look.taken.isEmpty { step.conditions = look.taken }
    if !look.passedOver.isEmpty { step.passedOver = look.passedOver }
    if look.more > 0 { step.passedOverBesides = look.more }
    return step
  }

  /// The status line that the sender got.
  private var answer: String {
    let replies = judgement.sent.map { Transcript($0.bytes) }
    let own = replies.last { !$0.isRequest && $0.all("CSeq") == transcript.all("CSeq") }
    return "\(own?.status ?? 0) \(own?.reason ?? "")"
  }

  private func words(_ fault: Malformed) -> String { "\(fault.fault.phrase) \(line(of: fault))" }

  /// Where a fault is in the text of the message.
  private func line(of fault: Malformed) -> String {
    let before = judgement.octets.prefix(max(0, fault.offset))
    let number = before.count { $0 == 0x0a } + 1
    let lines = judgement.octets.split(separator: 0x0a, omittingEmptySubsequences: false)
    guard number <= lines.count else { return "at octet \(fault.offset)" }
    let text = String(decoding: lines[number - 1].filter { $0 >= 0x20 }, as: UTF8.self)
    if text.isEmpty { return "at octet \(fault.offset), behind the last header" }
    return "at octet \(fault.offset), in line \(number): `\(text.shortened)`"
  }
}
