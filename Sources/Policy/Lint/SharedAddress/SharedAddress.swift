extension Rule {
  static let sharedAddress = Rule(
    "shared-address", "an address or name that has two owners", .sharedAddress)
}
