extension Rule {
  static let deadEnd = Rule(
    "dead-end", "a target or a peer that nothing could be sent to", .deadEnd)
}
