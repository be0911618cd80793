import Border
import Foundation
import Synchronization

/// The counts of a border, where those of the transport have the same name.
typealias BorderCounters = Counters

/// A question to all workers what they have counted. Each answers between two messages, with a copy
/// of its numbers; who asked waits for a while, and no worker waits for him.
final class Measurement: Sendable {
  /// What one worker says.
  struct Part: Sendable {
    let counters: BorderCounters
    let figures: Figures
    let occupancy: Occupancy
    /// Notes that found no room, and messages that found none on their way out.
    let lostNotes: Int
    let overflows: Int
    /// The policy that it works by, and how many earlier ones it keeps.
    let policy: UInt32
    let earlierPolicies: Int
  }

  private let parts = Mutex<[Int: Part]>([:])
  private let answered = DispatchSemaphore(value: 0)

  /// Takes what a worker says.
  func add(_ part: Part, of worker: Int) {
    parts.withLock { $0[worker] = part }
    answered.signal()
  }

  /// Waits until so many workers have answered, or the time is over.
  /// - Parameter seconds: for all of them together.
  /// - Returns: what was said by then, by the numbers of the workers.
  func wait(for workers: Int, seconds: Double) -> [Int: Part] {
    let end = DispatchTime.now() + seconds
    for _ in 0..<workers where answered.wait(timeout: end) == .timedOut { break }
    return parts.withLock { $0 }
  }
}
