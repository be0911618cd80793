import CLinux

/// The terminal that this process was started from, if any. When it closes, the kernel or the shell
/// sends SIGHUP, as one does who wants a policy read again: only a look at the terminal tells the
/// two apart.
package struct Terminal: Sendable {
  private let descriptors: [Int32]

  /// Looks at once: which of the descriptors are a terminal now.
  package init(_ descriptors: [Int32] = [STDIN_FILENO, STDERR_FILENO]) {
    self.descriptors = descriptors.filter { isatty($0) == 1 }
  }

  /// Whether there was one when it was looked at.
  package var isThere: Bool { !descriptors.isEmpty }

  /// Whether there was one and it is gone. A terminal that was hung up answers no more.
  package var isGone: Bool { !descriptors.isEmpty && descriptors.allSatisfy { isatty($0) != 1 } }
}
