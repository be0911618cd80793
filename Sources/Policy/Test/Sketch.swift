import Basics
import Border

/// A request in its short form, and how it is made whole.
struct Sketch: Sendable {
  /// A header that the short form names: its values, none to leave a usual header out.
  struct Header: Sendable {
    var name: String
    var values: [String]
  }

  var method: String
  var uri: String
  var headers: [Header] = []
  var body: [UInt8] = []

  /// Reads `INVITE sip:+4930@example.com`.
  /// - Parameter needsURI: whether there is nothing that a missing URI could be taken from.
  init(_ text: String, needsURI: Bool = true) throws(Complaint) {
    let words = text.split(separator: " ").map(String.init)
    let isMethod = words.first?.utf8.allSatisfy(Self.isToken) ?? false
    guard isMethod, words.count == 2 || words.count == 3 || !needsURI && words.count == 1 else {
      throw Complaint(
        "`\(text.shortened)` is not a request in short form, such as"
          + " `INVITE sip:+493012345@example.com`")
    }
    if words.count == 3, words[2] != "SIP/2.0" {
      throw Complaint("`\(text.shortened)` ends with a version other than SIP/2.0")
    }
    method = words[0]
    uri = words.count > 1 ? words[1] : ""
  }

  /// The same, with headers that stand in place of the usual ones, each `Name: value`; one without
  /// a value is left out.
  init(_ text: String, _ headers: [String], needsURI: Bool = true) throws(Complaint) {
    try self.init(text, needsURI: needsURI)
    var values: [String: [String]] = [:]
    for text in headers {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw Complaint("`\(text.shortened)` is not a header, such as `Max-Forwards: 1`")
      }
      let (name, value) = (String(parts[0]).stripped, String(parts[1]).stripped)
      // One that is named twice stands twice.
      values[Transcript.fullName(name), default: []] += value.isEmpty ? [] : [value]
      set(name, values[Transcript.fullName(name)] ?? [])
    }
  }

  private static func isToken(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: Array("-.!%*_+`'~".utf8).contains(octet)
    }
  }

  /// Sets a header, in place of a usual one of that name.
  mutating func set(_ name: String, _ values: [String]) {
    headers.removeAll { Transcript.fullName($0.name) == Transcript.fullName(name) }
    headers.append(Header(name: name, values: values))
  }

  /// Sets a header that nobody else has set.
  mutating func setUsual(_ name: String, _ values: [String]) {
    let wanted = Transcript.fullName(name)
    if !headers.contains(where: { Transcript.fullName($0.name) == wanted }) {
      headers.append(Header(name: name, values: values))
    }
  }

  /// The whole request, as its sender would have written it.
  /// - Parameters:
  ///   - flow: where it comes from.
  ///   - serial: tells it from others of the same case.
  func octets(from flow: Flow, serial: Int) -> [UInt8] {
    var whole = self
    let place = flow.remote.text
    let host =
      flow.remote.address.isIPv4 ? flow.remote.address.text : "[\(flow.remote.address.text)]"
    let transport = flow.transport.isReliable ? ";transport=\(flow.transport.word)" : ""
    let via =
      "SIP/2.0/\(flow.transport.word.uppercased()) \(place);branch=z9hG4bK-case-\(serial);rport"
    whole.headers = []
    let usual: [(String, String)] = [
      ("Via", via), ("Max-Forwards", "70"), ("From", "<sip:caller@\(host)>;tag=caller-\(serial)"),
      ("To", "<\(uri)>"), ("Call-ID", "case-\(serial)@\(host)"), ("CSeq", "1 \(method)"),
    ]
    for (name, value) in usual { whole.headers.append(Header(name: name, values: [value])) }
    if Self.withContact.contains(method) {
      whole.set("Contact", ["<sip:caller@\(place)\(transport)>"])
    }
    if !body.isEmpty {
      let isSDP = body.starts(with: Array("v=0".utf8))
      whole.set("Content-Type", [isSDP ? "application/sdp" : "text/plain"])
    }
    whole.setInPlace("Content-Length", ["\(body.count)"])
    for header in headers { whole.setInPlace(header.name, header.values) }
    let lines = whole.headers.flatMap { header in header.values.map { "\(header.name): \($0)" } }
    let head = (["\(method) \(uri) SIP/2.0"] + lines).joined(separator: "\r\n")
    return Array("\(head)\r\n\r\n".utf8) + body
  }

  private static let withContact: Set<String> = [
    "INVITE", "SUBSCRIBE", "NOTIFY", "REFER", "UPDATE", "REGISTER", "OPTIONS",
  ]

  /// Sets a header where the usual one stands.
  private mutating func setInPlace(_ name: String, _ values: [String]) {
    let wanted = Transcript.fullName(name)
    guard let place = headers.firstIndex(where: { Transcript.fullName($0.name) == wanted }) else {
      return headers.append(Header(name: name, values: values))
    }
    headers[place] = Header(name: name, values: values)
  }
}

/// A message from a file, whose line ends an editor may have changed.
package struct Mended: Sendable {
  /// The message.
  package private(set) var octets: [UInt8]
  /// What was done to it; `nil` when it was taken as it is.
  package private(set) var remark: String?

  /// One that is taken as it is.
  package init(whole octets: [UInt8]) { self.octets = octets }

  /// SIP's lines end with CR LF, and editors write LF. Where a bare LF stands in the headers, all
  /// line ends are made CR LF, an end of the headers is added where it is missing, and a
  /// Content-Length that no longer fits is set.
  package init(_ octets: [UInt8]) {
    let lines = octets.split(separator: 0x0a, omittingEmptySubsequences: false)
    let head = lines.prefix { !$0.isEmpty && !$0.elementsEqual([0x0d]) }
    guard head.dropLast(head.count == lines.count ? 1 : 0).contains(where: { $0.last != 0x0d })
    else {
      self.octets = octets
      return
    }
    var whole: [UInt8] = []
    for (place, line) in lines.enumerated() {
      whole += line.last == 0x0d ? line.dropLast() : line
      if place < lines.count - 1 { whole += [0x0d, 0x0a] }
    }
    var remark = "bare line ends were made CR LF"
    if head.count >= lines.count - 1 {
      whole += whole.suffix(2) == [0x0d, 0x0a] ? [0x0d, 0x0a] : [0x0d, 0x0a, 0x0d, 0x0a]
      remark += ", and the empty line after the headers added"
    }
    self.octets = Self.fitted(whole, &remark)
    self.remark = remark
  }

  private static func fitted(_ octets: [UInt8], _ remark: inout String) -> [UInt8] {
    var transcript = Transcript(octets)
    guard
      let place = transcript.fields.firstIndex(where: {
        Transcript.fullName($0.name) == "content-length"
      }), let told = Int(transcript.fields[place].value), told != transcript.body.count
    else { return octets }
    transcript.fields[place].value = "\(transcript.body.count)"
    remark += "; Content-Length \(told) -> \(transcript.body.count)"
    let head = transcript.lines.joined(separator: "\r\n")
    return Array("\(head)\r\n\r\n".utf8) + transcript.body
  }
}
