import Basics
import SIP

// The language: every key that a policy may have, and what its value is. A key that is not here is
// an error, and so is one whose stage has not landed.

extension Table {
  static let policy = Table(
    "a policy",
    [
      Key("version", .count(1...1), isRequired: true),
      Key("element", .table(element)),
      Key("listeners", .list(.table(listener)), isRequired: true),
      Key("peers", .list(.table(peer))),
      Key("admission", .table(admission)),
      Key("authentication", .table(authentication)),
      Key("identity", .table(identity)),
      Key("routing", .table(routing)),
      Key("topology", .table(topology)),
      Key("media", .table(media)),
      Key("routes", .list(.table(route))),
      Key("include", .oneOrMore(.text)),
    ])

  // MARK: The element

  static let element = Table(
    "the element",
    [
      Key("name", .name),
      Key("workers", .count(1...Limits.workers)),
      Key("batching", .interval(.milliseconds(0) ... .milliseconds(100))),
      Key("drain", .interval(.seconds(0) ... .seconds(24 * 3600))),
      Key("log", .table(log)),
      Key("limits", .table(limits)),
      Key("names", .list(.hostName)),
      Key("control", .path(longest: Limits.socketPath)),
    ] + Key.later("admin", "metrics"))

  static let log = Table(
    "the log",
    [
      Key("level", .word(Words(noun: "a level", words: Settings.Level.allCases.map(\.word)))),
      Key("personal", .word(Words(noun: "a way", words: ["redacted", "clear"]))),
    ])

  static let limits = Table(
    "the limits",
    [
      Key("calls", .count(1...10_000_000)),
      Key("transactions", .count(1...50_000_000)),
      Key("kept-messages", .size(1 << 20...1 << 38)),
      Key("call-duration", .interval(.seconds(1) ... .seconds(366 * 24 * 3600))),
      Key("setup-duration", .interval(.seconds(1) ... .seconds(24 * 3600))),
      Key("tcp-connections", .count(1...1_000_000)),
      Key("tcp-connections-per-source", .count(1...1_000_000)),
      Key("tcp-waiting", .size(4096...1 << 30)),
      Key("tcp-idle", .interval(.seconds(1) ... .seconds(24 * 3600))),
      Key("tcp-unfinished", .interval(.milliseconds(100) ... .seconds(3600))),
    ])

  static let listener = Table(
    "a listener",
    [
      Key("name", .name, isRequired: true),
      Key(
        "transport",
        .word(Words(noun: "a transport", words: ["udp", "tcp"], later: ["tls", "ws", "wss"])),
        isRequired: true),
      Key("address", .endpoint, isRequired: true),
      Key("advertise", .hostPort),
    ] + Key.later("tls"))

  // MARK: Peers

  static let peer = Table(
    "a peer",
    [
      Key("name", .name, isRequired: true),
      Key("sources", .list(.prefix)),
      Key("listeners", .list(.name)),
      Key("targets", .list(.target)),
      Key("names", .list(.hostName)),
      Key("methods", .list(method)),
      Key("authentication", means),
      Key("timeout", timeout),
    ]
      + Key.later(
        "certificate", "rate", "sessions", "media-prefixes", "identity", "topology", "media"))

  /// How a peer can be recognised.
  private static let means = Shape.word(
    Words(noun: "a way to recognise a peer", words: ["source"], later: ["digest", "certificate"]))

  private static let method = Shape.word(
    Words(
      noun: "a method",
      words: Method.allCases.map { $0 == .other ? "other" : "\($0.text)" }))

  private static let timeout = Shape.interval(.milliseconds(100) ... .seconds(3600))

  // MARK: Stages

  static let admission = Table(
    "admission",
    [Key("methods", .list(method))]
      + Key.later("mode", "rate", "sessions", "amplification", "trust", "overload"))

  static let authentication = Table(
    "authentication", [Key("default", means)] + Key.later("mode", "digest", "certificates"))

  static let identity = Table(
    "identity",
    [Key("verification", nothingYet("required", "wanted")), Key("signing", nothingYet("on"))]
      + Key.later("mode"))

  static let topology = Table(
    "topology", [Key("hiding", nothingYet("on", "full"))] + Key.later("mode", "privacy"))

  static let media = Table(
    "media", [Key("relay", nothingYet("on", "always"))] + Key.later("mode", "srtp", "latch"))

  /// A setting of a stage that does nothing yet: the policy may say so, and nothing else.
  private static func nothingYet(_ later: String...) -> Shape {
    .word(Words(noun: "a setting", words: ["none"], later: later))
  }

  private static let routingSettings = [
    Key(
      "redirects", .word(Words(noun: "a way with 3xx", words: ["refuse", "pass", "recurse"]))),
    Key("failover", .list(.count(400...599))),
    Key("timeout", timeout),
  ]

  static let routing = Table(
    "routing",
    routingSettings + [
      Key("timer-c", .interval(.seconds(1) ... .seconds(24 * 3600))),
      Key("resolve", .word(Words(noun: "a rule", words: ["never", "always"]))),
      Key("no-route", .word(Words(noun: "an answer", words: ["not-found", "forbidden"]))),
      Key("lost-routes", .word(Words(noun: "a rule", words: ["refuse", "mend"]))),
    ] + Key.later("mode"))

  static let route = Table(
    "a route",
    [
      Key("name", .name, isRequired: true),
      Key("from", .oneOrMore(.name)),
      Key("method", .oneOrMore(method)),
      Key("scheme", .oneOrMore(.word(Words(noun: "a scheme", words: ["sip", "sips", "tel"])))),
      Key("domain", .oneOrMore(.host)),
      Key("user-prefix", .oneOrMore(.userPrefix)),
      Key("to", .oneOrMore(.name), isRequired: true),
    ] + routingSettings + Key.later("mode", "user-pattern", "header", "time"))
}
