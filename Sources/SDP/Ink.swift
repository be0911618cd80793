import Basics

// Small writers for what an element writes itself. Each writes what has room.
extension OutputSpan<UInt8> {
  mutating func write(octet: UInt8) {
    if freeCapacity > 0 { append(octet) }
  }

  mutating func write(_ source: Span<UInt8>, _ range: Range<Int>) {
    for place in range.prefix(freeCapacity) { append(source[place]) }
  }

  mutating func write(_ text: String) {
    let octets = text.utf8Span.span
    write(octets, 0..<octets.count)
  }

  mutating func write(decimal number: UInt32) {
    var divisor: UInt32 = 1
    while number / divisor >= 10 { divisor &*= 10 }
    while divisor > 0 {
      write(octet: 0x30 &+ UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }

  mutating func write(_ address: Address) {
    if address.isIPv4 { write(ipv4: address.ipv4) } else { write(ipv6: address) }
  }

  /// `IN IP4` or `IN IP6` and the address.
  mutating func write(connection address: Address) {
    write(address.isIPv4 ? "IN IP4 " : "IN IP6 ")
    write(address)
  }

  private mutating func write(ipv4 bits: UInt32) {
    for place in 0..<4 as Range<UInt32> {
      if place > 0 { write(octet: 0x2e) }
      write(decimal: bits >> (24 &- 8 &* place) & 0xff)
    }
  }

  /// RFC 5952 §4: lower case, no leading zeros, the first longest run of zero groups (two at least)
  /// as "::".
  private mutating func write(ipv6 address: Address) {
    let gap = address.longestZeroRun
    var place = 0
    while place < 8 {
      if place == gap.lowerBound, !gap.isEmpty {
        write("::")
        place = gap.upperBound
      } else {
        if place > 0, place != gap.upperBound || gap.isEmpty { write(octet: 0x3a) }
        write(hexadecimal: address.group(place))
        place &+= 1
      }
    }
  }

  private mutating func write(hexadecimal group: UInt16) {
    var shift: UInt16 = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0
    while true {
      let digit = UInt8(truncatingIfNeeded: group >> shift & 15)
      write(octet: digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
      if shift == 0 { return }
      shift &-= 4
    }
  }
}

extension Address {
  /// One of the eight groups of 16 bits.
  fileprivate func group(_ place: Int) -> UInt16 {
    let word = place < 4 ? high : low
    return UInt16(truncatingIfNeeded: word >> UInt64(48 &- 16 &* (place & 3)))
  }

  /// The first longest run of two or more zero groups; empty where there is none.
  fileprivate var longestZeroRun: Range<Int> {
    var longest = 0..<0
    var place = 0
    while place < 8 {
      let start = place
      while place < 8, group(place) == 0 { place &+= 1 }
      if place &- start > max(longest.count, 1) { longest = start..<place }
      place &+= 1
    }
    return longest
  }
}
