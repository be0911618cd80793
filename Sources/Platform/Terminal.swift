import CLinux

/// The terminal that this process was started from, if any. When it closes, the kernel sends SIGHUP
/// to whoever runs in front there and to the shell, which sends it on to what it has started. One
/// who wants a policy read again sends it too, from another process.
package struct Terminal: Sendable {
  private let descriptors: [Int32]
  /// The leader of the session: the shell.
  private let leader: Int32

  /// Looks at once: which of the descriptors are a terminal now.
  package init(_ descriptors: [Int32] = [STDIN_FILENO, STDERR_FILENO]) {
    self.init(descriptors, leader: getsid(0))
  }

  init(_ descriptors: [Int32], leader: Int32) {
    self.descriptors = descriptors.filter { isatty($0) == 1 }
    self.leader = leader
  }

  /// Whether there was one when it was looked at.
  package var isThere: Bool { !descriptors.isEmpty }

  /// Whether there was one and it is gone. A terminal that was hung up answers no more.
  var isGone: Bool { !descriptors.isEmpty && descriptors.allSatisfy { isatty($0) != 1 } }

  /// Whether a SIGHUP says that the terminal was closed. It may have been closed long ago, and the
  /// process outlived it: then somebody else who sends one wants something else.
  package func isClosed(by sender: Signal.Sender) -> Bool {
    switch sender {
    case .kernel: isGone
    case .process(let number): number == leader && isGone
    }
  }
}
