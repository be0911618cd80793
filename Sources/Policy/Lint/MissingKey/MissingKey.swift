extension Rule {
  static let missingKey = Rule("missing-key", "a mapping without a key that it needs", .missingKey)
}
