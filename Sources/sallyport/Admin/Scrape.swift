import Basics
import Border
import Foundation
import Platform
import Synchronization

/// Makes the text of the metrics when somebody asks for it.
final class Scrape: Sendable {
  /// How the workers are reached; a test has others.
  struct Crowd: Sendable {
    let count: Int
    /// Asks all workers.
    let ask: @Sendable (Measurement) -> Void
    /// What the transport of one counted.
    let transport: @Sendable (Int) -> [(Platform.Count, Int)]
  }

  private struct State {
    /// What each worker said last: who does not answer in time has not begun anew.
    var parts: [Int: Measurement.Part] = [:]
    var text: [UInt8] = []
    var madeAt = Instant(nanoseconds: 0)
  }

  /// Seconds that the workers have to answer.
  private static let patience = 1.0
  /// For so long the same text is given again: who asks all the time costs the workers no more.
  private static let freshness = Interval.milliseconds(100)

  private let crowd: Crowd
  private let board: Board
  private let journal: Journal
  private let state = Mutex(State())

  init(_ crowd: Crowd, _ board: Board, _ journal: Journal) {
    self.crowd = crowd
    self.board = board
    self.journal = journal
  }

  /// The metrics as they are now. One thread at a time makes them, and others wait for it.
  func text(now: Instant) -> [UInt8] {
    state.withLock { state in
      if state.madeAt + Self.freshness > now, !state.text.isEmpty { return state.text }
      let measurement = Measurement()
      crowd.ask(measurement)
      let heard = measurement.wait(for: crowd.count, seconds: Self.patience)
      state.parts.merge(heard) { $1 }
      var census = Census(
        facts: board.facts, parts: state.parts, heard: Set(heard.keys), workers: crowd.count,
        now: now, lostLines: journal.lostInAll)
      census.transport = (0..<crowd.count).map(crowd.transport)
      state.text = census.text
      state.madeAt = now
      return state.text
    }
  }
}
