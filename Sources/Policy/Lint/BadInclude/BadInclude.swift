extension Rule {
  static let badInclude = Rule(
    "bad-include", "an included file that cannot be taken in", .badInclude)
}
