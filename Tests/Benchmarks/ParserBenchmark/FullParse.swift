import Basics
import SIP

/// What sofia-sip makes a structure of, parsed by `SIP`: the start line with its URI, and every
/// value of every header of the messages measured. User-Agent and Server stay text, as they do
/// there; so does the body. The table is the worker's and is filled anew for each message.
struct FullParse: ~Copyable {
  private var table = HeaderTable()

  /// What was read, so that nothing of the work can be left out as unused.
  struct Tally: Equatable {
    var headers = 0
    var octets = 0

    mutating func add(_ slice: Slice) {
      headers &+= 1
      octets &+= slice.count
    }
  }

  /// - Throws: the message's first fault; one whose header is not typed here is a fault of this
  ///   program.
  mutating func parseFully(_ bytes: Span<UInt8>) throws -> Tally {
    try Parser.parse(bytes, into: &table)
    return try FullParse.values(bytes, table)
  }

  private static func values(_ bytes: Span<UInt8>, _ table: borrowing HeaderTable) throws -> Tally {
    let message = Message(bytes, table)
    if let fault = message.outline.fault { throw fault }
    var tally = Tally()
    if message.isRequest {
      tally.octets &+= try URI.parse(bytes, message.outline.requestURI).whole.count
    }
    for place in message.headers.indices {
      try value(bytes, message.headers[place], &tally)
    }
    return tally
  }

  private static func value(
    _ bytes: Span<UInt8>, _ header: Header, _ tally: inout Tally
  ) throws {
    switch header.name {
    case .via: try vias(bytes, header.value, &tally)
    case .route, .recordRoute, .contact: try addresses(bytes, header.value, &tally)
    case .from, .to: tally.add(try NameAddress.parse(bytes, header.value).range)
    case .callID: tally.add(try CallID.parse(bytes, header.value).text)
    case .cSeq: tally.add(try CSeq.parse(bytes, header.value).methodText)
    case .maxForwards: _ = try Scalar.maxForwards(bytes, header.value); tally.add(header.value)
    case .contentLength: _ = try Scalar.contentLength(bytes, header.value); tally.add(header.value)
    case .contentType: tally.add(try MediaType.parse(bytes, header.value).range)
    case .allow, .supported: try tokens(bytes, header.value, &tally)
    case .userAgent, .server: tally.add(header.value)
    default: throw Untyped(name: header.name)
    }
  }

  private static func vias(_ bytes: Span<UInt8>, _ value: Slice, _ tally: inout Tally) throws {
    var list = ViaList(bytes, value)
    while let via = try list.next() { tally.add(via.whole) }
  }

  private static func addresses(_ bytes: Span<UInt8>, _ value: Slice, _ tally: inout Tally) throws {
    var list = NameAddressList(bytes, value)
    while let address = try list.next() { tally.add(address.range) }
  }

  /// A list of tokens is one header, as it is for sofia-sip.
  private static func tokens(_ bytes: Span<UInt8>, _ value: Slice, _ tally: inout Tally) throws {
    var list = TokenList(bytes, value)
    while let token = try list.next() { tally.octets &+= token.count }
    tally.headers &+= 1
  }
}

/// A message of the benchmark has a header that `FullParse` does not type.
struct Untyped: Error {
  var name: HeaderName
}
