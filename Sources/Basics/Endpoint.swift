/// An IP address. IPv4 is kept in its IPv4-mapped form (`::ffff:a.b.c.d`), so that the two ways in
/// which one host can be written compare equal and no access list is passed by the other spelling.
public struct Address: Hashable, Sendable {
  /// The first eight octets, in network order.
  public var high: UInt64
  /// The last eight octets, in network order.
  public var low: UInt64

  /// `::`, which no peer has.
  public static let unspecified = Address(high: 0, low: 0)

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// An IPv4 address from its 32 bits (the first octet is the highest).
  @inlinable
  public init(ipv4 bits: UInt32) {
    self.init(high: 0, low: 0xffff_0000_0000 | UInt64(bits))
  }

  /// Whether it lies in ::ffff:0:0/96 (RFC 4291 §2.5.5.2), which is how IPv4 is kept here.
  @inlinable
  public var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

  /// The 32 bits of an IPv4 address; meaningless for another.
  @inlinable
  public var ipv4: UInt32 { UInt32(truncatingIfNeeded: low) }

  /// The octet at a place from 0 to 15, of the 128-bit form.
  @inlinable
  public func octet(_ place: Int) -> UInt8 {
    let word = place < 8 ? high : low
    return UInt8(truncatingIfNeeded: word >> UInt64(56 &- 8 &* (place & 7)))
  }

  /// Whether the first `bits` bits (0 to 128, of the 128-bit form) are those of `other`.
  @inlinable
  public func matches(_ other: Address, bits: Int) -> Bool {
    if bits <= 0 { return true }
    if bits <= 64 { return (high ^ other.high) >> UInt64(64 &- bits) == 0 }
    guard high == other.high else { return false }
    return bits >= 128 ? low == other.low : (low ^ other.low) >> UInt64(128 &- bits) == 0
  }
}

/// Why a host name could not be made an address: the surer it is that there is none, the earlier.
public enum Unresolved: UInt8, Error, Hashable, Comparable, CaseIterable {
  /// There is no such name.
  case noSuchName
  /// There is the name, and it has no address that can be used here.
  case noAddress
  /// The name service could not do its work.
  case serverFailed
  /// Nobody answered in time.
  case noAnswer
  /// There was no room here to ask: of memory, descriptors, threads or names under way.
  case noRoom

  @inlinable
  public static func < (one: Unresolved, other: Unresolved) -> Bool {
    one.rawValue < other.rawValue
  }
}

/// An address and a port.
public struct Endpoint: Hashable, Sendable {
  /// Of either family, IPv4 mapped.
  public var address: Address
  /// 0 where the kernel is to choose one.
  public var port: UInt16

  @inlinable
  public init(_ address: Address, port: UInt16) {
    self.address = address
    self.port = port
  }
}

/// How messages are carried. TLS has its place here already; no listener offers it yet.
public enum Transport: UInt8, Hashable, Sendable, CaseIterable {
  case udp, tcp, tls

  /// Whether the transport itself retransmits (RFC 3261 §17: timers A, E, G, I, J, K and D are 0).
  @inlinable
  public var isReliable: Bool { self != .udp }
}

/// One stream connection of one worker. The handle's generation makes a stale name harmless.
public struct Connection: Hashable, Sendable {
  /// Whose loop it hangs on; no other worker can write to it.
  public var worker: UInt8
  /// Its slot there; once it is closed, the generation finds nothing.
  public var handle: Handle

  @inlinable
  public init(worker: UInt8, handle: Handle) {
    self.worker = worker
    self.handle = handle
  }
}

/// Where a message came from, or where one is to go.
public struct Flow: Hashable, Sendable {
  /// The one that the message came by, or is to go by.
  public var transport: Transport
  /// The place of the listener in the policy: the socket that it came in on, or the local address
  /// to send from.
  public var listener: UInt8
  /// The other side. For a stream this is also where to connect to when `connection` is gone.
  public var remote: Endpoint
  /// The stream to use, if there is one. Never set for UDP.
  public var connection: Connection?

  @inlinable
  public init(
    _ transport: Transport, listener: UInt8, remote: Endpoint, connection: Connection? = nil
  ) {
    self.transport = transport
    self.listener = listener
    self.remote = remote
    self.connection = connection
  }
}
