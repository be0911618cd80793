extension Rule {
  static let duplicateName = Rule("duplicate-name", "a name that was given twice", .duplicateName)
}
