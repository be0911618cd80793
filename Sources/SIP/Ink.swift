public import Basics

// Small writers for what an element writes itself. Each writes what has room; callers size their
// output from a message's length and the growth of its patch, with room to spare.
extension OutputSpan<UInt8> {
  /// Appends nothing where there is no room.
  public mutating func write(octet: UInt8) {
    if freeCapacity > 0 { append(octet) }
  }

  /// A range of a message.
  public mutating func write(_ bytes: Span<UInt8>, _ slice: Slice) {
    write(bytes.extracting(slice.range))
  }

  /// Appends the number without leading zeros, and a minus sign where it is negative.
  public mutating func write(decimal number: Int) {
    var divisor = 1
    let positive = Swift.max(number, 0)
    while positive / divisor >= 10 { divisor &*= 10 }
    while divisor > 0 {
      write(octet: 0x30 &+ UInt8(truncatingIfNeeded: positive / divisor % 10))
      divisor /= 10
    }
  }

  /// Lower-case hexadecimal digits, without leading zeros.
  public mutating func write(hexadecimal number: UInt64, digits: Int = 1) {
    var started = false
    var shift: UInt64 = 60
    while true {
      let nibble = UInt8(truncatingIfNeeded: number >> shift & 15)
      started = started || nibble != 0 || Int(shift / 4) < digits
      if started { write(octet: nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble) }
      if shift == 0 { return }
      shift &-= 4
    }
  }

  /// An address as it stands in a URI or a Via: IPv6 in brackets (RFC 3261 §25.1 IPv6reference).
  public mutating func write(_ address: Address) {
    if address.isIPv4 {
      write(ipv4: address.ipv4)
    } else {
      write(octet: 0x5b)
      write(ipv6: address)
      write(octet: 0x5d)
    }
  }

  /// An address without brackets, as `received` has it.
  public mutating func write(bare address: Address) {
    if address.isIPv4 { write(ipv4: address.ipv4) } else { write(ipv6: address) }
  }

  /// Appends `address:port` as sent-by and hostport have it: IPv6 in brackets.
  public mutating func write(_ endpoint: Endpoint) {
    write(endpoint.address)
    write(octet: 0x3a)
    write(decimal: Int(endpoint.port))
  }

  private mutating func write(ipv4 bits: UInt32) {
    var shift: UInt32 = 24
    while true {
      write(decimal: Int(bits >> shift & 0xff))
      if shift == 0 { return }
      write(octet: 0x2e)
      shift &-= 8
    }
  }

  /// RFC 5952 §4: the longest run of zero groups (two at least) as "::".
  private mutating func write(ipv6 address: Address) {
    func group(_ place: Int) -> UInt64 {
      (place < 4 ? address.high : address.low) >> UInt64(48 &- 16 &* (place & 3)) & 0xffff
    }
    var best = (start: 8, count: 1)
    var place = 0
    while place < 8 {
      var count = 0
      while place &+ count < 8, group(place &+ count) == 0 { count &+= 1 }
      if count > best.count { best = (place, count) }
      place &+= Swift.max(count, 1)
    }
    place = 0
    while place < 8 {
      if place == best.start {
        write("::")
        place &+= best.count
        continue
      }
      if place > 0, place != best.start &+ best.count || best.start == 8 { write(octet: 0x3a) }
      write(hexadecimal: group(place))
      place &+= 1
    }
  }
}
