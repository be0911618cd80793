package import Basics
import CLinux

/// A UDP socket of a program that plays a peer: it takes one datagram at a time, and is slow beside
/// the sockets of a worker. It never waits; `Sockets.wait` does.
package final class DatagramPort {
  /// Its own address and port.
  package let local: Endpoint
  private let descriptor: Descriptor
  private var room = [UInt8](repeating: 0, count: 65_536)

  /// What came in.
  package enum Arrival: Hashable, Sendable {
    case message([UInt8], from: Endpoint)
    /// The other end of a connected socket said that nobody is there (RFC 1122 §4.1.3.3).
    case refused
  }

  /// Opens it for itself alone: two that share a port would share the answers.
  /// - Parameter remote: the only one that it sends to and hears of; that it is not there is told.
  package init(_ local: Endpoint, to remote: Endpoint? = nil) throws(Refusal) {
    let listener = Listener(.udp, local)
    do throws(Errno) {
      let descriptor = try Socket.datagrams(at: local, to: remote)
      self.local = Socket.local(descriptor) ?? local
      self.descriptor = descriptor
    } catch {
      throw Refusal(listener, error)
    }
  }

  /// For `Sockets.wait`.
  package var number: Int32 { descriptor.number }

  /// Sends one datagram.
  /// - Returns: whether the kernel took it.
  package func send(_ octets: [UInt8], to remote: Endpoint) -> Bool {
    let number = descriptor.number
    let sent = unsafe SocketAddress(remote).withBytes { name, length in
      unsafe octets.withUnsafeBytes { from in
        unsafe linux_send_to(number, from.baseAddress, from.count, name, length)
      }
    }
    return sent == octets.count
  }

  /// Takes one datagram, if there is one.
  package func receive() -> Arrival? {
    var address = SocketAddress()
    let number = descriptor.number
    let count = unsafe address.fill { name, length in
      unsafe room.withUnsafeMutableBytes { to in
        unsafe linux_receive_from(number, to.baseAddress, to.count, name, &length)
      }
    }
    guard count >= 0 else { return Errno.last.code == ECONNREFUSED ? .refused : nil }
    guard let remote = address.endpoint else { return nil }
    return .message(Array(room[..<count]), from: remote)
  }
}

/// Waiting for sockets, and asking which address leads where.
package enum Sockets {
  /// Waits until one of the sockets has something, or the time is over.
  package static func wait(_ numbers: [Int32], atMost limit: Interval) {
    var wanted = numbers.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // Rounded up: a wait of less than a millisecond would be none.
    let milliseconds = (max(limit.nanoseconds, 0) + 999_999) / 1_000_000
    _ = unsafe poll(&wanted, nfds_t(wanted.count), Int32(min(milliseconds, 60_000)))
  }

  /// The address of this machine that leads to another one; `nil` where no route does.
  package static func address(towards remote: Endpoint) -> Address? {
    let any = Endpoint(remote.address.isIPv4 ? Address(ipv4: 0) : .unspecified, port: 0)
    do throws(Refusal) {
      return try DatagramPort(any, to: remote).local.address
    } catch {
      return nil
    }
  }
}
