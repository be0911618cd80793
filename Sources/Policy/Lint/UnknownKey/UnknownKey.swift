extension Rule {
  static let unknownKey = Rule("unknown-key", "a key that the language does not have", .unknownKey)
}
