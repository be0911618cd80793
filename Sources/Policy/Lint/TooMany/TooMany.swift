extension Rule {
  static let tooMany = Rule("too-many", "more of something than there can be", .tooMany)
}
