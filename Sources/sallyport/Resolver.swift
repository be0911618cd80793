import Basics
import Foundation
import Platform
import Synchronization

/// Asks the system's resolver for workers, on threads of its own, so that no worker waits for a
/// name server.
final class Resolver: Sendable {
  private let queue: OperationQueue
  private let families: (ipv4: Bool, ipv6: Bool)
  private let waiting = Atomic<Int>(0)

  /// Questions that may wait at once; what is beyond is answered as if the name had no address.
  private static let limit = 256

  /// - Parameter families: those that the element listens on.
  init(families: (ipv4: Bool, ipv6: Bool)) {
    self.families = families
    queue = OperationQueue()
    queue.maxConcurrentOperationCount = 4
  }

  /// - Parameter answer: called on another thread.
  func ask(_ name: [UInt8], _ answer: @escaping @Sendable (Address?) -> Void) {
    let (old, _) = waiting.add(1, ordering: .relaxed)
    guard old < Self.limit else {
      waiting.subtract(1, ordering: .relaxed)
      return answer(nil)
    }
    queue.addOperation { [self] in
      answer(NameService.address(of: name, families: families))
      waiting.subtract(1, ordering: .relaxed)
    }
  }
}
