public import Basics

/// A media type or media range with its parameters: Content-Type, and each value of Accept (RFC
/// 3261 §20.1, §20.15).
public struct MediaType: Sendable {
  /// Before the slash; `*` in a media range. Compared without case.
  public var type: Slice
  /// After the slash, likewise.
  public var subtype: Slice
  /// The parameters with the leading `;`, or nothing at the place where a first one would go.
  public var parameters: Slice
  /// The `q` of an Accept value in thousandths; `nil` when it is absent or no qvalue.
  public var q: UInt16?
  /// The value with its parameters, without the white space and commas around it.
  public var range: Slice
  /// Whether a comma and another value follow.
  public var hasMore: Bool

  /// Reads a Content-Type, which has one value.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> MediaType {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let value = try reader.mediaType()
    guard !value.hasMore else { throw Malformed(.trailing, at: value.range.end) }
    return value
  }

  /// Whether this is the type and subtype given, compared without case.
  public func isNamed(
    _ type: StaticString, _ subtype: StaticString, in bytes: Span<UInt8>
  ) -> Bool {
    bytes.equals(self.type, ignoringCase: type) && bytes.equals(self.subtype, ignoringCase: subtype)
  }
}

/// The values of an Accept header field; there may be none.
public struct MediaTypeList: ~Escapable {
  private var list: CommaList

  /// Passes the white space before the first value; nothing else is checked yet.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    list = CommaList(emptyOr: bytes, slice)
  }

  /// The next value, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> MediaType? {
    guard list.begins() else { return nil }
    var ahead = list.reader
    let value = try ahead.mediaType()
    list.took(upTo: ahead.place, hasMore: value.hasMore)
    return value
  }
}

extension Reader {
  /// `m-type SLASH m-subtype *(SEMI m-attribute EQUAL m-value)`; a range has `*` for either, which
  /// is a token.
  fileprivate mutating func mediaType() throws(Malformed) -> MediaType {
    let start = place
    let type = try some(.token, or: .mediaType)
    guard takeSpaced(0x2f) else { throw malformed(.mediaType) }
    let subtype = try some(.token, or: .mediaType)
    let after = place
    var first: Int?
    var q: UInt16?
    while let parameter = try parameter() {
      if first == nil { first = parameter.whole.start }
      if parameter.isNamed("q", in: bytes), let value = parameter.value { q = quality(value) }
    }
    var media = MediaType(
      type: type, subtype: subtype, parameters: slice(from: first ?? after), q: q,
      range: slice(from: start), hasMore: false)
    media.hasMore = try takeComma()
    return media
  }
}
