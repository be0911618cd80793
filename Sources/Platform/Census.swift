import Basics
import Synchronization

/// How many streams there are, over all workers, and for each source. It is asked when a stream
/// begins and told when it ends, never for a message.
final class Census: Sendable {
  private struct State {
    var total = 0
    var sources: [Address: Int] = [:]
  }

  private let state = Mutex(State())
  private let limit: Int
  private let limitPerSource: Int

  init(_ limits: Limits) {
    limit = limits.connections
    limitPerSource = limits.connectionsPerSource
  }

  /// Counts a stream in, or says that there are too many. A stream that we open has no source.
  func enter(_ source: Address?) -> Bool {
    state.withLock { state in
      guard state.total < limit else { return false }
      if let source {
        let count = state.sources[source, default: 0]
        guard count < limitPerSource else { return false }
        state.sources[source] = count + 1
      }
      state.total += 1
      return true
    }
  }

  func leave(_ source: Address?) {
    state.withLock { state in
      state.total -= 1
      guard let source, let count = state.sources[source] else { return }
      state.sources[source] = count > 1 ? count - 1 : nil
    }
  }
}
