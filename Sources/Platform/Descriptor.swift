import CLinux

/// A file descriptor that is closed with its owner.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { _ = close(number) }

  /// Gives the number away; the receiver closes it.
  consuming func takeNumber() -> Int32 {
    let number = number
    discard self
    return number
  }
}

/// A call of the kernel that failed, by its errno.
struct Errno: Error, Equatable {
  let code: Int32

  static var last: Errno { Errno(code: linux_errno()) }

  /// Not now, but later.
  var isAgain: Bool { code == EAGAIN || code == EWOULDBLOCK || code == EINTR }

  /// The other side is gone.
  var isEndOfConnection: Bool { code == EPIPE || code == ECONNRESET }
}
