import Basics

extension Rule {
  static let shortTimerC = Rule(
    "short-timer-c", "Timer C of at most three minutes (RFC 3261 §16.6)", .shortTimerC, .warning
  ) { study, remarks in
    for node in study.settings("timer-c") {
      let all = Interval(nanoseconds: 0)...Interval(nanoseconds: .max)
      guard let text = node.scalar, let interval = try? Units.interval(text, in: all),
        interval <= .seconds(180)
      else { continue }
      remarks.add(
        node.place,
        "a callee may ring for \(text) only, and then the call is cancelled; RFC 3261 asks for more"
          + " than 3m")
    }
  }
}
