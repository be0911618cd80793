import Foundation
import Platform
import Synchronization

/// Where all log lines go: workers leave whole lines here without waiting for a disk or a pipe, and
/// a thread of its own writes them out. What finds no room, because the reader of the log is slow,
/// is counted and lost.
final class Journal: Sendable {
  private struct State {
    var waiting: [UInt8] = []
    var lost = 0
    /// Lines lost since the beginning.
    var lostInAll = 0
    var isClosed = false
    /// How many pieces were written, or given up.
    var pieces = 0
  }

  /// How much may wait to be written: the last lines of all calls of a full worker.
  private static let limit = 32 << 20
  /// What is set aside for it from the start.
  private static let reserve = 1 << 20
  /// How much is written at once.
  private static let piece = 64 << 10
  /// For how many seconds the end waits for a reader who reads; for one who does not, one second.
  private static let patience = 10
  /// How long lines are gathered before they are written in one go.
  private static let gathering = 0.02

  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private let output: FileHandle

  /// - Parameter output: where lines go.
  init(output: FileHandle = .standardError) {
    self.output = output
    state.withLock { $0.waiting.reserveCapacity(Self.reserve) }
    Thread.detachNewThread { [self] in writeAll() }
  }

  /// Takes whole lines.
  func append(_ lines: [UInt8]) {
    let wasEmpty = state.withLock { state in
      guard !state.isClosed, state.waiting.count + lines.count <= Self.limit else {
        let lost = lines.count { $0 == 0x0a }
        state.lost += lost
        state.lostInAll += lost
        return false
      }
      let wasEmpty = state.waiting.isEmpty
      state.waiting.append(contentsOf: lines)
      return wasEmpty
    }
    if wasEmpty { work.signal() }
  }

  /// How many lines found no room since it began.
  var lostInAll: Int { state.withLock { $0.lostInAll } }

  /// One line of the program itself.
  func say(
    _ level: Line.Level, _ name: StaticString, _ fields: (inout OutputSpan<UInt8>) -> Void
  ) {
    var line = Line()
    line.add(level, name, wall: Clock.wall(), fields)
    append(line.bytes)
  }

  /// Writes what is left, and ends. A reader who does not read holds it up for a second only.
  func close() {
    state.withLock { $0.isClosed = true }
    work.signal()
    for _ in 0..<Self.patience {
      let before = state.withLock { $0.pieces }
      if done.wait(timeout: .now() + 1) == .success { return }
      if state.withLock({ $0.pieces }) == before { return }
    }
  }

  private func writeAll() {
    var spare: [UInt8] = []
    spare.reserveCapacity(Self.reserve)
    while true {
      work.wait()
      let isClosed = state.withLock { $0.isClosed }
      if !isClosed { Thread.sleep(forTimeInterval: Self.gathering) }
      let lost = state.withLock { state in
        swap(&state.waiting, &spare)
        defer { state.lost = 0 }
        return state.lost
      }
      if lost > 0 { spare += lossLine(lost) }
      write(spare)
      spare.removeAll(keepingCapacity: true)
      if isClosed {
        done.signal()
        return
      }
    }
  }

  private func lossLine(_ lost: Int) -> [UInt8] {
    var line = Line()
    line.add(.warning, "log.lost", wall: Clock.wall()) { $0.field("lines", lost) }
    return line.bytes
  }

  private func write(_ lines: [UInt8]) {
    var rest = lines[...]
    while !rest.isEmpty {
      // A log that cannot be written must not end the calls.
      try? output.write(contentsOf: Data(rest.prefix(Self.piece)))
      rest = rest.dropFirst(Self.piece)
      state.withLock { $0.pieces += 1 }
    }
  }
}
