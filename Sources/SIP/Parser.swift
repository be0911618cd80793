import BasicContainers
import Basics

/// One pass from octets to a header table. Faults that leave the rest of the message readable are
/// noted in the outline, so that a request with a fault can still be answered with 400; the others
/// are thrown.
public enum Parser {
  /// - Parameters:
  ///   - bytes: one message: a datagram, or what a stream's framing cut out.
  ///   - table: cleared and filled.
  /// - Throws: `Malformed` when the octets cannot be read as a SIP message at all, and `.empty` for
  ///   the keep-alives of RFC 5626 §3.5.1.
  public static func parse(
    _ bytes: Span<UInt8>, into table: inout HeaderTable
  ) throws(Malformed) {
    table.reset()
    guard bytes.count <= Limits.message else { throw Malformed(.messageTooLong, at: bytes.count) }
    var place = skipEmptyLines(bytes)
    guard place < bytes.count else { throw Malformed(.empty, at: 0) }
    table.outline.start = place
    place = try startLine(bytes, place, &table.outline)
    table.outline.headersStart = place
    while true {
      guard place < bytes.count else { return cutOff(at: place, &table) }
      if bytes[place] == 0x0d || bytes[place] == 0x0a { break }
      place = try header(bytes, place, &table)
    }
    table.outline.headersEnd = place
    guard place &+ 1 < bytes.count, bytes[place] == 0x0d, bytes[place &+ 1] == 0x0a else {
      throw Malformed(.lineEnd, at: place)
    }
    body(bytes, from: place &+ 2, &table)
  }

  /// A datagram that ends behind a whole header: who sent it can still be told.
  @inline(never)
  private static func cutOff(at end: Int, _ table: inout HeaderTable) {
    table.outline.note(.headersNotEnded, at: end)
    table.outline.headersEnd = end
    table.outline.body = Slice(from: end, to: end)
  }

  /// RFC 3261 §7.5: CRLF before the start line is ignored.
  private static func skipEmptyLines(_ bytes: Span<UInt8>) -> Int {
    var place = 0
    while place &+ 1 < bytes.count, bytes[place] == 0x0d, bytes[place &+ 1] == 0x0a { place &+= 2 }
    return place
  }

  /// The end of the line that begins at `start`: where its CRLF begins.
  @inline(__always)
  private static func lineEnd(_ bytes: Span<UInt8>, _ start: Int) throws(Malformed) -> Int {
    let end = bytes.firstLineBreak(from: start)
    guard end &+ 1 < bytes.count, bytes[end] == 0x0d, bytes[end &+ 1] == 0x0a else {
      throw Malformed(end >= bytes.count ? .headersNotEnded : .lineEnd, at: end)
    }
    return end
  }

  /// "SIP/2.0" and a space, in any case (RFC 3261 §7.1).
  private static func isVersion(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    end &- start == 7 && bytes.foldedWord(start, 7) == 0x30_2e32_2f70_6973
  }

  private static func startLine(
    _ bytes: Span<UInt8>, _ start: Int, _ outline: inout Outline
  ) throws(Malformed) -> Int {
    let end = try lineEnd(bytes, start)
    let firstSpace = bytes.first(0x20, from: start, to: end)
    if bytes.foldedWord(start, 4) == 0x2f70_6973, firstSpace < end {
      try statusLine(bytes, start, firstSpace, end, &outline)
    } else {
      try requestLine(bytes, start, firstSpace, end, &outline)
    }
    return end &+ 2
  }

  private static func statusLine(
    _ bytes: Span<UInt8>, _ start: Int, _ space: Int, _ end: Int, _ outline: inout Outline
  ) throws(Malformed) {
    guard isVersion(bytes, start, space) else { throw Malformed(.version, at: start) }
    let code = space &+ 1
    guard code &+ 3 <= end, code &+ 3 == end || bytes[code &+ 3] == 0x20 else {
      throw Malformed(.statusCode, at: code)
    }
    var status: UInt16 = 0
    for place in code..<code &+ 3 {
      guard Octets.isDigit(bytes[place]) else { throw Malformed(.statusCode, at: place) }
      status = status &* 10 &+ UInt16(bytes[place] &- 0x30)
    }
    guard status >= 100, status < 700 else { throw Malformed(.statusCode, at: code) }
    outline.status = status
    outline.reason = Slice(from: min(code &+ 4, end), to: end)
  }

  /// Method SP Request-URI SP SIP-Version. The URI is what stands between the first and the last
  /// space, so that a request whose URI holds spaces can still be answered.
  private static func requestLine(
    _ bytes: Span<UInt8>, _ start: Int, _ space: Int, _ end: Int, _ outline: inout Outline
  ) throws(Malformed) {
    outline.isRequest = true
    var last = end
    while last > space, bytes[last &- 1] != 0x20 { last &-= 1 }
    // `last` is just behind the last space; a space at the line's end is skipped back over.
    if last == end, last > space {
      outline.note(.startLine, at: end)
      while last > space, bytes[last &- 1] == 0x20 { last &-= 1 }
      while last > space, bytes[last &- 1] != 0x20 { last &-= 1 }
    }
    guard last > space &+ 1, space > start, bytes.foldedWord(last, 4) == 0x2f70_6973 else {
      throw Malformed(.startLine, at: start)
    }
    outline.methodText = Slice(from: start, to: space)
    outline.method = Method(bytes, outline.methodText)
    if outline.method == .other, let bad = firstNotToken(bytes, outline.methodText) {
      outline.note(.method, at: bad)
    }
    outline.requestURI = Slice(from: space &+ 1, to: max(last &- 1, space &+ 1))
    let versionEnd = bytes.first(0x20, from: last, to: end)
    if !isVersion(bytes, last, versionEnd) { outline.note(.version, at: last) }
    checkRequestURI(bytes, &outline)
  }

  private static func checkRequestURI(_ bytes: Span<UInt8>, _ outline: inout Outline) {
    let uri = outline.requestURI
    if uri.isEmpty { outline.note(.requestURI, at: uri.start) }
    let space = bytes.first(0x20, from: uri.start, to: uri.end)
    if space < uri.end { outline.note(.requestURI, at: space) }
  }

  static func firstNotToken(_ bytes: Span<UInt8>, _ slice: Slice) -> Int? {
    if slice.isEmpty { return slice.start }
    for place in slice.range where !Octets.isToken(bytes[place]) { return place }
    return nil
  }

  /// One header with all its folded lines (RFC 3261 §7.3.1).
  /// - Returns: where the next line begins.
  @inline(__always)
  private static func header(
    _ bytes: Span<UInt8>, _ start: Int, _ table: inout HeaderTable
  ) throws(Malformed) -> Int {
    let line = bytes.usualHeader(from: start)
    guard line.end > 0 else { return try unusualHeader(bytes, start, &table) }
    let name = table.spellings.name(bytes, from: start, to: line.colon)
    guard name != .other, table.entries.freeCapacity > 0 else {
      return try unusualHeader(bytes, start, &table)
    }
    table.enter(
      Header(
        name: name, line: Slice(from: start, to: line.end &+ 2),
        nameText: Slice(from: start, to: line.colon),
        value: Slice(from: line.colon &+ 2, to: line.end)))
    return line.end &+ 2
  }

  /// A header that is laid out as few are, has a name that is not known, or a fault.
  @inline(never)
  private static func unusualHeader(
    _ bytes: Span<UInt8>, _ start: Int, _ table: inout HeaderTable
  ) throws(Malformed) -> Int {
    var end = try lineEnd(bytes, start)
    let colon = bytes.first(0x3a, from: start, to: end)
    while end &+ 2 < bytes.count, Octets.isSpace(bytes[end &+ 2]) {
      end = try lineEnd(bytes, end &+ 2)
    }
    var nameEnd = colon
    while nameEnd > start, Octets.isSpace(bytes[nameEnd &- 1]) { nameEnd &-= 1 }
    let nameText = Slice(from: start, to: nameEnd)
    let name = HeaderName(bytes, nameText)
    if colon == end {
      table.outline.note(.missingColon, at: start)
    } else if name == .other, let bad = firstNotToken(bytes, nameText) {
      table.outline.note(.headerName, at: bad)
    }
    // What stands behind the last one that has room is passed over, so that a request whose
    // essentials stand before it can still be answered with 400.
    guard table.entries.freeCapacity > 0 else {
      table.outline.note(.tooManyHeaders, at: start)
      return end &+ 2
    }
    table.enter(
      Header(
        name: name, line: Slice(from: start, to: end &+ 2), nameText: nameText,
        value: trimmed(bytes, min(colon &+ 1, end), end)))
    return end &+ 2
  }

  /// The value without the white space (and folds) around it.
  @inline(__always)
  private static func trimmed(_ bytes: Span<UInt8>, _ from: Int, _ to: Int) -> Slice {
    var start = from
    var end = to
    while start < end, bytes[start] <= 0x20, isWhite(bytes[start]) { start &+= 1 }
    while end > start, bytes[end &- 1] <= 0x20, isWhite(bytes[end &- 1]) { end &-= 1 }
    return Slice(from: start, to: end)
  }

  static func isWhite(_ octet: UInt8) -> Bool {
    octet == 0x20 || octet == 0x09 || octet == 0x0d || octet == 0x0a
  }

  /// RFC 3261 §18.3: Content-Length bounds the body; without it a datagram's body runs to its end.
  private static func body(_ bytes: Span<UInt8>, from start: Int, _ table: inout HeaderTable) {
    let rest = bytes.count &- start
    guard table.outline.contentLength != Outline.absent else {
      table.outline.body = Slice(from: start, to: bytes.count)
      return
    }
    let value = table.entries[Int(table.outline.contentLength)].value
    table.outline.body = Slice(from: start, to: start)
    guard let length = Digits.read(bytes, value), length <= Limits.message else {
      table.outline.note(.contentLength, at: value.start)
      return
    }
    guard length <= rest else {
      table.outline.note(.bodyTooShort, at: bytes.count)
      return
    }
    table.outline.body = Slice(from: start, to: start &+ length)
  }
}

extension Outline {
  /// Keeps the first fault only: it is the one that a sender has to mend first.
  mutating func note(_ fault: Malformed.Fault, at offset: Int) {
    if self.fault == nil { self.fault = Malformed(fault, at: offset) }
  }

  /// Notes where a header stands. A second one of those that may stand only once (RFC 3261 §20,
  /// Table 2) is a fault: elements that choose differently between the two can be played against
  /// each other.
  @inline(__always)
  mutating func enter(_ name: HeaderName, _ place: UInt8, at offset: Int) {
    switch name {
    case .via: Self.first(&via, place)
    case .route: Self.first(&route, place)
    case .recordRoute: Self.first(&recordRoute, place)
    case .contact: Self.first(&contact, place)
    case .proxyRequire: Self.first(&proxyRequire, place)
    case .maxBreadth: Self.first(&maxBreadth, place)
    case .from: if !Self.first(&from, place) { note(.repeatedHeader, at: offset) }
    case .to: if !Self.first(&to, place) { note(.repeatedHeader, at: offset) }
    case .callID: if !Self.first(&callID, place) { note(.repeatedHeader, at: offset) }
    case .cSeq: if !Self.first(&cSeq, place) { note(.repeatedHeader, at: offset) }
    case .maxForwards: if !Self.first(&maxForwards, place) { note(.repeatedHeader, at: offset) }
    case .contentLength: if !Self.first(&contentLength, place) { note(.repeatedHeader, at: offset) }
    default: break
    }
  }

  /// - Returns: whether this is the first of its name.
  @inline(__always)
  @discardableResult
  private static func first(_ known: inout UInt8, _ place: UInt8) -> Bool {
    guard known == absent else { return false }
    known = place
    return true
  }
}

/// Numbers of decimal digits.
enum Digits {
  /// The number that a slice consists of, or `nil` when it has another octet, is empty, or is too
  /// large to be meant (above 10¹²).
  static func read(_ bytes: Span<UInt8>, _ slice: Slice) -> Int? {
    guard !slice.isEmpty else { return nil }
    var number = 0
    for place in slice.range {
      guard Octets.isDigit(bytes[place]) else { return nil }
      number = number &* 10 &+ Int(bytes[place] &- 0x30)
      if number > 1_000_000_000_000 { return nil }
    }
    return number
  }
}
