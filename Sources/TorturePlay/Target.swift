package import Basics
import Platform
import SIP

/// Why an element cannot be played to as it was asked for: one sentence.
package struct Hindrance: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }
}

/// The element that messages are played to.
package struct Target: Hashable, Sendable {
  /// What it was named with; a message that asks for a stream may go by TCP all the same.
  package var transport: Transport
  /// Where it listens.
  package var endpoint: Endpoint

  /// - Parameter text: `udp:HOST:PORT` or `tcp:HOST:PORT`; an IPv6 address stands in brackets. A
  ///   host name is asked for at once.
  package init(_ text: String) throws(Hindrance) {
    let wanted = "udp:HOST:PORT or tcp:HOST:PORT, such as udp:127.0.0.1:5060"
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch parts.first {
    case "udp": transport = .udp
    case "tcp": transport = .tcp
    case "tls":
      throw Hindrance("`\(text)`: TLS cannot be spoken yet; what asks for it is played by tcp:")
    default: throw Hindrance("`\(text)` is no target: \(wanted)")
    }
    guard parts.count == 2 else { throw Hindrance("`\(text)` is no target: \(wanted)") }
    let octets = Array(parts[1].utf8)
    guard let place = Self.read(octets) else {
      throw Hindrance("`\(text)` is no target: \(wanted)")
    }
    guard let port = place.port, port != 0 else {
      throw Hindrance("`\(text)` has no port: \(wanted)")
    }
    if let address = place.host.address {
      endpoint = Endpoint(address, port: port)
      return
    }
    let name = Array(octets[place.host.text.range])
    switch NameService.address(of: name, families: (ipv4: true, ipv6: true)) {
    case .success(let address): endpoint = Endpoint(address, port: port)
    case .failure: throw Hindrance("`\(text)`: the host name has no address")
    }
  }

  private static func read(_ octets: [UInt8]) -> HostPort? {
    do throws(Malformed) {
      return try HostPort.parse(octets.span, Slice(from: 0, to: octets.count))
    } catch {
      return nil
    }
  }

  /// Reads an address and a port, as `--behind` has them.
  package static func endpoint(_ text: String) throws(Hindrance) -> Endpoint {
    let octets = Array(text.utf8)
    guard let place = read(octets), let address = place.host.address, let port = place.port,
      port != 0
    else { throw Hindrance("`\(text)` is no address and port, such as 127.0.0.1:5070") }
    return Endpoint(address, port: port)
  }

  /// Reads an address alone, as `--listen` has it.
  package static func address(_ text: String) throws(Hindrance) -> Address {
    let octets = Array(text.utf8)
    do throws(Malformed) {
      let host = try Host.parse(octets.span, Slice(from: 0, to: octets.count))
      if let address = host.address { return address }
    } catch {}
    throw Hindrance("`\(text)` is no address, such as 127.0.0.2")
  }
}

extension Target: CustomStringConvertible {
  /// As it was written, with the address in place of a name.
  package var description: String { "\(transport):\(endpoint.hostPort)" }
}

extension Endpoint {
  /// As a URI and a Via have it.
  var hostPort: String {
    address.isIPv4 ? "\(address.words):\(port)" : "[\(address.words)]:\(port)"
  }
}

extension Address {
  /// Without brackets; of IPv6, the longest run of zeros is left out (RFC 5952 §4.2).
  var words: String {
    if isIPv4 { return (12..<16).map { String(octet($0)) }.joined(separator: ".") }
    let groups = stride(from: 0, to: 16, by: 2).map { Int(octet($0)) << 8 | Int(octet($0 + 1)) }
    var longest = 0..<0
    for start in 0..<8 {
      let end = groups[start...].firstIndex { $0 != 0 } ?? 8
      if end - start > max(longest.count, 1) { longest = start..<end }
    }
    let texts = groups.map { String($0, radix: 16) }
    guard !longest.isEmpty else { return texts.joined(separator: ":") }
    return texts[..<longest.lowerBound].joined(separator: ":") + "::"
      + texts[longest.upperBound...].joined(separator: ":")
  }

  /// Whether it is one of 127.0.0.0/8 (RFC 1122 §3.2.1.3) or ::1.
  var isLoopback: Bool {
    isIPv4 ? ipv4 >> 24 == 127 : self == Address(high: 0, low: 1)
  }
}
