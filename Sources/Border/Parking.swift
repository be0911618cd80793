import Admission
package import Basics
import Routing
import SIP
import Transactions

/// A request that waits for the outside to answer a question.
struct Parked: ~Copyable {
  enum Request: ~Copyable {
    /// One that has a server transaction, which keeps it.
    case transaction(Handle)
    /// An ACK, which has none: its octets, and where it came from.
    case octets(Kept, Flow)
  }

  let request: Request
  let question: Handle
  /// Whose it is.
  let peer: PeerID
  /// How long it waits at most.
  let until: Instant
}

/// A question that was put to the outside.
struct Asked: ~Copyable {
  /// What stands for the host name.
  let name: Key
  let text: HostName
  /// Whose request wanted it first.
  let subject: Subject
  let until: Instant
  /// Whether the operator was told that no answer came in time.
  var isOverdue = false
}

/// Something that a border wants to know of the outside.
package struct Inquiry: Sendable {
  /// Goes back with the answer.
  package var ticket: UInt64
  /// The host name whose addresses are wanted.
  package var name: [UInt8]
}

// Waiting is a value: the request is parked, the worker goes on, and the answer brings the request
// back to where it was. A request other than an ACK has its server transaction meanwhile, so that
// an INVITE gets its 100 at once, what is sent again is absorbed, and a CANCEL finds it. All
// requests that want one name wait for one answer.
extension Core {
  /// Makes a request wait, with a server transaction of its own; 503 where there is no room.
  mutating func hold(
    _ message: borrowing Message, _ essentials: Essentials, _ key: Key, _ question: Question,
    _ turn: Turn, _ patch: borrowing Patch, _ out: inout Outbox
  ) {
    do throws(Refused) {
      // Nothing is asked for a request that cannot wait for the answer.
      guard !servers.isFull else { throw full }
      guard mayWait(turn.peer),
        let asked = ask(
          message.bytes, question, subject(message, turn), turn)
      else {
        throw Refused(Refusal(503, .serviceUnavailable, .tooManyWaiting))
      }
      guard let server = enter(message, essentials, key, nil, RouteSet(), turn) else { throw full }
      servers[server].isParked = true
      if message.method == .invite { sendTrying(message, server, turn, patch, &out) }
      settle(server: server)
      wait(.transaction(server), asked, turn)
      passage.verdict = .asking
    } catch {
      refuse(message, essentials, error, turn, patch, &out)
    }
  }

  /// Makes an ACK wait, as it is.
  /// - Returns: whether there was room for it.
  mutating func park(_ message: borrowing Message, _ question: Question, _ turn: Turn) -> Bool {
    guard mayWait(turn.peer),
      let asked = ask(
        message.bytes, question, subject(message, turn), turn),
      let request = shelf.keep(message.bytes.extracting(..<message.outline.end))
    else { return false }
    wait(.octets(request, turn.flow), asked, turn)
    return true
  }

  /// Makes a server transaction wait for the name in a contact that it was redirected to.
  /// - Returns: whether there was room for it.
  mutating func hold(
    _ server: Handle, _ contact: Span<UInt8>, _ question: Question, _ now: Instant
  ) -> Bool {
    var flow = servers[server].flow
    flow.remote = servers[server].source
    let turn = Turn(
      flow: flow, now: now, peer: servers[server].peer, policy: servers[server].policy)
    guard mayWait(turn.peer),
      let asked = ask(
        contact, question, subject(of: server), turn)
    else { return false }
    servers[server].isParked = true
    wait(.transaction(server), asked, turn)
    return true
  }

  /// Whether there is room for one more request of a peer. It has to have fewer than there are free
  /// places, so that each further peer with slow names gets about half of what is left.
  private mutating func mayWait(_ peer: PeerID) -> Bool {
    let free = Limits.parked &- parked.count
    return waiting[peer.raw, default: 0] < min(free, Limits.parkedOfPeer)
  }

  private mutating func wait(
    _ request: consuming Parked.Request, _ question: Handle, _ turn: Turn
  ) {
    let until = turn.now + Limits.patience
    let record = Parked(request: request, question: question, peer: turn.peer, until: until)
    // There is room: it was asked for.
    guard let handle = parked.insert(record) else { return }
    waiting[turn.peer.raw, default: 0] &+= 1
    _ = wheel.arm(Ticket.parked(handle).payload, near: until)
  }

  /// The question that asks for a name: one that is under way, or a new one.
  private mutating func ask(
    _ bytes: Span<UInt8>, _ question: Question, _ subject: Subject, _ turn: Turn
  ) -> Handle? {
    guard case .addresses(let name) = question else { return nil }
    let key = regimes.current.routing.key(ofName: name, in: bytes)
    if let known = questionIndex.find(key), questions.contains(known) { return known }
    guard questions.count < Limits.questions, asked(by: turn.peer) < Limits.questionsOfPeer else {
      return nil
    }
    let until = turn.now + Limits.questionLife
    var text: [UInt8] = []
    text.append(addingCapacity: name.count) { $0.write(bytes, name) }
    let asked = Asked(
      name: key, text: HostName(text), subject: subject, until: until)
    guard let handle = questions.insert(asked) else { return nil }
    questionIndex.insert(key, handle)
    let ticket = Ticket.question(handle).payload
    inquiries.append(Inquiry(ticket: ticket, name: text))
    _ = wheel.arm(ticket, near: until)
    return handle
  }

  private mutating func asked(by peer: PeerID) -> Int {
    var count = 0
    for handle in questions.handles() where questions[handle].subject.peer == peer { count &+= 1 }
    return count
  }

  // MARK: The answer, or none

  /// Takes an answer: all that wait for it go on.
  mutating func answered(
    _ ticket: UInt64, _ answer: Result<Address, Unresolved>, _ now: Instant
  ) {
    guard case .question(let handle) = Ticket(ticket), let asked = questions.remove(handle) else {
      return
    }
    questionIndex.remove(asked.name)
    switch answer {
    case .success(let address):
      regimes.noteNames { $0.note(asked.name, address, now: now) }
    case .failure(let cause):
      regimes.noteNames { $0.note(asked.name, nil, now: now) }
      if !asked.isOverdue || cause != .noAnswer {
        note(.unresolved(asked.text, cause, asked.subject))
      }
    }
    for waiting in parked.handles() where parked[waiting].question == handle {
      chores.append(.resume(waiting))
    }
  }

  /// A request has waited long enough. It goes on as if the name had no address, and so does what
  /// comes for that name in the next while; the question stays, for a late answer is one as well.
  mutating func patienceEnds(_ handle: Handle, _ now: Instant) {
    let until = parked[handle].until
    // The wheel reaches as far as its last entry that fired: on a quiet element that is not far.
    if now < until {
      _ = wheel.arm(Ticket.parked(handle).payload, near: until)
      return
    }
    let question = parked[handle].question
    if questions.contains(question) {
      let name = questions[question].name
      regimes.noteNames { $0.noteSilence(name, now: now) }
      tellOverdue(question)
    }
    chores.append(.resume(handle))
  }

  private mutating func tellOverdue(_ question: Handle) {
    if questions[question].isOverdue { return }
    questions[question].isOverdue = true
    note(.unresolved(questions[question].text, .noAnswer, questions[question].subject))
  }

  mutating func expire(question handle: Handle, _ now: Instant) {
    let (name, until) = (questions[handle].name, questions[handle].until)
    if now < until {
      _ = wheel.arm(Ticket.question(handle).payload, near: until)
    } else {
      _ = questions.remove(handle)
      questionIndex.remove(name)
    }
  }

  /// Sends a request on that has waited; what is wrong with it now goes back by its transaction.
  mutating func resume(
    _ server: Handle, _ now: Instant, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    guard servers.contains(server), servers[server].isParked, servers[server].isPending,
      desk.lay(shelf.bytes(of: servers[server].request))
    else { return }
    servers[server].isParked = false
    passage = Passage()
    passage.peer = servers[server].peer
    if !servers[server].redirected.contacts.isEmpty {
      return tryNext(server, now, &patch, &desk, &out)
    }
    guard let refused = goOn(desk, server, now, &patch, &out) else { return }
    let refusal =
      switch refused.answer {
      case .refusal(let refusal, _): refusal
      // It was sound when it came, and one answer is all that it waits for.
      default: Refusal(500, .serverError, .unknownName)
      }
    count(refusal, of: servers[server].peer.raw)
    passage.verdict = .refused(refusal)
    var subject = Subject(peer: servers[server].peer, flow: servers[server].flow)
    subject.flow.remote = servers[server].source
    subject.callIDDigest = callIDDigest(on: desk)
    subject.decision = decision()
    note(.refused(refusal, subject, method: servers[server].method))
    let told = toldDecision(servers[server].peer, by: regimes.governing(servers[server].policy))
    respondOwn(
      server, refusal.status, refusal.phrase.text, now, &patch, &desk, &out, decision: told)
  }

  private mutating func goOn(
    _ desk: borrowing Desk, _ server: Handle, _ now: Instant, _ patch: inout Patch,
    _ out: inout Outbox
  ) -> Refused? {
    let message = Message(desk.bytes.span, desk.table)
    var flow = servers[server].flow
    flow.remote = servers[server].source
    let turn = Turn(
      flow: flow, now: now, peer: servers[server].peer, policy: servers[server].policy,
      isAgain: true)
    do throws(Refused) {
      let essentials = try readEssentials(message)
      let admitted = try admitted(message, turn)
      let uri = try requestURI(message)
      let vouched = try vouched(admitted, message, turn)
      let set = try readRouteSet(message, uri, essentials, turn)
      let routed = try passed(vouched, message, essentials, uri, set, turn)
      try begin(again: message, essentials, server, set, routed, turn, &patch, &out)
      return nil
    } catch {
      return error
    }
  }

  private func readEssentials(_ message: borrowing Message) throws(Refused) -> Essentials {
    do throws(Malformed) {
      return try Essentials(message)
    } catch {
      throw Refused(malformed: error)
    }
  }

  /// Takes out what has waited.
  mutating func unpark(_ handle: Handle) -> Parked.Request? {
    guard let record = parked.remove(handle) else { return nil }
    let left = waiting[record.peer.raw, default: 0] &- 1
    waiting[record.peer.raw] = left > 0 ? left : nil
    return record.leave()
  }

  /// Lays an ACK that waited on the desk.
  /// - Returns: where it came from.
  mutating func lay(_ kept: consuming Kept, _ flow: Flow, _ desk: inout Desk) -> Flow? {
    let isLaid = desk.lay(shelf.bytes(of: kept))
    shelf.release(kept)
    return isLaid ? flow : nil
  }
}

extension Parked {
  consuming func leave() -> Request { request }
}

extension Border {
  /// The next thing that this border wants to know, if any. Whoever asks the outside brings the
  /// answer to `answer`.
  package mutating func nextInquiry() -> Inquiry? {
    core.inquiries.isEmpty ? nil : core.inquiries.removeFirst()
  }

  /// The outside has answered.
  /// - Parameter answer: the address to use, or why there is none.
  package mutating func answer(
    _ ticket: UInt64, _ answer: Result<Address, Unresolved>, now: Instant, into out: inout Outbox
  ) {
    core.answered(ticket, answer, now)
    doChores(now, &out)
  }

  mutating func resume(_ handle: Handle, _ now: Instant, _ out: inout Outbox) {
    guard let request = core.unpark(handle) else { return }
    switch consume request {
    case .transaction(let server):
      core.resume(server, now, &patch, &desk, &out)
    case .octets(let kept, let flow):
      guard let flow = core.lay(kept, flow, &desk) else { return }
      let request = desk.bytes
      receive(request.span, from: flow, now: now, into: &out)
    }
  }
}
