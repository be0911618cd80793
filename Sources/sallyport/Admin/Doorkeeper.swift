import Foundation
import FlyingSocks
import Platform
import Synchronization

/// Bounds what those who connect to the admin listener may cost: how many there are, and how long
/// each may take. The library has no such limits, and tells of its connections only through its
/// log, whose lines come from the task of the connection that they are about; so that is where they
/// are counted and called off. The words are those of the version in Package.swift, and the tests
/// of hostile clients fail where they are others.
final class Doorkeeper: Logging {
  struct Limits: Sendable {
    /// Connections at once; a further one is closed.
    var connections = 8
    /// Seconds in which a request must have come, whole. In this time a client can send no more
    /// than the library reads: some megabytes.
    var request = 2.0
    /// Seconds that a connection may last.
    var whole = 10.0
  }

  private struct Visit {
    let number: UInt64
    var hasAsked = false
  }

  private struct State {
    var visits: [RunningTask: Visit] = [:]
    var count: UInt64 = 0
  }

  private let limits: Limits
  private let state = Mutex(State())
  private let clock = DispatchQueue(label: "admin.deadlines")

  init(_ limits: Limits = Limits()) { self.limits = limits }

  /// Connections that are open.
  var open: Int { state.withLock { $0.visits.count } }

  func logInfo(_ info: @autoclosure () -> String) {
    guard let task = RunningTask() else { return }
    // `<127.0.0.1> open connection`: what a client wrote stands behind these words only.
    let line = info()
    guard let mark = line.firstIndex(of: ">") else { return }
    let said = line[mark...].dropFirst(2)
    switch said {
    case "open connection": enters(task)
    case "close connection": state.withLock { _ = $0.visits.removeValue(forKey: task) }
    default:
      if said.hasPrefix("request: ") { state.withLock { $0.visits[task]?.hasAsked = true } }
    }
  }

  func logDebug(_ debug: @autoclosure () -> String) {}
  func logWarning(_ warning: @autoclosure () -> String) {}
  func logError(_ error: @autoclosure () -> String) {}
  func logCritical(_ critical: @autoclosure () -> String) {}

  private func enters(_ task: RunningTask) {
    let (number, isOneTooMany) = state.withLock { state in
      state.count += 1
      state.visits[task] = Visit(number: state.count)
      return (state.count, state.visits.count > limits.connections)
    }
    if isOneTooMany { return task.cancel() }
    clock.asyncAfter(deadline: .now() + limits.request) { [self] in
      cut(task, number) { !$0.hasAsked }
    }
    clock.asyncAfter(deadline: .now() + limits.whole) { [self] in cut(task, number) { _ in true } }
  }

  /// Ends a connection that is still there. While the lock is held its task cannot end.
  private func cut(_ task: RunningTask, _ number: UInt64, where isDue: (Visit) -> Bool) {
    state.withLock { state in
      guard let visit = state.visits[task], visit.number == number, isDue(visit) else { return }
      task.cancel()
    }
  }
}
