package import Basics

/// What a network card would have seen of a message: an IP packet with UDP or TCP in it. Whoever
/// plays messages knows their octets and both ends, and may not listen to the card; so the headers
/// are made here, with their right lengths and checksums.
package struct Frame: Hashable, Sendable {
  /// The whole IP packet.
  package var octets: [UInt8]

  /// The most that one packet carries: an IPv4 packet's length has 16 bits.
  package static let most = 65_507

  /// The flags of a TCP header (RFC 9293 §3.1).
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nothing more comes.
    package static let fin = Flags(rawValue: 0x01)
    /// The first of a connection.
    package static let syn = Flags(rawValue: 0x02)
    /// The connection is cut off.
    package static let rst = Flags(rawValue: 0x04)
    /// What was sent is to be handed on at once.
    package static let psh = Flags(rawValue: 0x08)
    /// The acknowledgement's number counts.
    package static let ack = Flags(rawValue: 0x10)
  }

  /// A datagram (RFC 768).
  /// - Parameters:
  ///   - number: the packet's own, which tells fragments apart (RFC 791 §3.1).
  ///   - payload: what is beyond `most` octets is left out.
  package init(
    datagram payload: ArraySlice<UInt8>, from: Endpoint, to: Endpoint, number: UInt16
  ) {
    let payload = payload.prefix(Self.most)
    var part: [UInt8] = []
    part.append(from.port)
    part.append(to.port)
    part.append(UInt16(8 + payload.count))
    part.append(UInt16(0))
    part += payload
    // A sum of zero would say that there is none.
    let sum = Checksum.of(part, from: from.address, to: to.address, protocol: 17)
    part.replace(at: 6, with: sum == 0 ? 0xffff : sum)
    self.init(packet: part, from: from.address, to: to.address, protocol: 17, number: number)
  }

  /// A segment (RFC 9293 §3.1).
  /// - Parameters:
  ///   - sequence: the number of its first octet.
  ///   - acknowledged: the number of the octet that is awaited from the other side.
  package init(
    segment payload: ArraySlice<UInt8>, from: Endpoint, to: Endpoint, number: UInt16,
    sequence: UInt32, acknowledged: UInt32, _ flags: Flags
  ) {
    var part: [UInt8] = []
    part.append(from.port)
    part.append(to.port)
    part.append(sequence)
    part.append(flags.contains(.ack) ? acknowledged : 0)
    part += [0x50, flags.rawValue]
    part.append(UInt16(0xffff))  // the window
    part.append(UInt16(0))  // the checksum, below
    part.append(UInt16(0))
    part += payload
    part.replace(
      at: 16, with: Checksum.of(part, from: from.address, to: to.address, protocol: 6))
    self.init(packet: part, from: from.address, to: to.address, protocol: 6, number: number)
  }

  private init(
    packet part: [UInt8], from: Address, to: Address, protocol kind: UInt8, number: UInt16
  ) {
    var head: [UInt8] = []
    if from.isIPv4, to.isIPv4 {
      head += [0x45, 0]
      head.append(UInt16(20 + part.count))
      head.append(number)
      head += [0x40, 0, 64, kind, 0, 0]  // not to be fragmented; a life of 64 hops
      head += from.octets.suffix(4) + to.octets.suffix(4)
      head.replace(at: 10, with: Checksum.of(head))
    } else {
      head += [0x60, 0, 0, 0]
      head.append(UInt16(part.count))
      head += [kind, 64]
      head += from.octets + to.octets
    }
    octets = head + part
  }
}

/// The checksum of the Internet protocols (RFC 1071).
enum Checksum {
  /// Over some octets, where the place of the checksum itself is zero.
  static func of(_ octets: [UInt8]) -> UInt16 { ~folded(sum(octets)) }

  /// Over a segment or datagram and the pseudo-header before it (RFC 9293 §3.1, RFC 8200 §8.1).
  static func of(
    _ part: [UInt8], from: Address, to: Address, protocol kind: UInt8
  ) -> UInt16 {
    let isIPv4 = from.isIPv4 && to.isIPv4
    let addresses = isIPv4 ? from.octets.suffix(4) + to.octets.suffix(4) : from.octets + to.octets
    return ~folded(sum(Array(addresses)) &+ UInt32(kind) &+ UInt32(part.count) &+ sum(part))
  }

  private static func sum(_ octets: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0
    for place in stride(from: 0, to: octets.count, by: 2) {
      let low = place + 1 < octets.count ? octets[place + 1] : 0
      sum &+= UInt32(octets[place]) << 8 | UInt32(low)
    }
    return sum
  }

  private static func folded(_ sum: UInt32) -> UInt16 {
    var sum = sum
    while sum > 0xffff { sum = (sum & 0xffff) &+ (sum >> 16) }
    return UInt16(sum)
  }
}

extension Address {
  var octets: [UInt8] { (0..<16).map { octet($0) } }
}

extension [UInt8] {
  mutating func append(_ number: UInt16) {
    self += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
  }

  mutating func append(_ number: UInt32) {
    append(UInt16(number >> 16))
    append(UInt16(truncatingIfNeeded: number))
  }

  mutating func replace(at place: Int, with number: UInt16) {
    self[place] = UInt8(number >> 8)
    self[place + 1] = UInt8(truncatingIfNeeded: number)
  }
}
