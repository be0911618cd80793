import Basics
import SIP

/// Any octets as lines, with no grammar behind them: what must be judged may be broken, and is not
/// to be judged by the parser of the very element that is judged.
package struct Wire {
  /// One header, with its name in lower case and in full.
  struct Field {
    var name: String
    /// Without the white space around it; folds stand as they came.
    var value: [UInt8]
  }

  var startLine: [UInt8] = []
  var fields: [Field] = []
  /// What stands behind the empty line; `nil` where there is none.
  package var body: [UInt8]?

  /// - Parameter octets: one message, or what should have been one.
  package init(_ octets: [UInt8]) {
    var place = 0
    while octets[place...].starts(with: [0x0d, 0x0a]) { place += 2 }
    var isFirst = true
    while place < octets.count {
      let end = Self.lineEnd(octets, from: place)
      let line = octets[place..<end]
      place = min(end + 2, octets.count)
      if line.isEmpty, !isFirst {
        body = Array(octets[place...])
        return
      }
      if isFirst { startLine = Array(line) } else { take(line) }
      isFirst = false
    }
  }

  private static func lineEnd(_ octets: [UInt8], from start: Int) -> Int {
    var place = start
    while place + 1 < octets.count {
      if octets[place] == 0x0d, octets[place + 1] == 0x0a { return place }
      place += 1
    }
    return octets.count
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    if line.first == 0x20 || line.first == 0x09, !fields.isEmpty {
      fields[fields.count - 1].value += [0x0d, 0x0a] + line
      return
    }
    let colon = line.firstIndex(of: 0x3a) ?? line.endIndex
    let name = String(decoding: line[..<colon], as: UTF8.self).trimmed.lowercased()
    let value = line[min(colon + 1, line.endIndex)...]
    let from = value.drop { $0 == 0x20 || $0 == 0x09 }
    let to = from.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()
    fields.append(Field(name: Self.full(name), value: Array(to)))
  }

  /// The full name of a compact form (RFC 3261 §7.3.3), in lower case.
  static func full(_ name: String) -> String {
    guard name.utf8.count == 1 else { return name.lowercased() }
    let octets = Array(name.utf8)
    let known = HeaderName(octets.span, Slice(from: 0, to: 1))
    return known == .other ? name.lowercased() : "\(known.text)".lowercased()
  }

  /// The values of a header, a value for each line.
  package func values(_ name: String) -> [[UInt8]] {
    let wanted = Self.full(name)
    return fields.filter { $0.name == wanted }.map(\.value)
  }

  /// The first value of a header as text.
  package func text(_ name: String) -> String? {
    values(name).first.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The members of the comma lists of a header, in lower case.
  func tokens(_ name: String) -> [String] {
    values(name).flatMap { value in
      String(decoding: value, as: UTF8.self).split(separator: ",").map {
        String($0).trimmed.lowercased()
      }
    }
  }

  /// Whether a text stands in one of a header's values, in either case of letters.
  func shows(_ text: String, in name: String) -> Bool {
    values(name).contains { value in
      String(decoding: value, as: UTF8.self).lowercased().contains(text.lowercased())
    }
  }

  /// What stands behind the empty line, and of that as much as Content-Length says.
  var measuredBody: [UInt8] {
    let body = body ?? []
    guard let length = text("Content-Length").flatMap({ Int($0) }), length >= 0 else { return body }
    return Array(body.prefix(length))
  }

  // MARK: The start line

  /// Whether it has a Status-Line, or what begins like one.
  package var isResponse: Bool {
    String(decoding: startLine.prefix(8), as: UTF8.self).lowercased() == "sip/2.0 "
  }

  /// Whether it has a Request-Line, or what ends like one.
  package var isRequest: Bool {
    let last = startLine.split(separator: 0x20).last ?? []
    return String(decoding: last.prefix(4), as: UTF8.self).lowercased() == "sip/"
      && startLine.count > last.count
  }

  /// The three digits of a Status-Line.
  package var status: Int? {
    guard isResponse, startLine.count >= 11 else { return nil }
    guard startLine.count == 11 || startLine[11] == 0x20 else { return nil }
    return Int(String(decoding: startLine[8..<11], as: UTF8.self))
  }

  /// Between the first space and the last word.
  package var requestURI: [UInt8] {
    guard !isResponse, let first = startLine.firstIndex(of: 0x20),
      let last = startLine.lastIndex(of: 0x20), first < last
    else { return [] }
    return Array(startLine[(first + 1)..<last])
  }

  /// Whether the top Via names a transport of streams.
  var asksForStream: Bool {
    guard let via = text("Via") else { return false }
    let sent = via.split { $0 == " " || $0 == "\t" }.first.map(String.init) ?? ""
    return ["tcp", "tls"].contains { sent.lowercased().hasSuffix("/\($0)") }
  }
}
