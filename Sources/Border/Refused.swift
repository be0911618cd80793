import Admission
import Basics
import Cryptography
import SIP

/// A request that this element answers itself, and why.
struct Refused: Error {
  enum Answer {
    case refusal(Refusal, Reply.Extra)
    case malformed(Malformed)
    /// Not a refusal: an OPTIONS to this element itself.
    case capabilities
    case silence
    /// Not yet: it waits for an answer from outside.
    case ask(Question)
  }

  var answer: Answer

  init(_ refusal: Refusal, extra: Reply.Extra = .none) { answer = .refusal(refusal, extra) }
  init(malformed: Malformed) { answer = .malformed(malformed) }
  init(_ question: Question) { answer = .ask(question) }
  private init(_ answer: Answer) { self.answer = answer }

  /// Whether the request grew too large on its way out.
  var isTooLarge: Bool {
    if case .refusal(let refusal, _) = answer { refusal.cause == .tooLarge } else { false }
  }

  static var capabilities: Refused { Refused(.capabilities) }
  static var silence: Refused { Refused(.silence) }
}

extension Core {
  /// What a peer may send, for Allow.
  func allowed(_ turn: Turn) -> MethodSet {
    regimes[turn.policy].admission.rules.peers[Int(turn.peer.raw)].methods
  }

  /// Counts a request that this element refused.
  mutating func count(_ refusal: Refusal, of peer: UInt16) {
    counters.refused &+= 1
    tallies.add(.refused(refusal.cause), of: peer)
  }

  /// Answers a request without a transaction: whoever sends it again gets the same again, and an
  /// ACK for it matches nothing (RFC 3261 §8.2.7).
  mutating func refuse(
    _ message: borrowing Message, _ essentials: Essentials, _ refused: Refused, _ turn: Turn,
    _ patch: borrowing Patch, _ out: inout Outbox
  ) {
    switch refused.answer {
    case .silence, .ask:
      break
    case .malformed(let fault):
      passage.verdict = .malformed(fault, isAnswered: true)
      var answer = Reply(malformed: fault, toTag: toTag(message))
      answer.decision = toldDecision(turn.peer, by: turn.policy)
      reply(message, essentials.via, answer, turn, patch, &out)
      counters.malformedAnswered &+= 1
      tallies.add(.malformed, of: turn.peer.raw)
      note(
        .malformed(
          fault, fault.found(in: message.bytes), subject(message, turn), isAnswered: true))
    case .capabilities:
      (passage.stage, passage.verdict) = (.routing, .answered)
      let extra = Reply.Extra.capabilities(allow: allowed(turn))
      reply(
        message, essentials.via, Reply(200, "OK", toTag: toTag(message), extra: extra), turn, patch,
        &out)
    case .refusal(let refusal, let extra):
      passage.verdict = .refused(refusal)
      var answer = Reply(refusal.status, refusal.phrase.text, toTag: toTag(message), extra: extra)
      answer.decision = toldDecision(turn.peer, by: turn.policy)
      reply(message, essentials.via, answer, turn, patch, &out)
      count(refusal, of: turn.peer.raw)
      note(.refused(refusal, subject(message, turn), method: message.method))
    }
  }

  /// Tells a source that no peer has that it is none, without a transaction. Its address may be
  /// somebody else's: so the answer goes to the very source, whatever its Via says, is little
  /// larger than what came, and an ACK gets none.
  mutating func refuseStranger(
    _ message: borrowing Message, _ flow: Flow, _ patch: inout Patch, _ out: inout Outbox
  ) {
    guard message.isRequest, message.method != .ack else { return }
    patch.reset()
    do throws(Malformed) {
      patch.stamp(try Essentials(message).via, flow.remote)
    } catch {
      return
    }
    let cause: Refusal.Cause =
      passage.verdict == .silence(.listenerNotAllowed) ? .listenerNotAllowed : .unknownSource
    let most = message.bytes.count &* regimes.current.admission.rules.amplification
    let refusal = Refusal(403, .forbidden, cause)
    let reply = Reply(403, "Forbidden", toTag: toTag(message))
    let sent = Self.send(reply, answering: message, to: flow, patch, &out)
    guard !sent.isEmpty else { return }
    guard sent.count <= most else { return out.withdraw() }
    passage.verdict = .refused(refusal)
  }

  /// RFC 3261 §16.3 step 1: 400, with what was wrong as its reason, where a top Via says whom to
  /// answer; 505 for another version (§21.5.6), 501 for an unknown method whose CSeq names another
  /// one (RFC 4475 §3.1.2.18). An ACK is never answered.
  mutating func answerMalformed(
    _ message: borrowing Message, _ fault: Malformed, _ turn: Turn, _ patch: inout Patch,
    _ out: inout Outbox
  ) {
    var isAnswered = false
    if message.method != .ack, Reply.canRepeat(message),
      let flow = flowToAnswer(message, turn, &patch)
    {
      var reply = Self.reply(toMalformed: message, fault, toTag(message))
      reply.decision = toldDecision(turn.peer, by: turn.policy)
      Self.send(reply, answering: message, to: flow, patch, &out)
      isAnswered = true
    }
    passage.verdict = .malformed(fault, isAnswered: isAnswered)
    tallies.add(.malformed, of: turn.peer.raw)
    if isAnswered { counters.malformedAnswered &+= 1 } else { counters.malformedDropped &+= 1 }
    let found = fault.found(in: message.bytes)
    note(.malformed(fault, found, subject(message, turn), isAnswered: isAnswered))
  }

  private static func reply(
    toMalformed message: borrowing Message, _ fault: Malformed, _ toTag: UInt64
  ) -> Reply {
    let first = message.outline.fault
    if first?.fault == .version, first.map({ $0.offset < message.outline.headersStart }) ?? false {
      return Reply(505, "Version Not Supported", toTag: toTag)
    }
    // What the method says of its CSeq is not known here: it may be right one day.
    if fault.fault == .cSeqMethod, message.method == .other {
      return Reply(501, "Not Implemented", toTag: toTag)
    }
    return Reply(malformed: fault, toTag: toTag)
  }

  /// Where a malformed request is answered: by its top Via, or where that is broken itself, by what
  /// can be read of it. `nil` where nobody can be answered.
  private mutating func flowToAnswer(
    _ message: borrowing Message, _ turn: Turn, _ patch: inout Patch
  ) -> Flow? {
    do throws(Malformed) {
      let via = try Essentials.topVia(message)
      patch.stamp(via, turn.flow.remote)
      return responseFlow(via, turn.flow)
    } catch {
      var flow = turn.flow
      guard let port = try? Essentials.portToAnswer(message) else { return nil }
      flow.remote.port = port
      return flow
    }
  }

  mutating func reply(
    _ message: borrowing Message, _ via: Via, _ reply: Reply, _ turn: Turn,
    _ patch: borrowing Patch, _ out: inout Outbox
  ) {
    Self.send(reply, answering: message, to: responseFlow(via, turn.flow), patch, &out)
  }

  @discardableResult
  private static func send(
    _ reply: Reply, answering message: borrowing Message, to flow: Flow, _ patch: borrowing Patch,
    _ out: inout Outbox
  ) -> Range<Int> {
    out.send(to: flow, atMost: reply.room(for: message, patch)) {
      reply.write(answering: message, patch, into: &$0)
    }
  }

  /// RFC 3261 §18.2.2 and RFC 3581 §4: the stream that the request came on, or a new one to its
  /// source at the port of sent-by; over UDP the source's address, at its own port when `rport`
  /// asked for it. A `maddr` is not followed (RFC 3261 §18.2.2, not followed: it lets a request
  /// point our answers at somebody else).
  mutating func responseFlow(_ via: Via, _ arrival: Flow) -> Flow {
    var flow = arrival
    let sentBy = via.sentBy.port ?? 5060
    if arrival.transport.isReliable || via.rport == .absent { flow.remote.port = sentBy }
    return flow
  }

  /// The same for the same request, so that a stateless answer is the same each time; else as good
  /// as random. 0 where the To has a tag already.
  mutating func toTag(_ message: borrowing Message) -> UInt64 {
    var hash = self.hash()
    hash.combine(0x7461_67)
    if let header = message.header(message.outline.callID) {
      hash.combine(message.bytes, header.value)
    }
    if let header = message.header(message.outline.from) {
      hash.combine(message.bytes, header.value)
    }
    if let to = message.header(message.outline.to) {
      do throws(Malformed) {
        if try NameAddress.parse(message.bytes, to.value).tag != nil { return 0 }
      } catch {
        return 0
      }
    }
    if let via = message.header(message.outline.via) { hash.combine(message.bytes, via.value) }
    return hash.finish().a | 1
  }
}
