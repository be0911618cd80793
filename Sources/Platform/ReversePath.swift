import BasicContainers
import Basics
import CLinux

/// Whether the kernel's route back to a source leaves by the interface that its datagram came in
/// on: strict reverse path forwarding (RFC 3704 §2.2). A forged source of another network does not
/// pass. What the kernel said is remembered for some seconds, in a table of one size.
struct ReversePath: ~Copyable {
  /// What the kernel said of a source and an interface.
  struct Answer {
    var source = Address.unspecified
    var interface: UInt32 = 0
    var leadsBack = false
    /// When it is to be asked again: routes change.
    var until = Instant(nanoseconds: 0)
  }

  /// Sources that are remembered: 192 KiB for each worker. A flood of forged ones can only have
  /// the kernel asked again.
  static let places = 4096
  static let life = Interval.seconds(5)

  private var kernel: RouteSocket
  private var answers = RigidArray<Answer>(repeating: Answer(), count: places)
  private let secret = Entropy.key()
  /// How often the kernel was asked.
  private(set) var questions = 0

  init() throws(Errno) { kernel = try RouteSocket() }

  /// - Parameter interface: by its number; 0, which none has, where the kernel did not tell it.
  mutating func leadsBack(
    to source: Address, over interface: UInt32, now: Instant
  ) -> Bool {
    guard interface != 0 else { return false }
    var hash = KeyedHash(secret: secret)
    hash.combine(source.high)
    hash.combine(source.low)
    let place = Int(truncatingIfNeeded: hash.finish().a & UInt64(Self.places - 1))
    let known = answers[place]
    if known.source == source, known.interface == interface, now < known.until {
      return known.leadsBack
    }
    questions &+= 1
    // Who cannot be told is not let in: it is what was asked for.
    guard let leadsBack = kernel.leadsBack(to: source, over: interface) else { return false }
    answers[place] = Answer(
      source: source, interface: interface, leadsBack: leadsBack, until: now + Self.life)
    return leadsBack
  }
}

/// The way to ask the kernel for routes: rtnetlink(7). It answers within the call that asks, so
/// nothing here ever waits.
struct RouteSocket: ~Copyable {
  /// Answers to earlier questions that are passed over: none is ever left, as a rule.
  private static let late = 4

  private let descriptor: Descriptor
  private var room = [UInt8](repeating: 0, count: 8192)
  private var serial: UInt32 = 0

  init() throws(Errno) {
    let number = linux_route_socket()
    guard number >= 0 else { throw Errno.last }
    descriptor = Descriptor(number)
  }

  /// Whether a route to an address leaves by an interface.
  /// - Returns: `nil` where the kernel has no room for the question or the answer.
  mutating func leadsBack(to address: Address, over interface: UInt32) -> Bool? {
    serial &+= 1
    let length = write(address)
    let number = descriptor.number
    let sent = unsafe room.withUnsafeBytes { unsafe linux_send(number, $0.baseAddress, length) }
    guard sent == length else { return nil }
    for _ in 0..<Self.late {
      let count = unsafe room.withUnsafeMutableBytes {
        unsafe linux_receive(number, $0.baseAddress, $0.count)
      }
      guard count > 0 else { return nil }
      let reply = RouteReply(room.span.extracting(0..<count))
      guard reply.serial == serial else { continue }
      return reply.leads(over: interface, room.span.extracting(0..<count))
    }
    return nil
  }

  /// Writes RTM_GETROUTE: `nlmsghdr`, `rtmsg`, and the address as RTA_DST.
  /// - Returns: its length in octets.
  private mutating func write(_ address: Address) -> Int {
    let octets = address.isIPv4 ? 4 : 16
    let length = 32 + octets
    let serial = serial
    unsafe room.withUnsafeMutableBytes { to in
      unsafe to.storeBytes(of: UInt32(length), toByteOffset: 0, as: UInt32.self)
      unsafe to.storeBytes(of: RouteReply.Words.getRoute, toByteOffset: 4, as: UInt16.self)
      unsafe to.storeBytes(of: RouteReply.Words.request, toByteOffset: 6, as: UInt16.self)
      unsafe to.storeBytes(of: serial, toByteOffset: 8, as: UInt32.self)
      unsafe to.storeBytes(of: 0, toByteOffset: 12, as: UInt32.self)
      unsafe to.storeBytes(of: 0, toByteOffset: 16, as: UInt64.self)
      unsafe to[16] = UInt8(SocketAddress.family(address))
      unsafe to[17] = UInt8(8 * octets)
      unsafe to.storeBytes(of: RouteReply.Words.fibMatch, toByteOffset: 24, as: UInt32.self)
      unsafe to.storeBytes(of: UInt16(4 + octets), toByteOffset: 28, as: UInt16.self)
      unsafe to.storeBytes(of: RouteReply.Words.destination, toByteOffset: 30, as: UInt16.self)
      if address.isIPv4 {
        unsafe to.storeBytes(of: address.ipv4.bigEndian, toByteOffset: 32, as: UInt32.self)
      } else {
        unsafe to.storeBytes(of: address.high.bigEndian, toByteOffset: 32, as: UInt64.self)
        unsafe to.storeBytes(of: address.low.bigEndian, toByteOffset: 40, as: UInt64.self)
      }
    }
    return length
  }
}
