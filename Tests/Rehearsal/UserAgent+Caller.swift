import Basics

// The side that calls (RFC 3261 §13.2).
extension UserAgent {
  /// Calls somebody through the border element at `proxy`.
  @discardableResult
  package func call(
    _ user: String, through proxy: String = Layout.border, _ plan: Plan = Plan()
  ) -> Leg {
    let target = "sip:\(user)@\(proxy)"
    let leg = Leg(
      callID: unique("call"), isCaller: true, localTag: unique("f"), local: "sip:\(name)@home",
      remote: target, target: target, at: world.now)
    leg.plan = plan
    add(leg)
    var invite = PlainMessage(startLine: "INVITE \(target) SIP/2.0")
    invite.add("Via", via(unique("z9hG4bK")))
    invite.add("Max-Forwards", "70")
    invite.add("From", "\"\(name)\" <\(leg.localURI)>;tag=\(leg.localTag)")
    invite.add("To", "<\(leg.remoteURI)>")
    invite.add("Call-ID", leg.callID)
    invite.add("CSeq", "1 INVITE")
    invite.add("Contact", contact)
    for header in plan.headers { invite.add(header.name, header.value) }
    invite.body = plan.body
    leg.asking = ask(invite, to: Rehearsal.endpoint(proxy), timedOut: { [self] in timedOut(leg) }) {
      [self] in answered(leg, $0)
    }
    if let patience = plan.cancelAfter {
      world.schedule(after: patience) { [self] in giveUp(leg) }
    }
    return leg
  }

  private func timedOut(_ leg: Leg) {
    leg.outcome = .timedOut
    leg.state = .ended
  }

  private func giveUp(_ leg: Leg) {
    guard leg.state == .calling, let asking = leg.asking, !leg.isCancelled else { return }
    leg.isCancelled = true
    // RFC 3261 §9.1: not before a provisional response.
    if asking.state == .proceeding { sendCANCEL(leg) }
  }

  private func sendCANCEL(_ leg: Leg) {
    guard let asking = leg.asking else { return }
    _ = ask(asking.cancellation(), to: asking.remote, over: asking.transport)
    world.schedule(after: .seconds(40)) { [self] in
      if leg.state == .calling { timedOut(leg) }
    }
  }

  private func answered(_ leg: Leg, _ response: PlainMessage) {
    switch response.status {
    case ..<200: ringing(leg, response)
    case ..<300: accepted(leg, response)
    default:
      guard leg.state == .calling else { return }
      leg.outcome = .refused(response.status)
      leg.state = .ended
    }
  }

  private func ringing(_ leg: Leg, _ response: PlainMessage) {
    let isFirst = leg.provisional.isEmpty
    leg.provisional.append(response.status)
    if isFirst, leg.isCancelled { sendCANCEL(leg) }
    guard let rSeq = response["RSeq"], leg.state == .calling else { return }
    adopt(leg, response)
    var prack = request("PRACK", in: leg)
    prack.add("RAck", "\(rSeq) \(response["CSeq"] ?? "")")
    send(prack, in: leg)
  }

  /// Takes the dialog's state from a response (RFC 3261 §12.1.2).
  private func adopt(_ leg: Leg, _ response: PlainMessage) {
    leg.remoteTag = response.toTag
    leg.remoteURI = PlainURI(of: response["To"] ?? "").text
    leg.routeSet = response.all("Record-Route").reversed()
    if let contact = response["Contact"] { leg.remoteTarget = PlainURI(of: contact).text }
  }

  private func accepted(_ leg: Leg, _ response: PlainMessage) {
    if leg.state == .calling {
      adopt(leg, response)
      confirm(leg)
      acknowledge(leg)
      if leg.isCancelled { return hangUp(leg) }
      for request in leg.plan.requests {
        world.schedule(after: request.after) { [self] in inDialog(request.method, leg) }
      }
      if let talk = leg.plan.talk { world.schedule(after: talk) { [self] in hangUp(leg) } }
    } else if let known = ([leg] + leg.forks).first(where: { $0.remoteTag == response.toTag }) {
      if let ack = known.ack { send(ack, in: known) }
    } else {
      forked(leg, response)
    }
  }

  /// RFC 3261 §13.2.2.4: another 2xx is another dialog; this caller wants one only.
  private func forked(_ leg: Leg, _ response: PlainMessage) {
    let fork = Leg(
      callID: leg.callID, isCaller: true, localTag: leg.localTag, local: leg.localURI,
      remote: leg.remoteURI, target: leg.remoteTarget, at: world.now)
    fork.outcome = .answered
    leg.forks.append(fork)
    adopt(fork, response)
    confirm(fork)
    acknowledge(fork)
    hangUp(fork)
  }

  private func confirm(_ leg: Leg) {
    leg.state = .confirmed
    leg.outcome = .answered
    leg.answered = world.now
  }

  private func acknowledge(_ leg: Leg) {
    var ack = request("ACK", in: leg, cSeq: 1)
    ack["Via"] = via(unique("z9hG4bK"))
    leg.ack = ack.bytes
    send(ack.bytes, in: leg)
  }
}
