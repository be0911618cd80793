import Basics
import Rehearsal

// The requests of a talker: one that begins something, or one within what it has heard.
extension PlainMessage {
  static let methods = [
    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "MESSAGE", "SUBSCRIBE", "NOTIFY", "PRACK",
    "UPDATE", "REFER", "REGISTER", "INFO", "STRANGE",
  ]

  /// A request out of any dialog.
  static func request(
    _ method: String, to uri: String, by talker: Talker, branch: String, callID: String,
    number: Int, flags: Int
  ) -> PlainMessage {
    var message = PlainMessage(startLine: "\(method) \(uri) SIP/2.0")
    message.addVia(of: talker, branch: branch, flags)
    if flags & 4 == 0 { message.add("Max-Forwards", "70") }
    message.add("From", "<sip:alice@west.example>;tag=f\(callID)")
    message.add("To", "<sip:bob@east.example>")
    message.add("Call-ID", callID)
    message.add("CSeq", "\(number) \(method)")
    message.add("Contact", "<sip:alice@\(text(talker.endpoint))>")
    if flags & 8 != 0 { message.body = Array(repeating: 0x62, count: 1400) }
    return message
  }

  /// A request within the dialog that a message made: a response for who asked, a request for who
  /// was asked (RFC 3261 §12.2.1.1).
  static func request(
    _ method: String, within known: PlainMessage, by talker: Talker, branch: String, number: Int,
    flags: Int
  ) -> PlainMessage {
    let target = PlainURI(of: known["Contact"] ?? "<sip:x@\(text(talker.endpoint))>").text
    var route = known.all("Record-Route")
    if !known.isRequest { route.reverse() }
    // Behind the element, a router that is strict; before it, one that was (RFC 3261 §16.12.1.2).
    if flags & 128 != 0 { route.append("<sip:10.2.0.2>") }
    let isStrict = flags & 64 != 0 && !route.isEmpty
    let uri = isStrict ? PlainURI(of: route.removeFirst()).text : target
    if isStrict { route.append("<\(target)>") }
    var message = PlainMessage(startLine: "\(method) \(uri) SIP/2.0")
    message.addVia(of: talker, branch: branch, flags)
    if flags & 4 == 0 { message.add("Max-Forwards", "70") }
    for value in route { message.add("Route", value) }
    if known.isRequest {
      message.add("From", (known["To"] ?? "") + (known.toTag == nil ? ";tag=t0" : ""))
      message.add("To", known["From"] ?? "")
    } else {
      message.add("From", known["From"] ?? "")
      message.add("To", known["To"] ?? "")
    }
    message.add("Call-ID", known.callID)
    message.add("CSeq", "\(number) \(method)")
    message.add("Contact", "<sip:me@\(text(talker.endpoint))>")
    return message
  }

  /// The CANCEL of a request, or its ACK (RFC 3261 §9.1, §17.1.1.3).
  func companion(_ method: String) -> PlainMessage {
    var message = PlainMessage(startLine: "\(method) \(requestURI) SIP/2.0")
    for header in headers {
      switch header.name {
      case "Via", "Route", "From", "To", "Call-ID", "Max-Forwards":
        message.add(header.name, header.value)
      case "CSeq": message.add("CSeq", "\(cSeqNumber) \(method)")
      default: break
      }
    }
    return message
  }

  private mutating func addVia(of talker: Talker, branch: String, _ flags: Int) {
    let cookie = flags & 16 == 0 ? "z9hG4bK" : ""
    let rport = flags & 2 == 0 ? "" : ";rport"
    add("Via", "SIP/2.0/UDP \(text(talker.endpoint));branch=\(cookie)\(branch)\(rport)")
  }
}
