import Basics
import Torture

/// What the player says of its own: requests that stand in no file.
struct Voice {
  /// Tells this run from others: an element knows a transaction for 32 s (RFC 3261 §17.2.2).
  let run: String
  private var serial = 0

  init(run: String) { self.run = run }

  /// A word that was never said before.
  mutating func mark() -> String {
    serial += 1
    return "\(run)\(serial)"
  }

  /// A request that is as plain as can be.
  /// - Parameters:
  ///   - transport: what its Via says.
  ///   - local: where answers, and requests to its Contact, are awaited.
  mutating func request(
    _ method: String, _ uri: String, over transport: Transport, from local: String,
    maxForwards: Int = 70
  ) -> [UInt8] {
    let mark = mark()
    return Self.text([
      "\(method) \(uri) SIP/2.0", "Via: \(Self.via(transport, local));branch=z9hG4bK\(mark)",
      "Max-Forwards: \(maxForwards)", "From: <sip:torture@\(local)>;tag=\(mark)", "To: <\(uri)>",
      "Call-ID: torture-\(mark)", "CSeq: 1 \(method)",
      "Contact: <sip:torture@\(local)\(transport.isReliable ? ";transport=tcp" : "")>",
      "Content-Length: 0",
    ])
  }

  private static func via(_ transport: Transport, _ local: String) -> String {
    "SIP/2.0/\(transport.isReliable ? "TCP" : "UDP") \(local)"
  }

  /// The ACK of whoever asked (RFC 3261 §17.1.1.3). For a 2xx it has a transaction of its own
  /// (§13.2.2.4).
  /// - Returns: `nil` for an INVITE that is too broken to have one.
  mutating func ack(of invite: [UInt8], for response: Wire) -> [UInt8]? {
    let request = Wire(invite)
    guard let status = response.status, let from = request.text("From"),
      let to = response.text("To"), let callID = request.text("Call-ID"),
      var via = request.text("Via").map(Self.first), !request.requestURI.isEmpty
    else { return nil }
    var uri = String(decoding: request.requestURI, as: UTF8.self)
    if status < 300 {
      via = via.prefix { $0 != ";" } + ";branch=z9hG4bK\(mark())"
      uri = response.text("Contact").map(Self.uri) ?? uri
    }
    return Self.text([
      "ACK \(uri) SIP/2.0", "Via: \(via)", "Max-Forwards: 70", "From: \(from)", "To: \(to)",
      "Call-ID: \(callID)", "CSeq: \(request.number) ACK", "Content-Length: 0",
    ])
  }

  /// The BYE of whoever called and was answered, or was called and has answered.
  /// - Parameters:
  ///   - message: what the other side sent: the INVITE, or the 2xx to it.
  ///   - tag: the one that the own side has given itself, where the message does not show it.
  mutating func bye(
    to message: Wire, tag: String = "", over transport: Transport, from local: String
  ) -> [UInt8] {
    let isResponse = message.isResponse
    let (own, other) = isResponse ? ("From", "To") : ("To", "From")
    var routes = message.values("Record-Route").map { String(decoding: $0, as: UTF8.self) }
    if isResponse { routes.reverse() }
    return Self.text(
      [
        "BYE \(message.text("Contact").map(Self.uri) ?? "sip:torture@invalid") SIP/2.0",
        "Via: \(Self.via(transport, local));branch=z9hG4bK\(mark())", "Max-Forwards: 70",
        "From: \(message.text(own) ?? "")\(tag.isEmpty ? "" : ";tag=\(tag)")",
        "To: \(message.text(other) ?? "")", "Call-ID: \(message.text("Call-ID") ?? "")",
        "CSeq: \(isResponse ? message.number + 1 : 1) BYE",
      ] + routes.map { "Route: \($0)" } + ["Content-Length: 0"])
  }

  private static func text(_ lines: [String]) -> [UInt8] {
    Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
  }

  /// The first of a comma list, where a comma may stand in a quoted string.
  private static func first(_ value: String) -> String {
    var isQuoted = false
    return String(
      value.prefix {
        if $0 == "\"" { isQuoted.toggle() }
        return isQuoted || $0 != ","
      })
  }

  /// The URI of a name-addr or addr-spec.
  private static func uri(_ value: String) -> String {
    guard let mark = value.firstIndex(of: "<") else { return String(value.prefix { $0 != ";" }) }
    return String(value[mark...].dropFirst().prefix { $0 != ">" })
  }
}

extension Wire {
  /// The number of its CSeq; 1 where it has none that could be read.
  var number: Int {
    Int((text("CSeq") ?? "").prefix { $0.isNumber }) ?? 1
  }

  /// Whether somebody waits for an answer to it.
  var wantsAnswer: Bool { !isResponse && method != "ACK" }

  /// What ends it: a call that nobody takes is over at once.
  func ending(contact: String) -> [UInt8] {
    reply(method == "INVITE" ? 486 : 200, contact: contact)
  }
}
