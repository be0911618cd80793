extension Rule {
  /// All rules: those that loading holds a policy to, and those that look at one that was loaded.
  package static let all: [Rule] = loading + looking

  /// Each of their findings is an error, but for `idle-include`.
  private static let loading = [
    unreadable, badInclude, idleInclude, unknownKey, duplicateKey, missingKey, wrongValue,
    notLanded, undefinedName, duplicateName, sharedAddress, deadEnd, tooMany,
    restartOnly,
  ]

  private static let looking = [
    shadowedRoute, deadRoute, routeLoop, ownTarget, muteTarget, methodsWithoutBye,
    registerWithoutRegistrar,
    unusedPeer, unreachableListener, overlappingSources, openRelay, strangersAnswered, observeMode,
    lostRoutesMended, noLimit, idleLimit, limitAboveElement,
    idleSessionLimit, sessionLimitAboveElement,
    failoverAfterRefusal, shortTimerC, followedRedirects, namesWithoutDnssec, personalDataInLog,
  ]

  /// The rule of that name.
  package static func named(_ name: String) -> Rule? { all.first { $0.name == name } }

  /// "; did you mean `this`?" for a name that no rule has, or nothing.
  package static func question(_ name: String) -> String {
    Spelling.question(name, of: all.map(\.name))
  }
}
