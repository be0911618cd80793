import Basics

// The language of the tests of a policy. What stands under `headers` and `answers` has keys of its
// own and is held to its form where it is bound.

extension Table {
  static let suite = Table(
    "a test file",
    [
      Key("policy", .text),
      Key("defaults", .table(defaults)),
      Key("cases", .list(.table(testCase)), isRequired: true),
    ])

  private static let occasion = [
    Key("from", .text),
    Key("listener", .name),
    Key("transport", .word(Words(noun: "a transport", words: ["udp", "tcp"]))),
    Key("answers", .text),
  ]

  private static let message = [
    Key("request", .text),
    Key("file", .text),
    Key("headers", .text),
    Key("body", .oneOrMore(.text)),
    Key("within", .word(Words(noun: "a side of a call", words: ["caller", "callee"]))),
  ]

  static let defaults = Table("the defaults", occasion)

  static let testCase = Table(
    "a case",
    [Key("name", .text, isRequired: true)] + message + occasion + [
      Key("after", .list(.table(before))),
      Key("expect", .table(expectation), isRequired: true),
    ])

  static let before = Table(
    "what comes before a case",
    message + occasion + [
      Key("count", .count(1...10_000)),
      Key("replies", .oneOrMore(.count(100...699))),
      Key("wait", .interval(.milliseconds(1) ... .seconds(24 * 3600))),
    ])

  static let expectation = Table(
    "what is expected",
    [
      Key("verdict", .word(words("a verdict", Explanation.Verdict.allCases.map(\.rawValue)))),
      Key("status", .count(100...699)),
      Key("reason", .text),
      Key("cause", .text),
      Key("stage", .word(words("a stage", Expectation.stages))),
      Key("peer", .name),
      Key("by", .word(words("a guide", Expectation.guides))),
      Key("route", .name),
      Key("to", .target),
      Key("to-peer", .name),
      Key("request-uri", .text),
      Key("headers", .text),
      Key("asks", .oneOrMore(.text)),
    ])

  private static func words(_ noun: String, _ words: [String]) -> Words {
    Words(noun: noun, words: words)
  }
}
