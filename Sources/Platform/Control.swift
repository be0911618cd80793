package import Basics
import CLinux
import Synchronization

/// How the owner of the process speaks to it while it serves: each connection to a Unix socket
/// brings one line and takes one answer.
///
/// Only this user and root are heard. Who connects is served on a thread of his own, and no worker
/// ever waits for him.
package final class Control: Sendable {
  /// What bounds it.
  package struct Limits: Sendable {
    /// Connections at once. A further one is told so, and closed.
    package var connections = 4
    /// Octets of a request, its end of line included. A longer one is told so, and closed.
    package var request = 4096
    /// How long a request, and how long an answer, may take to pass.
    package var patience = Interval.seconds(5)

    package init() {}
  }

  /// Where it listens.
  package let path: String
  private let socket: ControlSocket
  private let open = Atomic<Int>(0)
  private let limits: Limits
  private let answer: @Sendable (String) -> [UInt8]

  /// Opens it; nobody is served before `start`.
  /// - Parameters:
  ///   - path: at most 107 octets.
  ///   - answer: called on the thread of a connection with its request, without the end of its
  ///     line. It may take its time.
  /// - Throws: `Refusal.controlInUse`, `.controlNotASocket` or `.control`.
  package init(
    _ path: String, limits: Limits = Limits(), answer: @escaping @Sendable (String) -> [UInt8]
  ) throws(Refusal) {
    self.path = path
    self.limits = limits
    self.answer = answer
    socket = try ControlSocket(path)
  }

  /// Begins to serve, on a thread of its own.
  /// - Throws: `Refusal.system` when there can be no thread.
  package func start() throws(Refusal) {
    let thread = Thread.start("control", core: nil) { [self] in accept() }
    guard let thread else { throw Refusal.system(code: EAGAIN) }
    pthread_detach(thread)
  }

  /// Takes the socket away from its path. Connections that are open end with the process.
  package func close() { socket.remove() }

  /// Whether a user may speak to this process.
  static func admits(user: Int64, owner: Int64) -> Bool { user == 0 || user == owner }

  private func accept() {
    let number = socket.descriptor.number
    while true {
      guard linux_wait_readable(number, -1) > 0 else { continue }
      let accepted = linux_accept(number, nil, nil)
      guard accepted >= 0 else {
        // Without descriptors it would be asked again and again.
        if !Errno.last.isAgain { Clock.sleep(.milliseconds(100)) }
        continue
      }
      let line = ControlLine(Descriptor(accepted), limits.patience)
      guard Self.admits(user: linux_unix_user(accepted), owner: Int64(geteuid())) else { continue }
      take(line)
    }
  }

  private func take(_ line: consuming ControlLine) {
    let count = open.wrappingAdd(1, ordering: .relaxed).newValue
    guard count <= limits.connections else {
      open.wrappingSubtract(1, ordering: .relaxed)
      // It fits into the socket's buffer: this thread does not wait.
      return line.send(Array("refused\ntoo many connections\n".utf8))
    }
    let number = line.takeNumber()
    let thread = Thread.start("control", core: nil) { [self] in
      serve(ControlLine(Descriptor(number), limits.patience))
      open.wrappingSubtract(1, ordering: .relaxed)
    }
    if let thread {
      pthread_detach(thread)
    } else {
      _ = CLinux.close(number)
      open.wrappingSubtract(1, ordering: .relaxed)
    }
  }

  private func serve(_ line: consuming ControlLine) {
    switch line.receive(upTo: limits.request) {
    case .line(let request): line.send(answer(request))
    case .tooLong:
      line.send(Array("refused\na request has at most \(limits.request) octets\n".utf8))
    case .nothing: break
    }
  }
}
