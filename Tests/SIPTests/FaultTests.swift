import BasicContainers
import Basics
import SIP
import Testing

/// For each fault an octet string that has it, with `¦` before the octet at which it is found.
@Suite("A fault says what was expected, what was found, and where")
struct FaultTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let fault: Malformed.Fault
    /// The reason phrase up to the offset.
    let reason: String
    let octets: [UInt8]
    let offset: Int
    let read: @Sendable (Span<UInt8>) throws(Malformed) -> Void

    var testDescription: String { reason }

    init(
      _ fault: Malformed.Fault, _ text: String, _ reason: String,
      _ read: @escaping @Sendable (Span<UInt8>) throws(Malformed) -> Void
    ) {
      let parts = text.split(separator: "¦", omittingEmptySubsequences: false).map {
        Array($0.utf8)
      }
      self.fault = fault
      self.reason = reason
      octets = Array(parts.joined())
      offset = parts[0].count
      self.read = read
    }
  }

  @Test("in each case", arguments: FaultTests.rows)
  func exact(row: Row) throws {
    let fault = try #require(throws: Malformed.self) { try row.read(row.octets.span) }
    #expect(fault == Malformed(row.fault, at: row.offset))
    #expect(Self.reason(fault, row.octets) == "\(row.reason) at \(row.offset)")
  }

  @Test("there is a case of each")
  func complete() {
    #expect(Set(Self.rows.map(\.fault)) == Set(Malformed.Fault.allCases))
    let limits = "\(Limits.headers) \(Limits.message)"
    #expect(limits == "128 65535", "the phrases name these numbers")
  }

  @Test("a reason phrase is one by RFC 3261 §25.1, and short, whatever stands in the message")
  func phrases() {
    // reserved / unreserved / SP; none of UTF8-NONASCII, and no "%" of an escape.
    let allowed = Set(";/?:@&=+$,-_.!~*'() ".utf8)
    for fault in Malformed.Fault.allCases {
      for octet in UInt8.min...UInt8.max {
        let octets = [UInt8](repeating: octet, count: 3)
        let reason = Self.reason(Malformed(fault, at: 1), octets)
        #expect(
          reason.utf8.allSatisfy {
            allowed.contains($0) || Character(Unicode.Scalar($0)).isLetter
              || Character(Unicode.Scalar($0)).isNumber
          }, "\(reason)")
        // The offset may have four digits more.
        #expect(reason.utf8.count + 4 <= Limits.reason, "\(reason)")
      }
    }
  }

  @Test("letters and digits of a peer are not told, nor what lies beyond the message")
  func kinds() {
    let octets = Array("a0\u{7f}é \r\n \t\r\nx \r\n\t\r".utf8)
    let found: [(Int, Malformed.Found)] = [
      (0, .letter), (1, .digit), (2, .control(0x7f)), (3, .beyondASCII), (4, .beyondASCII),
      // White space and a fold; white space and the end of the line.
      (5, .space), (6, .space), (8, .endOfLine), (10, .endOfLine), (12, .letter),
      (14, .space), (16, .space), (17, .control(0x0d)), (18, .endOfMessage), (-1, .letter),
      (.max, .endOfMessage),
    ]
    for (offset, kind) in found {
      let text = Malformed(.host, at: offset).found(in: octets.span)
      #expect(text == kind, "at \(offset)")
    }
  }

  private static func reason(_ fault: Malformed, _ octets: [UInt8]) -> String {
    let text = [UInt8](capacity: 1000) { fault.writeReason(octets.span, into: &$0) }
    return String(decoding: text, as: UTF8.self)
  }
}

extension FaultTests {
  static let rows: [Row] = startLines + headers + essentials + addresses + values

  /// A message with one part of it replaced.
  private static func message(
    _ fault: Malformed.Fault, _ old: String, _ new: String, _ reason: String
  ) -> Row {
    let lines = [
      "INVITE sip:b@h SIP/2.0", "Via: SIP/2.0/UDP h;branch=z9hG4bK1", "Max-Forwards: 70",
      "From: <sip:a@h>;tag=1", "To: <sip:b@h>", "Call-ID: c@h", "CSeq: 1 INVITE",
      "Content-Length: 0", "", "",
    ]
    return whole(fault, lines.joined(separator: "\r\n").replacing(old, with: new), reason)
  }

  private static func whole(_ fault: Malformed.Fault, _ text: String, _ reason: String) -> Row {
    Row(fault, text, reason) { bytes throws(Malformed) in
      var table = HeaderTable()
      try Parser.parse(bytes, into: &table)
      _ = try Essentials(Message(bytes, table))
    }
  }

  /// A header field of a message; its value is read alone.
  private static func value<Result>(
    _ fault: Malformed.Fault, _ text: String, _ reason: String,
    _ parse: @escaping @Sendable (Span<UInt8>, Slice) throws(Malformed) -> Result
  ) -> Row {
    Row(fault, "Header: \(text)\r\n\r\n", reason) { bytes throws(Malformed) in
      _ = try parse(bytes, Slice(from: 8, to: bytes.count - 4))
    }
  }

  private static let startLines = [
    whole(.empty, "¦", "Empty Message: expected a start line, found the end of the message"),
    whole(
      .startLine, "¦INVITE\r\n\r\n",
      "Bad Start Line: expected a method, a URI and SIP/2.0, one space between, found a letter"),
    message(
      .method, "INVITE sip", "INV¦(ITE sip",
      "Bad Method: expected an octet of a token, found mark 0x28"),
    message(
      .requestURI, "sip:b@h S", "sip:b@h¦ x S",
      "Bad Request-URI: expected a URI without brackets and spaces, found white space"),
    message(
      .version, "SIP/2.0\r\n", "¦SIP/2.1\r\n", "Bad SIP Version: expected SIP/2.0, found a letter"),
    whole(
      .statusCode, "SIP/2.0 2¦x0 OK\r\n\r\n",
      "Bad Status Code: expected three digits from 100 to 699, found a letter"),
    message(
      .lineEnd, "SIP/2.0\r\n", "SIP/2.0¦\n",
      "Line Not Ended By CRLF: expected CR LF, found control octet 0x0a"),
  ]

  private static let headers = [
    message(
      .headerName, "CSeq", "Bad¦ Name: x\r\nCSeq",
      "Bad Header Name: expected an octet of a token, found white space"),
    message(
      .controlOctet, "c@h", "c¦\u{0}@h",
      "Control Octet In Text: expected text without octets below 0x20, found control octet 0x00"),
    message(
      .missingColon, "To: ", "¦Nothing\r\nTo: ",
      "Header Without Colon: expected a name and a colon, found a letter"),
    message(
      .missingColon, "To: ", "¦To\r\n : ",
      "Header Without Colon: expected a name and a colon, found a letter"),
    message(
      .headersNotEnded, "0\r\n\r\n", "0\r\n¦",
      "Headers Not Ended: expected CR LF and an empty line, found the end of the message"),
    message(
      .tooManyHeaders, "\r\n\r\n", "\r\n\(String(repeating: "X: x\r\n", count: 121))¦X: x\r\n\r\n",
      "Too Many Headers: expected at most 128 header fields, found more"),
    message(
      .messageTooLong, "\r\n\r\n", "\r\n\r\n\(String(repeating: "x", count: 65_500))¦",
      "Message Too Long: expected at most 65535 octets, found more"),
    message(
      .repeatedHeader, "CSeq", "¦To: <sip:x@h>\r\nCSeq",
      "Repeated Header: expected one header field of this name, found more"),
    message(
      .contentLength, ": 0", ": ¦-1",
      "Bad Content-Length: expected one number of octets, found mark 0x2d"),
    message(
      .bodyTooShort, ": 0\r\n\r\n", ": 4\r\n\r\nabc¦",
      "Body Shorter Than Content-Length: expected as many octets as Content-Length says, "
        + "found the end of the message"),
  ]

  private static func missing(_ fault: Malformed.Fault, _ line: String, _ name: String) -> Row {
    var row = message(fault, "\(line)\r\n", "", "")
    row = Row(
      fault, String(decoding: row.octets.dropLast(2), as: UTF8.self) + "¦\r\n",
      "Missing \(name): expected a \(name), found the end of the headers", row.read)
    return row
  }

  private static let essentials = [
    missing(.missingVia, "Via: SIP/2.0/UDP h;branch=z9hG4bK1", "Via"),
    missing(.missingFrom, "From: <sip:a@h>;tag=1", "From"),
    missing(.missingTo, "To: <sip:b@h>", "To"),
    missing(.missingCallID, "Call-ID: c@h", "Call-ID"),
    missing(.missingCSeq, "CSeq: 1 INVITE", "CSeq"),
    message(
      .via, "SIP/2.0/UDP h", "SIP/2.0¦ UDP h",
      "Bad Via: expected SIP/2.0/transport sent-by;parameters, none twice, found white space"),
    message(
      .viaBranch, "=z9hG4bK1", "=¦ ",
      "Bad Via Branch: expected one branch=token, found the end of the line"),
    message(
      .tag, "tag=1", "tag=¦",
      "Bad Tag: expected a tag with a token, once, found the end of the line"
    ),
    message(
      .callID, "c@h", "c@¦",
      "Bad Call-ID: expected one word, or two with an at sign between, found the end of the line"),
    message(
      .cSeq, ": 1 ", ": ¦4294967296 ",
      "Bad CSeq: expected a number up to 4294967295, a space, a method, found a digit"),
    message(
      .cSeqMethod, "1 INVITE", "1 ¦BYE",
      "CSeq Method Differs: expected the method of the start line, found another"),
    message(
      .maxForwards, "70", "¦256",
      "Bad Max-Forwards: expected a number from 0 to 255, found a digit"),
  ]

  private static let addresses = [
    value(
      .maxBreadth, "¦many", "Bad Max-Breadth: expected one number, found a letter",
      Scalar.maxBreadth),
    value(
      .uriScheme, "¦1sip:h",
      "Bad URI Scheme: expected a scheme, a colon and octets of a URI, found a digit", URI.parse),
    value(
      .uriUser, "sip:¦@h",
      "Bad URI User: expected a user or number, escaped where it must be, found mark 0x40",
      URI.parse),
    value(
      .host, "sip:a@¦-h", "Bad Host: expected a host name or an address, found mark 0x2d", URI.parse
    ),
    value(
      .port, "h:¦99999",
      "Bad Port: expected a port from 0 to 65535, found a digit", HostPort.parse),
    value(
      .port, "h:¦é", "Bad Port: expected a port from 0 to 65535, found an octet beyond ASCII",
      HostPort.parse),
    value(
      .uriParameter, "sip:h;lr;¦lr",
      "Bad URI Parameter: expected a name or name=value, none twice, found a letter", URI.parse),
    value(
      .uriHeaders, "sip:h?¦a=b",
      "Bad URI Headers: expected name=value, where URI headers may stand, found a letter",
      URI.parseRequest),
    value(
      .escape, "sip:a¦%zz@h",
      "Bad Escape: expected a percent sign and two hexadecimal digits, found mark 0x25", URI.parse),
    value(
      .displayName, "a¦,<sip:h>",
      "Bad Display Name: expected a quoted string or tokens before a bracket, found mark 0x2c",
      NameAddress.parse),
    value(
      .quotedString, "¦\"a",
      "Quoted String Not Ended: expected text and a closing quotation mark, found mark 0x22",
      NameAddress.parse),
    value(
      .angleBracket, "<sip:h¦ x",
      "Angle Bracket Not Closed: expected a closing angle bracket, found white space",
      NameAddress.parse),
    value(
      .parameter, "<sip:h>;¦=x",
      "Bad Parameter: expected a name or name=value, found mark 0x3d", NameAddress.parse),
  ]

  private static let values = [
    value(.token, "a,¦,b", "Bad Token: expected a token, found mark 0x2c", TokenList.count),
    value(
      .number, "1 2¦x INVITE", "Bad Number: expected a number in its range, found a letter",
      RAck.parse),
    value(
      .date, "Sat, 13 Nov 2010 ¦25:29:00 GMT",
      "Bad Date: expected a date such as Sat, 13 Nov 2010 23:29:00 GMT, found a digit",
      SIPDate.parse),
    value(
      .comment, "1 ¦(a", "Bad Comment: expected text and a closing parenthesis, found mark 0x28",
      RetryAfter.parse),
    value(
      .credentials, "Digest¦",
      "Bad Credentials: expected a scheme and its parameters, each once, found the end of the line",
      Credentials.parse),
    value(
      .mediaType, "text¦", "Bad Media Type: expected type/subtype, found the end of the line",
      MediaType.parse),
    value(
      .trailing, "a¦,b",
      "Unexpected Text After Value: expected the end of the value, or a comma in a list, "
        + "found mark 0x2c", Item.parse),
    value(
      .text, "a¦\u{1}", "Bad Text: expected text in UTF-8, found control octet 0x01", Text.parse),
    value(
      .event, "a;¦id",
      "Bad Event: expected a token as the value of the parameter, found a letter", Event.parse),
    value(
      .warning, "¦30 h \"x\"",
      "Bad Warning: expected three digits, an agent and a quoted text, found a digit", warning),
    value(
      .identity, "¦abcd",
      "Bad Identity: expected a quoted text in base64, or a URI in brackets, found a letter",
      IdentityValue.parse),
  ]

  @Sendable
  private static func warning(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> SIP.Warning? {
    var list = WarningList(bytes, slice)
    return try list.next()
  }
}
