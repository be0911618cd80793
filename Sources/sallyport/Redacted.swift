import Basics
import SIP

/// Personal data on its way to a log: numbers, addresses, keys. It is written as a keyed digest,
/// equal for equal data within one life of the process, unless the policy says `log: { personal:
/// clear }`.
struct Redacted {
  /// Whether the policy lets personal data stand in clear.
  let isClear: Bool
  let secret: Key

  /// Writes an address, or its digest.
  func write(_ address: Address, into out: inout OutputSpan<UInt8>) {
    if isClear { return out.write(address) }
    var hash = KeyedHash(secret: secret)
    hash.combine(address.high)
    hash.combine(address.low)
    write(digest: hash.finish().a, into: &out)
  }

  /// Writes what is a digest already.
  func write(digest: UInt64, into out: inout OutputSpan<UInt8>) {
    out.write("#")
    out.write(hexadecimal: digest >> 24, digits: 10)
  }
}
