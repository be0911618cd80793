import Admission

// Who is let in at all: what the ingress filter of Admission goes by.
extension Section {
  static let ingress = [
    Key(
      "responses-from",
      .word(Words(noun: "a place of answers", words: IngressWords.responses.map(\.0))),
      "where responses over UDP may come from: the `exact` address and port that the request was"
        + " sent to, that `address`, or any source or target of that `peer`",
      without: "exact", by: [.peer])
  ]
}

/// The words of the ingress filter.
enum IngressWords {
  static let responses: [(String, ResponseSource)] = [
    ("exact", .exact), ("address", .address), ("peer", .peer),
  ]
}
