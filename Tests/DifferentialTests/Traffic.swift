import Basics
import Rehearsal
import SIP

/// Requests and responses of random shape, sent across a border element.
struct Traffic: ~Copyable {
  var grammar: Grammar
  var crossing: Crossing
  private var serial = 0
  var pairs: [Pair] = []
  /// What was not forwarded, though it should have been.
  private var faults: [String] = []

  static let methods = [
    "INVITE", "INVITE", "INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "NOTIFY", "PUBLISH", "REFER",
    "REGISTER", "INFO", "UPDATE", "PRACK", "BYE",
  ]

  init(seed: UInt64) {
    grammar = Grammar(seed: seed)
    crossing = Crossing(seed: seed)
  }

  /// All that came of a seed, and what did not come of it.
  static func pairs(seed: UInt64, atLeast count: Int) -> ([Pair], faults: [String]) {
    var traffic = Traffic(seed: seed)
    traffic.run(until: count)
    return (traffic.pairs, traffic.faults)
  }

  /// Goes on until there are so many pairs, or until much was not forwarded.
  private mutating func run(until count: Int) {
    while pairs.count < count, faults.count < 10 {
      grammar.begin()
      exchange()
      if serial % 16 == 0 { crossing.rest() }
    }
  }

  // MARK: Out of a dialog

  private mutating func exchange() {
    let transport: Transport = grammar.oneIn(3) ? .tcp : .udp
    let flow = Crossing.flow(grammar.pick(Crossing.west), over: transport)
    var facts = Pair.Facts(source: flow.remote)
    facts.isOwnMaddr = grammar.oneIn(10)
    var request = Request(
      method: grammar.oneIn(6) ? grammar.token(3...9) : grammar.pick(Self.methods),
      uri: facts.isOwnMaddr ? ownMaddr(transport) : destination(), vias: vias(flow),
      routes: routes(&facts),
      recordRoutes: grammar.oneIn(3) ? [grammar.router(), grammar.router()] : [],
      from: party(tag: !grammar.oneIn(12)), to: party(tag: false), callID: uniqueCallID(),
      number: grammar.below(0x7fff_ffff), isFramed: transport.isReliable)
    grammar.write(&request)
    guard let out = forward(request, from: flow, &facts) else { return }
    guard let party = settled(Party(request: request, facts: facts, out: out, flow: flow)) else {
      return
    }
    if request.method == "INVITE" { return conclude(party) }
    respond(to: party, finalStatus(party), tag: grammar.token())
  }

  private mutating func destination() -> String {
    guard grammar.oneIn(3) else { return grammar.requestURI() }
    let domain = grammar.pick(Crossing.domains + [Crossing.failover, Crossing.follow])
    return "sip:" + grammar.user() + "@" + domain + grammar.uriParameters()
  }

  /// A URI whose `maddr` is the element's own, by the transport that it comes over.
  private mutating func ownMaddr(_ transport: Transport) -> String {
    var parameters = [
      ";\(grammar.recased("maddr"))=\(grammar.pick(["10.0.0.1", "border.example"]))"
    ]
    if transport == .tcp { parameters.append(";\(grammar.recased("transport"))=tcp") }
    if grammar.oneIn(2) { parameters.append(";p" + grammar.run(1...4, of: Grammar.letters)) }
    if grammar.oneIn(2) { parameters.append(";user=phone") }
    parameters.shuffle(using: &grammar.chance)
    let port = grammar.oneIn(3) ? ":5060" : ""
    return "sip:\(grammar.user())@\(grammar.host())\(port)" + parameters.joined()
  }

  private mutating func uniqueCallID() -> String {
    serial += 1
    return grammar.word() + "\(serial)" + (grammar.oneIn(2) ? "@" + grammar.word() : "")
  }

  private mutating func party(tag: Bool) -> String {
    let known = tag ? [grammar.known("tag", grammar.token())] : []
    let parameters = grammar.parameters()
    return grammar.address() + parameters + known.map { grammar.semi() + $0 }.joined()
  }

  /// The top one, which names the sender in one way or another, and those below it.
  mutating func vias(_ flow: Flow) -> [String] {
    serial += 1
    let cookie = grammar.recased("z9hG4bK")
    let branch = grammar.oneIn(12) ? nil : "\(cookie)\(serial)\(grammar.token())"
    let own = grammar.oneIn(2) ? text(flow.remote) : nil
    let name = flow.transport.isReliable ? "TCP" : "UDP"
    var all = [grammar.via(grammar.recased(name), sentBy: own, branch: branch)]
    for _ in 0..<grammar.pick([0, 0, 1, 2, 4, 30]) {
      all.append(grammar.via(branch: grammar.oneIn(8) ? nil : "z9hG4bK" + grammar.token()))
    }
    return all
  }

  /// Values of our own, then perhaps one that leads to east, and behind it any.
  private mutating func routes(_ facts: inout Pair.Facts) -> [String] {
    facts.ownRoutes = grammar.pick([0, 0, 1, 1, 2, 3])
    var all: [String] = []
    for _ in 0..<facts.ownRoutes { all.append(grammar.router(grammar.pick(Crossing.own))) }
    guard grammar.oneIn(3) else { return all }
    facts.isStrict = grammar.oneIn(3)
    all.append(next(isStrict: facts.isStrict))
    for _ in 0..<grammar.below(3) { all.append(grammar.router()) }
    return all
  }

  /// A Route value that leads to east.
  mutating func next(isStrict: Bool) -> String {
    if isStrict { return grammar.nameAddress(grammar.target()) + grammar.parameters(atMost: 1) }
    return grammar.router(grammar.pick(Crossing.eastern))
  }

  /// Sends a request into the element and finds what leaves it for the other side.
  mutating func forward(
    _ request: Request, from flow: Flow, _ facts: inout Pair.Facts
  ) -> Crossing.Sent? {
    let sent = crossing.receive(request.octets, from: flow)
    guard let out = sent.last, !out.isResponse else {
      blame("a request was not forwarded", request.octets)
      return nil
    }
    count(&facts, request, from: flow, to: out.flow)
    pairs.append(Pair(way: .request(facts), received: request.octets, sent: out.octets))
    if sent.count > 1 {
      pairs.append(Pair(way: .answer(facts), received: request.octets, sent: sent[0].octets))
    }
    return out
  }

  func count(_ facts: inout Pair.Facts, _ request: Request, from flow: Flow, to other: Flow) {
    let makesDialog = ["INVITE", "SUBSCRIBE", "REFER", "NOTIFY"].contains(request.method)
    guard makesDialog, !request.isWithin else { return }
    facts.recordRoutes = flow.listener == other.listener ? 1 : 2
  }

  mutating func blame(_ fault: String, _ octets: [UInt8]) {
    let text = String(decoding: octets.prefix(4000), as: UTF8.self)
    faults.append("\(fault): \(crossing.verdict)\n\(text)")
  }
}
