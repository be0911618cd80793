package import Basics

/// Source prefixes, ready to be looked up: for each length that occurs, longest first, the networks
/// sorted, so that a look-up costs one binary search for each length and no allocation.
package struct Prefixes: Sendable {
  /// A prefix that holds an address: whose it is, and its place among the sources.
  package struct Owner: Sendable {
    /// Whose it is.
    package var peer: PeerID
    /// Its place in `Rules.sources`.
    package var place: UInt32
  }

  private struct Length: Sendable {
    var bits: UInt8
    var first: Int
    var end: Int
  }

  private let lengths: [Length]
  private let networks: [Address]
  private let owners: [Owner]

  /// Sorts the prefixes, longest first, and cuts off what a network has beyond its bits.
  package init(_ sources: [Rules.Source]) {
    let masked = sources.enumerated().map { place, source in
      let network = Self.masked(source.network, bits: source.bits)
      let owner = Owner(peer: source.peer, place: UInt32(truncatingIfNeeded: place))
      return (network: network, bits: source.bits, owner: owner)
    }
    let sorted = masked.sorted {
      $0.bits != $1.bits ? $0.bits > $1.bits : Self.precedes($0.network, $1.network)
    }
    networks = sorted.map(\.network)
    owners = sorted.map(\.owner)
    var lengths: [Length] = []
    for (place, source) in sorted.enumerated() {
      if lengths.last?.bits == source.bits {
        lengths[lengths.count - 1].end = place + 1
      } else {
        lengths.append(Length(bits: source.bits, first: place, end: place + 1))
      }
    }
    self.lengths = lengths
  }

  /// The peer whose longest prefix holds the address.
  package func peer(of address: Address) -> PeerID? { owner(of: address)?.peer }

  /// The longest prefix that holds the address. A prefix of IPv6 never holds an IPv4 address,
  /// although the 128-bit form of one lies in `::/0`.
  package func owner(of address: Address) -> Owner? {
    for length in lengths {
      if length.bits < 96, address.isIPv4 { break }
      let wanted = Self.masked(address, bits: length.bits)
      var low = length.first
      var high = length.end
      while low < high {
        let middle = (low &+ high) >> 1
        if Self.precedes(networks[middle], wanted) { low = middle &+ 1 } else { high = middle }
      }
      if low < length.end, networks[low] == wanted { return owners[low] }
    }
    return nil
  }

  private static func precedes(_ a: Address, _ b: Address) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }

  /// The first address of the prefix of so many bits that an address lies in.
  static func masked(_ address: Address, bits: UInt8) -> Address {
    let high = bits >= 64 ? UInt64.max : bits == 0 ? 0 : UInt64.max << UInt64(64 &- bits)
    let low = bits >= 128 ? UInt64.max : bits <= 64 ? 0 : UInt64.max << UInt64(128 &- bits)
    return Address(high: address.high & high, low: address.low & low)
  }
}
