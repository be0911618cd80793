import Basics
import SIP

/// A prefix of addresses, its bits counted in the 128-bit form.
struct Prefix: Hashable, Sendable {
  var network: Address
  var bits: UInt8
}

/// A target as it is written.
struct WrittenTarget: Hashable, Sendable {
  /// `nil`: the transport of the request that is routed.
  var transport: Transport?
  var endpoint: Endpoint
}

/// Hosts, endpoints and prefixes as a policy writes them: the grammar of SIP's own hosts, and no
/// tolerance.
enum Addresses {
  static func endpoint(_ text: String) throws(Complaint) -> Endpoint {
    let wanted = "an address and a port, such as `192.0.2.1:5060` or `[2001:db8::1]:5060`"
    let place = try hostPort(text, wanted)
    guard let address = place.host.address, let port = place.port else {
      throw Complaint("`\(text.shortened)` is not \(wanted)")
    }
    return try Endpoint(usable(address, text), port: usable(port, text))
  }

  /// An address of this machine alone (127.0.0.0/8 or `::1`), and a port.
  static func loopback(_ text: String) throws(Complaint) -> Endpoint {
    let wanted = "an address of this machine alone and a port, such as `127.0.0.1:9090`"
    let place = try hostPort(text, wanted)
    guard let address = place.host.address, let port = place.port else {
      throw Complaint("`\(text.shortened)` is not \(wanted)")
    }
    let isLoopback =
      address.isIPv4 ? address.ipv4 >> 24 == 127 : address == Address(high: 0, low: 1)
    guard isLoopback else {
      throw Complaint(
        "`\(text.shortened)` can be reached by others: who reads it has shown no right to, so it"
          + " is an address of this machine alone, such as `127.0.0.1:9090`")
    }
    return try Endpoint(address, port: usable(port, text))
  }

  /// A host name or an address, and perhaps a port, as it is to stand in a Via.
  static func advertised(_ text: String) throws(Complaint) -> [UInt8] {
    let place = try hostPort(text, "a host and perhaps a port, such as `sbc.example.com:5060`")
    if let address = place.host.address { _ = try usable(address, text) }
    if let port = place.port { _ = try usable(port, text) }
    return Array(text.lowercased().utf8)
  }

  /// The host of what is advertised, without brackets.
  static func host(ofAdvertised text: String) -> [UInt8]? {
    let bytes = Array(text.lowercased().utf8)
    guard let place = try? HostPort.parse(bytes.span, Slice(from: 0, to: bytes.count)) else {
      return nil
    }
    return Array(bytes[place.host.text.range])
  }

  /// A host name in lower case.
  static func hostName(_ text: String) throws(Complaint) -> [UInt8] {
    let bytes = Array(text.lowercased().utf8)
    guard let host = read(bytes), host.kind == .name else {
      throw Complaint("`\(text.shortened)` is not a host name")
    }
    return bytes
  }

  /// A host name or an address in lower case.
  static func host(_ text: String) throws(Complaint) -> [UInt8] {
    let bytes = Array(text.lowercased().utf8)
    guard read(bytes) != nil else {
      throw Complaint("`\(text.shortened)` is not a host name or an address")
    }
    return bytes
  }

  static func prefix(_ text: String) throws(Complaint) -> Prefix {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let bytes = Array(parts[0].utf8)
    guard let host = read(bytes), let address = host.address else {
      throw Complaint(
        "`\(text.shortened)` is not a prefix of addresses, such as `192.0.2.0/24` or"
          + " `2001:db8::/32`"
      )
    }
    let longest = host.kind == .ipv4 ? 32 : 128
    try unambiguous(text)
    guard parts.count == 2 else { return Prefix(network: address, bits: 128) }
    guard let length = Int(parts[1]), (0...longest).contains(length), parts[1].first != "+" else {
      throw Complaint("`/\(parts[1])` is not a length from /0 to /\(longest)")
    }
    let bits = 128 - longest + length
    let network = address.masked(bits: bits)
    guard network == address else {
      let begin = network.text
      throw Complaint(
        "`\(text)` has bits beyond its length; the prefix would be `\(begin)/\(length)`")
    }
    return Prefix(network: address, bits: UInt8(bits))
  }

  /// One address alone.
  static func address(_ text: String) throws(Complaint) -> Address {
    guard let address = read(Array(text.utf8))?.address else {
      throw Complaint("`\(text.shortened)` is not an address, such as `192.0.2.1`")
    }
    return address
  }

  /// `[transport ":"] address [":" port]`
  /// - Parameter noun: what it is called where it is none.
  static func target(
    _ text: String, as noun: String = "a target"
  ) throws(Complaint) -> WrittenTarget {
    let named: [(String, Transport)] = [("udp:", .udp), ("tcp:", .tcp)]
    let lower = text.lowercased()
    if lower.hasPrefix("tls:") {
      throw Complaint("TLS has not landed yet; this version would not do it", .notLanded)
    }
    let found = named.first { lower.hasPrefix($0.0) }
    let rest = found == nil ? text : String(text.dropFirst(4))
    let wanted = "\(noun), such as `udp:192.0.2.1:5060`, or `192.0.2.1:5060` for any transport"
    let place = try hostPort(rest, wanted)
    guard let address = place.host.address else {
      throw Complaint(
        "`\(text.shortened)` names a host; \(noun) is an address until names are resolved")
    }
    let port = try usable(place.port ?? 5060, text)
    return try WrittenTarget(
      transport: found?.1, endpoint: Endpoint(usable(address, text), port: port))
  }

  private static func hostPort(_ text: String, _ wanted: String) throws(Complaint) -> HostPort {
    let bytes = Array(text.utf8)
    guard bytes.count <= 300, !text.contains(":::") else {
      throw Complaint("`\(text.shortened)` is not \(wanted)")
    }
    if let place = try? HostPort.parse(bytes.span, Slice(from: 0, to: bytes.count)) {
      if place.host.address != nil { try unambiguous(text) }
      return place
    }
    if read(bytes)?.kind == .ipv6 {
      throw Complaint("`\(text)` needs brackets and a port: `[2001:db8::1]:5060`")
    }
    let port = text.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    if port.count < text.count, port.count >= 5, port.allSatisfy(\.isWholeNumber) {
      throw Complaint("`\(text.shortened)` has port \(port); a port is from 1 to 65535")
    }
    throw Complaint("`\(text.shortened)` is not \(wanted)")
  }

  /// An address with which a socket can send and receive, and that others can send to.
  private static func usable(_ address: Address, _ text: String) throws(Complaint) -> Address {
    let kind: String
    switch (address.isIPv4, address.isIPv4 ? address.octet(12) : address.octet(0)) {
    case (true, 0): kind = "unspecified"
    case (true, 224...239), (false, 0xff): kind = "a multicast address"
    case (true, 255) where address.ipv4 == .max: kind = "the broadcast address"
    case (false, 0) where address == .unspecified: kind = "unspecified"
    case (false, 0xfe) where address.octet(1) & 0xc0 == 0x80:
      throw Complaint(
        "`\(text)` is link-local, and those cannot be used: a message has no place for their zone")
    default: return address
    }
    throw Complaint("`\(text)` names no single host: it is \(kind)")
  }

  /// RFC 6943 §3.1.1: `010` is 10 to some programs and 8 to others.
  private static func unambiguous(_ text: String) throws(Complaint) {
    let numbers = text.prefix { $0 != "/" }.split(separator: ".")
    guard numbers.count == 4 else { return }
    let parts = numbers.map { part in
      // The first may have a transport or the rest of an IPv6 address before it, the last a port.
      part.split { $0 == ":" || $0 == "[" || $0 == "]" }
    }
    let first = parts[0].last ?? ""
    let others = parts.dropFirst().map { $0.first ?? "" }
    guard !([first] + others).contains(where: { $0.count > 1 && $0.first == "0" }) else {
      throw Complaint(
        "`\(text.shortened)` has a number with a 0 before it, which some programs take for octal;"
          + " write it without")
    }
  }

  private static func usable(_ port: UInt16, _ text: String) throws(Complaint) -> UInt16 {
    guard port != 0 else { throw Complaint("`\(text)` has port 0; a port is from 1 to 65535") }
    return port
  }

  private static func read(_ bytes: [UInt8]) -> Host? {
    guard !bytes.isEmpty, bytes.count <= 255, bytes.first != 0x5b else { return nil }
    guard !String(decoding: bytes, as: UTF8.self).contains(":::") else { return nil }
    return try? Host.parse(bytes.span, Slice(from: 0, to: bytes.count))
  }
}

extension Address {
  /// Without the bits beyond the first so many.
  func masked(bits: Int) -> Address {
    let top = bits >= 64 ? UInt64.max : bits <= 0 ? 0 : UInt64.max << UInt64(64 - bits)
    let rest = bits >= 128 ? UInt64.max : bits <= 64 ? 0 : UInt64.max << UInt64(128 - bits)
    return Address(high: high & top, low: low & rest)
  }

  /// As a policy would write it (RFC 5952 §4).
  var text: String {
    if isIPv4 { return (12..<16).map { String(octet($0)) }.joined(separator: ".") }
    let groups = (0..<8).map { Int(octet($0 * 2)) << 8 | Int(octet($0 * 2 + 1)) }
    let gap = Self.longestRunOfZeros(groups)
    func written(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard let gap else { return written(0..<8) }
    return "\(written(0..<gap.lowerBound))::\(written(gap.upperBound..<8))"
  }

  private static func longestRunOfZeros(_ groups: [Int]) -> Range<Int>? {
    var best: Range<Int>?
    var start = 0
    for place in 0...groups.count where place == groups.count || groups[place] != 0 {
      if place - start > max(1, best?.count ?? 0) { best = start..<place }
      start = place + 1
    }
    return best
  }
}
