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
  private static let glance = 0.001
  /// Findings of one reload that have a line each.
  private static let findingsTold = 100
  /// Octets of a path, and of a message, in a line.
  private static let longestPath = 200
  private static let longestMessage = 600

  /// What came of a reload.
  private enum Outcome {
    /// The number, and how many workers have it by now.
    case inForce(UInt32, workers: Int)
    case refused(Succession.Refusal)
  }

  /// SIGHUP: what came of it stands in the log.
  mutating func reload() { _ = reloadPolicy() }

  /// The same, told to the one who asked.
  mutating func reloadForOwner() -> Order.Answer {
    switch reloadPolicy() {
    case .inForce(let number, let count):
      let warnings = succession.snapshot.warnings.map { "\($0)\n" }.joined()
      let all = workers.count
      let rest =
        count == all
        ? "" : "; \(all - count) of \(all) workers are still to take it up"
      return Order.Answer(isDone: true, "\(warnings)policy \(number) is in force\(rest)\n")
    case .refused(let refusal):
      let findings = refusal.findings.map { "\($0)\n" }.joined()
      let cause = refusal.cause.text.map { "\($0)\n" } ?? ""
      return Order.Answer(
        isDone: false, "\(findings)\(cause)policy \(succession.number) stays in force\n")
    }
  }

  private mutating func reloadPolicy() -> Outcome {
    do throws(Succession.Refusal) {
      guard !isDraining else { throw Succession.Refusal(cause: .draining) }
      let adoption = try succession.advance(earlier: tally.earlier, wall: Clock.wall())
      for worker in 0..<workers.count { workers.post(.adopt(adoption), to: worker) }
      let count = waitForAdoption(of: succession.number)
      tell(succession.snapshot.warnings)
      tellReload(adopted: count)
      return .inForce(succession.number, workers: count)
    } catch {
      tell(error.findings)
      tellRefusal(error)
      return .refused(error)
    }
  }

  /// - Returns: how many workers have taken it up.
  private func waitForAdoption(of number: UInt32) -> Int {
    let end = Clock.now() + Self.adoptionTime
    while tally.adopted(number) < workers.count, Clock.now() < end {
      Thread.sleep(forTimeInterval: Self.glance)
    }
    return tally.adopted(number)
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
