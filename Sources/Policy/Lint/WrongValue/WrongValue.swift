extension Rule {
  static let wrongValue = Rule("wrong-value", "a value of another kind, unit or range", .wrongValue)
}
