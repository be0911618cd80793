public import BasicContainers
public import Basics

/// One header field of a message, as ranges of its octets.
public struct Header: Sendable {
  public var name: HeaderName
  /// From the first octet of the name to the end of its (last folded) line, CRLF included.
  public var line: Slice
  /// The name as it was spelt.
  public var nameText: Slice
  /// The value without the white space around it; folds within it are kept.
  public var value: Slice

  @inlinable
  init(name: HeaderName, line: Slice, nameText: Slice, value: Slice) {
    self.name = name
    self.line = line
    self.nameText = nameText
    self.value = value
  }
}

/// What one pass over a message finds besides its headers: the start line, the body, and where the
/// headers stand that every message needs.
public struct Outline: Sendable {
  /// The place of a header that is not there.
  public static let absent: UInt8 = .max

  public var isRequest = false
  public var method = Method.other
  public var methodText = Slice.empty
  public var requestURI = Slice.empty
  /// The status code of a response, 100 to 699.
  public var status: UInt16 = 0
  public var reason = Slice.empty
  /// Where the start line begins: empty lines before it are no part of the message (RFC 3261 §7.5).
  public var start = 0
  /// Where the first header begins.
  public var headersStart = 0
  /// Where the CRLF of the empty line begins.
  public var headersEnd = 0
  /// The body by Content-Length; what a datagram holds beyond it is no part of the message.
  public var body = Slice.empty
  public var via = absent
  public var from = absent
  public var to = absent
  public var callID = absent
  public var cSeq = absent
  public var maxForwards = absent
  public var route = absent
  public var recordRoute = absent
  public var contact = absent
  public var contentLength = absent
  public var proxyRequire = absent
  /// The first fault after which the message could still be read on (so that it can be answered).
  public var fault: Malformed?

  /// Where the message ends.
  @inlinable public var end: Int { body.end }
}

/// The headers of the message at hand. It belongs to a worker and is filled anew for each message.
public struct HeaderTable: ~Copyable {
  @usableFromInline var entries: RigidArray<Header>
  public internal(set) var outline = Outline()
  /// Kept here, as a global's look-up costs more than a name's.
  let spellings = Spellings.shared

  public init() {
    entries = RigidArray(capacity: Limits.headers)
  }

  /// Keeps a header. The caller saw that there is room.
  @inline(__always)
  mutating func enter(_ header: Header) {
    outline.enter(header.name, UInt8(truncatingIfNeeded: entries.count), at: header.line.start)
    entries.append(header)
  }

  mutating func reset() {
    entries.removeAll()
    outline = Outline()
  }
}
