public import Basics

/// A token with parameters, alone or in a list: Content-Disposition, Accept-Encoding,
/// Accept-Language, Event, Reason, Security-Client and many more have this form.
public struct Item: Sendable {
  /// The token before the first `;`.
  public var value: Slice
  /// The parameters with the leading `;`, or nothing at the place where a first one would go.
  public var parameters: Slice
  /// The value with its parameters, without the white space and commas around it.
  public var range: Slice
  /// Whether a comma and another value follow.
  public var hasMore: Bool

  /// Reads a header field that has one value.
  public static func parse(_ bytes: Span<UInt8>, _ slice: Slice) throws(Malformed) -> Item {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let item = try reader.item(.token, or: .token)
    guard !item.hasMore else { throw Malformed(.trailing, at: item.range.end) }
    return item
  }

  /// The first parameter of a name, compared without case.
  public func parameter(_ name: StaticString, in bytes: Span<UInt8>) -> Parameter? {
    ParameterList.first(name, in: parameters, of: bytes)
  }
}

/// The values of a header field that is a list of items; there may be none.
public struct ItemList: ~Escapable {
  private var list: CommaList

  /// Passes the white space before the first value; nothing else is checked yet.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    list = CommaList(emptyOr: bytes, slice)
  }

  /// The next value, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> Item? {
    guard list.begins() else { return nil }
    var ahead = list.reader
    let item = try ahead.item(.token, or: .token)
    list.took(upTo: ahead.place, hasMore: item.hasMore)
    return item
  }
}

extension Reader {
  /// `value *( SEMI generic-param )` and perhaps a comma.
  mutating func item(_ set: OctetSet, or fault: Malformed.Fault) throws(Malformed) -> Item {
    let start = place
    let value = try some(set, or: fault)
    let parameters = try parameters()
    var item = Item(
      value: value, parameters: parameters, range: slice(from: start), hasMore: false)
    item.hasMore = try takeComma()
    return item
  }

  /// All parameters from here on, checked.
  mutating func parameters() throws(Malformed) -> Slice {
    let after = place
    var first: Int?
    while let parameter = try parameter() {
      if first == nil { first = parameter.whole.start }
    }
    return slice(from: first ?? after)
  }
}

extension Parameter {
  /// The value as delta-seconds, at most `UInt32.max`, or `nil` when it is none.
  func seconds(in bytes: Span<UInt8>) -> UInt32? {
    guard let value else { return nil }
    return Reader(bytes, value).seconds(value)
  }
}
