package import Basics
import CLinux

/// The system's resolver. It waits for the network: it is called on a thread of its own and never
/// by a worker.
package enum NameService {
  /// The first address of a host name that an element with these families can use.
  /// - Parameters:
  ///   - name: a host name in ASCII.
  ///   - families: whether IPv4, and whether IPv6, is wanted; IPv4 comes first where both are
  ///     there.
  /// - Returns: `nil` when the name has none, or nobody could tell in time.
  package static func address(
    of name: [UInt8], families: (ipv4: Bool, ipv6: Bool)
  ) -> Address? {
    // A NUL would cut the name short.
    guard !name.isEmpty, name.count < 256, !name.contains(0) else { return nil }
    let text = name.map { CChar(bitPattern: $0) } + [0]
    if families.ipv4, let found = look(text, AF_INET) { return found }
    return families.ipv6 ? look(text, AF_INET6) : nil
  }

  private static func look(_ name: [CChar], _ family: Int32) -> Address? {
    var octets = [UInt8](repeating: 0, count: 16)
    guard unsafe linux_first_address(name, family, &octets) == 1 else { return nil }
    var words: (high: UInt64, low: UInt64) = (0, 0)
    for place in 0..<8 {
      words.high = words.high << 8 | UInt64(octets[place])
      words.low = words.low << 8 | UInt64(octets[place + 8])
    }
    if family == AF_INET { return Address(ipv4: UInt32(words.high >> 32)) }
    return Address(high: words.high, low: words.low)
  }
}
