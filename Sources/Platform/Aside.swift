import CLinux
import Synchronization

/// Work on a thread of its own, while the one that waits for signals goes on waiting: it rings the
/// bell when it is done.
package final class Aside<Outcome: Sendable>: Sendable {
  private let outcome = Mutex<Outcome?>(nil)

  /// Begins. Where there can be no further thread, it is done before this returns.
  /// - Parameter name: that of the thread, at most 15 octets.
  package init(_ name: String, _ bell: Bell, _ work: @escaping @Sendable () -> Outcome) {
    let run: @Sendable () -> Void = { [self] in
      let outcome = work()
      self.outcome.withLock { $0 = outcome }
      bell.ring()
    }
    if let thread = Thread.start(name, core: nil, run) { pthread_detach(thread) } else { run() }
  }

  /// What came of it, once; `nil` before it is done, and after it was taken.
  package func take() -> Outcome? { outcome.withLock { $0.take() } }
}
