public import Basics

/// One value of a Via header field (RFC 3261 §20.42, RFC 3581).
public struct Via: Sendable {
  /// What `rport` says (RFC 3581 §3).
  public enum ResponsePort: Hashable, Sendable {
    case absent
    /// The sender wants to be told the port that its request came from.
    case asked
    case value(UInt16)
  }

  // Offsets; an absent part ends where it begins.
  /// Start, start of the transport and its end, end of the port.
  var head: Offsets
  /// Start and end of the branch, of the value of `rport`.
  var marks: Offsets
  /// Start of the parameters, end of all, start of the next value, start of the host.
  var tail: Offsets
  /// Start of the value of `received`, of `maddr`, the port, the number of `rport`.
  var more: Offsets
  var host: HostPlace
  /// Ends at 0 when it is absent, as `maddrPlace` does.
  var receivedPlace: HostPlace
  var maddrPlace: HostPlace
  /// The IPv6 addresses of the three; an IPv4 address is in their places.
  private var hostLiteral = Address(high: 0, low: 0)
  private var receivedLiteral = Address(high: 0, low: 0)
  private var maddrLiteral = Address(high: 0, low: 0)
  private var facts: Facts

  /// What else is known, as bits.
  struct Facts: OptionSet, Sendable {
    var rawValue: UInt64
    static var cookie: Facts { Facts(rawValue: 1) }
    static var more: Facts { Facts(rawValue: 2) }
    static var port: Facts { Facts(rawValue: 4) }
    static var rport: Facts { Facts(rawValue: 8) }
    static var rportNumber: Facts { Facts(rawValue: 16) }
    static var ttl: Facts { Facts(rawValue: 32) }
    static var transport: UInt64 { 8 }
    static var timeToLive: UInt64 { 16 }

    @inline(__always) init(rawValue: UInt64) { self.rawValue = rawValue }
  }

  /// Reads the first value of a header field; what follows its comma is not looked at.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> Via {
    var reader = Reader(bytes, slice)
    return try reader.via()
  }
}

/// The values of a Via header field in their order, topmost first.
public struct ViaList: ~Escapable {
  private var reader: Reader
  private var isDone = false

  /// Nothing is checked before `next` is called.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    reader = Reader(bytes, slice)
  }

  /// The next value, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> Via? {
    guard !isDone else { return nil }
    isDone = true
    // A copy, so that its place stays in a register.
    var ahead = reader
    let via = try ahead.via()
    reader.place = ahead.place
    isDone = !via.hasMore
    return via
  }
}

// The parts
extension Via {
  private func part(_ start: Int, _ end: Int) -> Slice { Slice(from: start, to: max(start, end)) }

  /// This value from its protocol to its last parameter.
  public var whole: Slice { part(head.first, tail.second) }
  /// Where this value ends, before white space and comma.
  public var end: Int { tail.second }
  /// Whether a comma and another value follow in this header field.
  public var hasMore: Bool { facts.contains(.more) }
  /// Where the next value begins, or the end of the header field.
  public var next: Int { tail.third }
  /// The transport as it stands, compared without case.
  public var transportText: Slice { part(head.second, head.third) }
  /// The transport that it names; `.other` for one that is none of UDP, TCP and TLS.
  public var transportName: TransportName {
    TransportName(rawValue: UInt8(truncatingIfNeeded: facts.rawValue >> Facts.transport)) ?? .other
  }
  /// The transport, or `nil` for one that this element does not know.
  public var transport: Transport? { transportName.transport }
  /// The `branch`, which names the transaction if it has the cookie (RFC 3261 §17.2.3); `nil`
  /// where an element of RFC 2543 gave none.
  public var branch: Slice? {
    marks.second > marks.first ? part(marks.first, marks.second) : nil
  }
  /// Whether the branch begins with `z9hG4bK` and goes on: only then it names a transaction
  /// (§17.2.3).
  public var hasCookie: Bool { facts.contains(.cookie) }
  /// Whether the response is wanted at the port that the request came from (RFC 3581 §3), and
  /// which port that was.
  public var rport: ResponsePort {
    guard facts.contains(.rport) else { return .absent }
    return facts.contains(.rportNumber)
      ? .value(UInt16(truncatingIfNeeded: more.fourth)) : .asked
  }
  /// Where the `=` and value of `rport` stand, or would go: empty after the name when it is only
  /// asked for.
  public var rportValue: Slice { part(marks.third, marks.fourth) }
  /// Hops of a multicast, 0 to 255; there beside `maddr` only (RFC 3261 §18.1.1).
  public var ttl: UInt8? {
    guard facts.contains(.ttl) else { return nil }
    return UInt8(truncatingIfNeeded: facts.rawValue >> Facts.timeToLive)
  }
  /// The parameters with the leading `;`, or nothing at the place where a first one would go.
  public var parameters: Slice { part(tail.first, tail.second) }

  /// Where the sender wants its responses, if nothing else is said (RFC 3261 §18.2.2).
  public var sentBy: HostPort {
    HostPort(
      host: host(tail.fourth, host, hostLiteral),
      port: facts.contains(.port) ? UInt16(truncatingIfNeeded: more.third) : nil,
      text: part(tail.fourth, head.fourth))
  }

  /// Where the request came from. IPv6 stands here without brackets, and is taken with them too.
  public var received: Host? {
    receivedPlace.end == 0 ? nil : host(more.first, receivedPlace, receivedLiteral)
  }

  /// The `maddr`, which is read and not followed (RFC 3261 §18.2.2); `nil` when it is absent.
  public var maddr: Host? {
    maddrPlace.end == 0 ? nil : host(more.second, maddrPlace, maddrLiteral)
  }

  private func host(_ start: Int, _ place: HostPlace, _ literal: Address) -> Host {
    switch place.kind {
    case .name: return Host(.name, part(start, place.end))
    case .ipv4: return Host(.ipv4, part(start, place.end), Address(ipv4: place.ipv4))
    case .ipv6:
      // An IPv6 address has three octets at least; with brackets it has five.
      let inset = place.isReference ? 1 : 0
      return Host(.ipv6, part(start &+ inset, place.end &- inset), literal)
    }
  }
}

extension Via {
  @inline(__always)
  init(
    head: Offsets, tail: Offsets, host: HostPlace, port: Int, _ parameters: ViaParameters,
    _ facts: Facts
  ) {
    self.head = head
    self.tail = tail
    self.host = host
    self.facts = facts
    marks = Offsets(
      parameters.branch, parameters.branchEnd, parameters.rport, parameters.rportEnd)
    more = Offsets(parameters.received, parameters.maddr, port, parameters.rportNumber)
    receivedPlace = parameters.receivedPlace
    maddrPlace = parameters.maddrPlace
  }

  /// Reads the IPv6 addresses, where there are any.
  @inline(__always)
  mutating func readLiterals(in bytes: Span<UInt8>) {
    if host.isIPv6 {
      hostLiteral = Host.ipv6(from: tail.fourth, to: host.end, in: bytes).literal
    }
    if receivedPlace.isIPv6 {
      receivedLiteral = Host.ipv6(from: more.first, to: receivedPlace.end, in: bytes).literal
    }
    if maddrPlace.isIPv6 {
      maddrLiteral = Host.ipv6(from: more.second, to: maddrPlace.end, in: bytes).literal
    }
  }
}
