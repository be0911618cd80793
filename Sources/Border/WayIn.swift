import Admission
import Authentication
import Basics
import Cryptography
import Dialogs
import Identity
import Routing
import SIP
import Transactions

// The way in of a request, in the order in which it meets the stages (RFC 3261 §16.3 to §16.6).
extension Core {
  mutating func request(
    _ message: borrowing Message, _ turn: Turn, _ patch: inout Patch, _ desk: inout Desk,
    _ out: inout Outbox
  ) {
    counters.requests &+= 1
    tallies.request(message.method)
    tallies.add(.requests, of: turn.peer.raw)
    passage.stage = .grammar
    patch.reset()
    let essentials: Essentials
    do throws(Malformed) {
      essentials = try Essentials(message)
    } catch {
      // What cannot be read shows no call: a source that only an earlier policy knows begins none.
      guard turn.policy == regimes.number else { return beStranger(turn.flow) }
      return answerMalformed(message, error, turn, &patch, &out)
    }
    patch.stamp(essentials.via, turn.flow.remote)
    switch message.method {
    case .ack:
      acknowledge(message, essentials, turn, &patch, &out)
    case .cancel:
      cancel(message, essentials, turn, &patch, &desk, &out)
    default:
      let key = Matching.key(message, essentials, method: message.method, secret: secret)
      if let known = serverIndex.find(key) {
        retransmitted(known, &out)
      } else {
        fresh(message, essentials, key, turn, &patch, &out)
      }
    }
  }

  /// A request that is there already: its last response again, or nothing (RFC 3261 §17.2.1,
  /// §17.2.2).
  private mutating func retransmitted(_ handle: Handle, _ out: inout Outbox) {
    counters.retransmissionsAbsorbed &+= 1
    passage.verdict = .absorbed
    guard servers[handle].machine.wantsResend() else { return }
    resendResponse(handle, &out)
  }

  mutating func resendResponse(_ handle: Handle, _ out: inout Outbox) {
    let flow = servers[handle].flow
    let kept = servers[handle].machine.response(in: shelf)
    out.send(to: flow, atMost: kept.count) { $0.write(kept) }
  }

  /// A request that begins a server transaction.
  private mutating func fresh(
    _ message: borrowing Message, _ essentials: Essentials, _ key: Key, _ turn: Turn,
    _ patch: inout Patch, _ out: inout Outbox
  ) {
    // A source that only an earlier policy knows begins nothing, and gets silence.
    guard let turn = governed(message, essentials, turn) else { return beStranger(turn.flow) }
    do throws(Refused) {
      let admitted = try admitted(message, turn)
      let uri = try checked(message, essentials, turn)
      let vouched = try vouched(admitted, message, turn)
      if isForUs(message, uri, turn) { throw .capabilities }
      let set = try readRouteSet(message, uri, essentials, turn)
      let routed = try passed(vouched, message, essentials, uri, set, turn)
      try begin(message, essentials, key, set, routed, turn, &patch, &out)
    } catch {
      guard case .ask(let question) = error.answer else {
        return refuse(message, essentials, error, turn, patch, &out)
      }
      hold(message, essentials, key, question, turn, patch, &out)
    }
  }

  /// Nothing but a fault of the message's text is answered before Admission has let it in.
  mutating func admitted(
    _ message: borrowing Message, _ turn: Turn
  ) throws(Refused) -> Admitted {
    passage.peer = turn.peer
    passage.stage = .admission
    var (observed, marks) = (Observations(), Marks())
    let verdict = regimes[turn.policy].admission.admit(
      Arrival(flow: turn.flow, peer: turn.peer), message, at: turn.now, &observed, &marks)
    tell(observed, message, turn)
    raise(marks, turn)
    switch consume verdict {
    case .pass(let admitted): return admitted
    case .refuse(let refusal):
      throw Refused(refusal, extra: refusal.status == 405 ? .allow(allowed(turn)) : .none)
    case .drop(let reason):
      passage.verdict = .silence(reason)
      counters.limited &+= 1
      tallies.add(.limited, of: turn.peer.raw)
      throw Refused.silence
    case .ask(let question): throw Refused(question)
    }
  }

  /// The checks of RFC 3261 §16.3 that need no policy, in its order: scheme, Max-Forwards, loop,
  /// with it Max-Breadth (RFC 5393 §5.3.3), Proxy-Require. They stand before Authentication, as its
  /// last step, Proxy-Authorization, does there.
  private mutating func checked(
    _ message: borrowing Message, _ essentials: Essentials, _ turn: Turn
  ) throws(Refused) -> URI {
    passage.stage = .request
    let uri = try requestURI(message)
    // RFC 3261 §16.3 step 3: an OPTIONS to this element is answered, and not forwarded.
    if isForUs(message, uri, turn) { return uri }
    try Self.checkContacts(message)
    guard essentials.maxForwards != 0 else {
      throw Refused(Refusal(483, .tooManyHops, .tooManyHops))
    }
    guard !hasLooped(message, essentials, turn) else {
      throw Refused(Refusal(482, .loopDetected, .loop))
    }
    try checkBreadth(message)
    // RFC 3261 §16.3 step 5: this proxy supports no option of its own.
    var place = message.next(.proxyRequire, from: Int(message.outline.proxyRequire))
    while let line = place {
      guard message.headers[line].value.isEmpty else {
        throw Refused(Refusal(420, .badExtension, .badExtension), extra: .unsupported)
      }
      place = message.next(.proxyRequire, from: line &+ 1)
    }
    return uri
  }

  mutating func requestURI(_ message: borrowing Message) throws(Refused) -> URI {
    let uri: URI
    do throws(Malformed) {
      uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
    } catch {
      throw Refused(malformed: error)
    }
    // RFC 3261 §26.2.2: a SIPS URI wants TLS at each hop, which nothing here speaks yet.
    guard uri.scheme != .other, uri.scheme != .sips else {
      throw Refused(Refusal(416, .unsupportedScheme, .unsupportedScheme))
    }
    return uri
  }

  /// An OPTIONS to this element itself: our host, nobody at it, and no Route that leads on.
  private mutating func isForUs(
    _ message: borrowing Message, _ uri: URI, _ turn: Turn
  ) -> Bool {
    message.method == .options && uri.user == nil && message.outline.route == Outline.absent
      && isOwn(uri, in: message.bytes, on: turn.flow.listener, by: turn.policy)
  }

  mutating func readRouteSet(
    _ message: borrowing Message, _ uri: URI, _ essentials: Essentials, _ turn: Turn
  ) throws(Refused) -> RouteSet {
    passage.stage = .routing
    var set: RouteSet
    do throws(Malformed) {
      set = try routeSet(message, uri, on: turn.flow.listener, by: turn.policy)
    } catch {
      throw Refused(malformed: error)
    }
    mend(&set, message, essentials, turn)
    // Only within a dialog does a token say where to go.
    if essentials.toTag == nil { set.opensNoDoor() }
    return set
  }

  /// The stages that ask who it is, each of which takes the proof of the one before.
  mutating func vouched(
    _ admitted: consuming Admitted, _ message: borrowing Message, _ turn: Turn
  ) throws(Refused) -> Vouched {
    passage.stage = .authentication
    let authenticated = try proof(
      of: regimes[turn.policy].authentication.recognize(admitted, message))
    passage.stage = .identity
    return try proof(of: regimes[turn.policy].identity.vouch(authenticated, message))
  }

  /// The last stage of the way in: where to, by the dialog, the Route headers or the routes.
  mutating func passed(
    _ vouched: consuming Vouched, _ message: borrowing Message, _ essentials: Essentials,
    _ uri: URI, _ set: RouteSet, _ turn: Turn
  ) throws(Refused) -> Routed {
    passage.stage = .routing
    if essentials.toTag != nil {
      passage.guide = set.mended == nil ? .dialog : .mended
      try checkDialog(set, turn.peer)
      if let mended = set.mended {
        return try proof(
          of: regimes[turn.policy].routing.route(vouched, along: mended.flow, to: mended.peer))
      }
      let hop = try nextHop(set, message, uri)
      let routed = try proof(
        of: regimes[turn.policy].routing.route(vouched, message, to: hop, now: turn.now))
      // A dialog's requests go to the peers of the dialog and to nobody else.
      if let target = routed.search.named { try checkDialog(set, target.peer, foreign: true) }
      return routed
    }
    if isDraining, message.method == .invite {
      throw Refused(Refusal(503, .serviceUnavailable, .draining))
    }
    // A preloaded Route leads to a configured peer or nowhere, and so does a `maddr`.
    if set.next != nil || set.isForeignMaddr {
      passage.guide = .routeHeader
      let hop = try nextHop(set, message, uri)
      return try proof(
        of: regimes[turn.policy].routing.route(vouched, message, to: hop, now: turn.now))
    }
    passage.guide = .routes
    var observed = Observations()
    let verdict = regimes[turn.policy].routing.route(
      vouched, message, set.repaired?.uri ?? uri, wall: wall(turn.now), &observed)
    tell(observed, message, turn)
    return try proof(of: verdict)
  }

  /// Where the first Route value that is not ours leads, or else the Request-URI.
  private mutating func nextHop(
    _ set: RouteSet, _ message: borrowing Message, _ uri: URI
  ) throws(Refused) -> NextHop {
    let target = set.repaired?.uri ?? uri
    if set.next == nil, !set.cuts.isEmpty { return NextHop(arrived: target) }
    do throws(Malformed) {
      return try NextHop(set.next?.uri ?? target, in: message.bytes)
    } catch {
      throw Refused(malformed: error)
    }
  }

  /// Counts and tells what rules that only observe would have done.
  private mutating func tell(
    _ observed: Observations, _ message: borrowing Message, _ turn: Turn
  ) {
    guard observed.count > 0, !turn.isAgain else { return }
    counters.observed &+= observed.count
    for place in 0..<min(observed.count, Observations.most) {
      note(.observed(observed[place], subject(message, turn), method: message.method))
    }
  }

  /// RFC 3261 §12.2.2: a To tag without a token of ours, or with one of a call that is forgotten,
  /// names a dialog that we do not know. Nor may a third peer speak in a call of two others; in a
  /// spiral, only those at its two ends may.
  private mutating func checkDialog(
    _ set: RouteSet, _ peer: PeerID, foreign: Bool = false
  ) throws(Refused) {
    let token = foreign ? set.last ?? set.token : set.token
    if let token, !set.isTorn, let (caller, callee) = parties(of: token) {
      let isSpiral = set.last != nil && token.kind.isCall
      let outer = foreign == set.isBackward ? caller : callee
      if peer.raw == outer || !isSpiral && (peer.raw == caller || peer.raw == callee) { return }
    }
    throw Refused(
      foreign
        ? Refusal(403, .forbidden, .foreignDestination)
        : Refusal(481, .noSuchDialog, .noSuchDialog))
  }

  private mutating func parties(of token: Token) -> (caller: UInt16, callee: UInt16)? {
    guard token.kind.isCall else { return token.peers }
    // Whoever sends a token of ours under another Call-ID may reach a worker whose call it is not.
    guard token.worker == worker, calls.contains(token.handle) else { return nil }
    return (calls[token.handle].caller, calls[token.handle].callee)
  }

  private mutating func proof<Proof: ~Copyable>(
    of verdict: consuming Verdict<Proof>
  ) throws(Refused) -> Proof {
    switch consume verdict {
    case .pass(let proof): return proof
    case .refuse(let refusal): throw Refused(refusal)
    case .drop: throw Refused.silence
    case .ask(let question): throw Refused(question)
    }
  }
}
