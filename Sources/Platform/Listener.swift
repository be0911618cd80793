package import Basics
import CLinux

/// Where an element listens: its place in the list is the `listener` of a `Flow`.
package struct Listener: Hashable, Sendable {
  /// One socket for each worker is opened for it.
  package var transport: Transport
  /// Port 0 asks the kernel for a free one; `Workers.listeners` then tells which.
  package var local: Endpoint

  package init(_ transport: Transport, _ local: Endpoint) {
    self.transport = transport
    self.local = local
  }

  /// Opens the port for a moment, alone, for who lets a library open it.
  /// - Throws: what keeps it from being opened.
  package func probe() throws(Refusal) { try Socket.probe(self) }
}

/// Why serving could not begin.
package enum Refusal: Error, Hashable, Sendable {
  /// Another process, or another listener, has the port.
  case addressInUse(Listener)
  /// The user may not open this port.
  case notPermitted(Listener)
  /// The address is not one of this machine's.
  case addressNotAvailable(Listener)
  /// No transport of this kind can be opened.
  case unsupported(Listener)
  /// Another error of the kernel, by its errno.
  case socket(Listener, code: Int32)
  /// Something else than a listener could not be made, by its errno.
  case system(code: Int32)
  /// Another process answers at the path of the control socket, or is about to.
  case controlInUse(path: String)
  /// What stands at that path is no socket; it is left as it is.
  case controlNotASocket(path: String)
  /// The control socket could not be opened, by its errno.
  case control(path: String, code: Int32)

  init(_ listener: Listener, _ error: Errno) {
    switch error.code {
    case EADDRINUSE: self = .addressInUse(listener)
    case EACCES, EPERM: self = .notPermitted(listener)
    case EADDRNOTAVAIL: self = .addressNotAvailable(listener)
    case EAFNOSUPPORT, EPROTONOSUPPORT: self = .unsupported(listener)
    default: self = .socket(listener, code: error.code)
    }
  }
}

extension Refusal: CustomStringConvertible {
  /// One line for the user.
  package var description: String {
    switch self {
    case .addressInUse(let listener): "\(listener): the port is in use"
    case .notPermitted(let listener): "\(listener): no permission to open this port"
    case .addressNotAvailable(let listener): "\(listener): this machine has no such address"
    case .unsupported(let listener): "\(listener): this transport cannot be opened here"
    case .socket(let listener, let code): "\(listener): \(Self.text(code))"
    case .system(let code): "the kernel refused a resource: \(Self.text(code))"
    case .controlInUse(let path): "control socket \(path): in use by a process that runs"
    case .controlNotASocket(let path): "control socket \(path): something else stands there"
    case .control(let path, let code): "control socket \(path): \(Self.text(code))"
    }
  }

  static func text(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}

extension Listener: CustomStringConvertible {
  /// Such as `udp 127.0.0.1:5060`.
  package var description: String { "\(transport) \(SocketAddress(local).text)" }
}

extension SocketAddress {
  /// Such as `192.0.2.1:5060` or `[2001:db8::1]:5060`.
  var text: String {
    guard let endpoint else { return "?" }
    let address = endpoint.address
    if address.isIPv4 {
      let octets = (12..<16).map { String(address.octet($0)) }
      return "\(octets.joined(separator: ".")):\(endpoint.port)"
    }
    return unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { room in
      var raw = in6_addr()
      unsafe withUnsafeMutableBytes(of: &raw) { octets in
        for place in 0..<16 { unsafe octets[place] = address.octet(place) }
      }
      let name = unsafe room.baseAddress!.assumingMemoryBound(to: CChar.self)
      unsafe inet_ntop(AF_INET6, &raw, name, 64)
      return unsafe "[\(String(cString: name))]:\(endpoint.port)"
    }
  }
}
