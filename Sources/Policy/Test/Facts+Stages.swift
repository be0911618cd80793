import Admission
import Basics
import Border
import Routing
import SIP

extension Facts {
  /// Why a stage let the message pass.
  func fact(_ stage: Passage.Stage) -> (text: String, place: String?) {
    switch stage {
    case .source: return source
    case .grammar:
      let size = "\(transcript.fields.count) headers, \(transcript.body.count) octets of body"
      return ("a request with all that it must have: \(size)", nil)
    case .admission:
      let listener = snapshot.listeners[Int(judgement.flow.listener)]
      let may = observed(in: .admission) == nil ? "may" : "may not"
      return (
        "\(sender) \(may) send \(transcript.method) to listener `\(listener)`",
        passage.peer.flatMap(place(of:))
      )
    case .request:
      let hops = transcript.all("Max-Forwards").first.map { "Max-Forwards is \($0)" }
      return ("\(hops ?? "no Max-Forwards yet"), no loop, no extension that is required here", nil)
    case .authentication: return ("recognised by its source address", nil)
    case .identity: return ("no identity is verified yet", nil)
    case .routing: return routing
    case .departure: return departure
    }
  }

  private var sender: String { passage.peer.map { "peer `\(name($0))`" } ?? "its sender" }

  // MARK: Source

  private var source: (text: String, place: String?) {
    let address = judgement.flow.remote.address.text
    guard let number = passage.source else { return ("\(address) is known", nil) }
    let source = admission.sources[Int(number)]
    return (
      "\(address) lies in \(source.text) of peer `\(name(source.peer))`",
      snapshot.places.text(snapshot.places.sources[Int(number)])
    )
  }

  func silence(_ reason: Admission.Reason) -> (text: String, place: String?) {
    switch reason {
    case .listenerNotAllowed:
      guard let number = passage.source else { return (source.text, nil) }
      let peer = admission.sources[Int(number)].peer
      let own = snapshot.listeners.indices.filter {
        admission.peers[Int(peer.raw)].listeners >> UInt64($0) & 1 != 0
      }.map { "`\(snapshot.listeners[$0])`" }
      let listener = snapshot.listeners[Int(judgement.flow.listener)]
      let may = own.isEmpty ? "none" : own.joined(separator: ", ")
      return (
        "\(source.text), which may not use listener `\(listener)` (it may use \(may))", source.place
      )
    case .rateLimit:
      guard let limit = passage.limit else { return source }
      return stopped(by: Int(limit))
    case .responseSource: return misplaced
    case .unknownSource:
      let address = judgement.flow.remote.address
      let stands = "\(address.text) is in no peer's sources"
      if let peer = admission.answering.first(where: { $0.holds(address) })?.peer {
        return (
          "\(stands); it is a target of peer `\(name(peer))`, which only answers from there",
          place(of: peer)
        )
      }
      guard let near = nearest(address) else { return (stands, nil) }
      let source = admission.sources[near]
      return (
        "\(stands); the nearest is \(source.text) of peer `\(name(source.peer))`",
        snapshot.places.text(snapshot.places.sources[near])
      )
    }
  }

  /// A response comes from where nobody was asked.
  private var misplaced: (text: String, place: String?) {
    let source = Explanation.text(judgement.flow)
    guard let peer = passage.callee else { return (self.source.text, nil) }
    let word = IngressWords.responses.first { $0.1 == admission.peers[Int(peer.raw)].responses }
    return (
      "its request was sent to peer `\(name(peer))`, and not to \(source)"
        + " (`responses-from: \(word?.0 ?? "")`)", place(of: peer)
    )
  }

  /// The prefix of the same family that has most leading bits in common with an address.
  private func nearest(_ address: Address) -> Int? {
    admission.sources.indices.filter {
      admission.sources[$0].network.isIPv4 == address.isIPv4
    }.max { one, other in
      admission.sources[one].common(address) < admission.sources[other].common(address)
    }
  }

  // MARK: Routing and departure

  private var routing: (text: String, place: String?) {
    switch passage.guide {
    case .none: return ("nothing more was asked", nil)
    case .routes:
      guard let route = passage.route else { return ("a route takes it", nil) }
      return (
        "route `\(routes[Int(route)].name)` is the first whose conditions all hold",
        place(ofRoute: Int(route))
      )
    case .dialog: return ("its dialog's route set, by a token of this element", nil)
    case .routeHeader: return ("its Route header leads to a configured peer", nil)
    case .mended:
      return ("its sender lost the route set; its call was found by Call-ID and tags", nil)
    }
  }

  var departure: (text: String, place: String?) {
    guard let flow = passage.flow, let callee = passage.callee else { return (routing.text, nil) }
    var text = "to \(Explanation.text(flow)) of peer `\(name(callee))`"
    if let route = passage.route, let target = passage.target {
      let all = routes[Int(route)].targets
      text += ", target \(Int(target) - all.lowerBound + 1) of \(all.count)"
    }
    let listener = snapshot.listeners[Int(flow.listener)]
    return ("\(text), by listener `\(listener)`", place(of: callee))
  }

  // MARK: Refusals

  func reason(_ refusal: Refusal) -> (text: String, place: String?) {
    let uri = transcript.requestURI
    return switch refusal.cause {
    case .methodNotAllowed: notAllowed
    case .rateLimit: stopped(by: Int(refusal.rule ?? 0))
    case .sessionLimit: full(Int(refusal.rule ?? 0))
    case .unsupportedScheme: ("the scheme of `\(uri)` is none that is spoken here", nil)
    case .tooManyHops: ("Max-Forwards is 0", nil)
    case .noBreadth: ("its Max-Breadth leaves no branch (RFC 5393 §5)", nil)
    case .tooLarge: ("with what is added it would be longer than a message may be", nil)
    case .loop: ("a Via of this element's own says that it went this way before (RFC 5393)", nil)
    case .badExtension:
      ("Proxy-Require asks for \(transcript.all("Proxy-Require").joined(separator: ", "))", nil)
    case .noSuchDialog:
      (
        "its To has a tag, and no Route of it holds a token of a call that is known and \(sender)"
          + " takes part in", nil
      )
    case .cancelWithoutInvite: ("no INVITE from there waits for an answer under this branch", nil)
    case .noRoute: noRoute
    case .foreignDestination:
      ("\(hop) leads to no configured peer", nil)
    case .redirectRefused: ("a redirection that is refused", nil)
    case .unknownName: ("\(hop) names a host that has no address and is no peer's", nil)
    case .noTarget: noTarget
    case .unknownSource: silence(.unknownSource)
    case .listenerNotAllowed: silence(.listenerNotAllowed)
    case .tableFull: ("a table is full", nil)
    case .tooManyWaiting: ("too many requests wait for names already", nil)
    case .draining: ("the element takes no new calls", nil)
    }
  }

  private var hop: String {
    transcript.all("Route").first.map { "Route: \($0)" } ?? "`\(transcript.requestURI)`"
  }

  private var notAllowed: (text: String, place: String?) {
    guard let peer = passage.peer else { return ("this method is not allowed", nil) }
    let methods = admission.peers[Int(peer.raw)].methods
    return ("\(sender) may send \(methods.words); this is \(transcript.method)", place(of: peer))
  }

  /// What a rate limit says that stops the message.
  func stopped(by limit: Int) -> (text: String, place: String?) {
    let rule = admission.rateLimits[limit]
    let place = snapshot.places.text(snapshot.places.rateLimits[limit])
    return ("rate limit `\(rule.name)` is spent", place)
  }

  /// What a session limit says that has no room for the call.
  func full(_ limit: Int) -> (text: String, place: String?) {
    let own = limit - admission.rateLimits.count
    let rule = admission.sessionLimits[own]
    let most = [
      rule.calls.map { $0 == 1 ? "1 call" : "\($0) calls" },
      rule.halfOpen.map { $0 == 1 ? "1 half-open call" : "\($0) half-open calls" },
    ].compactMap(\.self).joined(separator: " or ")
    let left = rule.subject.isOfWayOut ? ", and no other target is left" : ""
    let place = snapshot.places.text(snapshot.places.sessionLimits[own])
    return ("session limit `\(rule.name)` lets \(most) go on at once\(left)", place)
  }

  private var noRoute: (text: String, place: String?) {
    let count = routes.count
    return (
      count == 0 ? "the policy has no routes" : "none of the \(count) routes takes it", nil
    )
  }

  private var noTarget: (text: String, place: String?) {
    guard let route = passage.route else { return ("no target of its route can be reached", nil) }
    let transport = judgement.flow.transport.word.uppercased()
    let family = judgement.flow.remote.address.isIPv4 ? "IPv4" : "IPv6"
    return (
      "no target of route `\(routes[Int(route)].name)` can be reached for a request that came over"
        + " \(transport) and \(family)", place(ofRoute: Int(route))
    )
  }
}

extension Admission.Rules.Source {
  /// As a policy would write it.
  var text: String {
    "\(network.text)/\(network.isIPv4 ? Int(bits) - 96 : Int(bits))"
  }

  func holds(_ address: Address) -> Bool { network.matches(address, bits: Int(bits)) }

  /// How many leading bits an address has in common with the prefix.
  func common(_ address: Address) -> Int {
    let high = (network.high ^ address.high).leadingZeroBitCount
    let low = (network.low ^ address.low).leadingZeroBitCount
    return min(Int(bits), high == 64 ? 64 + low : high)
  }
}

extension MethodSet {
  /// The methods as a policy names them.
  var words: String {
    if self == .all { return "every method" }
    if self == Admission.Rules.Peer.usualMethods { return "every method but REGISTER" }
    let words = Method.allCases.filter(contains).map { $0 == .other ? "other" : "\($0.text)" }
    return words.isEmpty ? "nothing" : words.joined(separator: ", ")
  }
}
