import Foundation
import Synchronization

/// A question to all workers what their tables hold. Each adds its part when it gets to it.
final class Survey: Sendable {
  private struct State {
    var lines: [UInt8] = []
    var calls = 0
    var answers = 0
  }

  private let state = Mutex(State())
  private let answered = DispatchSemaphore(value: 0)

  /// Adds what one worker says.
  /// - Parameters:
  ///   - lines: what its tables hold, as it stands in the log.
  ///   - calls: how many are in progress there.
  func add(_ lines: [UInt8], calls: Int) {
    state.withLock { state in
      state.lines += lines
      state.calls += calls
      state.answers += 1
    }
    answered.signal()
  }

  /// Waits until so many workers have answered, or the time is over.
  /// - Parameter seconds: for all of them together.
  /// - Returns: what was said by then, and by how many.
  func wait(for workers: Int, seconds: Double) -> (lines: [UInt8], calls: Int, answers: Int) {
    let end = DispatchTime.now() + seconds
    for _ in 0..<workers where answered.wait(timeout: end) == .timedOut { break }
    return state.withLock { ($0.lines, $0.calls, $0.answers) }
  }
}
