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
  /// - Returns: a failure when no family has one. Where two fail by different causes, it is the
  ///   one that says less: the name may have an address after all.
  package static func address(
    of name: [UInt8], families: (ipv4: Bool, ipv6: Bool)
  ) -> Result<Address, Unresolved> {
    address(of: name, families: families, look: look)
  }

  /// - Parameter look: asks for a name, ended by a NUL, in one family.
  static func address(
    of name: [UInt8], families: (ipv4: Bool, ipv6: Bool),
    look: ([CChar], Int32) -> Result<Address, Unresolved>
  ) -> Result<Address, Unresolved> {
    // A NUL would cut the name short.
    guard !name.isEmpty, name.count < 256, !name.contains(0) else { return .failure(.noSuchName) }
    let text = name.map { CChar(bitPattern: $0) } + [0]
    var cause: Unresolved?
    for (isWanted, family) in [(families.ipv4, AF_INET), (families.ipv6, AF_INET6)] where isWanted {
      switch look(text, family) {
      case .success(let address): return .success(address)
      case .failure(let other): cause = max(cause ?? other, other)
      }
    }
    return .failure(cause ?? .noAddress)
  }

  private static func look(_ name: [CChar], _ family: Int32) -> Result<Address, Unresolved> {
    var octets = [UInt8](repeating: 0, count: 16)
    let outcome = unsafe linux_first_address(name, family, &octets)
    if let cause = Unresolved(outcome) { return .failure(cause) }
    var words: (high: UInt64, low: UInt64) = (0, 0)
    for place in 0..<8 {
      words.high = words.high << 8 | UInt64(octets[place])
      words.low = words.low << 8 | UInt64(octets[place + 8])
    }
    if family == AF_INET { return .success(Address(ipv4: UInt32(words.high >> 32))) }
    return .success(Address(high: words.high, low: words.low))
  }
}

extension Unresolved {
  /// `nil` for a name that was found.
  init?(_ outcome: linux_name_outcome) {
    switch outcome {
    case linux_name_found: return nil
    case linux_name_unknown: self = .noSuchName
    case linux_name_without_address: self = .noAddress
    case linux_name_unanswered: self = .noAnswer
    case linux_name_no_room: self = .noRoom
    default: self = .serverFailed
    }
  }
}
