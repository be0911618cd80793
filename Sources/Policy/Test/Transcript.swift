/// A message as a person reads it: its lines, one for each header. It is made of any octets, so
/// that what is no SIP can be shown as well.
struct Transcript: Sendable {
  struct Field: Hashable, Sendable {
    var name: String
    var value: String

    var line: String { "\(name): \(value)" }
  }

  var startLine: String
  var fields: [Field] = []
  var body: [UInt8] = []

  init(_ octets: [UInt8]) {
    var lines: [String] = []
    var start = 0
    while let end = Self.lineEnd(octets, from: start) {
      if end == start, !lines.isEmpty { break }
      if end > start { lines.append(String(decoding: octets[start..<end], as: UTF8.self)) }
      start = end + 2
    }
    startLine = lines.first ?? ""
    body = Array(octets[min(start + 2, octets.count)...])
    for line in lines.dropFirst() {
      if line.first == " " || line.first == "\t", !fields.isEmpty {
        fields[fields.count - 1].value += " " + line.stripped
        continue
      }
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      fields.append(
        Field(
          name: String(parts[0]).stripped, value: parts.count > 1 ? String(parts[1]).stripped : ""))
    }
  }

  private static func lineEnd(_ octets: [UInt8], from start: Int) -> Int? {
    var place = start
    while place + 1 < octets.count {
      if octets[place] == 0x0d, octets[place + 1] == 0x0a { return place }
      place += 1
    }
    return nil
  }

  /// The start line, and a line for each header.
  var lines: [String] { [startLine] + fields.map(\.line) }

  /// The values of a header in their order, whether its name is written in full or in short.
  func all(_ name: String) -> [String] {
    let wanted = Self.fullName(name)
    return fields.filter { Self.fullName($0.name) == wanted }.map(\.value)
  }

  /// In lower case, a compact form made whole (RFC 3261 §7.3.3).
  static func fullName(_ name: String) -> String {
    let lower = name.lowercased()
    return compact[lower] ?? lower
  }

  private static let compact = [
    "a": "accept-contact", "d": "request-disposition", "j": "reject-contact", "n": "identity-info",
    "i": "call-id", "m": "contact", "e": "content-encoding", "l": "content-length",
    "c": "content-type", "f": "from", "s": "subject", "k": "supported", "t": "to", "v": "via",
    "r": "refer-to", "b": "referred-by", "o": "event", "u": "allow-events",
    "x": "session-expires", "y": "identity",
  ]

  // MARK: Of a request or a response

  var isRequest: Bool { !startLine.hasPrefix("SIP/2.0 ") }
  var method: String { String(startLine.prefix { $0 != " " }) }
  var requestURI: String {
    String(startLine.drop { $0 != " " }.dropFirst().prefix { $0 != " " })
  }
  var status: Int? { isRequest ? nil : Int(startLine.dropFirst(8).prefix(3)) }
  var reason: String? { isRequest ? nil : String(startLine.dropFirst(12)) }
}

extension String {
  /// Without the white space around it.
  var stripped: String {
    var octets = utf8[...]
    while octets.first == 0x20 || octets.first == 0x09 { octets.removeFirst() }
    while octets.last == 0x20 || octets.last == 0x09 { octets.removeLast() }
    return octets.count == utf8.count ? self : String(Substring(octets))
  }
}
