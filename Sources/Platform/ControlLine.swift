package import Basics
import CLinux

/// One connection to a control socket, at either end: a request of one line, and one answer.
package struct ControlLine: ~Copyable {
  /// What came of waiting for a request.
  enum Request: Equatable {
    /// Without the end of the line.
    case line(String)
    case tooLong
    /// Not in time, or nothing at all.
    case nothing
  }

  private static let piece = 4096

  private let descriptor: Descriptor
  private let patience: Interval

  /// - Parameter patience: how long a request, and how long an answer, may take to pass.
  init(_ descriptor: consuming Descriptor, _ patience: Interval) {
    self.descriptor = descriptor
    self.patience = patience
  }

  /// Connects to the process that listens at a path.
  /// - Throws: `Refusal.control`.
  package init(to path: String, patience: Interval) throws(Refusal) {
    let number = linux_unix_open()
    guard number >= 0, unsafe linux_unix_connect(number, path) == 0 else {
      let code = linux_errno()
      if number >= 0 { _ = close(number) }
      throw .control(path: path, code: code)
    }
    descriptor = Descriptor(number)
    self.patience = patience
  }

  consuming func takeNumber() -> Int32 { descriptor.takeNumber() }

  /// Sends a request, and waits for all of the answer.
  /// - Returns: what came until the other end closed, or until patience was over.
  package func ask(_ request: String) -> [UInt8] {
    send(Array((request + "\n").utf8))
    var answer: [UInt8] = []
    let end = Clock.now() + patience
    while let piece = receive(before: end) { answer += piece }
    return answer
  }

  /// A request ends with its line, or where the other end has nothing more to say.
  func receive(upTo limit: Int) -> Request {
    var request: [UInt8] = []
    let end = Clock.now() + patience
    while !request.contains(0x0a) {
      guard request.count < limit else { return .tooLong }
      guard let piece = receive(before: end) else {
        guard !request.isEmpty, Clock.now() < end else { return .nothing }
        break
      }
      request += piece
    }
    let line = request.prefix { $0 != 0x0a }
    guard line.count < limit else { return .tooLong }
    return .line(String(decoding: line, as: UTF8.self))
  }

  /// Sends all of it, as far as the other end takes it in time.
  func send(_ bytes: [UInt8]) {
    let end = Clock.now() + patience
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe linux_send(descriptor.number, $0.baseAddress, $0.count)
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else {
        guard Errno.last.isAgain, let left = Self.left(until: end) else { return }
        _ = linux_wait_writable(descriptor.number, left)
      }
    }
  }

  /// - Returns: `nil` when nothing more comes, or not in time.
  private func receive(before end: Instant) -> [UInt8]? {
    var piece = [UInt8](repeating: 0, count: Self.piece)
    while true {
      let count = unsafe linux_receive(descriptor.number, &piece, piece.count)
      if count > 0 { return Array(piece.prefix(count)) }
      guard count < 0, Errno.last.isAgain, let left = Self.left(until: end) else { return nil }
      _ = linux_wait_readable(descriptor.number, left)
    }
  }

  /// Milliseconds, at least one; `nil` for none.
  private static func left(until end: Instant) -> Int32? {
    let left = end - Clock.now()
    return left.nanoseconds > 0 ? Int32(clamping: max(left.milliseconds, 1)) : nil
  }
}
