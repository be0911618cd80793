public import Basics

/// A name-addr or addr-spec with its parameters: one value of From, To, Contact, Route,
/// Record-Route, Refer-To and the like (RFC 3261 §20.10, §25.1).
///
/// Without angle brackets the URI ends at the first `;`, and what follows belongs to the header
/// field; a `,` or `?` in such a URI is a fault (RFC 3261 §20, RFC 8217). `caller<sip:…>` without a
/// space is taken (RFC 4475 §3.1.1.6).
public struct NameAddress: Sendable {
  /// What stands between the brackets, or before the first `;`.
  public internal(set) var uri: URI
  /// Start, end of the display name, start of the parameters, end of all.
  var head: Offsets
  /// Start and end of the tag, start of the next value.
  var tail: Offsets
  private var quality: Int
  private var seconds: Int
  /// Whether the URI stands between `<` and `>`: only then the URI may have parameters (RFC 3261
  /// §20).
  public internal(set) var isBracketed: Bool
  /// Whether a comma and another value follow in this header field.
  public internal(set) var hasMore: Bool

  /// Reads a header field of one value, such as From and To.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> NameAddress {
    var reader = Reader(bytes, slice)
    let value = try reader.nameAddress()
    guard !value.hasMore else { throw Malformed(.trailing, at: value.end) }
    return value
  }

  /// Reads the first value of a header field that may have several; what follows its comma is not
  /// looked at.
  public static func parseFirst(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> NameAddress {
    var reader = Reader(bytes, slice)
    return try reader.nameAddress()
  }

  /// Whether a Contact is `*`, which is no address (RFC 3261 §10.2.2).
  public static func isWildcard(_ bytes: Span<UInt8>, _ slice: Slice) -> Bool {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    guard reader.take(0x2a) else { return false }
    reader.skipSpace()
    return reader.isAtEnd
  }
}

/// The values of a Contact, Route, Record-Route or P-Asserted-Identity header field in their order.
public struct NameAddressList: ~Escapable {
  private var reader: Reader
  private var isDone = false

  /// Nothing is checked before `next` is called.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    reader = Reader(bytes, slice)
  }

  /// The next value, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> NameAddress? {
    guard !isDone else { return nil }
    isDone = true
    // A copy, so that its place stays in a register.
    var ahead = reader
    let value = try ahead.nameAddress()
    reader.place = ahead.place
    isDone = !value.hasMore
    return value
  }
}

// The parts
extension NameAddress {
  private func part(_ start: Int, _ end: Int) -> Slice { Slice(from: start, to: max(start, end)) }

  /// The display name as it stands, with its quotes if it has any; `nil` when there is none.
  public var displayName: Slice? {
    head.second > head.first ? part(head.first, head.second) : nil
  }
  /// The URI without its angle brackets.
  public var uriText: Slice { uri.whole }
  /// The tag of a From or To; `nil` when it is absent. It is a token, compared octet for octet.
  public var tag: Slice? { tail.second > tail.first ? part(tail.first, tail.second) : nil }
  /// The parameters with the leading `;`, or nothing at the place where a first one would go.
  public var parameters: Slice { part(head.third, head.fourth) }
  /// This value without the white space and commas around it.
  public var range: Slice { part(head.first, head.fourth) }
  /// Where this value ends, before white space and comma.
  public var end: Int { head.fourth }
  /// Where the next value begins, or the end of the header field.
  public var next: Int { tail.third }

  /// The value of `q`, in thousandths; `nil` when it is absent or no qvalue.
  public var q: UInt16? { quality < 0 ? nil : UInt16(truncatingIfNeeded: quality) }
  /// The value of `expires` in seconds, at most `UInt32.max`; one that is no number is 3600
  /// (RFC 3261 §10.2.1.1). `nil` when it is absent.
  public var expires: UInt32? { seconds < 0 ? nil : UInt32(truncatingIfNeeded: seconds) }

  @inline(__always)
  fileprivate init(
    _ uri: URI, head: Offsets, next: Int, _ parameters: AddressParameters, isBracketed: Bool,
    hasMore: Bool
  ) {
    self.uri = uri
    self.head = head
    tail = Offsets(parameters.tag, parameters.tagEnd, next, 0)
    quality = parameters.quality
    seconds = parameters.seconds
    self.isBracketed = isBracketed
    self.hasMore = hasMore
  }
}

/// What the parameters of an address said so far, in words as those of a Via.
private struct AddressParameters {
  var tag = 0
  var tagEnd = 0
  var quality = -1
  var seconds = -1

  @inline(__always)
  init() {}
}

extension Reader {
  /// `( name-addr / addr-spec ) *( SEMI generic-param )`
  @inline(__always)
  mutating func nameAddress() throws(Malformed) -> NameAddress {
    skipSpace()
    let start = place
    let nameEnd = try displayNameEnd()
    let isBracketed = peek == 0x3c
    if isBracketed { place &+= 1 }
    let uri = try uri(isBare: !isBracketed)
    place = uri.end
    try endOfURI(uri, isBracketed: isBracketed)
    var parametersStart = place
    var parameters = AddressParameters()
    if let mark = semicolon() {
      parametersStart = mark
      place = try addressParametersEnd(&parameters)
    }
    let head = Offsets(start, nameEnd, parametersStart, place)
    let hasMore = try takeComma()
    return NameAddress(
      URI(uri, in: bytes), head: head, next: place, parameters, isBracketed: isBracketed,
      hasMore: hasMore)
  }

  /// Takes `[ quoted-string / *(token LWS) ]` before a `<`, or nothing before an addr-spec.
  /// - Returns: the end of the name; where it begins when there is none.
  @inline(__always)
  private mutating func displayNameEnd() throws(Malformed) -> Int {
    let start = place
    if peek == 0x3c { return start }
    var nameEnd = start
    if peek == 0x22 {
      nameEnd = try quotedStringEnd(from: start)
      place = nameEnd
      skipSpace()
    } else {
      (nameEnd, place) = try tokenNameEnd(from: start)
      if nameEnd == start { return start }
    }
    guard peek == 0x3c else { throw malformed(.displayName) }
    return nameEnd
  }

  /// The end of the tokens before a `<`, and the place of the `<`; twice the start before an
  /// addr-spec.
  @inline(never)
  private func tokenNameEnd(from start: Int) throws(Malformed) -> (name: Int, place: Int) {
    var place = start
    while true {
      let end = bytes.end(of: .token, from: place)
      guard end > place else { throw Malformed(.displayName, at: place) }
      if place == start, bytes.octet(at: end) == 0x3a { return (start, start) }
      place = spaceEnd(from: end)
      if bytes.octet(at: place) == 0x3c { return (end, place) }
      guard place > end else { throw Malformed(.displayName, at: end) }
    }
  }

  /// Takes the bracket that closes a URI. Without brackets a `?` would begin headers, which only
  /// they may hold.
  @inline(__always)
  private mutating func endOfURI(
    _ parts: URI.Parts, isBracketed: Bool
  ) throws(Malformed) {
    if isBracketed {
      guard take(0x3e) else { throw faultOfUser(in: parts) ?? malformed(.angleBracket) }
    } else {
      guard peek != 0x3f else { throw malformed(.uriHeaders) }
    }
  }

  /// Takes all parameters, the first `;` having been taken.
  @inline(never)
  private func addressParametersEnd(
    _ parameters: inout AddressParameters
  ) throws(Malformed) -> Int {
    var reader = self
    repeat { try reader.addressParameter(&parameters) } while reader.semicolon() != nil
    return reader.place
  }

  @inline(__always)
  private mutating func addressParameter(
    _ parameters: inout AddressParameters
  ) throws(Malformed) {
    let start = place
    if parameters.tag == 0, SpelledName.tag.begins(bytes.eight(at: start)) {
      place &+= 3
      parameters.tag = try tokenValue(or: .tag)
      parameters.tagEnd = place
      return
    }
    try parameterName()
    let count = place &- start
    switch (Name.word(bytes.eight(at: start), count), count) {
    case (Name.tag, 3):
      guard parameters.tag == 0 else { throw Malformed(.tag, at: start) }
      parameters.tag = try tokenValue(or: .tag)
      parameters.tagEnd = place
    case (Name.q, 1):
      guard let text = try parameterValue() else { throw malformed(.parameter) }
      parameters.quality = quality(text).map { Int($0) } ?? -1
    case (Name.expires, 7):
      guard let text = try parameterValue() else { throw malformed(.parameter) }
      parameters.seconds = Int(seconds(text) ?? 3600)
    default: _ = try parameterValue()
    }
  }

  /// `( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )` in thousandths.
  @inline(never)
  func quality(_ text: Slice) -> UInt16? {
    guard (1...5).contains(text.count), text.count == 1 || bytes[text.start &+ 1] == 0x2e
    else { return nil }
    let whole = bytes[text.start]
    guard whole == 0x30 || whole == 0x31 else { return nil }
    var value = UInt16(whole &- 0x30) &* 1000
    var weight: UInt16 = 100
    for place in text.range.dropFirst(2) {
      let digit = bytes[place] &- 0x30
      guard digit < 10 else { return nil }
      value &+= UInt16(digit) &* weight
      weight /= 10
    }
    return value <= 1000 ? value : nil
  }

  /// `delta-seconds` that fill a slice.
  @inline(never)
  func seconds(_ text: Slice) -> UInt32? {
    var reader = Reader(bytes, text)
    guard let number = try? reader.number(or: .number), reader.isAtEnd else { return nil }
    return UInt32(clamping: number)
  }
}
