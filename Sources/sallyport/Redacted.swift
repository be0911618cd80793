import Basics
import Border
import SIP

/// What a peer wrote, on its way to a log. Addresses are written as keyed digests, equal for equal
/// data within one life of the process, unless the policy says `log: { personal: clear }`. A
/// Call-ID is a digest whatever the policy says: the record of a call keeps no more of it. Names of
/// hosts tell of no person.
struct Redacted {
  /// Whether the policy lets addresses stand in clear.
  var isClear: Bool
  let secret: Key

  /// Writes an address, or its digest.
  func write(_ address: Address, into out: inout OutputSpan<UInt8>) {
    if isClear { return out.write(address) }
    var hash = KeyedHash(secret: secret)
    hash.combine(address.high)
    hash.combine(address.low)
    write(digest: hash.finish().a, into: &out)
  }

  /// Writes the name of a host, as one word: an octet that has no place in such a name is written
  /// as `%` and two digits (RFC 3986 §2.1), and `...` ends a name that was cut.
  func write(_ name: HostName, into out: inout OutputSpan<UInt8>) {
    if name.count == 0 { out.write("-") }
    for place in 0..<name.count {
      let octet = name[place]
      switch octet {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        out.append(octet)
      default:
        out.write("%")
        out.write(hexadecimal: UInt64(octet), digits: 2)
      }
    }
    if name.isCut { out.write("...") }
  }

  /// Writes what is a digest already.
  func write(digest: UInt64, into out: inout OutputSpan<UInt8>) {
    out.write("#")
    out.write(hexadecimal: digest >> 24, digits: 10)
  }
}
