package import Basics
import CLinux

/// A TCP listener of a program that plays a peer.
package final class StreamPort {
  /// Its own address and port.
  package let local: Endpoint
  private let descriptor: Descriptor

  /// Opens it for itself alone.
  package init(_ local: Endpoint) throws(Refusal) {
    do throws(Errno) {
      let descriptor = try Socket.connections(at: local)
      self.local = Socket.local(descriptor) ?? local
      self.descriptor = descriptor
    } catch {
      throw Refusal(Listener(.tcp, local), error)
    }
  }

  /// For `Sockets.wait`.
  package var number: Int32 { descriptor.number }

  /// Takes one connection, if one waits.
  package func accept() -> StreamEnd? {
    do throws(Errno) {
      let (number, remote) = try Socket.accept(descriptor.number)
      let descriptor = Descriptor(number)
      guard let remote, let local = Socket.local(descriptor) else { return nil }
      return StreamEnd(descriptor, local: local, remote: remote)
    } catch {
      return nil
    }
  }
}

/// One end of a TCP connection of a program that plays a peer. It ends with this object.
package final class StreamEnd {
  /// This end.
  package let local: Endpoint
  /// The other end.
  package let remote: Endpoint
  private let descriptor: Descriptor
  private var room = [UInt8](repeating: 0, count: 65_536)

  /// What came in.
  package enum Arrival: Hashable, Sendable {
    case octets([UInt8])
    /// The other side sends no more; it may have cut the connection off.
    case ended(isReset: Bool)
  }

  init(_ descriptor: consuming Descriptor, local: Endpoint, remote: Endpoint) {
    self.local = local
    self.remote = remote
    self.descriptor = descriptor
  }

  /// Connects.
  /// - Parameter patience: how long it may take.
  package convenience init(
    to remote: Endpoint, from local: Address, patience: Interval
  ) throws(Refusal) {
    let listener = Listener(.tcp, remote)
    do throws(Errno) {
      let (number, _) = try Socket.connect(to: remote, from: local)
      let descriptor = Descriptor(number)
      guard linux_wait_writable(number, Int32(patience.milliseconds)) > 0 else {
        throw Errno(code: ETIMEDOUT)
      }
      let error = linux_socket_error(number)
      guard error == 0 else { throw Errno(code: error) }
      let own = Socket.local(descriptor) ?? Endpoint(local, port: 0)
      self.init(descriptor, local: own, remote: remote)
    } catch {
      throw Refusal(listener, error)
    }
  }

  /// For `Sockets.wait`.
  package var number: Int32 { descriptor.number }

  /// Writes all of it, and waits a second for room where there is none.
  /// - Returns: whether the kernel took it all.
  package func send(_ octets: [UInt8]) -> Bool {
    var start = 0
    while start < octets.count {
      let sent = unsafe octets.withUnsafeBytes { from in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: from[start...])
        return unsafe linux_send(descriptor.number, rest.baseAddress, rest.count)
      }
      if sent > 0 {
        start += sent
      } else {
        guard sent < 0, Errno.last.isAgain, linux_wait_writable(descriptor.number, 1_000) > 0 else {
          return false
        }
      }
    }
    return true
  }

  /// Takes what has come in, if anything has.
  package func receive() -> Arrival? {
    let number = descriptor.number
    let count = unsafe room.withUnsafeMutableBytes { to in
      unsafe linux_receive(number, to.baseAddress, to.count)
    }
    if count > 0 { return .octets(Array(room[..<count])) }
    if count == 0 { return .ended(isReset: false) }
    return Errno.last.isAgain ? nil : .ended(isReset: true)
  }
}
