import Basics
import Border
import Foundation
import Platform
import Policy

/// The policy as the element starts with it: loaded and built on a thread of its own, as a large
/// one takes a while, and whoever wants the element to end is heard meanwhile.
struct Starting: Sendable {
  /// Without its tree.
  let snapshot: Snapshot
  /// Once for all workers: the tables of a large policy take memory.
  let regime: Regime
  /// What the borders are made with.
  let seed: Seed
  /// Whether SIGHUP came: the file may have changed since it was read.
  var isReloadAsked = false

  private init(_ loaded: Snapshot) {
    snapshot = loaded.withoutTree()
    seed = Seed(tokens: Entropy.key(), hashes: Entropy.key(), generations: Entropy.word())
    regime = Regime(loaded.configuration, number: 1, seed: seed)
  }

  /// Waits for the policy, and for signals.
  /// - Parameter load: loads it, on any thread.
  /// - Returns: nothing when it was told to end.
  static func wait(
    _ signals: borrowing Signals, _ terminal: Terminal,
    load: @escaping @Sendable () throws(Rejection) -> Snapshot
  ) -> Result<Starting?, Rejection> {
    let aside = Aside("policy", signals.bell) {
      Result { () throws(Rejection) in Starting(try load()) }
    }
    var isReloadAsked = false
    while true {
      switch signals.next() {
      case .terminate, .interrupt: return .success(nil)
      case .hangUp(let sender):
        if terminal.isClosed(by: sender) { return .success(nil) }
        isReloadAsked = true
      // It holds nothing yet.
      case .report, nil: break
      case .bell:
        guard let outcome = aside.take() else { break }
        return outcome.map { loaded in
          var starting = loaded
          starting.isReloadAsked = isReloadAsked
          return starting
        }
      }
    }
  }
}
