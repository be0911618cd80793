extension Rule {
  static let duplicateKey = Rule("duplicate-key", "a key that stands twice", .duplicateKey)
}
