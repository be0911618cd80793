import Admission
import Basics

// How much of what may come in.
extension Table {
  static let rateLimit = Table(
    "a rate limit",
    [
      Key("name", .name, "what the policy, the log and the metrics call it", isRequired: true),
      Key(
        "per", .word(Words(noun: "a subject", words: RateWords.subjects.map(\.0))),
        "whose messages are counted together", isRequired: true),
      Key("rate", .rate(1...10_000_000), "how many may come in the long run", isRequired: true),
      Key("burst", .count(1...10_000_000), "how many may come at once", without: "those of `rate`"),
      Key(
        "counts", .word(Words(noun: "a unit", words: RateWords.units.map(\.0))),
        "what counts: whatever comes, what begins a transaction, or what begins a call",
        without: "requests"),
      Key("from", .oneOrMore(.name), "peers whose messages count", without: "all"),
      Key("method", .oneOrMore(.method), "methods that count", without: "all"),
      Key("user-prefix", .oneOrMore(.userPrefix), "beginnings of called users that count"),
      Key("ipv4-bits", .count(8...32), "the network of a source of IPv4", without: "32"),
      Key("ipv6-bits", .count(16...128), "the network of a source of IPv6", without: "64"),
      Key(
        "action", .word(Words(noun: "an action", words: ["refuse", "drop"])),
        "what becomes of what comes too soon", without: "refuse, and drop for messages"),
      Key(
        "status", .word(Words(noun: "a status", words: ["403", "480", "486", "503"])),
        "what it is refused with", without: "503 per peer and element, else 403"),
      Key("mode", .mode, "whether it stops anything, or only counts and tells", without: "enforce"),
    ])
}

/// The words for what rate limits count.
enum RateWords {
  static let subjects: [(String, Rules.RateLimit.Subject)] = [
    ("source", .source), ("claim", .claim), ("peer", .peer), ("called-prefix", .calledPrefix),
    ("element", .element),
  ]

  static let units: [(String, Rules.RateLimit.Unit)] = [
    ("messages", .messages), ("requests", .requests), ("calls", .calls),
  ]
}

/// How many of something in how long, as a policy writes it: `200/s`.
struct Rate: Hashable {
  var count: Int
  var time: Interval
}
