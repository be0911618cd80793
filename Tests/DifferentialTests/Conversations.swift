import Basics
import Rehearsal

// Responses, and what is said within a dialog.
extension Traffic {
  /// A request that was sent on, and between whom.
  struct Party {
    var request: Request
    var facts: Pair.Facts
    var out: Crossing.Sent
    var flow: Flow
  }

  /// One that goes back as it is.
  mutating func finalStatus(_ party: Party) -> Int {
    let (uri, isInvite) = (party.request.uri, party.request.method == "INVITE")
    while true {
      let status = grammar.oneIn(2) ? grammar.number(200...299) : grammar.number(300...699)
      // RFC 4320 §4.2: a 408 to anything but an INVITE goes nowhere.
      if status == 408, !isInvite { continue }
      if status == 503, uri.contains("@" + Crossing.failover) { continue }
      if status < 400, status >= 300, uri.contains("@" + Crossing.follow) { continue }
      return status
    }
  }

  /// The octets of a response to what was forwarded.
  private mutating func response(
    to party: Party, _ status: Int, tag: String, recordRoutes: [String] = [],
    contacts: [String] = []
  ) -> [UInt8] {
    let (request, out) = (party.request, party.out)
    let response = Response(
      status: status, vias: out.ownLines("Via").prefix(1) + request.vias,
      recordRoutes: recordRoutes, from: request.from,
      to: request.isWithin ? request.to : "\(request.to);tag=\(tag)",
      callID: request.callID, number: request.number, method: request.method,
      contacts: contacts, isFramed: out.flow.transport.isReliable)
    return grammar.octets(of: response)
  }

  /// Sends a response from where its request went.
  private mutating func send(_ octets: [UInt8], by party: Party) -> [Crossing.Sent] {
    crossing.receive(
      octets, from: Crossing.flow(party.out.flow.remote, over: party.out.flow.transport))
  }

  mutating func respond(
    to party: Party, _ status: Int, tag: String, recordRoutes: [String] = []
  ) {
    let octets = response(to: party, status, tag: tag, recordRoutes: recordRoutes)
    let sent = send(octets, by: party)
    guard let last = sent.last, last.isResponse else {
      return blame("a response was not forwarded", octets)
    }
    pairs.append(Pair(way: .response, received: octets, sent: last.octets))
    if sent.count > 1 { noteACK(sent[0], of: party, to: octets) }
  }

  private mutating func noteACK(_ ack: Crossing.Sent, of party: Party, to response: [UInt8]) {
    let way = Pair.Way.acknowledgement(response: response)
    pairs.append(Pair(way: way, received: party.out.octets, sent: ack.octets))
  }

  /// Where the route has another target, or follows a 3xx: the first one is out of service, or
  /// names another place, and the request is sent on to that.
  mutating func settled(_ party: Party) -> Party? {
    // RFC 3261 §16.6: with a Route of somebody else's the routes are not asked.
    let isRouted = party.request.routes.count > party.facts.ownRoutes
    let (isFollowed, isFailover) = (
      party.request.uri.contains("@" + Crossing.follow),
      party.request.uri.contains("@" + Crossing.failover)
    )
    guard isFollowed || isFailover, !isRouted else { return party }
    let contacts = isFollowed ? [grammar.nameAddress(grammar.target()) + grammar.parameters()] : []
    let status = isFollowed ? grammar.number(300...399) : 503
    let octets = response(to: party, status, tag: grammar.token(), contacts: contacts)
    let sent = send(octets, by: party)
    guard let out = sent.last, !out.isResponse else {
      blame("the next target was not tried", octets)
      return nil
    }
    if sent.count > 1 { noteACK(sent[0], of: party, to: octets) }
    var next = party
    next.out = out
    count(&next.facts, party.request, from: party.flow, to: out.flow)
    let way: Pair.Way =
      isFollowed ? .redirected(next.facts, response: octets) : .request(next.facts)
    pairs.append(Pair(way: way, received: party.request.octets, sent: out.octets))
    return next
  }

  /// Answers an INVITE, and goes on within the dialog that this makes.
  mutating func conclude(_ party: Party) {
    let tag = Request.dialogTag + grammar.token()
    let own = party.out.ownLines("Record-Route")
    let recordRoutes = own + party.request.recordRoutes
    let provisional = grammar.below(3)
    for _ in 0..<provisional {
      respond(to: party, grammar.number(101...199), tag: tag, recordRoutes: recordRoutes)
    }
    if provisional > 0, grammar.oneIn(4) { cancel(party) }
    let status = finalStatus(party)
    respond(to: party, status, tag: tag, recordRoutes: status < 300 ? recordRoutes : [])
    if status >= 300 { return }
    let methods = ["INFO", "INVITE", "UPDATE", "PRACK", "NOTIFY", grammar.token(3...9)]
    let some = (0..<grammar.below(3)).map { _ in grammar.pick(methods) }
    for method in ["ACK"] + some + ["BYE"] {
      speak(method, within: party, to: "\(party.request.to);tag=\(tag)", by: own.reversed())
    }
  }

  /// The caller cancels; the element cancels what it has sent.
  private mutating func cancel(_ party: Party) {
    var request = party.request
    request.method = "CANCEL"
    (request.vias, request.recordRoutes) = (Array(request.vias.prefix(1)), [])
    grammar.write(&request)
    let sent = crossing.receive(request.octets, from: party.flow)
    guard sent.count == 2 else { return blame("a CANCEL did not go on", request.octets) }
    let facts = Pair.Facts(source: party.flow.remote)
    for one in sent {
      let isAnswer = one.isResponse
      pairs.append(
        Pair(
          way: isAnswer ? .answer(facts) : .cancel,
          received: isAnswer ? request.octets : party.out.octets, sent: one.octets))
    }
  }

  /// A request of the caller's within a dialog.
  private mutating func speak(
    _ method: String, within party: Party, to: String, by own: [String]
  ) {
    let first = party.request
    var facts = Pair.Facts(source: party.flow.remote, ownRoutes: own.count)
    var routes = own
    var target = "sip:\(grammar.user())@\(grammar.pick(Crossing.eastern))"
    if grammar.oneIn(4), let router = own.first {
      facts.isMended = true
      facts.ownRoutes -= 1
      routes.removeFirst()
      target = String(router.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
    }
    if grammar.oneIn(4) {
      facts.isStrict = grammar.oneIn(3)
      routes.append(next(isStrict: facts.isStrict))
    }
    if facts.isMended { routes.append(grammar.nameAddress(grammar.target())) }
    var request = Request(
      method: method, uri: target, vias: vias(party.flow), routes: routes, from: first.from, to: to,
      callID: first.callID, number: grammar.below(0x7fff_ffff), isFramed: first.isFramed)
    grammar.write(&request)
    guard let out = forward(request, from: party.flow, &facts), method != "ACK" else { return }
    let then = Party(request: request, facts: facts, out: out, flow: party.flow)
    respond(to: then, finalStatus(then), tag: "")
  }
}

extension Request {
  /// How the tags of those begin who answer an INVITE here.
  static let dialogTag = "dialog-"
  /// Whether it is a request within a dialog.
  var isWithin: Bool { to.contains(";tag=" + Self.dialogTag) }
}

extension Crossing.Sent {
  var isResponse: Bool {
    octets.prefix(4).elementsEqual("SIP/".utf8) || octets.prefix(4).elementsEqual("sip/".utf8)
  }

  /// The values that the element itself has put in on top: one to a line, written plainly.
  func ownLines(_ name: String) -> [String] {
    let text = String(decoding: octets.prefix(800), as: UTF8.self)
    return text.split(separator: "\r\n").dropFirst().prefix(3).compactMap { line in
      let isOwn = Crossing.listeners.contains { line.contains($0) }
      return isOwn && line.hasPrefix(name + ": ") ? String(line.dropFirst(name.count + 2)) : nil
    }
  }
}
