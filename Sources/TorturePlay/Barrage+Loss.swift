import Basics
import Platform
import Torture

/// When an element stops answering: which mutant it was. Should it come back, as one does that is
/// looked after, then each mutant of the window is put to it alone; should it not, the window is
/// all that can be named, from behind the last mutant of which anything was seen.
extension Barrage {
  func mourn(_ window: Range<Int>) {
    let seen = lastHeard.flatMap { window.contains($0) ? $0 : nil }
    let suspects = (seen.map { $0 + 1 } ?? window.lowerBound)..<window.upperBound
    var words = "no answer to an OPTIONS after \(Self.words(window))"
    if let seen, !suspects.isEmpty {
      words +=
        "; the last of which anything was seen is \(seen), so look at \(Self.words(suspects))"
    }
    guard comesBack() else {
      blame(window.upperBound - 1, words)
      end = "\(words); it did not come back within \(plan.pace.comeback.milliseconds / 1_000) s"
      return
    }
    let culprits = putAlone(window)
    if culprits.isEmpty { blame(window.upperBound - 1, "\(words); alone none of them does it") }
    for culprit in culprits { blame(culprit, "put alone, it stops the element from answering") }
    guard plan.keepsGoing, end == nil else {
      end = "\(end ?? words); --keep-going goes on when the element has come back"
      return
    }
  }

  /// Puts each mutant alone, with an OPTIONS behind it.
  /// - Returns: those after which it was not answered.
  private func putAlone(_ window: Range<Int>) -> [Int] {
    var culprits: [Int] = []
    mark("r")
    defer { forget() }
    for number in window {
      if fire(number), isAlive() { continue }
      culprits.append(number)
      guard comesBack() else {
        end = "mutant \(number), put alone, stopped the element, which did not come back"
        break
      }
    }
    return culprits
  }

  /// Waits until the element answers again.
  private func comesBack() -> Bool {
    let limit = Clock.now() + plan.pace.comeback
    while Clock.now() < limit {
      let next = min(Clock.now() + .milliseconds(250), limit)
      if isAlive() { return true }
      // Where nobody listens, that is known at once.
      while Clock.now() < next { Sockets.wait([], atMost: next - Clock.now()) }
    }
    return false
  }

  private static func words(_ numbers: Range<Int>) -> String {
    numbers.count == 1
      ? "mutant \(numbers.lowerBound)"
      : "mutants \(numbers.lowerBound) to \(numbers.upperBound - 1)"
  }
}
