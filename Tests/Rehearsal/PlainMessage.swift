package import Basics
import SIP

/// A message as a simple user agent keeps it: text. It shares nothing with the program's own
/// parser, so that each checks the other.
package struct PlainMessage: Sendable {
  package var startLine: String
  package var headers: [(name: String, value: String)] = []
  package var body: [UInt8] = []

  package init(startLine: String) { self.startLine = startLine }

  package init?(_ bytes: [UInt8]) {
    var lines: [String] = []
    var start = 0
    var place = 0
    while true {
      guard place + 1 < bytes.count else { return nil }
      if bytes[place] == 0x0d, bytes[place + 1] == 0x0a {
        if place == start { break }
        lines.append(String(decoding: bytes[start..<place], as: UTF8.self))
        start = place + 2
        place = start
      } else {
        place += 1
      }
    }
    guard let first = lines.first else { return nil }
    startLine = first
    for line in lines.dropFirst() {
      if line.first == " " || line.first == "\t", !headers.isEmpty {
        headers[headers.count - 1].value += line
        continue
      }
      guard let colon = line.utf8.firstIndex(of: 0x3a) else { return nil }
      let value = line[line.utf8.index(after: colon)...].drop { $0 == " " }
      headers.append((String(line[..<colon]), String(value)))
    }
    body = Array(bytes[(place + 2)...])
  }

  package var isRequest: Bool { !startLine.hasPrefix("SIP/2.0") }
  package var method: String { String(startLine.prefix { $0 != " " }) }
  package var requestURI: String {
    String(startLine.drop { $0 != " " }.dropFirst().prefix { $0 != " " })
  }
  package var status: Int { isRequest ? 0 : Int(startLine.dropFirst(8).prefix(3)) ?? 0 }
  package var reason: String { String(startLine.dropFirst(12)) }

  package static func response(_ status: Int, _ reason: String = "Whatever") -> PlainMessage {
    PlainMessage(startLine: "SIP/2.0 \(status) \(reason)")
  }

  // MARK: Headers

  /// The first value of a header.
  package subscript(_ name: String) -> String? {
    get { headers.first { $0.name == name }?.value }
    set {
      let place = headers.firstIndex { $0.name == name }
      if let place, let newValue {
        headers[place].value = newValue
      } else if let place {
        headers.remove(at: place)
      } else if let newValue {
        headers.append((name, newValue))
      }
    }
  }

  package mutating func add(_ name: String, _ value: String) { headers.append((name, value)) }

  /// All values of a header in their order, those of comma lists one by one.
  package func all(_ name: String) -> [String] {
    headers.filter { $0.name == name }.flatMap { Self.split($0.value) }
  }

  private static func split(_ list: String) -> [String] {
    guard list.utf8.contains(0x2c) else { return [list] }
    var values: [String] = []
    var value = ""
    var (isQuoted, isBracketed) = (false, false)
    for character in list {
      if character == "\"" { isQuoted.toggle() }
      if character == "<" { isBracketed = true }
      if character == ">" { isBracketed = false }
      if character == ",", !isQuoted, !isBracketed {
        values.append(value)
        value = ""
      } else if character != " " || !value.isEmpty {
        value.append(character)
      }
    }
    return values + [value]
  }

  package var callID: String { self["Call-ID"] ?? "" }
  package var cSeqNumber: Int { Int((self["CSeq"] ?? "").prefix { $0 != " " }) ?? 0 }
  package var cSeqMethod: String { String((self["CSeq"] ?? "").drop { $0 != " " }.dropFirst()) }
  package var branch: String { parameter("branch", of: all("Via").first ?? "") ?? "" }
  package var fromTag: String? { parameter("tag", of: self["From"] ?? "") }
  package var toTag: String? { parameter("tag", of: self["To"] ?? "") }

  /// The octets, with a Content-Length.
  package var bytes: [UInt8] {
    var text = startLine + "\r\n"
    for header in headers where header.name != "Content-Length" {
      text += header.name + ": " + header.value + "\r\n"
    }
    text += "Content-Length: \(body.count)\r\n\r\n"
    return Array(text.utf8) + body
  }
}

/// The value of a header parameter, or `nil`; empty for one without a value.
package func parameter(_ name: String, of value: String) -> String? {
  let rest = value.utf8.contains(0x3e) ? value.drop { $0 != ">" } : value[...]
  for part in rest.split(separator: ";").dropFirst(value.utf8.contains(0x3e) ? 0 : 1) {
    if part == name { return "" }
    if part.hasPrefix(name + "=") { return String(part.dropFirst(name.utf8.count + 1)) }
  }
  return nil
}

/// A URI as text, as far as a user agent has to take it apart.
package struct PlainURI: Sendable {
  package var text: String

  package init(text: String) { self.text = text }

  /// The URI of a name-addr or addr-spec.
  package init(of value: String) {
    if value.utf8.contains(0x3c) {
      text = String(value.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
    } else {
      text = String(value.prefix { $0 != ";" })
    }
  }

  package var isLoose: Bool { text.hasSuffix(";lr") || text.contains(";lr;") }
  package var transport: Transport {
    text.contains(";transport=tcp") || text.contains(";transport=TCP") ? .tcp : .udp
  }

  /// Where it leads, when its host is an address.
  package var place: Endpoint? {
    var rest = text.dropFirst(text.hasPrefix("sips:") ? 5 : 4).prefix { $0 != ";" && $0 != "?" }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    let bytes = Array(rest.utf8)
    do throws(Malformed) {
      let value = try HostPort.parse(bytes.span, Slice(0..<bytes.count))
      guard let address = value.host.address else { return nil }
      return Endpoint(address, port: value.port ?? 5060)
    } catch {
      return nil
    }
  }
}

/// An endpoint as it stands in a URI.
package func text(_ endpoint: Endpoint) -> String {
  var bytes = [UInt8]()
  bytes.append(addingCapacity: 64) { $0.write(endpoint) }
  return String(decoding: bytes, as: UTF8.self)
}

/// An address as it stands in `received`.
package func text(bare address: Address) -> String {
  var bytes = [UInt8]()
  bytes.append(addingCapacity: 64) { $0.write(bare: address) }
  return String(decoding: bytes, as: UTF8.self)
}
