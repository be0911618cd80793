public import Basics

/// What a URI is of. `other` is any scheme that this element does not understand (416 where it is
/// asked for).
public enum Scheme: UInt8, Sendable {
  case sip, sips, tel, other
}

/// What the `transport` parameter of a URI, or the protocol of a Via, says. Any token is legal;
/// those that this element does not carry are `other`.
public enum TransportName: UInt8, Sendable {
  case udp, tcp, tls, other

  /// The transport of that name, or `nil` for one that this element does not know.
  public var transport: Transport? {
    switch self {
    case .udp: .udp
    case .tcp: .tcp
    case .tls: .tls
    case .other: nil
    }
  }
}

/// A URI: SIP and SIPS (RFC 3261 §19.1), tel (RFC 3966), and any other as far as the schemes have a
/// grammar in common. All parts are slices of the message; escapes were checked and are not undone.
public struct URI: Sendable {
  var parts: Parts
  /// The IPv6 address of the host; an IPv4 address is in the parts.
  private var literal: Address

  /// The parts in three words. An absent part ends where it begins, or before.
  struct Parts: Sendable {
    /// Start, colon, end of the user (0 for none), start of the host.
    var head: Offsets
    /// End of the host, of the port, of the parameters, of all.
    var tail: Offsets
    /// From the lowest bit: the bits of an IPv4 address, the port, and `Known`.
    var rest: UInt64
  }

  /// What is known of a URI beside its offsets. Of the parameters of §19.1.1 each may stand once.
  struct Known: OptionSet, Sendable {
    var rawValue: UInt16
    static var transport: Known { Known(rawValue: 1) }
    static var looseRouting: Known { Known(rawValue: 2) }
    static var maddr: Known { Known(rawValue: 4) }
    static var ttl: Known { Known(rawValue: 8) }
    static var user: Known { Known(rawValue: 16) }
    static var method: Known { Known(rawValue: 32) }
    static var phone: Known { Known(rawValue: 64) }
    static var port: Known { Known(rawValue: 128) }

    @inline(__always) init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Two bits each from the ninth on: the value of `transport`, the kind of host, the scheme.
    @inline(__always)
    init(_ transport: TransportName) { rawValue = 1 | UInt16(transport.rawValue) << 8 }
    @inline(__always)
    init(_ kind: Host.Kind) { rawValue = UInt16(kind.rawValue) << 10 }
    @inline(__always)
    init(_ scheme: Scheme) { rawValue = UInt16(scheme.rawValue) << 12 }

    var transportName: TransportName? {
      contains(.transport) ? TransportName(rawValue: UInt8(rawValue >> 8 & 3)) : nil
    }
    @inline(__always)
    var hostKind: Host.Kind {
      rawValue & 0x0c00 == 0 ? .name : rawValue & 0x0400 == 0 ? .ipv6 : .ipv4
    }
    @inline(__always)
    var scheme: Scheme {
      switch rawValue >> 12 & 3 {
      case 0: .sip
      case 1: .sips
      case 2: .tel
      default: .other
      }
    }
  }

  @inline(__always)
  init(_ parts: Parts, in bytes: Span<UInt8>) {
    self.parts = parts
    literal = Address(high: 0, low: 0)
    if parts.known.hostKind == .ipv6 {
      literal = Host.ipv6(from: parts.head.fourth, to: parts.tail.first, in: bytes).literal
    }
  }

  /// Reads a URI that fills the slice, as a URI between angle brackets does.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> URI {
    let reader = Reader(bytes, slice)
    let parts = try reader.uri(isBare: false)
    guard parts.tail.fourth == reader.end else { throw reader.faultAfter(parts) }
    return URI(parts, in: bytes)
  }

  /// Reads a Request-URI: as `parse`, but headers are a fault (RFC 3261 §19.1.1), and so is `<`.
  public static func parseRequest(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> URI {
    if slice.start < bytes.count, bytes[slice.start] == 0x3c {
      throw Malformed(.requestURI, at: slice.start)
    }
    let uri = try parse(bytes, slice)
    if uri.scheme == .sip || uri.scheme == .sips, !uri.headers.isEmpty {
      throw Malformed(.uriHeaders, at: uri.headers.start)
    }
    return uri
  }
}

extension Reader {
  /// What was wrong when an octet follows that the URI cannot hold.
  @inline(never)
  fileprivate func faultAfter(_ parts: URI.Parts) -> Malformed {
    if let fault = faultOfUser(in: parts) { return fault }
    let (parametersEnd, end) = (parts.tail.third, parts.tail.fourth)
    let fault: Malformed.Fault =
      switch parts.known.scheme {
      case .other: .uriScheme
      case .tel: .uriUser
      case .sip, .sips:
        end > parametersEnd
          ? .uriHeaders : parametersEnd > parts.tail.second ? .uriParameter : .host
      }
    return Malformed(fault, at: end)
  }
}

extension URI.Parts {
  @inline(__always)
  var known: URI.Known { URI.Known(rawValue: UInt16(truncatingIfNeeded: rest >> 48)) }
  @inline(__always)
  var ipv4: UInt32 { UInt32(truncatingIfNeeded: rest) }
  @inline(__always)
  var port: UInt16 { UInt16(truncatingIfNeeded: rest >> 32) }
  @inline(__always)
  var end: Int { tail.fourth }
}

// The parts
extension URI {
  private func part(_ start: Int, _ end: Int) -> Slice { Slice(from: start, to: max(start, end)) }

  /// Compared without case (RFC 3261 §19.1.4).
  public var scheme: Scheme { parts.known.scheme }
  private var isSIP: Bool { scheme == .sip || scheme == .sips }
  private var colon: Int { parts.head.second }
  private var userEnd: Int { parts.head.third }
  private var hostStart: Int { parts.head.fourth }
  private var hostEnd: Int { parts.tail.first }

  /// From the scheme to the last header, without angle brackets.
  public var whole: Slice { part(parts.head.first, parts.end) }
  /// As it stands, without the colon.
  public var schemeText: Slice { part(parts.head.first, colon) }
  /// All after the colon of the scheme.
  public var opaque: Slice { part(colon &+ 1, parts.end) }

  /// The user of a SIP URI, the number of a tel URI; never empty.
  public var user: Slice? { userEnd > colon ? part(colon &+ 1, userEnd) : nil }

  /// May be empty: `sip:user:@host` has a password.
  public var password: Slice? {
    guard isSIP, userEnd > colon, hostStart > userEnd &+ 1 else { return nil }
    return part(userEnd &+ 1, hostStart &- 1)
  }

  /// `.none` where the scheme is neither SIP nor SIPS.
  public var hostPort: HostPort {
    guard isSIP else { return .none }
    let kind = parts.known.hostKind
    let text =
      kind == .ipv6 ? part(hostStart &+ 1, hostEnd &- 1) : part(hostStart, hostEnd)
    let address = kind == .ipv4 ? Address(ipv4: parts.ipv4) : literal
    return HostPort(
      host: Host(kind, text, address), port: parts.known.contains(.port) ? parts.port : nil,
      text: part(hostStart, parts.tail.second))
  }

  /// The parameters of a SIP or tel URI with the leading `;`. Empty ones stand where a first one
  /// would go.
  public var parameters: Slice { part(parts.tail.second, parts.tail.third) }

  /// What follows the `?`, or nothing.
  public var headers: Slice {
    part(parts.end > parts.tail.third ? parts.tail.third &+ 1 : parts.end, parts.end)
  }

  /// What `transport` says, or `nil` where it is absent.
  public var transport: TransportName? { parts.known.transportName }
}

// What the parameters say
extension URI {
  /// Whether the URI is that of a loose router (RFC 3261 §16.12).
  public var hasLooseRouting: Bool { parts.known.contains(.looseRouting) }

  /// Whether the user is a telephone number: `user=phone`, or a tel URI.
  public var userIsPhone: Bool { parts.known.contains(.phone) || scheme == .tel }

  /// The value of `maddr` (RFC 3261 §19.1.1).
  public func maddr(in bytes: Span<UInt8>) -> Slice? {
    parts.known.contains(.maddr) ? parameter("maddr", in: bytes)?.value : nil
  }

  /// The value of `method`.
  public func method(in bytes: Span<UInt8>) -> Slice? {
    parts.known.contains(.method) ? parameter("method", in: bytes)?.value : nil
  }

  /// The value of `ttl` when it is a number from 0 to 255.
  public func ttl(in bytes: Span<UInt8>) -> UInt8? {
    guard parts.known.contains(.ttl), let value = parameter("ttl", in: bytes)?.value else {
      return nil
    }
    var reader = Reader(bytes, value)
    guard let number = try? reader.number(or: .uriParameter), reader.isAtEnd else { return nil }
    return UInt8(exactly: number)
  }

  /// The first parameter of a name, compared without case.
  public func parameter(_ name: StaticString, in bytes: Span<UInt8>) -> Parameter? {
    var list = URIParameterList(bytes, parameters)
    while let parameter = list.next() {
      if parameter.isNamed(name, in: bytes) { return parameter }
    }
    return nil
  }

  /// All parameters in their order.
  @_lifetime(copy bytes)
  public func parameters(in bytes: Span<UInt8>) -> URIParameterList {
    URIParameterList(bytes, parameters)
  }

  /// All headers in their order.
  @_lifetime(copy bytes)
  public func headers(in bytes: Span<UInt8>) -> URIHeaderList {
    URIHeaderList(bytes, headers)
  }
}

/// The parameters of a URI that was parsed before.
public struct URIParameterList: ~Escapable {
  private var reader: Reader

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ parameters: Slice) {
    reader = Reader(bytes, parameters)
  }

  /// The next parameter, or `nil` at the end. The URI was checked when it was read, so there is no
  /// fault.
  @_lifetime(self: copy self)
  public mutating func next() -> Parameter? {
    let start = reader.place
    guard reader.take(0x3b), let name = try? reader.escapedRun(.parameter) else { return nil }
    guard reader.take(0x3d) else {
      return Parameter(name: name, value: nil, whole: reader.slice(from: start))
    }
    guard let value = try? reader.escapedRun(.parameter) else { return nil }
    return Parameter(name: name, value: value, whole: reader.slice(from: start))
  }
}

/// The headers of a URI that was parsed before: `hname "=" hvalue`, the value perhaps empty.
public struct URIHeaderList: ~Escapable {
  private var reader: Reader

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ headers: Slice) {
    reader = Reader(bytes, headers)
  }

  /// The next header as a name and a value, escapes undone in neither; `nil` at the end.
  @_lifetime(self: copy self)
  public mutating func next() -> Parameter? {
    let start = reader.place
    guard !reader.isAtEnd, let name = try? reader.escapedRun(.header), reader.take(0x3d),
      let value = try? reader.escapedRun(.header)
    else { return nil }
    let whole = reader.slice(from: start)
    _ = reader.take(0x26)
    return Parameter(name: name, value: value, whole: whole)
  }
}
