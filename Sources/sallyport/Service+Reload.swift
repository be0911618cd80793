import Basics
import Border
import Foundation
import Platform
import Policy
import Routing

// MARK: - Another version of the policy

extension Service {
  /// How long it waits until all workers have taken up a version. Each does so between two
  /// messages.
  private static let adoptionTime = Interval.seconds(5)
  /// Findings of one reload that have a line each.
  private static let findingsTold = 100
  /// Octets of a path, and of a message, in a line.
  private static let longestPath = 200
  private static let longestMessage = 600

  /// SIGHUP: what comes of it stands in the log.
  mutating func reload() { _ = reload(for: nil) }

  /// Begins a reload, or has one follow the one that goes on.
  /// - Returns: `nil` when whoever asked is answered later.
  mutating func reload(for asker: Orders.Pending?) -> Order.Answer? {
    guard !isDraining else { return refused(Succession.Refusal(cause: .draining)) }
    guard reloading.goesOn else { return beginReloading(for: asker.map { [$0] } ?? []) }
    if let asker {
      guard reloading.waiting.count < Reloading.mostWaiting else {
        return Order.Answer(isDone: false, Reloading.refusal)
      }
      reloading.waiting.append(asker)
    }
    reloading.isAskedAgain = true
    return nil
  }

  /// - Returns: what all who asked are to hear at once; `nil` when they are answered later.
  private mutating func beginReloading(for askers: [Orders.Pending]) -> Order.Answer? {
    if tally.needed >= Border.mostEarlierPolicies {
      return refused(Succession.Refusal(cause: .tooManyEarlier(survey().holdings)))
    }
    reloading.askers = askers
    let draft = succession.draft
    reloading.stage = .loading(Aside("policy", bell) { draft.make() })
    return nil
  }

  /// Takes the next step of a reload, if its time has come.
  mutating func goOnReloading() {
    switch reloading.stage {
    case .none, .abandoned: return
    case .loading(let aside):
      switch aside.take() {
      case nil: return
      case .failure(let refusal): endReloading(refused(refusal))
      case .success(let next):
        succession.adopt(next, wall: Clock.wall())
        board?.adopts(next.adoption, wall: succession.since)
        for worker in 0..<workers.count { workers.post(.adopt(next.adoption), to: worker) }
        reloading.stage = .adopting(until: Clock.now() + Self.adoptionTime)
      }
    case .adopting(let end):
      let count = tally.adopted(succession.number)
      if count == workers.count || end <= Clock.now() { endReloading(inForce(adopted: count)) }
    }
  }

  /// Answers all who asked for it, and begins the next one if one was asked for.
  private mutating func endReloading(_ answer: Order.Answer) {
    for asker in reloading.askers { asker.finish(answer) }
    let waiting = reloading.waiting
    let isAskedAgain = reloading.isAskedAgain
    reloading = Reloading()
    guard isAskedAgain, let answer = beginReloading(for: waiting) else { return }
    for asker in waiting { asker.finish(answer) }
  }

  /// The element drains: what is in force by now stays so, and no other policy comes. The thread
  /// that loads one is left to itself.
  mutating func giveUpReloading() {
    switch reloading.stage {
    case .none, .abandoned: return
    case .loading:
      let askers = reloading.abandon()
      let answer = refused(Succession.Refusal(cause: .draining))
      for asker in askers { asker.finish(answer) }
    case .adopting:
      reloading.isAskedAgain = false
      let waiting = reloading.waiting
      endReloading(inForce(adopted: tally.adopted(succession.number)))
      guard !waiting.isEmpty else { return }
      let answer = refused(Succession.Refusal(cause: .draining))
      for asker in waiting { asker.finish(answer) }
    }
  }

  // MARK: What came of it

  private func inForce(adopted count: Int) -> Order.Answer {
    tell(succession.snapshot.warnings)
    tellReload(adopted: count)
    let warnings = succession.snapshot.warnings.map { "\($0)\n" }.joined()
    let all = workers.count
    let rest =
      count == all
      ? "" : "; \(all - count) of \(all) workers are still to take it up"
    return Order.Answer(
      isDone: true, "\(warnings)policy \(succession.number) is in force\(rest)\n")
  }

  private func refused(_ refusal: Succession.Refusal) -> Order.Answer {
    tell(refusal.findings)
    if case .tooManyEarlier(let holdings) = refusal.cause { tell(holdings) }
    tellRefusal(refusal)
    let findings = refusal.findings.map { "\($0)\n" }.joined()
    let cause = refusal.cause.text.map { "\($0)\n" } ?? ""
    return Order.Answer(
      isDone: false, "\(findings)\(cause)policy \(succession.number) stays in force\n")
  }

  /// A line for each earlier version that is needed: there are at most 32.
  private func tell(_ holdings: [Border.Holding]) {
    for holding in holdings {
      journal.say(.error, "policy.needed") { out in
        out.field("number", Int(holding.policy))
        out.field("calls", holding.calls)
        out.field("requests", holding.requests)
      }
    }
  }

  private func tellReload(adopted: Int) {
    let snapshot = succession.snapshot
    let isWhole = adopted == workers.count
    let level: Line.Level = isWhole ? .notice : .warning
    guard self.level <= level else { return }
    journal.say(level, isWhole ? "policy.reloaded" : "policy.reloading") { out in
      out.field("number", Int(succession.number))
      out.field("peers", snapshot.places.peers.count)
      out.field("routes", snapshot.configuration.routing.routes.count)
      out.field("workers", adopted)
      out.field("from", quoting: succession.path, longest: Self.longestPath)
    }
  }

  private func tellRefusal(_ refusal: Succession.Refusal) {
    let told = min(refusal.findings.count, Self.findingsTold)
    journal.say(.error, "policy.kept") { out in
      out.field("number", Int(succession.number))
      out.field("cause", refusal.cause.word)
      out.field("findings", refusal.findings.count)
      out.field("told", told)
    }
  }

  /// A line for each finding, the first ones of very many.
  private func tell(_ findings: [Finding]) {
    for finding in findings.prefix(Self.findingsTold) {
      let isError = finding.severity == .error
      let level: Line.Level = isError ? .error : .warning
      guard self.level <= level else { continue }
      journal.say(level, isError ? "policy.refused" : "policy.warned") { out in
        out.field("file", quoting: finding.file, longest: Self.longestPath)
        if let place = finding.place {
          out.field("line", place.line)
          out.field("column", place.column)
        }
        out.field("rule", Array(finding.rule.name.utf8))
        out.field("message", quoting: finding.message, longest: Self.longestMessage)
      }
    }
  }
}
