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
    var isClosed = false
  }

  /// How much may wait to be written.
  private static let limit = 4 << 20
  /// How long lines are gathered before they are written in one go.
  private static let gathering = 0.02

  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private let output: FileHandle

  /// - Parameter output: where lines go.
  init(output: FileHandle = .standardError) {
    self.output = output
    state.withLock { $0.waiting.reserveCapacity(Self.limit / 4) }
    Thread.detachNewThread { [self] in writeAll() }
  }

  /// Takes whole lines.
  func append(_ lines: [UInt8]) {
    let wasEmpty = state.withLock { state in
      guard !state.isClosed, state.waiting.count + lines.count <= Self.limit else {
        state.lost += 1
        return false
      }
      let wasEmpty = state.waiting.isEmpty
      state.waiting.append(contentsOf: lines)
      return wasEmpty
    }
    if wasEmpty { work.signal() }
  }

  /// Writes what is left, and ends.
  func close() {
    state.withLock { $0.isClosed = true }
    work.signal()
    done.wait()
  }

  private func writeAll() {
    var spare: [UInt8] = []
    spare.reserveCapacity(Self.limit / 4)
    while true {
      work.wait()
      let isClosed = state.withLock { $0.isClosed }
      if !isClosed { Thread.sleep(forTimeInterval: Self.gathering) }
      let lost = state.withLock { state in
        swap(&state.waiting, &spare)
        defer { state.lost = 0 }
        return state.lost
      }
      if lost > 0 { spare += Array("warning log.lost lines=\(lost)\n".utf8) }
      write(spare)
      spare.removeAll(keepingCapacity: true)
      if isClosed {
        done.signal()
        return
      }
    }
  }

  /// A log that cannot be written must not end the calls.
  private func write(_ lines: [UInt8]) {
    try? output.write(contentsOf: Data(lines))
  }
}
