import Basics

extension Limits {
  /// Parameters, and headers, of a URI that are compared; URIs with more are equal only octet for
  /// octet. The comparison takes the square of it.
  public static let comparedParts = 32
}

extension URI {
  /// Whether two URIs are equivalent: RFC 3261 §19.1.4 for SIP and SIPS, RFC 3966 §4 for tel, octet
  /// for octet after the scheme for all others. It is not transitive, so it is no `==`.
  ///
  /// The values of headers are compared with their escapes undone and otherwise octet for octet,
  /// which may call two equal ones different, never the reverse.
  public static func equals(
    _ one: URI, _ oneBytes: Span<UInt8>, _ other: URI, _ otherBytes: Span<UInt8>
  ) -> Bool {
    let left = Side(oneBytes, one)
    let right = Side(otherBytes, other)
    guard one.scheme == other.scheme else { return false }
    if isSpelledAlike(left, right) { return true }
    switch one.scheme {
    case .sip, .sips: return sipEquals(left, right)
    case .tel: return telEquals(left, right)
    case .other:
      return same(left, one.schemeText, right, other.schemeText, fold: true)
        && same(left, one.opaque, right, other.opaque, fold: false)
    }
  }

  /// What is the same octet for octet is the same, even with a parameter that stands twice.
  private static func isSpelledAlike(_ left: borrowing Side, _ right: borrowing Side) -> Bool {
    let (one, other) = (left.uri.whole, right.uri.whole)
    guard one.count == other.count else { return false }
    for place in 0..<one.count
    where left.bytes[one.start &+ place] != right.bytes[other.start &+ place] { return false }
    return true
  }

  private static func sipEquals(_ left: borrowing Side, _ right: borrowing Side) -> Bool {
    same(left, left.uri.user, right, right.uri.user, fold: false)
      && same(left, left.uri.password, right, right.uri.password, fold: false)
      && hostEquals(left, right)
      && left.uri.hostPort.port == right.uri.hostPort.port
      && parametersAgree(left, right) && parametersAgree(right, left)
      && headersAgree(left, right)
  }

  private static func hostEquals(_ left: borrowing Side, _ right: borrowing Side) -> Bool {
    let (one, other) = (left.uri.hostPort.host, right.uri.hostPort.host)
    guard one.kind == other.kind else { return false }
    if let address = one.address { return address == other.address }
    return same(left, one.text, right, other.text, fold: true)
  }

  /// A parameter of both must agree. One of a single URI does not count, unless it is one that has
  /// a default or makes another destination.
  private static func parametersAgree(_ left: borrowing Side, _ right: borrowing Side) -> Bool {
    let decisive: Known = [.transport, .maddr, .ttl, .user, .method]
    guard
      left.uri.parts.known.intersection(decisive) == right.uri.parts.known.intersection(decisive)
    else {
      return false
    }
    var list = left.uri.parameters(in: left.bytes)
    var count = 0
    while let parameter = list.next() {
      count &+= 1
      guard count <= Limits.comparedParts else { return false }
      guard let match = find(parameter.name, of: left, in: right) else { continue }
      guard same(left, parameter.value, right, match.value, fold: true) else { return false }
    }
    return true
  }

  private static func find(
    _ name: Slice, of left: borrowing Side, in right: borrowing Side
  ) -> Parameter? {
    var list = right.uri.parameters(in: right.bytes)
    var count = 0
    while count < Limits.comparedParts, let candidate = list.next() {
      if same(left, name, right, candidate.name, fold: true) { return candidate }
      count &+= 1
    }
    return nil
  }

  /// Headers are never ignored: each must stand in both as often, in any order.
  private static func headersAgree(_ left: borrowing Side, _ right: borrowing Side) -> Bool {
    let total = headerCount(left)
    guard total == headerCount(right), total <= Limits.comparedParts else { return false }
    var list = left.uri.headers(in: left.bytes)
    while let header = list.next() {
      guard
        occurrences(of: header, of: left, in: left) == occurrences(of: header, of: left, in: right)
      else { return false }
    }
    return true
  }

  private static func headerCount(_ side: borrowing Side) -> Int {
    var list = side.uri.headers(in: side.bytes)
    var count = 0
    while count <= Limits.comparedParts, list.next() != nil { count &+= 1 }
    return count
  }

  private static func occurrences(
    of header: Parameter, of left: borrowing Side, in right: borrowing Side
  ) -> Int {
    var list = right.uri.headers(in: right.bytes)
    var count = 0
    while let candidate = list.next() {
      if same(left, header.name, right, candidate.name, fold: true),
        same(left, header.value, right, candidate.value, fold: false)
      {
        count &+= 1
      }
    }
    return count
  }
}

// tel (RFC 3966 §4)
extension URI {
  private static func telEquals(_ left: borrowing Side, _ right: borrowing Side) -> Bool {
    guard let one = left.uri.user, let other = right.uri.user else { return false }
    return sameNumber(left, one, right, other) && telAgree(left, right) && telAgree(right, left)
  }

  /// Every parameter of one must stand in the other with the same value.
  private static func telAgree(_ left: borrowing Side, _ right: borrowing Side) -> Bool {
    var list = left.uri.parameters(in: left.bytes)
    var count = 0
    while let parameter = list.next() {
      count &+= 1
      guard count <= Limits.comparedParts,
        let match = find(parameter.name, of: left, in: right)
      else { return false }
      let isNumber =
        parameter.isNamed("ext", in: left.bytes)
        || parameter.isNamed("phone-context", in: left.bytes)
          && parameter.value.map { left.bytes[$0.start] == 0x2b } == true
      if isNumber, let one = parameter.value, let other = match.value {
        guard sameNumber(left, one, right, other) else { return false }
      } else {
        guard same(left, parameter.value, right, match.value, fold: true) else { return false }
      }
    }
    return true
  }

  /// Two numbers without their visual separators, letters without case.
  private static func sameNumber(
    _ left: borrowing Side, _ one: Slice, _ right: borrowing Side, _ other: Slice
  ) -> Bool {
    var (place, otherPlace) = (one.start, other.start)
    while true {
      while place < one.end, isSeparator(left.bytes[place]) { place &+= 1 }
      while otherPlace < other.end, isSeparator(right.bytes[otherPlace]) { otherPlace &+= 1 }
      if place >= one.end || otherPlace >= other.end {
        return place >= one.end && otherPlace >= other.end
      }
      guard Octets.lower(left.bytes[place]) == Octets.lower(right.bytes[otherPlace]) else {
        return false
      }
      place &+= 1
      otherPlace &+= 1
    }
  }

  private static func isSeparator(_ octet: UInt8) -> Bool {
    octet == 0x2d || octet == 0x2e || octet == 0x28 || octet == 0x29
  }
}

/// One of two URIs with the octets that it is made of.
private struct Side: ~Escapable {
  let bytes: Span<UInt8>
  let uri: URI

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ uri: URI) {
    self.bytes = bytes
    self.uri = uri
  }
}

extension URI {
  /// Whether two parts are the same with their escapes undone; both may be absent.
  fileprivate static func same(
    _ left: borrowing Side, _ one: Slice?, _ right: borrowing Side, _ other: Slice?, fold: Bool
  ) -> Bool {
    guard let one, let other else { return (one == nil) == (other == nil) }
    var first = Reader(left.bytes, one)
    var second = Reader(right.bytes, other)
    while true {
      let (a, b) = (first.unescaped(fold: fold), second.unescaped(fold: fold))
      guard a == b else { return false }
      if a == nil { return true }
    }
  }
}

extension Reader {
  /// The next octet with its escape undone. An escaped reserved octet is not the octet itself (RFC
  /// 3261 §19.1.4, RFC 2396 §2.2), so it comes out beyond 0xff.
  fileprivate mutating func unescaped(fold: Bool) -> UInt16? {
    guard place < end else { return nil }
    let octet = bytes[place]
    guard octet == 0x25, let high = Octets.hexValue(self.octet(after: 1)),
      let low = Octets.hexValue(self.octet(after: 2))
    else {
      place &+= 1
      return UInt16(fold ? Octets.lower(octet) : octet)
    }
    place &+= 3
    let value = high << 4 | low
    if OctetSet.reserved.contains(value) { return UInt16(value) | 0x100 }
    return UInt16(fold ? Octets.lower(value) : value)
  }
}
