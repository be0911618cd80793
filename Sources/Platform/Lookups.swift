package import Basics
import CLinux
import Synchronization

/// Looks names up for workers, on threads of its own, so that no worker waits for a name server. A
/// look-up that hangs holds one thread and no more, whoever asks for that name: all who do wait for
/// the one answer. Threads are started when there is something to look up and end when there is
/// not.
package final class Lookups: Sendable {
  /// Called once for each question, on a thread of the look-ups or, where there is no room for it,
  /// on the one that asks.
  package typealias Answer = @Sendable (Result<Address, Unresolved>) -> Void

  private struct State {
    /// Names that no thread has taken yet, oldest first.
    var waiting: [[UInt8]] = []
    /// Who waits for each name that is not answered yet.
    var asking: [[UInt8]: [Answer]] = [:]
    var threads = 0
  }

  private enum Outcome {
    case queued
    case startThread
    case full
  }

  private let state = Mutex(State())
  private let threads: Int
  private let names: Int
  private let lookUp: @Sendable ([UInt8]) -> Result<Address, Unresolved>

  /// - Parameters:
  ///   - threads: how many names are looked up at once.
  ///   - names: how many names may be under way, those that wait for a thread included; what is
  ///     beyond is answered with `noRoom`.
  ///   - lookUp: asks for one name, and takes its time.
  package init(
    threads: Int, names: Int,
    lookUp: @escaping @Sendable ([UInt8]) -> Result<Address, Unresolved>
  ) {
    self.threads = threads
    self.names = names
    self.lookUp = lookUp
  }

  /// - Parameter answer: called on another thread; where there is no room for the name, at once.
  package func ask(_ name: [UInt8], _ answer: @escaping Answer) {
    // Letters of a host name have no case (RFC 4343).
    let name = name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    switch enter(name, answer) {
    case .queued: break
    case .full: answer(.failure(.noRoom))
    case .startThread:
      if let thread = Thread.start("names", core: nil, { [self] in work() }) {
        // Nobody joins it: what it holds goes with it.
        pthread_detach(thread)
      } else {
        for unheard in giveUp() { unheard(.failure(.noRoom)) }
      }
    }
  }

  private func enter(_ name: [UInt8], _ answer: @escaping Answer) -> Outcome {
    state.withLock { state in
      if state.asking[name] != nil {
        state.asking[name]?.append(answer)
        return .queued
      }
      guard state.asking.count < names else { return .full }
      state.asking[name] = [answer]
      state.waiting.append(name)
      guard state.threads < threads else { return .queued }
      state.threads += 1
      return .startThread
    }
  }

  /// There was no thread to be had: without any, nobody would take what waits.
  private func giveUp() -> [Answer] {
    state.withLock { state in
      state.threads -= 1
      guard state.threads == 0 else { return [] }
      let unheard = state.waiting.flatMap { state.asking.removeValue(forKey: $0) ?? [] }
      state.waiting = []
      return unheard
    }
  }

  private func work() {
    while let name = next() {
      let found = lookUp(name)
      let answers = state.withLock { $0.asking.removeValue(forKey: name) ?? [] }
      for answer in answers { answer(found) }
    }
  }

  /// The next name; when there is none, the thread that asks ends.
  private func next() -> [UInt8]? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.threads -= 1
        return nil
      }
      return state.waiting.removeFirst()
    }
  }
}
