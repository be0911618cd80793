import Admission
import Basics

extension Study {
  /// Addresses that begin alike: a source, and the ranges that have a meaning of their own.
  struct Network: Hashable {
    let network: Address
    /// In the 128-bit form.
    let bits: Int

    init(_ network: Address, bits: Int) {
      self.network = network
      self.bits = bits
    }

    init(_ source: Admission.Rules.Source) { self.init(source.network, bits: Int(source.bits)) }

    init(_ address: Address) { self.init(address, bits: 128) }

    private static func ipv4(_ bits: UInt32, _ length: Int) -> Network {
      Network(Address(ipv4: bits), bits: 96 + length)
    }

    /// IPv6 holds IPv4 in its 128-bit form only: a prefix of it never holds an IPv4 address.
    var isIPv4: Bool { bits >= 96 && network.isIPv4 }

    /// How long it is as it would be written.
    var length: Int { isIPv4 ? bits - 96 : bits }

    /// As a policy would write it.
    var text: String {
      bits == 128 ? network.text : "\(network.text)/\(length)"
    }

    func isWithin(_ other: Network) -> Bool {
      isIPv4 == other.isIPv4 && bits >= other.bits
        && network.matches(other.network, bits: other.bits)
    }

    /// Those around it of these lengths, which come in their order.
    func enclosing(_ lengths: [Int]) -> [Network] {
      lengths.filter { $0 < bits && (!isIPv4 || $0 >= 96) }
        .map { Network(network.masked(bits: $0), bits: $0) }
    }

    func isWithin(_ others: [Network]) -> Bool { others.contains { isWithin($0) } }

    /// This machine itself.
    static let loopback: [Network] = [
      .ipv4(0x7f00_0000, 8), Network(Address(high: 0, low: 1), bits: 128),
    ]

    /// What is routed within one network only: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291.
    static let inside: [Network] =
      loopback + [
        .ipv4(0x0a00_0000, 8), .ipv4(0xac10_0000, 12), .ipv4(0xc0a8_0000, 16),
        .ipv4(0x6440_0000, 10), .ipv4(0xa9fe_0000, 16),
        Network(Address(high: 0xfc00 << 48, low: 0), bits: 7),
        Network(Address(high: 0xfe80 << 48, low: 0), bits: 10),
      ]
  }
}
