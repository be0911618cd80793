import Basics
import CLinux

/// What the kernel says of a route (rtnetlink(7)): an error, or the entry of its table that holds
/// the address, with each interface that it may leave by.
struct RouteReply {
  /// Numbers of linux/netlink.h and linux/rtnetlink.h.
  enum Words {
    static let request: UInt16 = 1
    static let getRoute: UInt16 = 26
    static let newRoute: UInt16 = 24
    /// The entry of the table, with all its ways, and not the one that this packet would take.
    static let fibMatch: UInt32 = 0x2000
    static let destination: UInt16 = 1
    static let interface: UInt16 = 4
    static let ways: UInt16 = 9
    static let unicast: UInt8 = 1
    static let local: UInt8 = 2
    /// The number that lo has everywhere.
    static let loopback: UInt32 = 1
  }

  private static let header = 16
  private static let head = 28

  /// The number of the question; 0, which none has, for what is cut.
  let serial: UInt32
  private let isRoute: Bool
  private let kind: UInt8

  init(_ bytes: Span<UInt8>) {
    serial = bytes.count >= Self.header ? Self.word(bytes, 8) : 0
    isRoute = bytes.count >= Self.head && Self.half(bytes, 4) == Words.newRoute
    kind = bytes.count >= Self.head ? bytes[Self.header + 7] : 0
  }

  /// Whether the route leaves by an interface. That to an address of our own leaves by lo, whatever
  /// interface has the address; and what no route leads to leaves by none.
  /// - Parameter bytes: those that it was made of.
  func leads(over interface: UInt32, _ bytes: Span<UInt8>) -> Bool {
    guard isRoute, kind == Words.unicast || kind == Words.local else { return false }
    if kind == Words.local, interface == Words.loopback { return true }
    var place = Self.head
    while place &+ 4 <= bytes.count {
      let length = Int(Self.half(bytes, place))
      guard length >= 4, place &+ length <= bytes.count else { return false }
      switch Self.half(bytes, place &+ 2) {
      case Words.interface where length >= 8:
        if Self.word(bytes, place &+ 4) == interface { return true }
      case Words.ways:
        if Self.hasWay(bytes.extracting(place &+ 4..<place &+ length), interface) { return true }
      default: break
      }
      place &+= (length &+ 3) & ~3
    }
    return false
  }

  /// Whether one of several ways (`rtnexthop`) leaves by an interface.
  private static func hasWay(_ ways: Span<UInt8>, _ interface: UInt32) -> Bool {
    var place = 0
    while place &+ 8 <= ways.count {
      if word(ways, place &+ 4) == interface { return true }
      let length = Int(half(ways, place))
      guard length >= 8 else { return false }
      place &+= (length &+ 3) & ~3
    }
    return false
  }

  /// The kernel writes in the order of this machine.
  private static func word(_ bytes: Span<UInt8>, _ place: Int) -> UInt32 {
    unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: place, as: UInt32.self)
    }
  }

  private static func half(_ bytes: Span<UInt8>, _ place: Int) -> UInt16 {
    unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: place, as: UInt16.self)
    }
  }
}
