import Border
import Foundation
import Synchronization

/// A question to all workers what their tables hold. Each adds its part when it gets to it.
final class Survey: Sendable {
  /// What was said so far.
  struct State {
    var lines: [UInt8] = []
    var calls = 0
    /// What is in progress under earlier versions of the policy, on any worker.
    var holdings: [Border.Holding] = []
    var answers = 0
  }

  private let state = Mutex(State())
  private let answered = DispatchSemaphore(value: 0)

  /// Adds what one worker says.
  /// - Parameters:
  ///   - lines: what its tables hold, as it stands in the log.
  ///   - calls: how many are in progress there.
  ///   - holdings: and what of it under earlier versions of the policy.
  func add(_ lines: [UInt8], calls: Int, _ holdings: [Border.Holding] = []) {
    state.withLock { state in
      state.lines += lines
      state.calls += calls
      for holding in holdings { state.add(holding) }
      state.answers += 1
    }
    answered.signal()
  }

  /// Waits until so many workers have answered, or the time is over.
  /// - Parameter seconds: for all of them together.
  /// - Returns: what was said by then, and by how many.
  func wait(for workers: Int, seconds: Double) -> State {
    let end = DispatchTime.now() + seconds
    for _ in 0..<workers where answered.wait(timeout: end) == .timedOut { break }
    return state.withLock { $0 }
  }
}

extension Survey.State {
  fileprivate mutating func add(_ holding: Border.Holding) {
    if let place = holdings.firstIndex(where: { $0.policy == holding.policy }) {
      holdings[place].calls += holding.calls
      holdings[place].requests += holding.requests
    } else {
      holdings.append(holding)
      holdings.sort { $0.policy < $1.policy }
    }
  }
}
