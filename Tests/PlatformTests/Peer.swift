import Basics
import CLinux
import Foundation
import Platform

/// A peer in the test's own thread: a plain blocking socket, with a time after which a read gives
/// up.
final class Peer: Sendable {
  let number: Int32
  let isIPv4: Bool

  init(_ isStream: Bool, ipv4: Bool = true, receiveBuffer: Int32? = nil) {
    isIPv4 = ipv4
    let type = isStream ? SOCK_STREAM : SOCK_DGRAM
    number = socket(ipv4 ? AF_INET : AF_INET6, Int32(type.rawValue), 0)
    precondition(number >= 0)
    _ = linux_set_option(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    if let receiveBuffer { _ = linux_set_option(number, SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
    var time = timeval(tv_sec: 5, tv_usec: 0)
    unsafe setsockopt(
      number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    unsafe setsockopt(
      number, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(number) }

  static func datagrams(ipv4: Bool = true) -> Peer {
    let peer = Peer(false, ipv4: ipv4)
    precondition(peer.bind(port: 0))
    return peer
  }

  static func stream(to port: UInt16, receiveBuffer: Int32? = nil) -> Peer {
    let peer = Peer(true, receiveBuffer: receiveBuffer)
    precondition(peer.connect(to: port))
    return peer
  }

  /// A socket that listens on loopback.
  static func listening(backlog: Int32 = 16) -> Peer {
    let peer = Peer(true)
    precondition(peer.bind(port: 0) && listen(peer.number, backlog) == 0)
    return peer
  }

  /// Where nobody listens any more.
  static func refusing() -> Endpoint { Peer.listening().endpoint }

  var loopback: Address {
    isIPv4 ? Address(ipv4: 0x7f00_0001) : Address(high: 0, low: 1)
  }

  func bind(port: UInt16) -> Bool {
    unsafe withName(port) { unsafe linux_bind(number, $0, $1) } == 0
  }

  func connect(to port: UInt16) -> Bool {
    unsafe withName(port) { unsafe linux_connect(number, $0, $1) } == 0
  }

  func accept() -> Peer? {
    var length: socklen_t = 0
    let accepted = unsafe Glibc.accept(number, nil, &length)
    return accepted >= 0 ? Peer(accepted: accepted) : nil
  }

  private init(accepted: Int32) {
    number = accepted
    isIPv4 = true
    var time = timeval(tv_sec: 5, tv_usec: 0)
    unsafe setsockopt(
      number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  var port: UInt16 {
    var octets = [UInt8](repeating: 0, count: 28)
    var length: socklen_t = 28
    unsafe octets.withUnsafeMutableBytes {
      _ = unsafe linux_getsockname(number, $0.baseAddress!, &length)
    }
    return UInt16(octets[2]) << 8 | UInt16(octets[3])
  }

  var endpoint: Endpoint { Endpoint(loopback, port: port) }

  @discardableResult
  func send(_ octets: [UInt8], to port: UInt16) -> Bool {
    let sent = unsafe withName(port) { name, length in
      unsafe octets.withUnsafeBytes { body in
        unsafe linux_send_to(number, body.baseAddress!, body.count, name, length)
      }
    }
    return sent == octets.count
  }

  @discardableResult
  func write(_ octets: [UInt8]) -> Bool {
    unsafe octets.withUnsafeBytes { body in
      unsafe Glibc.send(number, body.baseAddress!, body.count, Int32(MSG_NOSIGNAL))
    } == octets.count
  }

  @discardableResult
  func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  /// The next datagram, or what a stream has; `nil` when nothing comes, empty at a stream's end.
  func read(_ atMost: Int = 65_536) -> [UInt8]? {
    var octets = [UInt8](repeating: 0, count: atMost)
    let got = unsafe octets.withUnsafeMutableBytes {
      unsafe recv(number, $0.baseAddress!, $0.count, 0)
    }
    return got >= 0 ? Array(octets[0..<got]) : nil
  }

  /// So many octets of a stream, or what came before it ended.
  func read(exactly count: Int) -> [UInt8] {
    var all: [UInt8] = []
    while all.count < count, let more = read(count - all.count), !more.isEmpty { all += more }
    return all
  }

  /// Whether exactly this comes next. (An array in `#expect` would be compared element by element
  /// for the report, which takes minutes for a long one.)
  func reads(_ octets: [UInt8]) -> Bool { read(exactly: octets.count) == octets }

  func reads(_ text: String) -> Bool { reads(Array(text.utf8)) }

  /// Whether exactly this datagram comes next.
  func readsDatagram(_ octets: [UInt8]) -> Bool { read() == octets }

  /// Ends it with a reset.
  func abort() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(
      number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    // The number stays ours until `deinit`: another socket takes the connection's place.
    let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    dup2(other, number)
    close(other)
  }

  /// Whether the other side has closed, gracefully or not.
  func isClosedByOther() -> Bool {
    while true {
      guard let more = read() else { return errno == ECONNRESET }
      if more.isEmpty { return true }
    }
  }

  private func withName<Result>(
    _ port: UInt16, _ body: (UnsafeRawPointer, socklen_t) -> Result
  ) -> Result {
    var octets = [UInt8](repeating: 0, count: isIPv4 ? 16 : 28)
    octets[0] = UInt8(isIPv4 ? AF_INET : AF_INET6)
    octets[2] = UInt8(port >> 8)
    octets[3] = UInt8(port & 0xff)
    if isIPv4 { octets[4...7] = [127, 0, 0, 1] } else { octets[23] = 1 }
    return unsafe octets.withUnsafeBytes {
      unsafe body($0.baseAddress!, socklen_t(octets.count))
    }
  }
}

let loopback = Endpoint(Address(ipv4: 0x7f00_0001), port: 0)
let loopback6 = Endpoint(Address(high: 0, low: 1), port: 0)

/// Waits until something is so, for five seconds at most.
func eventually(_ condition: () -> Bool) -> Bool {
  let end = Clock.now() + .seconds(5)
  while Clock.now() < end {
    if condition() { return true }
    usleep(2_000)
  }
  return condition()
}

func ended(_ workers: borrowing Workers<EchoElement>) {
  workers.drain(within: .seconds(2)) { _ in .drain }
  workers.join()
}

/// Such as `E3\nabc`.
func message(_ letter: String = "E", _ body: String) -> String {
  "\(letter)\(body.utf8.count)\n\(body)"
}
