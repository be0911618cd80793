import Basics
import Border

// The language of the tests of a policy. What stands under `headers`, `answers`, `asks`
// and `observes` is held to its form where it is bound: the first two have keys of their own, the
// others may be empty.

extension Table {
  static let suite = Table(
    "a test file",
    [
      Key("policy", .text, "the policy that it tests", without: "the one that it stands beside"),
      Key("defaults", .table(defaults), "where messages come from that do not say so themselves"),
      Key(
        "cases", .list(.table(testCase)), "the cases, each in an element of its own",
        isRequired: true),
    ])

  private static let occasion = [
    Key("from", .text, "where the message comes from: an address, and perhaps a port"),
    Key("listener", .name, "the listener that it comes to", without: "the first that fits"),
    Key(
      "transport", .word(Words(noun: "a transport", words: ["udp", "tcp"])),
      "the transport that it comes by", without: "that of the listener"),
    Key("answers", .text, "what host names come to: addresses, or none"),
    Key(
      "at", .text, "when: a date and time such as 2026-11-21T08:30:00Z", without: "a Monday noon"),
  ]

  private static let message = [
    Key("request", .text, "a request in short form: its method and Request-URI"),
    Key("file", .text, "a file with a whole message"),
    Key("headers", .text, "headers in place of the usual ones, or `~` for none"),
    Key("body", .oneOrMore(.text), "its body: a text, or a list of lines"),
    Key(
      "within", .word(Words(noun: "a side of a call", words: ["caller", "callee"])),
      "the side that sends it, within the call that was begun last"),
  ]

  static let defaults = Table("the defaults", occasion)

  static let testCase = Table(
    "a case",
    [Key("name", .text, "what it shows", isRequired: true)] + message + occasion + [
      Key("after", .list(.table(before)), "what comes before it"),
      Key("expect", .table(expectation), "what becomes of it", isRequired: true),
    ])

  static let before = Table(
    "what comes before a case",
    message + occasion + [
      Key("count", .count(1...10_000), "how often it comes, each time a new one"),
      Key("replies", .oneOrMore(.count(100...699)), "what whoever it reaches answers"),
      Key(
        "replies-from", .endpoint, "where that answer comes from",
        without: "where the request was sent to"),
      Key(
        "wait", .interval(.milliseconds(1) ... .seconds(24 * 3600)), "time that passes after it"),
    ])

  static let expectation = Table(
    "what is expected",
    [
      Key(
        "verdict", .word(words("a verdict", Explanation.Verdict.allCases.map(\.rawValue))),
        "what becomes of it in the end"),
      Key("status", .count(100...699), "what its sender is told at once"),
      Key("reason", .text, "the reason phrase of that"),
      Key("cause", .text, "the cause that the log tells"),
      Key("stage", .word(words("a stage", Expectation.stages)), "the last stage that it reached"),
      Key("peer", .name, "whom it comes from"),
      Key("by", .word(words("a guide", Expectation.guides)), "what showed it its way"),
      Key("route", .name, "the route that took it"),
      Key("to", .target, "the next hop"),
      Key("to-peer", .name, "the peer that it goes to"),
      Key("request-uri", .text, "the Request-URI with which it leaves"),
      Key("headers", .text, "headers of what leaves, or of the answer"),
      Key("observes", .text, "the rules that only observe and would have done something"),
      Key("asks", .text, "the host names that are asked for"),
    ])

  private static func words(_ noun: String, _ words: [String]) -> Words {
    Words(noun: noun, words: words)
  }
}
