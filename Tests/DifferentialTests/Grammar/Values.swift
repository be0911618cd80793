/// A header field that a random message may have: how its name is written, and how a value of it
/// comes about.
struct Field: Sendable {
  /// How many values a header field may have, and how they stand together.
  enum Shape: Sendable {
    case one
    /// `1#value`: by commas, in header fields of their own, or both (RFC 3261 §7.3.1).
    case list
    /// As a list, which may also be empty.
    case listOrNone
    /// Several header fields, and no commas (RFC 3261 §20.7, §20.27).
    case repeated
  }

  enum Place: Sendable { case requests, responses, both }

  var name: String
  var compact: String?
  var shape: Shape
  var place: Place
  var value: @Sendable (inout Grammar) -> String

  init(
    _ name: String, _ compact: String? = nil, _ shape: Shape = .one, in place: Place = .both,
    _ value: @escaping @Sendable (inout Grammar) -> String
  ) {
    self.name = name
    self.compact = compact
    self.shape = shape
    self.place = place
    self.value = value
  }
}

// The header fields of RFC 3261 §20 that a proxy passes on as they are.
extension Field {
  static let rfc3261: [Field] = negotiation + media + descriptions + times + credentials

  private static let negotiation: [Field] = [
    Field("Accept", nil, .listOrNone) { $0.mediaRange() + $0.parameters([$0.weight()]) },
    Field("Accept-Encoding", nil, .listOrNone) {
      ($0.oneIn(3) ? "*" : $0.token()) + $0.parameters([$0.weight()], atMost: 1)
    },
    Field("Accept-Language", nil, .listOrNone) {
      ($0.oneIn(4) ? "*" : $0.language()) + $0.parameters([$0.weight()], atMost: 1)
    },
    Field("Allow", nil, .listOrNone) { $0.method() },
    Field("Require", nil, .list, in: .requests) { $0.token() },
    Field("Supported", "k", .listOrNone) { $0.token() },
    Field("Unsupported", nil, .list, in: .responses) { $0.token() },
    Field("In-Reply-To", nil, .list, in: .requests) { $0.callID() },
    Field("Contact", "m", .list) {
      let expires = $0.known("expires", $0.seconds())
      return $0.address() + $0.parameters([$0.weight(), expires])
    },
    Field("Reply-To") { $0.address() + $0.parameters() },
    Field("Alert-Info", nil, .list) { "<" + $0.otherURI() + ">" + $0.parameters() },
    Field("Error-Info", nil, .list, in: .responses) {
      "<" + $0.otherURI() + ">" + $0.parameters()
    },
    Field("Call-Info", nil, .list) {
      let purpose = $0.known("purpose", $0.pick(["icon", "info", "card", "x"]))
      return "<" + $0.otherURI() + ">" + $0.parameters([purpose])
    },
  ]

  private static let media: [Field] = [
    Field("Content-Disposition") {
      let handling = $0.known("handling", $0.pick(["optional", "required", "x"]))
      return $0.pick(["render", "session", "icon", $0.token()]) + $0.parameters([handling])
    },
    Field("Content-Encoding", "e", .list) { $0.token() },
    Field("Content-Language", nil, .list) { $0.language() },
    Field("Content-Type", "c") { $0.mediaType() },
    Field("MIME-Version") { $0.figures(1...2) + "." + $0.figures(1...2) },
  ]

  private static let descriptions: [Field] = [
    Field("Organization") { $0.oneIn(8) ? "" : $0.text() },
    Field("Priority", in: .requests) { $0.pick(["emergency", "normal", $0.token()]) },
    Field("Server", in: .responses) { $0.products() },
    Field("Subject", "s", in: .requests) { $0.oneIn(8) ? "" : $0.text() },
    Field("User-Agent") { $0.products() },
    Field("Warning", nil, .list, in: .responses) {
      let agent = $0.oneIn(2) ? $0.hostPort() : $0.token()
      return "\($0.number(100...999)) \(agent) \($0.quoted())"
    },
  ]

  private static let times: [Field] = [
    Field("Date") { $0.date() },
    Field("Expires") { $0.seconds() },
    Field("Min-Expires", in: .responses) { $0.seconds() },
    Field("Retry-After", in: .responses) {
      let comment = $0.oneIn(2) ? $0.lws() + $0.comment() : ""
      return $0.seconds() + comment + $0.parameters([$0.known("duration", $0.seconds())])
    },
    Field("Timestamp") {
      let fraction = $0.oneIn(2) ? "." + $0.figures(0...4) : ""
      let delay = $0.oneIn(3) ? $0.lws() + $0.figures(1...3) + "." + $0.figures(0...3) : ""
      return $0.figures(1...6) + fraction + delay
    },
  ]

  private static let credentials: [Field] = [
    Field("Authorization", nil, .repeated, in: .requests) { $0.answerToChallenge() },
    Field("Proxy-Authorization", nil, .repeated, in: .requests) { $0.answerToChallenge() },
    Field("WWW-Authenticate", nil, .repeated, in: .responses) { $0.challenge() },
    Field("Proxy-Authenticate", nil, .repeated, in: .responses) { $0.challenge() },
    Field("Authentication-Info", in: .responses) {
      let count = "nc=" + $0.run(8...8, of: Grammar.hex)
      return "nextnonce" + $0.equal() + $0.quoted() + $0.comma() + count
    },
  ]
}

// The values of header fields, in the words of RFC 3261 §25.1.
extension Grammar {
  mutating func method() -> String {
    pick([
      "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "UPDATE", "PRACK", "MESSAGE",
      "REFER", "NOTIFY", "SUBSCRIBE", "PUBLISH", "invite", token(),
    ])
  }

  /// `word [ "@" word ]`
  mutating func callID() -> String { word() + (oneIn(2) ? "@" + word() : "") }

  mutating func weight() -> String { known("q", quality()) }

  mutating func language() -> String {
    run(1...8, of: Self.letters) + several(0...2) { "-" + $0.run(1...8, of: Grammar.letters) }
  }

  mutating func mediaRange() -> String {
    switch below(4) {
    case 0: return "*/*"
    case 1: return token() + "/*"
    default: return mediaType(atMost: 0)
    }
  }

  mutating func mediaType(atMost count: Int = 2) -> String {
    let type = pick(["application", "text", "multipart", "x-" + token()])
    let slash = isOdd() ? spaced("/") : "/"
    let parameters = several(0...count) {
      let value = $0.oneIn(3) ? $0.quoted() : $0.token()
      return $0.semi() + $0.unknownName() + $0.equal() + value
    }
    return type + slash + pick(["sdp", "plain", "mixed", "x." + token()]) + parameters
  }

  /// `server-val *(LWS server-val)`
  mutating func products() -> String {
    several(1...3, by: lws()) { grammar in
      if grammar.oneIn(3) { return grammar.comment() }
      let slash = grammar.isOdd() ? grammar.spaced("/") : "/"
      return grammar.token() + (grammar.oneIn(2) ? slash + grammar.token() : "")
    }
  }

  /// `SIP-date`
  mutating func date() -> String {
    let weekday = pick(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
    let months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(separator: " ")
    let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    let day = "\(two(number(1...28))) \(pick(months)) \(number(1970...2035))"
    return "\(weekday), \(day) \(two(below(24))):\(two(below(60))):\(two(below(60))) GMT"
  }

  mutating func answerToChallenge() -> String {
    guard oneIn(2) else { return otherCredentials() }
    let parts = [
      "username" + equal() + quoted(), "realm" + equal() + quoted(), "nonce" + equal() + quoted(),
      "uri" + equal() + "\"\(sipURI())\"",
      "response" + equal() + "\"\(run(32...32, of: "0123456789abcdef".map(String.init)))\"",
      pick(["algorithm=MD5", "qop=auth", "nc=00000001", "cnonce=\"x\"", "opaque=\"\""]),
    ]
    return recased("Digest") + lws() + parts.reduce("") { $0 + ($0 == "" ? "" : comma()) + $1 }
  }

  private mutating func otherCredentials() -> String {
    let scheme = "X-" + token()
    return scheme + lws()
      + several(1...4, by: comma()) {
        $0.unknownName() + $0.equal() + ($0.oneIn(2) ? $0.quoted() : $0.token())
      }
  }

  mutating func challenge() -> String {
    guard oneIn(2) else { return otherCredentials() }
    let parts = [
      "realm" + equal() + quoted(), "nonce" + equal() + quoted(),
      "domain" + equal() + "\"\(otherURI())\"", "stale" + equal() + pick(["true", "false", "x"]),
      "qop=\"auth,auth-int\"",
    ]
    return recased("Digest") + lws() + parts.reduce("") { $0 + ($0 == "" ? "" : comma()) + $1 }
  }
}
