extension Rule {
  static let unreadable = Rule("unreadable", "a file that is not the text of a policy", .unreadable)
}
