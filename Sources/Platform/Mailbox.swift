import Synchronization

/// Letters from any thread to one worker, in the order in which they were posted.
final class Mailbox<Letter: Sendable>: Sendable {
  private let letters = Mutex<[Letter]>([])
  private let hasMail = Atomic(false)

  init() {}

  func post(_ letter: Letter) {
    letters.withLock { $0.append(letter) }
    hasMail.store(true, ordering: .releasing)
  }

  var isEmpty: Bool { !hasMail.load(ordering: .acquiring) }

  func takeAll() -> [Letter] {
    hasMail.store(false, ordering: .sequentiallyConsistent)
    return letters.withLock { letters in
      let all = letters
      letters = []
      return all
    }
  }
}
