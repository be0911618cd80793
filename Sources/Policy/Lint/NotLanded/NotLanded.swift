extension Rule {
  static let notLanded = Rule(
    "not-landed", "a setting that this version would not carry out", .notLanded)
}
