import Basics
import CLinux

/// How sockets are opened.
enum Socket {
  /// Octets of the kernel's buffers for datagrams, as far as it grants them: a carrier's burst must
  /// fit.
  private static let datagramBuffer: Int32 = 4 << 20
  /// Connections that wait to be accepted.
  private static let backlog: Int32 = 1_024

  /// Opens a listener for one worker. Several may have the same address, each with its own queue.
  /// - Parameter tellsArrival: whether it tells of each datagram by which interface it came in.
  static func open(
    _ listener: Listener, tellsArrival: Bool = false
  ) throws(Refusal) -> Descriptor {
    do throws(Errno) {
      switch listener.transport {
      case .udp: return try openDatagrams(listener.local, tellsArrival: tellsArrival)
      case .tcp: return try openStreams(listener.local)
      case .tls: throw Errno(code: EPROTONOSUPPORT)
      }
    } catch {
      throw Refusal(listener, error)
    }
  }

  /// Opens the address alone for a moment. The sockets of the workers share their port, and would
  /// share it with another process of the same user as well, which would take half of the calls.
  static func probe(_ listener: Listener) throws(Refusal) {
    do throws(Errno) {
      let isStream = listener.transport != .udp
      let descriptor = try make(listener.local.address, isStream: isStream)
      // Connections of an earlier life that linger in TIME_WAIT are no hindrance; a listener is.
      if isStream { set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) }
      try bind(descriptor, listener.local)
      if isStream, listen(descriptor.number, 1) != 0 { throw Errno.last }
    } catch {
      throw Refusal(listener, error)
    }
  }

  /// Asks the kernel whether this machine has the address, and takes no port of it: an element may
  /// be serving there.
  static func look(at listener: Listener) throws(Refusal) {
    do throws(Errno) {
      guard listener.transport != .tls else { throw Errno(code: EPROTONOSUPPORT) }
      let isStream = listener.transport != .udp
      let descriptor = try make(listener.local.address, isStream: isStream)
      set(descriptor, IPPROTO_IP_LEVEL, IP_BIND_ADDRESS_NO_PORT, 1)
      try bind(descriptor, Endpoint(listener.local.address, port: 0))
    } catch {
      throw Refusal(listener, error)
    }
  }

  static func local(_ descriptor: borrowing Descriptor) -> Endpoint? {
    var address = SocketAddress()
    let result = unsafe address.fill { bytes, length in
      unsafe linux_getsockname(descriptor.number, bytes, &length)
    }
    return result == 0 ? address.endpoint : nil
  }

  /// Begins to connect from a local address to a remote endpoint.
  static func connect(
    to remote: Endpoint, from local: Address
  ) throws(Errno) -> (descriptor: Int32, isDone: Bool) {
    guard remote.address.isIPv4 == local.isIPv4 else { throw Errno(code: ENETUNREACH) }
    let descriptor = try make(remote.address, isStream: true)
    tune(stream: descriptor.number)
    if local != .unspecified, local != Address(ipv4: 0) {
      // The port is chosen when the other end is known, so that many can share one.
      set(descriptor, IPPROTO_IP_LEVEL, IP_BIND_ADDRESS_NO_PORT, 1)
      try bind(descriptor, Endpoint(local, port: 0))
    }
    let result = unsafe SocketAddress(remote).withBytes { bytes, length in
      unsafe linux_connect(descriptor.number, bytes, length)
    }
    let error = Errno.last
    guard result == 0 || error.code == EINPROGRESS else { throw error }
    return (descriptor.takeNumber(), result == 0)
  }

  /// Takes a connection that waits.
  static func accept(_ number: Int32) throws(Errno) -> (descriptor: Int32, remote: Endpoint?) {
    var address = SocketAddress()
    let accepted = unsafe address.fill { bytes, length in
      unsafe linux_accept(number, bytes, &length)
    }
    guard accepted >= 0 else { throw Errno.last }
    tune(stream: accepted)
    return (accepted, address.endpoint)
  }

  /// A message is written whole, so waiting for more to send only delays it.
  private static func tune(stream: Int32) {
    _ = linux_set_option(stream, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    _ = linux_set_option(stream, SOL_SOCKET, SO_KEEPALIVE, 1)
  }

  private static let IPPROTO_IP_LEVEL = Int32(IPPROTO_IP)

  private static func openDatagrams(
    _ local: Endpoint, tellsArrival: Bool
  ) throws(Errno) -> Descriptor {
    let descriptor = try make(local.address, isStream: false)
    for (forced, plain) in [(SO_RCVBUFFORCE, SO_RCVBUF), (SO_SNDBUFFORCE, SO_SNDBUF)]
    where !set(descriptor, SOL_SOCKET, forced, datagramBuffer) {
      // Without the privilege the kernel grants what its own limit allows.
      set(descriptor, SOL_SOCKET, plain, datagramBuffer)
    }
    set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
    // Before the first datagram can come.
    let (level, option) =
      local.address.isIPv4
      ? (IPPROTO_IP_LEVEL, IP_PKTINFO) : (Int32(IPPROTO_IPV6), IPV6_RECVPKTINFO)
    if tellsArrival, !set(descriptor, level, option, 1) { throw Errno.last }
    try bind(descriptor, local)
    return descriptor
  }

  private static func openStreams(_ local: Endpoint) throws(Errno) -> Descriptor {
    let descriptor = try make(local.address, isStream: true)
    set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
    try bind(descriptor, local)
    guard listen(descriptor.number, backlog) == 0 else { throw Errno.last }
    return descriptor
  }

  /// A socket for datagrams that shares its port with nobody.
  static func datagrams(
    at local: Endpoint, to remote: Endpoint?
  ) throws(Errno) -> Descriptor {
    let descriptor = try make(local.address, isStream: false)
    set(descriptor, SOL_SOCKET, SO_RCVBUF, datagramBuffer)
    try bind(descriptor, local)
    guard let remote else { return descriptor }
    let number = descriptor.number
    let result = unsafe SocketAddress(remote).withBytes { bytes, length in
      unsafe linux_connect(number, bytes, length)
    }
    guard result == 0 else { throw Errno.last }
    return descriptor
  }

  /// A listener that shares its port with nobody.
  static func connections(at local: Endpoint) throws(Errno) -> Descriptor {
    let descriptor = try make(local.address, isStream: true)
    set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    try bind(descriptor, local)
    guard listen(descriptor.number, backlog) == 0 else { throw Errno.last }
    return descriptor
  }

  private static func make(_ address: Address, isStream: Bool) throws(Errno) -> Descriptor {
    let number = linux_socket(SocketAddress.family(address), isStream ? 1 : 0)
    guard number >= 0 else { throw Errno.last }
    let descriptor = Descriptor(number)
    // An IPv4 peer must come in on the IPv4 listener, or it would have two names.
    if !address.isIPv4 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
    return descriptor
  }

  private static func bind(
    _ descriptor: borrowing Descriptor, _ local: Endpoint
  ) throws(Errno) {
    let number = descriptor.number
    let result = unsafe SocketAddress(local).withBytes { bytes, length in
      unsafe linux_bind(number, bytes, length)
    }
    guard result == 0 else { throw Errno.last }
  }

  @discardableResult
  private static func set(
    _ descriptor: borrowing Descriptor, _ level: Int32, _ name: Int32, _ value: Int32
  ) -> Bool {
    linux_set_option(descriptor.number, level, name, value) == 0
  }
}
