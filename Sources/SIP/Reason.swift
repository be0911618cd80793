public import Basics

/// One value of a Reason header field (RFC 3326): why a request was sent or a response given.
public struct Reason: Sendable {
  /// `SIP`, `Q.850` or another.
  public var protocolText: Slice
  /// The cause, `nil` when it is absent or no number up to 65535.
  public var cause: UInt16?
  /// The text with its quotes.
  public var text: Slice?
  /// All with the leading `;`, cause and text among them.
  public var parameters: Slice
  /// Whether a comma and another value follow.
  public var hasMore: Bool
}

/// The values of a Reason header field in their order.
public struct ReasonList: ~Escapable {
  private let bytes: Span<UInt8>
  private var items: ItemList

  /// Passes the white space before the first value; nothing else is checked yet.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    self.bytes = bytes
    items = ItemList(bytes, slice)
  }

  /// The next value, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> Reason? {
    guard let item = try items.next() else { return nil }
    let cause = item.parameter("cause", in: bytes)?.seconds(in: bytes)
    return Reason(
      protocolText: item.value, cause: cause.flatMap { UInt16(exactly: $0) },
      text: item.parameter("text", in: bytes)?.value, parameters: item.parameters,
      hasMore: item.hasMore)
  }
}

/// One value of a Warning header field (RFC 3261 §20.43): `warn-code SP warn-agent SP warn-text`.
public struct Warning: Sendable {
  /// Three digits, 000 to 999; 1xx and 2xx are HTTP's.
  public var code: UInt16
  /// A host and port, or a token in their stead.
  public var agent: Slice
  /// The text with its quotes.
  public var text: Slice
  /// Whether a comma and another value follow.
  public var hasMore: Bool
}

/// The values of a Warning header field in their order.
public struct WarningList: ~Escapable {
  private var list: CommaList

  /// Nothing is checked before `next` is called.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    list = CommaList(bytes, slice)
  }

  /// The next value, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> Warning? {
    guard list.begins() else { return nil }
    var ahead = list.reader
    let value = try ahead.warning()
    list.took(upTo: ahead.place, hasMore: value.hasMore)
    return value
  }
}

extension Reader {
  fileprivate mutating func warning() throws(Malformed) -> Warning {
    skipSpace()
    let start = place
    let digits = run(.digit)
    guard digits.count == 3, takeSpace() else { throw Malformed(.warning, at: start) }
    var code: UInt16 = 0
    for place in digits.range { code = code &* 10 &+ UInt16(bytes[place] &- 0x30) }
    let agent = try warningAgent()
    guard takeSpace(), peek == 0x22 else { throw malformed(.warning) }
    let text = try quotedString()
    return Warning(code: code, agent: agent, text: text, hasMore: try takeComma())
  }

  /// `hostport / pseudonym`
  private mutating func warningAgent() throws(Malformed) -> Slice {
    let start = place
    if peek == 0x5b {
      _ = try host()
    } else {
      _ = try some(.token, or: .warning)
    }
    if take(0x3a) { _ = try port() }
    return slice(from: start)
  }
}
