/// Why octets are not the SIP that they claim to be: what was wrong and where. It is the peer's
/// fault in every case. What was expected follows from the fault, and what was found from the
/// octets (`found(in:)`), so that the value that a parser throws is two words.
public struct Malformed: Error, Hashable, Sendable {
  /// What was wrong: the part of the grammar that did not hold.
  public var fault: Fault
  /// The offset in octets from the start of what was parsed, whichever value the fault is in: a
  /// datagram, or what a stream's framing cut out. Where a number or a name is out of its range, it
  /// is the offset of its first octet.
  public var offset: Int

  /// A fault at an offset from the start of the message.
  @inlinable
  public init(_ fault: Fault, at offset: Int) {
    self.fault = fault
    self.offset = offset
  }

  /// What was wrong. Exact cases, so that a test, a counter and a log line can tell them apart.
  public enum Fault: UInt8, Hashable, Sendable, CaseIterable {
    case empty
    case startLine
    case method
    case requestURI
    case version
    case statusCode
    case lineEnd
    case headerName
    case missingColon
    case headersNotEnded
    case tooManyHeaders
    case messageTooLong
    case missingVia
    case missingFrom
    case missingTo
    case missingCallID
    case missingCSeq
    case repeatedHeader
    case contentLength
    case bodyTooShort
    case via
    case viaBranch
    case tag
    case callID
    case cSeq
    case cSeqMethod
    case maxForwards
    case maxBreadth
    case uriScheme
    case uriUser
    case host
    case port
    case uriParameter
    case uriHeaders
    case escape
    case displayName
    case quotedString
    case angleBracket
    case parameter
    case token
    case number
    case date
    case comment
    case credentials
    case mediaType
    case trailing
    case text
    case event
    case warning
    case identity
    case controlOctet
  }
}

extension Malformed.Fault {
  /// The words that follow "400" on the status line.
  public var phrase: StaticString {
    switch self {
    case .empty: "Empty Message"
    case .startLine: "Bad Start Line"
    case .method: "Bad Method"
    case .requestURI: "Bad Request-URI"
    case .version: "Bad SIP Version"
    case .statusCode: "Bad Status Code"
    case .lineEnd: "Line Not Ended By CRLF"
    case .headerName: "Bad Header Name"
    case .missingColon: "Header Without Colon"
    case .headersNotEnded: "Headers Not Ended"
    case .tooManyHeaders: "Too Many Headers"
    case .messageTooLong: "Message Too Long"
    case .missingVia: "Missing Via"
    case .missingFrom: "Missing From"
    case .missingTo: "Missing To"
    case .missingCallID: "Missing Call-ID"
    case .missingCSeq: "Missing CSeq"
    case .repeatedHeader: "Repeated Header"
    case .contentLength: "Bad Content-Length"
    case .bodyTooShort: "Body Shorter Than Content-Length"
    case .via: "Bad Via"
    case .viaBranch: "Bad Via Branch"
    case .tag: "Bad Tag"
    case .callID: "Bad Call-ID"
    case .cSeq: "Bad CSeq"
    case .cSeqMethod: "CSeq Method Differs"
    case .maxForwards: "Bad Max-Forwards"
    case .maxBreadth: "Bad Max-Breadth"
    case .uriScheme: "Bad URI Scheme"
    case .uriUser: "Bad URI User"
    case .host: "Bad Host"
    case .port: "Bad Port"
    case .uriParameter: "Bad URI Parameter"
    case .uriHeaders: "Bad URI Headers"
    case .escape: "Bad Escape"
    case .displayName: "Bad Display Name"
    case .quotedString: "Quoted String Not Ended"
    case .angleBracket: "Angle Bracket Not Closed"
    case .parameter: "Bad Parameter"
    case .token: "Bad Token"
    case .number: "Bad Number"
    case .date: "Bad Date"
    case .comment: "Bad Comment"
    case .credentials: "Bad Credentials"
    case .mediaType: "Bad Media Type"
    case .trailing: "Unexpected Text After Value"
    case .text: "Bad Text"
    case .event: "Bad Event"
    case .warning: "Bad Warning"
    case .identity: "Bad Identity"
    case .controlOctet: "Control Octet In Text"
    }
  }
}

extension Malformed {
  /// The words that follow "expected": what would have been right there.
  public var expected: StaticString {
    switch fault {
    case .empty: "a start line"
    case .startLine: "a method, a URI and SIP/2.0, one space between"
    case .method, .headerName: "an octet of a token"
    case .requestURI: "a URI without brackets and spaces"
    case .version: "SIP/2.0"
    case .statusCode: "three digits from 100 to 699"
    case .lineEnd: "CR LF"
    case .missingColon: "a name and a colon"
    case .headersNotEnded: "CR LF and an empty line"
    case .tooManyHeaders: "at most 128 header fields"
    case .messageTooLong: "at most 65535 octets"
    case .missingVia: "a Via"
    case .missingFrom: "a From"
    case .missingTo: "a To"
    case .missingCallID: "a Call-ID"
    case .missingCSeq: "a CSeq"
    case .repeatedHeader: "one header field of this name"
    case .contentLength: "one number of octets"
    case .bodyTooShort: "as many octets as Content-Length says"
    case .via: "SIP/2.0/transport sent-by;parameters, none twice"
    case .viaBranch: "one branch=token"
    case .tag: "a tag with a token, once"
    case .callID: "one word, or two with an at sign between"
    case .cSeq: "a number up to 4294967295, a space, a method"
    case .cSeqMethod: "the method of the start line"
    case .maxForwards: "a number from 0 to 255"
    case .maxBreadth: "one number"
    case .uriScheme: "a scheme, a colon and octets of a URI"
    case .uriUser: "a user or number, escaped where it must be"
    case .host: "a host name or an address"
    case .port: "a port from 0 to 65535"
    case .uriParameter: "a name or name=value, none twice"
    case .uriHeaders: "name=value, where URI headers may stand"
    case .escape: "a percent sign and two hexadecimal digits"
    case .displayName: "a quoted string or tokens before a bracket"
    case .quotedString: "text and a closing quotation mark"
    case .angleBracket: "a closing angle bracket"
    case .parameter: "a name or name=value"
    case .token: "a token"
    case .number: "a number in its range"
    case .date: "a date such as Sat, 13 Nov 2010 23:29:00 GMT"
    case .comment: "text and a closing parenthesis"
    case .credentials: "a scheme and its parameters, each once"
    case .mediaType: "type/subtype"
    case .trailing: "the end of the value, or a comma in a list"
    case .text: "text in UTF-8"
    case .event: "a token as the value of the parameter"
    case .warning: "three digits, an agent and a quoted text"
    case .identity: "a quoted text in base64, or a URI in brackets"
    case .controlOctet: "text without octets below 0x20"
    }
  }

  /// What stands where `expected` should. It costs a look at a few octets, and only who tells
  /// somebody of the fault pays for it.
  /// - Parameter bytes: what was parsed when the fault was thrown.
  public func found(in bytes: Span<UInt8>) -> Found {
    switch fault {
    case .missingVia, .missingFrom, .missingTo, .missingCallID, .missingCSeq: .endOfHeaders
    case .repeatedHeader, .tooManyHeaders, .messageTooLong: .more
    case .cSeqMethod: .another
    default: Found(bytes, at: offset)
    }
  }

  /// Appends the reason phrase of a 400 (RFC 3261 §21.4.1 wants it to name the problem):
  /// `Bad Port: expected a port from 0 to 65535, found a letter at 43`. It has at most
  /// `Limits.reason` octets, all of which stand in Reason-Phrase (RFC 3261 §25.1) as they are, and
  /// none of which the peer chose.
  /// - Parameter bytes: what was parsed when the fault was thrown.
  public func writeReason(_ bytes: Span<UInt8>, into out: inout OutputSpan<UInt8>) {
    out.write(fault.phrase)
    out.write(": expected ")
    out.write(expected)
    out.write(", found ")
    out.write(found(in: bytes))
    out.write(" at ")
    out.write(decimal: offset)
  }
}

extension Limits {
  /// Octets of the reason phrase of a 400.
  public static let reason = 160
}
