import Basics

extension Reader {
  /// `nettype SP addrtype SP connection-address` up to the end of the value.
  mutating func connectionInformation() throws(Malformed) -> ConnectionInformation {
    var found = ConnectionInformation()
    let start = place
    found.networkType = try token()
    try space()
    let type = try some(.addressType, Octets.isToken)
    found.addressType = addressType(type, of: found.networkType)
    try space()
    found.addressText = try addressText(found.addressType)
    found.address = try address(found.addressText, found.addressType)
    if found.addressType != .other { try multicast(&found) }
    try finish()
    found.text = slice(from: start)
    return found
  }

  /// A type that we do not know is no fault (`addrtype = "IP4" / "IP6" / token`).
  private func addressType(
    _ type: Slice, of network: Slice
  ) -> ConnectionInformation.AddressType {
    guard bytes.isEqual(network, "IN") else { return .other }
    if bytes.isEqual(type, "IP4") { return .ip4 }
    return bytes.isEqual(type, "IP6") ? .ip6 : .other
  }

  private mutating func addressText(
    _ type: ConnectionInformation.AddressType
  ) throws(Malformed) -> Slice {
    switch type {
    case .other: try word(.address)
    case .ip4: try some(.address, Octets.isHost)
    case .ip6: try some(.address) { Octets.isHost($0) || $0 == 0x3a }
    }
  }

  /// The address as a number, or `nil` for a host name. A name of figures and dots alone is none:
  /// some would read an address in it that we did not see.
  private func address(
    _ text: Slice, _ type: ConnectionInformation.AddressType
  ) throws(Malformed) -> Address? {
    var hasColon = false
    var isFigures = true
    for place in text.range {
      hasColon = hasColon || bytes[place] == 0x3a
      isFigures = isFigures && (Octets.isDigit(bytes[place]) || bytes[place] == 0x2e)
    }
    if type == .other || !hasColon && !isFigures { return nil }
    let found = type == .ip4 ? bytes.ipv4(text) : hasColon ? bytes.ipv6(text) : nil
    guard let found else { throw unexpected(.address, at: text.start) }
    return found
  }

  /// `/ttl` and `/count` of IPv4, `/count` of IPv6; only multicast has them (RFC 8866 §5.7).
  private mutating func multicast(_ found: inout ConnectionInformation) throws(Malformed) {
    guard let address = found.address, address.isMulticast, take(0x2f) else { return }
    if found.addressType == .ip4 {
      let timeToLive = try number(.timeToLive, upTo: 255)
      found.timeToLive = UInt8(truncatingIfNeeded: timeToLive)
      guard take(0x2f) else { return }
    }
    let start = place
    let count = try number(.addressCount, upTo: UInt64(UInt16.max))
    guard count > 0 else { throw unexpected(.addressCount, at: start) }
    found.count = UInt16(truncatingIfNeeded: count)
  }
}

extension Address {
  var isMulticast: Bool { isIPv4 ? ipv4 >> 28 == 0xe : high >> 56 == 0xff }
}

extension Span<UInt8> {
  /// Four numbers from 0 to 255 without leading zeros, which some read as octal.
  func ipv4(_ text: Slice) -> Address? {
    var reader = Reader(self, text)
    var bits: UInt32 = 0
    for place in 0..<4 {
      if place > 0, !reader.take(0x2e) { return nil }
      let start = reader.place
      guard let number = try? reader.number(upTo: 255) else { return nil }
      if reader.place &- start > 1, self[start] == 0x30 { return nil }
      bits = bits << 8 | UInt32(truncatingIfNeeded: number)
    }
    return reader.isAtEnd ? Address(ipv4: bits) : nil
  }

  /// RFC 4291 §2.2: eight groups, one run of them as "::", the last two perhaps as IPv4.
  func ipv6(_ text: Slice) -> Address? {
    var groups = Groups()
    var reader = Reader(self, text)
    if reader.take(0x3a) {
      guard reader.take(0x3a) else { return nil }
      groups.gap = 0
    }
    while !reader.isAtEnd {
      let start = reader.place
      guard groups.count < 8, let group = reader.hexGroup() else { return nil }
      if reader.peek == 0x2e {
        guard let tail = ipv4(Slice(from: start, to: reader.end)) else { return nil }
        groups.append(tail.ipv4 >> 16)
        groups.append(tail.ipv4 & 0xffff)
        break
      }
      groups.append(group)
      if reader.isAtEnd { break }
      guard reader.take(0x3a), !reader.isAtEnd else { return nil }
      if reader.take(0x3a) {
        guard groups.gap == nil else { return nil }
        groups.gap = groups.count
      }
    }
    return groups.address
  }
}

/// The groups of an IPv6 address as they are read.
private struct Groups {
  var bits: UInt128 = 0
  var count = 0
  /// How many stand before the "::".
  var gap: Int?

  mutating func append(_ group: UInt32) {
    bits = bits << 16 | UInt128(group)
    count &+= 1
  }

  var address: Address? {
    guard let gap else { return count == 8 ? Address(bits) : nil }
    // "::" stands for one group at least.
    guard count < 8 else { return nil }
    let after = 16 &* (count &- gap)
    let tail = bits & (UInt128(1) << after &- 1)
    return Address((bits >> after) << (128 &- 16 &* gap) | tail)
  }
}

extension Address {
  fileprivate init(_ bits: UInt128) {
    self.init(high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
  }
}

extension Reader {
  /// One to four hexadecimal digits.
  fileprivate mutating func hexGroup() -> UInt32? {
    var group: UInt32 = 0
    let start = place
    while place < end, place &- start < 4, let digit = Octets.hexValue(bytes[place]) {
      group = group << 4 | UInt32(digit)
      place &+= 1
    }
    return place > start ? group : nil
  }
}
