import CLinux
import Synchronization

/// Wakes a worker that sleeps in the kernel. A wake-up is dear, so one is spent only on a sleeper.
final class Doorbell: Sendable {
  let number: Int32
  private let isAsleep = Atomic(false)

  init() throws(Errno) {
    number = linux_eventfd()
    guard number >= 0 else { throw Errno.last }
  }

  deinit { _ = close(number) }

  /// Called by any thread, after it has left what the worker is to find.
  func ring() {
    // Either this load sees the sleeper, or the sleeper's last look sees what was left.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    guard isAsleep.load(ordering: .relaxed) else { return }
    guard isAsleep.exchange(false, ordering: .acquiringAndReleasing) else { return }
    _ = eventfd_write(number, 1)
  }

  /// The worker says that it is about to sleep, and then looks once more whether there is work.
  func lieDown() {
    isAsleep.store(true, ordering: .relaxed)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  func getUp() { isAsleep.store(false, ordering: .relaxed) }

  /// Takes the ringing off the descriptor.
  func quiet() {
    var count: eventfd_t = 0
    _ = unsafe eventfd_read(number, &count)
  }
}
