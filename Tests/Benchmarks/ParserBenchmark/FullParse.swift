import Basics
import SIP

/// What sofia-sip makes a structure of, parsed by `SIP`: the start line with its URI, and every
/// value of every header of the messages measured. User-Agent and Server stay text, as they do
/// there; so does the body. The table is the worker's and is filled anew for each message.
struct FullParse: ~Copyable {
  private var table = HeaderTable()

  /// - Returns: how many header values there were.
  /// - Throws: the message's first fault; one whose header is not typed here is a fault of this
  ///   program.
  mutating func parseFully(_ bytes: Span<UInt8>) throws -> Int {
    try Parser.parse(bytes, into: &table)
    return try FullParse.values(bytes, table)
  }

  private static func values(_ bytes: Span<UInt8>, _ table: borrowing HeaderTable) throws -> Int {
    let message = Message(bytes, table)
    if let fault = message.outline.fault { throw fault }
    if message.isRequest { keep(try URI.parse(bytes, message.outline.requestURI)) }
    var count = 0
    for place in message.headers.indices {
      count &+= try value(bytes, message.headers[place])
    }
    return count
  }

  private static func value(_ bytes: Span<UInt8>, _ header: Header) throws -> Int {
    switch header.name {
    case .via: return try vias(bytes, header.value)
    case .route, .recordRoute, .contact: return try addresses(bytes, header.value)
    case .from, .to: keep(try NameAddress.parse(bytes, header.value))
    case .callID: keep(try CallID.parse(bytes, header.value))
    case .cSeq: keep(try CSeq.parse(bytes, header.value))
    case .maxForwards: keep(try Scalar.maxForwards(bytes, header.value))
    case .contentLength: keep(try Scalar.contentLength(bytes, header.value))
    case .contentType: keep(try MediaType.parse(bytes, header.value))
    case .allow, .supported: try tokens(bytes, header.value)
    case .userAgent, .server: break
    default: throw Untyped(name: header.name)
    }
    return 1
  }

  private static func vias(_ bytes: Span<UInt8>, _ value: Slice) throws -> Int {
    var list = ViaList(bytes, value)
    var count = 0
    while let via = try list.next() {
      keep(via)
      count &+= 1
    }
    return count
  }

  private static func addresses(_ bytes: Span<UInt8>, _ value: Slice) throws -> Int {
    var list = NameAddressList(bytes, value)
    var count = 0
    while let address = try list.next() {
      keep(address)
      count &+= 1
    }
    return count
  }

  /// A list of tokens is one header, as it is for sofia-sip.
  private static func tokens(_ bytes: Span<UInt8>, _ value: Slice) throws {
    var list = TokenList(bytes, value)
    while let token = try list.next() { keep(token) }
  }

  /// Takes a value that was made, whole, so that no part of the making can be left out as unused.
  @inline(never)
  @_semantics("optimize.sil.specialize.generic.never")
  private static func keep<Value>(_ value: borrowing Value) {}
}

/// A message of the benchmark has a header that `FullParse` does not type.
struct Untyped: Error {
  var name: HeaderName
}
