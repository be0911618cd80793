import Admission
import Basics

// How many calls may go on at once, and how long.
extension Table {
  /// The keys of the section that are of sessions.
  static let sessionKeys = [
    Key(
      "sessions", .count(1...10_000_000),
      "calls of a peer that may go on at once, beyond which it gets 503", without: "any number",
      by: [.peer]),
    Key(
      "session-limits", .list(.table(sessionLimit)),
      "how many calls may go on at once, and how many of them half open", without: "none"),
    Key(
      "max-duration", .interval(.seconds(1) ... .seconds(366 * 24 * 3600)),
      "how long a call from or to a peer may last",
      without: "as `element.limits.call-duration` says", by: [.peer]),
  ]

  static let sessionLimit = Table(
    "a session limit",
    [
      Key("name", .name, "what the policy, the log and the metrics call it", isRequired: true),
      Key(
        "per", .word(Words(noun: "a subject", words: SessionWords.subjects.map(\.0))),
        "whose calls are counted together", isRequired: true),
      Key("calls", .count(1...10_000_000), "calls that may go on at once"),
      Key(
        "half-open", .count(1...10_000_000),
        "calls that may be without a final response to their INVITE at once"),
      Key("from", .oneOrMore(.name), "peers whose calls are limited", without: "all"),
      Key("to", .oneOrMore(.name), "called peers, of egress and target", without: "all"),
      Key("user-prefix", .oneOrMore(.userPrefix), "beginnings of called users, of called-prefix"),
      Key("ipv4-bits", .count(8...32), "the network of a source of IPv4", without: "32"),
      Key("ipv6-bits", .count(16...128), "the network of a source of IPv6", without: "64"),
      Key(
        "status", .word(Words(noun: "a status", words: ["403", "480", "486", "503"])),
        "what a call gets that finds no room",
        without: "403 per source, 480 per called-prefix, else 503"),
      Key(
        "mode", .mode, "whether it refuses anything, or only counts and tells", without: "enforce"),
    ], demand: .some(["calls", "half-open"]))
}

/// The words for what session limits count.
enum SessionWords {
  static let subjects: [(String, Rules.SessionLimit.Subject)] = [
    ("element", .element), ("peer", .peer), ("source", .source),
    ("called-prefix", .calledPrefix), ("egress", .egress), ("target", .target),
  ]
}
