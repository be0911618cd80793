import Admission

// Who is let in at all: what the ingress filter of Admission goes by.
extension Section {
  static let ingress = [
    Key(
      "responses-from",
      .word(Words(noun: "a place of answers", words: IngressWords.responses.map(\.0))),
      "where responses over UDP may come from: the `exact` address and port that the request was"
        + " sent to, that `address`, or any source or target of that `peer`",
      without: "exact", by: [.peer]),
    Key(
      "reverse-path", .word(Words(noun: "a rule", words: ["strict", "off"])),
      "whether a datagram must come in by the interface that the kernel's route back to its source"
        + " leaves by",
      without: "off"),
    Key(
      "unknown", .word(Words(noun: "an answer", words: IngressWords.unknown.map(\.0))),
      "what a source gets that no peer has: nothing, or now and then a 403 over UDP",
      without: "silence"),
    Key(
      "amplification", .count(1...10),
      "how many times as large as a request what such a source gets for it may be",
      without: "\(Admission.Limits.amplification)"),
  ]
}

/// The words of the ingress filter.
enum IngressWords {
  static let responses: [(String, ResponseSource)] = [
    ("exact", .exact), ("address", .address), ("peer", .peer),
  ]

  static let unknown: [(String, Admission.Rules.Unknown)] = [
    ("silence", .silence), ("refuse", .refuse),
  ]
}
