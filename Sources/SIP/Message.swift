import BasicContainers
public import Basics

/// A SIP message: a view over the octets that were received and the table that one pass made of
/// them. It holds nothing of its own. Values are parsed when they are asked for.
public struct Message: ~Escapable {
  /// The message's octets, without what a datagram holds beyond it.
  public let bytes: Span<UInt8>
  /// All header fields in their order, known or not.
  public let headers: Span<Header>
  /// The start line, the body, and where the headers stand that every message needs.
  public let outline: Outline

  /// - Parameter table: filled by `Parser.parse` from the same octets.
  @_lifetime(copy bytes, borrow table)
  public init(_ bytes: Span<UInt8>, _ table: borrowing HeaderTable) {
    self.bytes = bytes
    self.headers = table.entries.span
    self.outline = table.outline
  }

  /// Whether it has a Request-Line; a response has a status.
  public var isRequest: Bool { outline.isRequest }
  /// Of a request; a response has `.other`, and its method stands in its CSeq.
  public var method: Method { outline.method }

  /// The header at a place of the outline, or `nil` when it is absent.
  public func header(_ place: UInt8) -> Header? {
    place == Outline.absent ? nil : headers[Int(place)]
  }

  /// The place of the next header of a name at or after `start`, or `nil`.
  public func next(_ name: HeaderName, from start: Int = 0) -> Int? {
    var place = start
    while place < headers.count {
      if headers[place].name == name { return place }
      place &+= 1
    }
    return nil
  }

  /// The body's octets.
  public var body: Slice { outline.body }
}
