// Hosts, URIs and addresses (RFC 3261 §25.1, RFC 3966 §3).
extension Grammar {
  // MARK: Hosts

  mutating func host() -> String {
    switch below(6) {
    case 0, 1: ipv4()
    case 2: "[\(ipv6())]"
    default: hostName()
    }
  }

  mutating func ipv4() -> String { several(4...4, by: ".") { String($0.below(256)) } }

  mutating func ipv6() -> String {
    let group = { (grammar: inout Grammar) in grammar.run(1...4, of: Grammar.hex) }
    switch below(6) {
    case 0: return several(8...8, by: ":", group)
    case 1: return "::" + several(1...6, by: ":", group)
    case 2: return several(1...6, by: ":", group) + "::"
    case 3: return several(1...3, by: ":", group) + "::" + several(1...3, by: ":", group)
    case 4: return "::ffff:" + ipv4()
    default: return oneIn(4) ? "::" : "2001:db8::" + group(&self)
    }
  }

  private mutating func label() -> String {
    let hyphen = oneIn(4) ? pick(["-", "--"]) + run(1...3, of: Self.alphanumeric) : ""
    return run(1...6, of: Self.alphanumeric) + hyphen
  }

  /// `*( domainlabel "." ) toplabel [ "." ]`
  mutating func hostName() -> String {
    let labels = several(0...3) { $0.label() + "." }
    return labels + pick(Self.letters) + label() + (isOdd() ? "." : "")
  }

  mutating func port() -> String { String(number(1...65_535)) }
  mutating func hostPort() -> String { host() + (oneIn(2) ? ":" + port() : "") }

  // MARK: SIP URIs

  static let unreserved = alphanumeric + "-_.!~*'()".map(String.init)
  private static let userMarks = unreserved + "&=+$,;?/".map(String.init)
  private static let passwordMarks = unreserved + "&=+$,".map(String.init)
  private static let parameterMarks = unreserved + "[]/:&+$".map(String.init)
  private static let headerMarks = unreserved + "[]/?:+$".map(String.init)

  mutating func escaped() -> String { "%" + run(2...2, of: Self.hex) }

  private mutating func escapable(_ count: ClosedRange<Int>, _ alphabet: [String]) -> String {
    let isPlain = oneIn(2)
    return several(count) { grammar in
      if isPlain { return grammar.pick(Grammar.alphanumeric) }
      return grammar.oneIn(6) ? grammar.escaped() : grammar.pick(alphabet)
    }
  }

  /// - Parameter isBare: without angle brackets around it, where `,` `;` and `?` end it (§20).
  mutating func user(isBare: Bool = false) -> String {
    switch below(5) {
    case 0: return "+" + figures(5...14)
    case 1 where !isBare: return telephoneNumber()
    default:
      let alphabet = isBare ? Self.userMarks.filter { !",;?".contains($0) } : Self.userMarks
      return escapable(1...12, alphabet)
    }
  }

  private mutating func userInfo(isBare: Bool) -> String {
    let password = Self.passwordMarks.filter { !isBare || $0 != "," }
    return user(isBare: isBare) + (oneIn(8) ? ":" + escapable(0...8, password) : "") + "@"
  }

  /// Parameters and headers of a SIP URI; those of §19.1.1 once at most.
  mutating func uriParameters(isLoose: Bool? = nil) -> String {
    var all: [String] = []
    if oneIn(4) {
      all.append("\(recased("transport"))=\(pick(["udp", "tcp", "TCP", "sctp", "x"]))")
    }
    if oneIn(8) { all.append("\(recased("user"))=\(pick(["phone", "ip", "x-user"]))") }
    if oneIn(12) { all.append("\(recased("method"))=\(pick(["INVITE", "SUBSCRIBE", "X-y"]))") }
    if oneIn(12) { all.append("\(recased("ttl"))=\(below(256))") }
    if isLoose ?? oneIn(6) { all.append(recased("lr")) }
    for _ in 0..<pick([0, 0, 0, 1, 2]) {
      let name = "p" + unknownName().filter { !"`%!*'~.+".contains($0) }
      all.append(name + (oneIn(2) ? "=" + escapable(1...8, Self.parameterMarks) : ""))
    }
    all.shuffle(using: &chance)
    return all.map { ";" + $0 }.joined()
  }

  private mutating func uriHeaders() -> String {
    guard oneIn(6) else { return "" }
    return "?"
      + several(1...3, by: "&") {
        $0.escapable(1...6, Grammar.headerMarks) + "=" + $0.escapable(0...8, Grammar.headerMarks)
      }
  }

  mutating func sipURI(isBare: Bool = false) -> String {
    let scheme = recased(oneIn(8) ? "sips" : "sip")
    let place = (oneIn(5) ? "" : userInfo(isBare: isBare)) + hostPort()
    return "\(scheme):" + place + (isBare ? "" : uriParameters() + uriHeaders())
  }

  /// What may stand as a Request-URI for an element that does not speak TLS (RFC 3261 §26.2.2): no
  /// headers (§19.1.1).
  mutating func requestURI() -> String {
    if oneIn(8) { return telURI() }
    return recased("sip") + ":" + userInfo(isBare: false) + hostPort() + uriParameters()
  }

  // MARK: Other URIs

  private mutating func telephoneNumber() -> String {
    "+" + figures(1...1) + run(3...12, of: Self.digits + ["-", ".", "(", ")"])
  }

  /// RFC 3966 §3.
  mutating func telURI(isBare: Bool = false) -> String {
    let scheme = recased("tel") + ":"
    if isBare { return scheme + telephoneNumber() }
    var parameters: [String] = []
    if oneIn(3) {
      parameters.append(";ext=" + figures(1...4))
    } else if oneIn(4) {
      parameters.append(";isub=" + run(1...6, of: Self.alphanumeric))
    }
    if oneIn(3) {
      parameters.append(";p" + run(1...5, of: Self.alphanumeric) + "=" + figures(1...3))
    }
    if oneIn(3) { parameters.append(";p" + run(6...8, of: Self.alphanumeric)) }
    guard oneIn(3) else { return scheme + telephoneNumber() + parameters.joined() }
    let context = pick(["+" + figures(1...3), "example.com", "a.b-c.de"])
    let number = figures(1...4) + run(1...8, of: Self.hex + ["*", "#", "-"])
    return scheme + number + ";phone-context=" + context + parameters.joined()
  }

  /// `absoluteURI` of a scheme that is neither SIP nor tel.
  mutating func otherURI(isBare: Bool = false) -> String {
    let path = several(0...3) { "/" + $0.run(0...6, of: Grammar.unreserved) }
    let query = !isBare && oneIn(3) ? "?" + run(1...6, of: Self.unreserved) : ""
    switch below(4) {
    case 0: return "http://" + hostPort() + path + query
    case 1: return "urn:" + run(2...5, of: Self.letters) + ":" + run(1...9, of: Self.alphanumeric)
    case 2: return "mailto:" + run(1...6, of: Self.alphanumeric) + "@" + hostName()
    default: return "https://" + hostName() + path + query
    }
  }

  // MARK: Addresses

  /// `[ display-name ] LAQUOT addr-spec RAQUOT`, or an `addr-spec`.
  mutating func address() -> String {
    if oneIn(5) { return oneIn(5) ? telURI(isBare: true) : sipURI(isBare: true) }
    return nameAddress()
  }

  mutating func nameAddress(_ uri: String? = nil) -> String {
    let name =
      switch below(4) {
      case 0: quoted() + sws()
      case 1: several(1...3) { $0.token() + $0.lws() }
      default: ""
      }
    let inner = uri ?? (oneIn(8) ? telURI() : oneIn(12) ? otherURI() : sipURI())
    return name + "<" + inner + ">"
  }

  /// A place on the way of a request, as it stands in Route and Record-Route.
  mutating func router(_ place: String? = nil, isLoose: Bool = true) -> String {
    let user = oneIn(3) ? userInfo(isBare: false) : ""
    let place = place ?? hostPort()
    return nameAddress("sip:" + user + place + parametersOfRouter(isLoose)) + parameters(atMost: 1)
  }

  /// A URI that leads to a place of east's and becomes a Request-URI, though it may hold what none
  /// must: `method` and headers (RFC 3261 §19.1.1).
  mutating func target() -> String {
    var parameters: [String] = []
    if oneIn(4) { parameters.append(";\(recased("method"))=\(pick(["BYE", "INVITE", "x-y"]))") }
    if oneIn(4) { parameters.append(";user=phone") }
    for _ in 0..<below(3) { parameters.append(";p" + run(3...6, of: Self.alphanumeric)) }
    parameters.shuffle(using: &chance)
    let headers = oneIn(4) ? "?" + pick(["Subject=x", "a=b&c=", "Route=%3Csip:x%3E"]) : ""
    return "sip:" + (oneIn(4) ? "" : user() + "@") + pick(Crossing.eastern) + parameters.joined()
      + headers
  }

  /// None that would lead elsewhere, or by another transport.
  private mutating func parametersOfRouter(_ isLoose: Bool) -> String {
    let unknown = oneIn(4) ? ";p" + run(3...6, of: Self.alphanumeric) : ""
    guard isLoose else { return unknown }
    return unknown + ";" + recased("lr") + (isOdd() ? "=on" : "")
  }

  /// `sent-protocol LWS sent-by *( SEMI via-params )`
  mutating func via(_ transport: String? = nil, sentBy: String? = nil, branch: String?) -> String {
    let slash = isOdd() ? spaced("/") : "/"
    let name = transport ?? pick(["UDP", "TCP", "TLS", "SCTP", "udp", token()])
    var known: [String] = []
    if oneIn(4) { known.append(self.known("rport")) }
    if oneIn(8) { known.append(self.known("received", oneIn(3) ? ipv6() : ipv4())) }
    if oneIn(10) { known += [self.known("maddr", host()), self.known("ttl", "\(below(256))")] }
    for _ in 0..<pick([0, 0, 0, 1, 2]) { known.append(genericParameter()) }
    if let branch { known.append(self.known("branch", branch)) }
    known.shuffle(using: &chance)
    let place = sentBy ?? host() + (oneIn(2) ? spaced(":") + port() : "")
    return recased("SIP") + slash + "2.0" + slash + name + lws() + place
      + known.map { semi() + $0 }.joined()
  }
}
