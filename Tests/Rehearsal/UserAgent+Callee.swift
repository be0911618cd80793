import Basics

// The side that is called (RFC 3261 §13.3).
extension UserAgent {
  func invited(_ invite: PlainMessage, _ answering: Answering) {
    let habit = habit(invite)
    let leg = newLeg(invite, answering)
    switch habit {
    case .silent:
      leg.outcome = .timedOut
      leg.state = .ended
    case .ring:
      respond(leg, 180)
    case .reject(let status, let contact):
      respond(leg, status, contact)
    case .refuse(let status, let after):
      respond(leg, 180)
      world.schedule(after: after) { [self] in respond(leg, status) }
    case .answer(let ring, let talk):
      respond(leg, 180)
      world.schedule(after: ring) { [self] in accept(leg, talk) }
    case .fork(let count):
      respond(leg, 180)
      fork(invite, answering, leg, count)
    case .reliable:
      respond(leg, 183)
    }
  }

  private func newLeg(_ invite: PlainMessage, _ answering: Answering) -> Leg {
    let contact = PlainURI(of: invite["Contact"] ?? "").text
    let leg = Leg(
      callID: invite.callID, isCaller: false, localTag: unique("t"),
      local: PlainURI(of: invite["To"] ?? "").text,
      remote: PlainURI(of: invite["From"] ?? "").text, target: contact, at: world.now)
    leg.remoteTag = invite.fromTag
    leg.routeSet = invite.all("Record-Route")
    leg.remoteCSeq = invite.cSeqNumber
    leg.answering = answering
    add(leg)
    return leg
  }

  private func respond(_ leg: Leg, _ status: Int, _ redirection: String? = nil) {
    guard leg.state == .calling, let answering = leg.answering else { return }
    var response = response(to: answering.request.message, status, tag: leg.localTag)
    if status < 300 { response.add("Contact", contact) }
    if let redirection { response.add("Contact", "<\(redirection)>") }
    if status == 183 {
      response.add("Require", "100rel")
      response.add("RSeq", "1")
    }
    answering.respond(response)
    if status >= 300 {
      leg.outcome = .refused(status)
      leg.state = .ended
    }
  }

  private func fork(_ invite: PlainMessage, _ answering: Answering, _ first: Leg, _ count: Int) {
    world.schedule(after: .seconds(1)) { [self] in accept(first, nil) }
    for place in 1..<max(count, 1) {
      let leg = newLeg(invite, answering)
      world.schedule(after: .milliseconds(1000 + 20 * Int64(place))) { [self] in accept(leg, nil) }
    }
  }

  private func accept(_ leg: Leg, _ talk: Interval?) {
    guard leg.state == .calling, let answering = leg.answering else { return }
    var response = response(to: answering.request.message, 200, tag: leg.localTag)
    response.add("Contact", contact)
    response.body = answering.request.message.body
    leg.state = .confirmed
    leg.outcome = .answered
    leg.answered = world.now
    answering.respond(response)
    let number = answering.request.message.cSeqNumber
    insist(leg, number, response.bytes, answering, after: .milliseconds(500), until: .seconds(32))
    if let talk { world.schedule(after: talk) { [self] in hangUpWhenAcknowledged(leg, number) } }
  }

  /// RFC 3261 §15: a callee says no BYE before the ACK has come, or the wait for it is over.
  private func hangUpWhenAcknowledged(_ leg: Leg, _ number: Int) {
    guard leg.state == .confirmed else { return }
    if leg.acknowledged.contains(number) { return hangUp(leg) }
    world.schedule(after: .milliseconds(200)) { [self] in hangUpWhenAcknowledged(leg, number) }
  }

  /// RFC 3261 §13.3.1.4: the 2xx again and again until its ACK comes, over any transport.
  private func insist(
    _ leg: Leg, _ number: Int, _ response: [UInt8], _ answering: Answering,
    after interval: Interval,
    until rest: Interval
  ) {
    world.schedule(after: interval) { [self] in
      guard !leg.acknowledged.contains(number), leg.state != .ended else { return }
      guard rest > interval else {
        leg.outcome = .neverAcknowledged
        return hangUp(leg)
      }
      reply(response, to: answering.request)
      let left = Interval(nanoseconds: rest.nanoseconds - interval.nanoseconds)
      insist(leg, number, response, answering, after: min(interval * 2, .seconds(4)), until: left)
    }
  }

  func acknowledge(_ ack: PlainMessage) {
    answerings[ack.branch + "INVITE"]?.acknowledged()
    guard let tag = ack.toTag, let leg = leg(ack.callID, local: tag, remote: ack.fromTag) else {
      return
    }
    leg.acknowledged.insert(ack.cSeqNumber)
  }

  /// RFC 3261 §9.2.
  func cancelled(_ heard: Heard) {
    let cancel = heard.message
    guard let answering = answerings[cancel.branch + "INVITE"] else {
      strangers += 1
      return reply(response(to: cancel, 481, tag: unique("t")).bytes, to: heard)
    }
    reply(response(to: cancel, 200, tag: unique("t")).bytes, to: heard)
    for leg in legs(of: cancel.callID) where leg.answering === answering { respond(leg, 487) }
  }

  /// A request with a dialog of ours.
  func inDialog(_ message: PlainMessage, _ answering: Answering, _ leg: Leg) {
    switch message.method {
    case "BYE":
      leg.state = .ended
      answering.respond(response(to: message, 200))
    case "INVITE":
      reinvited(message, answering, leg)
    case "PRACK":
      answering.respond(response(to: message, 200))
      accept(leg, nil)
    default:
      answering.respond(response(to: message, 200))
    }
  }

  private func reinvited(_ message: PlainMessage, _ answering: Answering, _ leg: Leg) {
    // RFC 3261 §14.2: glare.
    if leg.reINVITEIsPending { return answering.respond(response(to: message, 491)) }
    var response = response(to: message, 200)
    response.add("Contact", contact)
    answering.respond(response)
    insist(
      leg, message.cSeqNumber, response.bytes, answering, after: .milliseconds(500),
      until: .seconds(32))
  }
}
