package import Basics
import CLinux

/// What the outside asks of the process.
package enum Signal: Hashable, Sendable {
  /// SIGTERM: end in order.
  case terminate
  /// SIGINT: the same, from a terminal.
  case interrupt
  /// SIGHUP: to read the policy again; or the terminal is gone, which `Terminal` tells.
  case hangUp(from: Sender)
  /// SIGUSR1: say how much the tables hold.
  case report
  /// Another thread rang the `Bell`.
  case bell

  /// Who sent one.
  package enum Sender: Hashable, Sendable {
    case kernel
    /// A process, by its number.
    case process(Int32)
  }
}

/// Wakes the thread that waits for signals: for the other threads, which have no signals to send.
package final class Bell: Sendable {
  let number: Int32

  init() throws(Refusal) {
    number = linux_eventfd()
    guard number >= 0 else { throw Refusal.system(code: linux_errno()) }
  }

  deinit { _ = close(number) }

  /// From any thread, after it has left what is to be found.
  package func ring() { _ = eventfd_write(number, 1) }

  /// - Returns: whether it was rung since the last time.
  func quiet() -> Bool {
    var count: eventfd_t = 0
    return unsafe eventfd_read(number, &count) == 0
  }
}

/// SIGTERM, SIGINT, SIGHUP and SIGUSR1 as values for the thread that made this. It is made before
/// other threads are started, which then inherit that these signals are not theirs.
package struct Signals: ~Copyable {
  /// Wakes who waits in `next`.
  package let bell: Bell
  private let descriptor: Descriptor

  /// - Throws: `Refusal.system`.
  package init() throws(Refusal) {
    let bell = try Bell()
    linux_ignore_pipe()
    var set = sigset_t()
    unsafe linux_signal_set(&set)
    let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    guard code == 0 else { throw Refusal.system(code: code) }
    let number = unsafe linux_signalfd(&set)
    guard number >= 0 else { throw Refusal.system(code: linux_errno()) }
    descriptor = Descriptor(number)
    self.bell = bell
  }

  /// Waits for the next one.
  /// - Parameter interval: for how long, in whole milliseconds; `nil` for as long as it takes.
  package func next(within interval: Interval? = nil) -> Signal? {
    while true {
      let time = interval.map { Int32(clamping: $0.milliseconds) } ?? -1
      let ready = linux_wait_either(descriptor.number, bell.number, time)
      if ready == 0 { return nil }
      if ready & 1 != 0, let signal = read() { return signal }
      if ready & 2 != 0, bell.quiet() { return .bell }
    }
  }

  private func read() -> Signal? {
    var sender: Int32 = 0
    return switch unsafe linux_read_signal(descriptor.number, &sender) {
    case SIGTERM: .terminate
    case SIGINT: .interrupt
    case SIGHUP: .hangUp(from: sender < 0 ? .kernel : .process(sender))
    case SIGUSR1: .report
    default: nil
    }
  }
}
