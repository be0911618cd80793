import Admission
import Basics
import Testing

/// A generator with a seed, so that a failure can be seen again.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}

@Suite("Source prefixes")
struct PrefixTests {
  /// The same answer, found by looking at all.
  private func model(_ sources: [Rules.Source], _ address: Address) -> PeerID? {
    sources.filter { $0.bits >= 96 || !address.isIPv4 }
      .filter { $0.network.matches(address, bits: Int($0.bits)) }
      .max { $0.bits < $1.bits }?.peer
  }

  /// Addresses that are near one another, so that prefixes nest.
  private func address(_ random: inout Seeded) -> Address {
    if Bool.random(using: &random) {
      return Address(ipv4: 0x0a00_0000 | UInt32.random(in: 0...0xffff, using: &random) << 4)
    }
    let high = UInt64.random(in: 0...0xff, using: &random)
    return Address(high: 0x2001_0db8_0000_0000 | high << 8, low: random.next() & 0x3)
  }

  private func sources(_ count: Int, _ random: inout Seeded) -> [Rules.Source] {
    var seen: Set<Rules.Source> = []
    var sources: [Rules.Source] = []
    for number in 0..<count {
      let address = address(&random)
      let bits = UInt8(
        address.isIPv4
          ? Int.random(in: 100...128, using: &random)
          : Int.random(in: 16...128, using: &random))
      let up = Address(
        high: bits >= 64 ? .max : ~(.max >> UInt64(bits)),
        low: bits <= 64 ? 0 : bits >= 128 ? .max : ~(.max >> UInt64(bits - 64)))
      let network = Address(high: address.high & up.high, low: address.low & up.low)
      guard seen.insert(.init(network: network, bits: bits, peer: PeerID(raw: 0))).inserted
      else { continue }
      sources.append(.init(network: network, bits: bits, peer: PeerID(raw: UInt16(number))))
    }
    return sources
  }

  @Test("the longest prefix wins, as in a look at all of them", arguments: 1...20)
  func longestWins(seed: Int) {
    var random = Seeded(state: UInt64(seed))
    let sources = sources(10 + seed * 20, &random)
    let prefixes = Prefixes(sources)
    var found = 0
    for _ in 0..<2_000 {
      let address = address(&random)
      let peer = prefixes.peer(of: address)
      #expect(peer == model(sources, address), "\(address)")
      found += peer == nil ? 0 : 1
    }
    #expect(found > 100, "the addresses hardly ever fell into a prefix")
  }

  @Test("`::/0` holds all of IPv6 and nothing of IPv4, which is one in both its spellings")
  func wholeWorld() {
    let all = Prefixes([
      .init(network: Address(high: 0, low: 0), bits: 0, peer: PeerID(raw: 1)),
      .init(network: Address(ipv4: 0x7f00_0000), bits: 104, peer: PeerID(raw: 2)),
    ])
    #expect(all.peer(of: Address(high: .max, low: .max)) == PeerID(raw: 1))
    #expect(all.peer(of: Address(ipv4: 0x7f00_0001)) == PeerID(raw: 2))
    #expect(all.peer(of: Address(high: 0, low: 0xffff_7f00_0001)) == PeerID(raw: 2))
    #expect(all.peer(of: Address(ipv4: 0x0a00_0001)) == nil)
    #expect(Prefixes([]).peer(of: Address(ipv4: 1)) == nil)
  }

  @Test("bits beyond the length of a prefix do not count")
  func bitsBeyond() {
    let prefixes = Prefixes([
      .init(network: Address(ipv4: 0x0a01_0203), bits: 104, peer: PeerID(raw: 7))
    ])
    #expect(prefixes.peer(of: Address(ipv4: 0x0aff_ffff)) == PeerID(raw: 7))
    #expect(prefixes.peer(of: Address(ipv4: 0x0b00_0000)) == nil)
  }
}
