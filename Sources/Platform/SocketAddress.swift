import Basics
import CLinux

/// An endpoint in the kernel's form: the octets of a `sockaddr_in` or `sockaddr_in6`.
@safe
struct SocketAddress {
  /// Enough for both families.
  static let size = 28

  // sockaddr_in6 is 28 octets; kept as words so that the value is plain and aligned.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}

  init(_ endpoint: Endpoint) {
    unsafe withUnsafeMutableBytes(of: &words) { buffer in
      _ = unsafe Self.write(endpoint, to: buffer.baseAddress!)
    }
  }

  /// Lends the octets for a call that reads them.
  func withBytes<Result>(_ body: (UnsafeRawPointer, socklen_t) -> Result) -> Result {
    let length = unsafe withUnsafeBytes(of: words) { unsafe Self.length($0.baseAddress!) }
    return unsafe withUnsafeBytes(of: words) { unsafe body($0.baseAddress!, length) }
  }

  /// Lends the octets for a call that fills them.
  mutating func fill<Result>(
    _ body: (UnsafeMutableRawPointer, inout socklen_t) -> Result
  ) -> Result {
    var length = socklen_t(Self.size)
    return unsafe withUnsafeMutableBytes(of: &words) {
      unsafe body($0.baseAddress!, &length)
    }
  }

  var endpoint: Endpoint? {
    unsafe withUnsafeBytes(of: words) { unsafe Self.read($0.baseAddress!) }
  }

  static func family(_ address: Address) -> Int32 { address.isIPv4 ? AF_INET : AF_INET6 }

  private static func length(_ from: UnsafeRawPointer) -> socklen_t {
    unsafe Int32(from.load(as: UInt16.self)) == AF_INET ? 16 : 28
  }

  /// Writes the endpoint to 28 octets that the caller owns, aligned to 4.
  /// - Returns: how many octets of it count.
  static func write(_ endpoint: Endpoint, to: UnsafeMutableRawPointer) -> socklen_t {
    unsafe to.storeBytes(of: endpoint.port.bigEndian, toByteOffset: 2, as: UInt16.self)
    if endpoint.address.isIPv4 {
      unsafe to.storeBytes(of: UInt16(AF_INET), as: UInt16.self)
      unsafe to.storeBytes(of: endpoint.address.ipv4.bigEndian, toByteOffset: 4, as: UInt32.self)
      unsafe to.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
      return 16
    }
    unsafe to.storeBytes(of: UInt16(AF_INET6), as: UInt16.self)
    unsafe to.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
    unsafe to.storeBytes(of: endpoint.address.high.bigEndian, toByteOffset: 8, as: UInt64.self)
    unsafe to.storeBytes(of: endpoint.address.low.bigEndian, toByteOffset: 16, as: UInt64.self)
    unsafe to.storeBytes(of: 0, toByteOffset: 24, as: UInt32.self)
    return 28
  }

  /// Reads the endpoint from what the kernel wrote there; `nil` for another family.
  static func read(_ from: UnsafeRawPointer) -> Endpoint? {
    let port = unsafe UInt16(bigEndian: from.load(fromByteOffset: 2, as: UInt16.self))
    switch unsafe Int32(from.load(as: UInt16.self)) {
    case AF_INET:
      let bits = unsafe UInt32(bigEndian: from.load(fromByteOffset: 4, as: UInt32.self))
      return Endpoint(Address(ipv4: bits), port: port)
    case AF_INET6:
      let high = unsafe from.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      let low = unsafe from.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
      let address = Address(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
      return Endpoint(address, port: port)
    default: return nil
    }
  }
}
