extension Rule {
  static let idleInclude = Rule(
    "idle-include", "an included file that adds nothing to the policy", .idleInclude, .warning)
}
