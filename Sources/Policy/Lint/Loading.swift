// The rules that loading a policy holds it to: each of their findings is an error.
extension Rule {
  static let loading = [
    unreadable, badInclude, unknownKey, duplicateKey, missingKey, wrongValue, notLanded,
    undefinedName, duplicateName, sharedAddress, deadEnd, tooMany,
  ]

  static let unreadable = Rule("unreadable", "a file that is not the text of a policy")
  static let notLanded = Rule("not-landed", "a setting that this version would not carry out")
  static let unknownKey = Rule("unknown-key", "a key that the language does not have")
  static let duplicateKey = Rule("duplicate-key", "a key that stands twice in one mapping")
  static let missingKey = Rule("missing-key", "a mapping without a key that it needs")
  static let wrongValue = Rule("wrong-value", "a value of another kind, unit or range")
  static let undefinedName = Rule("undefined-name", "the name of something that is not there")
  static let duplicateName = Rule("duplicate-name", "a name that was given twice")
  static let sharedAddress = Rule("shared-address", "an address or name that has two owners")
  static let deadEnd = Rule("dead-end", "a target or a peer that nothing could be sent to")
  static let tooMany = Rule("too-many", "more of something than there can be")
  /// Found by a reload alone: a policy by itself cannot break it.
  package static let restartOnly = Rule(
    "restart-only", "a change that a reload cannot make, because only a restart can")
  static let badInclude = Rule("bad-include", "an included file that cannot be taken in")
}
