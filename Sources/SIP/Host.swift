public import Basics

/// A host (RFC 3261 §25.1): a name, an IPv4 address or an IPv6 reference.
///
/// Tolerated beyond the grammar: underscores in names, a last label that begins with a digit but is
/// no number (the names of containers), and three colons in an IPv6 address (RFC 5118 §4.10).
public struct Host: Sendable {
  /// Which of the three forms of RFC 3261 §25.1 it has.
  public enum Kind: UInt8, Sendable {
    case name, ipv4, ipv6
  }

  /// Decides how hosts are compared (RFC 3261 §19.1.4).
  public var kind: Kind
  /// The octets of the host, without the brackets of an IPv6 reference.
  public var text: Slice
  @usableFromInline var literal: Address

  /// No host at all: that of a URI which is neither SIP nor SIPS.
  public static var none: Host { Host(.name, .nothing) }

  init(_ kind: Kind, _ text: Slice, _ literal: Address = Address(high: 0, low: 0)) {
    self.kind = kind
    self.text = text
    self.literal = literal
  }

  /// The address that the host spells, or `nil` for a name.
  @inlinable
  public var address: Address? { kind == .name ? nil : literal }

  /// Reads a host that fills the slice. An IPv6 address may stand with or without its brackets
  /// (RFC 5118 §4.5: both are found in `received`).
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> Host {
    var reader = Reader(bytes, slice)
    let start = reader.place
    let found = try reader.hostOrBareIPv6()
    guard reader.isAtEnd else { throw reader.malformed(.host) }
    return found.host(from: start, in: bytes)
  }
}

/// A host and perhaps a port, as in a URI or a Via's sent-by.
public struct HostPort: Sendable {
  /// IPv6 without its brackets.
  public var host: Host
  /// `nil` where none is written, which is not the same as a written 5060 (RFC 3261 §19.1.4).
  public var port: UInt16?
  /// Host, brackets and port as they stand.
  public var text: Slice

  /// Of URIs that have no host, such as `tel:`.
  public static var none: HostPort { HostPort(host: .none, port: nil, text: .nothing) }

  init(host: Host, port: UInt16?, text: Slice) {
    self.host = host
    self.port = port
    self.text = text
  }

  /// Reads a host and port that fill the slice.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> HostPort {
    var reader = Reader(bytes, slice)
    let start = reader.place
    let found = try reader.host()
    var port: UInt16?
    if reader.take(0x3a) { port = try reader.port() }
    guard reader.isAtEnd else { throw reader.malformed(.host) }
    return HostPort(
      host: found.host(from: start, in: bytes), port: port, text: reader.slice(from: start))
  }
}

/// A host as it was read, in one word: the bits of an IPv4 address, the offset of the end, and the
/// kind.
struct HostPlace: Sendable {
  private let word: UInt64

  @inline(__always)
  init(_ kind: Host.Kind, to end: Int, ipv4: UInt32 = 0) {
    word =
      UInt64(ipv4) | UInt64(UInt16(truncatingIfNeeded: end)) << 32 | UInt64(kind.rawValue) << 48
  }

  /// An IPv6 address in brackets; `ipv4` has no other use then.
  @inline(__always)
  init(referenceTo end: Int) { self.init(.ipv6, to: end, ipv4: 1) }
  @inline(__always) var isIPv6: Bool { word >> 48 == 2 }
  @inline(__always) var isReference: Bool { kind == .ipv6 && ipv4 == 1 }

  @inline(__always) var ipv4: UInt32 { UInt32(truncatingIfNeeded: word) }
  /// The end, the bracket of an IPv6 reference included.
  @inline(__always) var end: Int { Int(UInt16(truncatingIfNeeded: word >> 32)) }
  @inline(__always) var kind: Host.Kind {
    word >> 48 == 0 ? .name : word >> 48 == 1 ? .ipv4 : .ipv6
  }

  /// The host with its address. An IPv6 address is read a second time: that costs less than to
  /// carry sixteen octets along for every host.
  @inline(__always)
  func host(from start: Int, in bytes: Span<UInt8>) -> Host {
    switch kind {
    case .name: Host(.name, Slice(from: start, to: end))
    case .ipv4: Host(.ipv4, Slice(from: start, to: end), Address(ipv4: ipv4))
    case .ipv6: Host.ipv6(from: start, to: end, in: bytes)
    }
  }
}

extension Host {
  /// A host of kind IPv6 whose grammar was checked before, with or without its brackets.
  @inline(never)
  static func ipv6(from start: Int, to end: Int, in bytes: Span<UInt8>) -> Host {
    var reader = Reader(bytes, from: start, to: end)
    _ = reader.take(0x5b)
    guard let found = try? reader.ipv6(from: reader.place) else { return .none }
    return Host(.ipv6, Slice(from: reader.place, to: found.end), found.address)
  }
}

extension Reader {
  @inline(__always)
  mutating func host() throws(Malformed) -> HostPlace {
    let found = try hostPlace(from: place)
    place = found.end
    return found
  }

  /// As `host`, and an IPv6 address without brackets.
  @inline(__always)
  mutating func hostOrBareIPv6() throws(Malformed) -> HostPlace {
    let found = try hostOrBareIPv6Place(from: place)
    place = found.end
    return found
  }

  /// `1*DIGIT` up to 65535.
  @inline(__always)
  mutating func port() throws(Malformed) -> UInt16 {
    let start = place
    let number = try number(or: .port)
    guard number <= 65_535 else { throw Malformed(.port, at: start) }
    return UInt16(truncatingIfNeeded: number)
  }

  @inline(never)
  func hostPlace(from start: Int) throws(Malformed) -> HostPlace {
    let first = bytes.octet(at: start)
    if Octets.isDigit(first), let (bits, end) = ipv4(from: start) {
      return HostPlace(.ipv4, to: end, ipv4: bits)
    }
    if first == 0x5b { return try ipv6Reference(from: start) }
    let end = bytes.end(of: .host, from: start)
    if bytes.isUsualName(from: start, to: end) { return HostPlace(.name, to: end) }
    return HostPlace(.name, to: try nameEnd(from: start))
  }

  /// `"[" IPv6address "]"`
  private func ipv6Reference(from start: Int) throws(Malformed) -> HostPlace {
    let end = try ipv6(from: start &+ 1).end
    guard bytes.octet(at: end) == 0x5d else { throw Malformed(.host, at: end) }
    return HostPlace(referenceTo: end &+ 1)
  }

  @inline(never)
  private func hostOrBareIPv6Place(from start: Int) throws(Malformed) -> HostPlace {
    guard bytes.octet(at: bytes.end(of: .hexadecimal, from: start)) == 0x3a else {
      return try hostPlace(from: start)
    }
    return HostPlace(.ipv6, to: try ipv6(from: start).end)
  }
}

// Names: *( domainlabel "." ) toplabel [ "." ]
extension Reader {
  @inline(never)
  func nameEnd(from start: Int) throws(Malformed) -> Int {
    var label = start
    while true {
      let end = bytes.end(of: .label, from: label)
      guard end > label, bytes[label] != 0x2d else { throw Malformed(.host, at: label) }
      guard bytes[end &- 1] != 0x2d else { throw Malformed(.host, at: end) }
      guard bytes.octet(at: end) == 0x2e, OctetSet.host.contains(bytes.octet(at: end &+ 1)) else {
        if Octets.isDigit(bytes[label]), bytes.end(of: .digit, from: label) == end {
          // The last label is a number: such a text is a wrong IPv4 address and never a name.
          throw Malformed(.host, at: start)
        }
        return bytes.octet(at: end) == 0x2e ? end &+ 1 : end
      }
      label = end &+ 1
    }
  }
}

// Addresses
extension Reader {
  /// Four decimal numbers of one to three digits up to 255, and nothing after them that a host can
  /// have.
  @inline(__always)
  func ipv4(from start: Int) -> (bits: UInt32, end: Int)? {
    guard let found = bytes.ipv4(at: start), !OctetSet.host.contains(bytes.octet(at: found.end))
    else { return nil }
    return found
  }

  /// An IPv6 address without brackets: up to eight groups, `::` once, an IPv4 address as the last
  /// two.
  @inline(never)
  func ipv6(from start: Int) throws(Malformed) -> (address: Address, end: Int) {
    var reader = Reader(bytes, from: start, to: end)
    var groups = Groups()
    while true {
      let isFirst = reader.place == start
      guard reader.takeColons(&groups, isFirst: isFirst) else { throw reader.malformed(.host) }
      guard OctetSet.hexadecimal.contains(reader.peek) else { break }
      if groups.isRoomForTwo, let (bits, end) = ipv4(from: reader.place) {
        groups.append(UInt16(truncatingIfNeeded: bits >> 16))
        groups.append(UInt16(truncatingIfNeeded: bits))
        reader.place = end
        break
      }
      guard groups.hasRoom, let group = reader.hexGroup() else { throw reader.malformed(.host) }
      groups.append(group)
      if reader.peek != 0x3a { break }
    }
    guard let address = groups.address else { throw reader.malformed(.host) }
    return (address, reader.place)
  }

  /// Takes what stands before a group: nothing at the start, `:`, or `::` (and `:::`, RFC 5118
  /// §4.10).
  private mutating func takeColons(_ groups: inout Groups, isFirst: Bool) -> Bool {
    guard take(0x3a) else { return isFirst }
    guard take(0x3a) else { return !isFirst && OctetSet.hexadecimal.contains(peek) }
    _ = take(0x3a)
    guard groups.gap == nil, groups.hasRoom else { return false }
    groups.gap = groups.count
    return true
  }

  private mutating func hexGroup() -> UInt16? {
    let start = place
    var value: UInt16 = 0
    while let digit = Octets.hexValue(peek), place < end {
      guard place &- start < 4 else { return nil }
      value = value << 4 | UInt16(digit)
      place &+= 1
    }
    return place > start ? value : nil
  }
}

/// The groups of an IPv6 address as they are read: those before `::` in order, those after it too.
private struct Groups {
  private var high: UInt64 = 0
  private var low: UInt64 = 0
  private(set) var count = 0
  /// How many groups stood before `::`.
  var gap: Int?

  /// A gap stands for at least one group (RFC 4291 §2.2).
  var hasRoom: Bool { count < (gap == nil ? 8 : 7) }
  var isRoomForTwo: Bool { count <= (gap == nil ? 6 : 5) }

  mutating func append(_ group: UInt16) {
    high = high << 16 | low >> 48
    low = low << 16 | UInt64(group)
    count &+= 1
  }

  /// The address when there are as many groups as there must be.
  var address: Address? {
    guard let gap else { return count == 8 ? Address(high: high, low: low) : nil }
    // The groups after the gap are the lowest; those before it move up to the top.
    let after = count &- gap
    let tail = mask(groups: after)
    let head = (high: high & ~tail.high, low: low & ~tail.low)
    let up = shiftedUp(head.high, head.low, groups: 8 &- count)
    return Address(high: up.high | high & tail.high, low: up.low | low & tail.low)
  }

  private func mask(groups: Int) -> (high: UInt64, low: UInt64) {
    let bits = groups &* 16
    if bits == 0 { return (0, 0) }
    if bits < 64 { return (0, 1 << UInt64(bits) &- 1) }
    return (bits == 64 ? 0 : 1 << UInt64(bits &- 64) &- 1, .max)
  }

  private func shiftedUp(_ high: UInt64, _ low: UInt64, groups: Int) -> (high: UInt64, low: UInt64)
  {
    let bits = groups &* 16
    if bits == 0 { return (high, low) }
    if bits >= 64 { return (bits >= 128 ? 0 : low << UInt64(bits &- 64), 0) }
    return (high << UInt64(bits) | low >> UInt64(64 &- bits), low << UInt64(bits))
  }
}
