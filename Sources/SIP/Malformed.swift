/// Why octets are not the SIP that they claim to be: what was wrong and where. It is the peer's
/// fault in every case; `Phrase` is what a 400 says of it (RFC 3261 §21.4.1 wants the reason phrase
/// to name the problem).
public struct Malformed: Error, Hashable, Sendable {
  public var fault: Fault
  /// The offset in octets from the start of the message.
  public var offset: Int

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
    case reasonPhrase
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
    case fromOrTo
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
    case contact
    case route
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
    case .reasonPhrase: "Bad Reason Phrase"
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
    case .fromOrTo: "Bad From Or To"
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
    case .contact: "Bad Contact"
    case .route: "Bad Route"
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
    }
  }
}
