extension Rule {
  /// Found in a change alone: a policy by itself cannot have it.
  package static let restartOnly = Rule(
    "restart-only", "a change that a reload cannot make, because only a restart can", .restartOnly)
}
