import Basics
import Platform
import Synchronization

/// The workers, for other threads once they run.
final class Crew: Sendable {
  let tally: Tally
  private let running = Mutex<Workers<Node>?>(nil)

  init(workers: Int) { tally = Tally(workers: workers) }

  var workers: Workers<Node>? {
    get { running.withLock { $0 } }
    set { running.withLock { $0 = newValue } }
  }

  func answer(_ ticket: UInt64, _ answer: Result<Address, Unresolved>, to worker: Int) {
    workers?.post(.answer(ticket: ticket, answer), to: worker)
  }

  /// The workers as a scrape sees them: none of them is asked before they run.
  func crowd(of count: Int) -> Scrape.Crowd {
    Scrape.Crowd(
      count: count,
      ask: { [self] measurement in
        guard let workers else { return }
        for worker in 0..<workers.count { workers.post(.measure(measurement), to: worker) }
      },
      transport: { [self] worker in
        guard let counters = workers?.counters(of: worker) else { return [] }
        return Platform.Count.allCases.map { ($0, Int(counters[$0])) }
      })
  }
}
