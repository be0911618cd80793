extension Rule {
  static let undefinedName = Rule(
    "undefined-name", "the name of something that is not there", .undefinedName)
}
