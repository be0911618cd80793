import Admission
import Basics
import SIP

// The language: every key that a policy may have, and what its value is. A key that is not here is
// an error, and so is one whose stage has not landed.

extension Table {
  static let policy = Table(
    "a policy",
    [
      Key("version", .count(1...1), "the version of the policy language", isRequired: true),
      Key("element", .table(element), "the element as a whole: its name, threads, log and limits"),
      Key("listeners", .list(.table(listener)), "where messages come in", isRequired: true),
      Key("peers", .list(.table(peer)), "who may send requests, and who is sent any"),
    ] + Section.all.map { Key($0.name, .table($0.table), $0.summary) } + [
      Key("routes", .list(.table(route)), "where requests go: the first whose conditions all hold"),
      Key("include", .oneOrMore(.text), "files that are parts of this policy, as seen from here"),
    ])

  // MARK: The element

  static let element = Table(
    "the element",
    [
      Key("name", .name, "what it is called in its log", without: "sallyport"),
      Key(
        "workers", .count(1...Limits.workers), "threads that serve", without: "one for each core"),
      Key(
        "batching", .interval(.milliseconds(0) ... .milliseconds(100)),
        "the longest wait for more work under load", without: "1ms"),
      Key(
        "drain", .interval(.seconds(0) ... .seconds(24 * 3600)),
        "how long calls may go on after it was told to end", without: "30s"),
      Key("log", .table(log), "what is written to the log"),
      Key("limits", .table(limits), "what it may hold, shared out evenly among its workers"),
      Key(
        "names", .list(.hostName), "host names that are its own, besides its listeners' addresses"),
      Key(
        "control", .path(longest: Limits.socketPath),
        "the Unix socket that `sallyport ctl` speaks to; only its owner may open it"),
      Key(
        "admin", .loopback, "where this machine reads metrics and health over HTTP: loopback only"),
    ])

  static let log = Table(
    "the log",
    [
      Key(
        "level", .word(Words(noun: "a level", words: Settings.Level.allCases.map(\.word))),
        "the least level that is written", without: "info"),
      Key(
        "personal", .word(Words(noun: "a way", words: ["redacted", "clear"])),
        "whether addresses and numbers stand there as they are", without: "redacted"),
    ])

  static let limits = Table(
    "the limits",
    [
      Key("calls", .count(1...10_000_000), "calls at one time"),
      Key("transactions", .count(1...50_000_000), "transactions at one time"),
      Key("kept-messages", .size(1 << 20...1 << 38), "octets of messages that are kept"),
      Key(
        "call-duration", .interval(.seconds(1) ... .seconds(366 * 24 * 3600)),
        "how long a call may last"),
      Key(
        "setup-duration", .interval(.seconds(1) ... .seconds(24 * 3600)),
        "how long the INVITE of a call may wait for its final response"),
      Key(
        "source-table", .size(4096...Admission.Limits.largestSourceTable),
        "octets for the rates of sources that have no name", without: "4MiB"),
      Key("tcp-connections", .count(1...1_000_000), "connections at one time"),
      Key(
        "tcp-connections-per-source", .count(1...1_000_000),
        "connections of one address, or of one /64 of IPv6"),
      Key("tcp-waiting", .size(4096...1 << 30), "octets that may wait to be written on one"),
      Key(
        "tcp-idle", .interval(.seconds(1) ... .seconds(24 * 3600)), "how long one may be silent"),
      Key(
        "tcp-unfinished", .interval(.milliseconds(100) ... .seconds(3600)),
        "how long a message may take to arrive"),
    ])

  static let listener = Table(
    "a listener",
    [
      Key("name", .name, "what the policy calls it", isRequired: true),
      Key(
        "transport",
        .word(Words(noun: "a transport", words: ["udp", "tcp"], later: ["tls", "ws", "wss"])),
        "how messages are carried", isRequired: true),
      Key("address", .endpoint, "the address and port that it is bound to", isRequired: true),
      Key("advertise", .hostPort, "what stands in Via and Record-Route", without: "its address"),
    ] + Key.later("tls"))

  // MARK: Peers

  static let peer = Table(
    "a peer",
    [
      Key("name", .name, "what the policy calls it", isRequired: true),
      Key("sources", .list(.prefix), "where its requests come from; the longest prefix wins"),
      Key("listeners", .list(.name), "those that it may use, and is reached from", without: "all"),
      Key("targets", .list(.target), "where requests for it go, in their order"),
      Key("names", .list(.hostName), "host names in its Contact, Record-Route and Via"),
    ] + Section.all.flatMap { $0.keys(of: .peer) }
      + Key.later(
        "certificate", "media-prefixes", "identity", "topology", "media"))
}

// MARK: Stages

extension Section {
  /// In the order in which a message meets them.
  static let all = [admission, authentication, identity, routing, topology, media]

  static let admission = Section(
    name: "admission", summary: "what may cost us anything",
    table: Table(
      "admission",
      [
        Key(
          "methods", .list(.method),
          "what a peer may send; INVITE brings ACK and CANCEL; `other` is what has no name here",
          without: "all but REGISTER", by: [.peer]),
        Key(
          "mode", .mode, "whether its refusals are carried out, or only counted and told",
          without: "enforce", by: [.peer]),
        Key(
          "rate", .rate(1...10_000_000), "calls that a peer may begin, beyond which it gets 503",
          without: "any number", by: [.peer]),
        Key(
          "decision-id", .word(Words(noun: "a choice", words: ["on", "off"])),
          "whether our refusals name the decision, in a Warning, as the log does",
          without: "off", by: [.peer]),
        Key(
          "rate-limits", .list(.table(Table.rateLimit)), "how much of what may come in",
          without: "none"),
      ] + Table.sessionKeys + ingress + Key.later("trust", "overload")))

  static let authentication = Section(
    name: "authentication", summary: "who is asking",
    table: Table(
      "authentication",
      [
        Key(
          "default", .means, "how a peer is recognised: `source`, by its address alone",
          without: "source", by: [.peer(as: "authentication")])
      ] + Key.later("mode", "digest", "certificates")))

  static let identity = Section(
    name: "identity", summary: "who may claim which identity",
    table: Table(
      "identity",
      [
        Key(
          "verification", .nothingYet("required", "wanted"), "how signatures are verified",
          without: "none"),
        Key("signing", .nothingYet("on"), "whether requests are signed", without: "none"),
      ] + Key.later("mode")))

  static let routing = Section(
    name: "routing", summary: "where requests go",
    table: Table(
      "routing",
      [
        Key(
          "redirects",
          .word(Words(noun: "a way with 3xx", words: ["refuse", "pass", "recurse"])),
          "what a 3xx means; `recurse` tries its contacts at configured peers", without: "pass",
          by: [.route]),
        Key(
          "failover", .list(.count(400...599)),
          "final statuses after which the next target is tried, besides timeouts and broken ways",
          without: "[503]", by: [.route]),
        Key(
          "timeout", .interval(.milliseconds(100) ... .seconds(3600)),
          "how long a target has for its first response", without: "32s", by: [.peer, .route]),
        Key(
          "timer-c", .interval(.seconds(1) ... .seconds(24 * 3600)),
          "how long a callee may ring (RFC 3261 §16.6 step 11)", without: "190s"),
        Key(
          "resolve", .word(Words(noun: "a rule", words: ["never", "always"])),
          "whether host names that no peer has are asked of the DNS", without: "never"),
        Key(
          "no-route", .word(Words(noun: "an answer", words: ["not-found", "forbidden"])),
          "the answer where no route matches: 404 or 403", without: "not-found"),
        Key(
          "lost-routes", .word(Words(noun: "a rule", words: ["refuse", "mend"])),
          "requests within a call whose sender lost the route set", without: "refuse"),
      ]))

  static let topology = Section(
    name: "topology", summary: "what the other side may see",
    table: Table(
      "topology",
      [Key("hiding", .nothingYet("on", "full"), "whether topology is hidden", without: "none")]
        + Key.later("mode", "privacy")))

  static let media = Section(
    name: "media", summary: "who may send packets where",
    table: Table(
      "media",
      [Key("relay", .nothingYet("on", "always"), "whether media is relayed", without: "none")]
        + Key.later("mode", "srtp", "latch")))
}

extension Shape {
  static let method = Shape.word(
    Words(
      noun: "a method",
      words: Method.allCases.map { $0 == .other ? "other" : "\($0.text)" }))

  static let mode = Shape.word(Words(noun: "a mode", words: ["enforce", "observe"]))

  /// How a peer can be recognised.
  fileprivate static let means = Shape.word(
    Words(noun: "a way to recognise a peer", words: ["source"], later: ["digest", "certificate"]))

  /// A setting of a stage that does nothing yet: the policy may say so, and nothing else.
  fileprivate static func nothingYet(_ later: String...) -> Shape {
    .word(Words(noun: "a setting", words: ["none"], later: later))
  }
}

// MARK: Routes

extension Table {
  static let route = Table(
    "a route",
    [
      Key("name", .name, "what the policy calls it", isRequired: true),
      Key("from", .oneOrMore(.name), "peers that it is for", without: "all"),
      Key("method", .oneOrMore(.method), "methods that it is for", without: "all"),
      Key(
        "scheme", .oneOrMore(.word(Words(noun: "a scheme", words: ["sip", "sips", "tel"]))),
        "schemes of the Request-URI", without: "all"),
    ] + party("the Request-URI") + [
      Key("caller", .table(caller), "what the URI in From must be like"),
      Key("callee", .table(callee), "what the URI in To must be like"),
      Key("header", .oneOrMore(.table(header)), "headers of the request; all of them must hold"),
      Key("time", .oneOrMore(.table(time)), "when it is open; one of them must hold"),
      Key("to", .oneOrMore(.name), "peers whose targets are tried in this order"),
      Key("table", .text, "a CSV file of user prefixes and where they go; the longest one decides"),
      Key(
        "mode", .mode, "whether it is taken, or it is only counted and told that it would be",
        without: "enforce"),
    ] + Section.routing.keys(of: .route), demand: .one(["to", "table"]))

  /// The conditions of one URI.
  private static func party(_ uri: String) -> [Key] {
    [
      Key("domain", .oneOrMore(.host), "the host of \(uri)"),
      Key("user-prefix", .oneOrMore(.userPrefix), "the beginning of the user of \(uri)"),
      Key("user-pattern", .oneOrMore(.userPattern), "a pattern of the whole user of \(uri)"),
    ]
  }

  private static let parties = ["domain", "user-prefix", "user-pattern"]

  static let caller = Table("a caller", party("From"), demand: .some(parties))
  static let callee = Table("a callee", party("To"), demand: .some(parties))

  static let header = Table(
    "a header condition",
    [
      Key("name", .headerName, "its name, full or compact, in any case", isRequired: true),
      Key(
        "is", .word(Words(noun: "a state", words: ["present", "absent"])),
        "whether there is such a header at all"),
      Key("equals", .oneOrMore(.headerText), "texts, one of which is the value"),
      Key("contains", .oneOrMore(.headerText), "texts, one of which stands in the value"),
      Key(
        "value", .word(Words(noun: "a choice of values", words: ["any", "first"])),
        "which values `equals` and `contains` look at", without: "any"),
    ], demand: .one(["is", "equals", "contains"]))

  static let time = Table(
    "a time",
    [
      Key("days", .oneOrMore(.weekdays), "days of the week, such as `mon-fri`", without: "all"),
      Key("between", .between, "the time of day, such as `08:00-18:00`", without: "00:00-24:00"),
      Key("zone", .zone, "the clock's distance from UTC, such as `+01:00`", without: "UTC"),
    ], demand: .some(["days", "between"]))
}
