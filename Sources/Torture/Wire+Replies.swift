/// Messages that are made of others, octet for octet: those who stand around the element write
/// them.
extension Wire {
  /// What RFC 3261 §8.2.6 wants of an answer to this request.
  /// - Parameter contact: the answering side's own URI.
  package func reply(_ status: Int, tag: String = "hop", contact: String) -> [UInt8] {
    var lines = [Array("SIP/2.0 \(status) Torture".utf8)]
    for name in ["Via", "Record-Route", "From", "Call-ID", "CSeq"] { lines += copied(name) }
    lines += copied("To").map { status == 100 ? $0 : Self.tagged($0, tag) }
    lines += ["Contact: <\(contact)>", "Content-Length: 0", "", ""].map { Array($0.utf8) }
    return Array(lines.joined(separator: [0x0d, 0x0a]))
  }

  /// This response as an answer to a request that the element really sent. What names the
  /// transaction and the dialog is the request's (RFC 3261 §17.1.3), all else stays as it is.
  package func answering(_ request: Wire) -> [UInt8] {
    var lines = [startLine]
    for name in ["Via", "Record-Route", "From", "Call-ID", "CSeq"] { lines += request.copied(name) }
    lines += request.copied("To").map { status == 100 ? $0 : Self.tagged($0, "live") }
    let replaced: Set = ["via", "record-route", "from", "to", "call-id", "cseq"]
    for field in fields where !replaced.contains(field.name) {
      lines.append(Array("\(field.name): ".utf8) + field.value)
    }
    return Array((lines + [[], []]).joined(separator: [0x0d, 0x0a])) + (body ?? [])
  }

  /// The BYE of whoever received this request and accepted it (RFC 3261 §12.2.1.1).
  /// - Parameters:
  ///   - via: the sender's sent-protocol and sent-by, such as `UDP 127.0.0.1:5070`.
  ///   - tag: the one of the To of the answer.
  package func bye(via: String, tag: String) -> [UInt8] {
    let contact = text("Contact") ?? ""
    let uri = contact.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
    var lines = [
      "BYE \(uri) SIP/2.0", "Via: SIP/2.0/\(via);branch=z9hG4bKtorturebye", "CSeq: 1 BYE",
      "Max-Forwards: 70", "Content-Length: 0",
    ].map { Array($0.utf8) }
    lines += values("Record-Route").map { Array("Route: ".utf8) + $0 }
    lines += values("From").map { Array("To: ".utf8) + $0 }
    lines += values("To").map { Array("From: ".utf8) + $0 + Array(";tag=\(tag)".utf8) }
    lines += copied("Call-ID")
    return Array((lines + [[], []]).joined(separator: [0x0d, 0x0a]))
  }

  /// The lines of a header as they came.
  private func copied(_ name: String) -> [[UInt8]] {
    values(name).map { Array("\(name): ".utf8) + $0 }
  }

  private static func tagged(_ line: [UInt8], _ tag: String) -> [UInt8] {
    let hasTag = String(decoding: line, as: UTF8.self).lowercased().contains(";tag=")
    return hasTag ? line : line + Array(";tag=\(tag)".utf8)
  }

  /// The method of a request; of a response, that of its CSeq.
  package var method: String {
    let words = isResponse ? Array((text("CSeq") ?? "").utf8) : startLine
    let parts = words.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    return (isResponse ? parts.last : parts.first) ?? ""
  }

  /// A request that is as plain as can be.
  /// - Parameters:
  ///   - via: the sender's sent-protocol and sent-by.
  ///   - serial: tells transactions and calls apart.
  package static func plain(
    _ method: String, _ uri: String, via: String, contact: String, serial: Int
  ) -> [UInt8] {
    let lines = [
      "\(method) \(uri) SIP/2.0", "Via: SIP/2.0/\(via);branch=z9hG4bKtorture\(serial)",
      "From: <sip:torture@\(via.split(separator: " ").last ?? "")>;tag=t\(serial)",
      "To: <\(uri)>", "Call-ID: torture-\(serial)", "CSeq: 1 \(method)", "Max-Forwards: 70",
      "Contact: <\(contact)>", "Content-Length: 0", "", "",
    ]
    return Array(lines.joined(separator: "\r\n").utf8)
  }
}
