public import BasicContainers
public import Basics

/// One header field of a message, as ranges of its octets.
public struct Header: Sendable {
  /// `.other` where it is none that this element knows; compact forms have the long one's.
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

  /// Whether the start line is a Request-Line (RFC 3261 §7.1).
  public var isRequest = false
  /// Of a request; `.other` in a response.
  public var method = Method.other
  /// The method as it stands; empty in a response.
  public var methodText = Slice.empty
  /// What stands between the method and the version, not yet parsed; empty in a response.
  public var requestURI = Slice.empty
  /// The status code of a response, 100 to 699.
  public var status: UInt16 = 0
  /// The reason phrase of a response, as it stands; it may be empty.
  public var reason = Slice.empty
  /// Where the start line begins: empty lines before it are no part of the message (RFC 3261 §7.5).
  public var start = 0
  /// Where the first header begins.
  public var headersStart = 0
  /// Where the CRLF of the empty line begins.
  public var headersEnd = 0
  /// The body by Content-Length; what a datagram holds beyond it is no part of the message.
  public var body = Slice.empty
  /// The place of the topmost Via.
  public var via = absent
  /// The place of From; a second one is a fault, as with To, Call-ID, CSeq, Max-Forwards and
  /// Content-Length.
  public var from = absent
  /// The place of To.
  public var to = absent
  /// The place of Call-ID.
  public var callID = absent
  /// The place of CSeq.
  public var cSeq = absent
  /// The place of Max-Forwards.
  public var maxForwards = absent
  /// The place of the first Route; more may follow.
  public var route = absent
  /// The place of the first Record-Route.
  public var recordRoute = absent
  /// The place of the first Contact.
  public var contact = absent
  /// The place of Content-Length.
  public var contentLength = absent
  /// The place of the first Proxy-Require.
  public var proxyRequire = absent
  /// The place of the first Max-Breadth (RFC 5393 §5.3.1).
  public var maxBreadth = absent
  /// The first fault after which the message could still be read on (so that it can be answered).
  public var fault: Malformed?

  /// Where the message ends.
  @inlinable public var end: Int { body.end }
}

/// The headers of the message at hand. It belongs to a worker and is filled anew for each message.
public struct HeaderTable: ~Copyable {
  @usableFromInline var entries: RigidArray<Header>
  /// What was found besides headers; meaningless after a fault that was thrown.
  public internal(set) var outline = Outline()
  /// Kept here, as a global's look-up costs more than a name's.
  let spellings = Spellings.shared

  /// Allocates room for `Limits.headers` headers, once for each worker.
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
