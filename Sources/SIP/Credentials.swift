public import Basics

/// The values of a challenge or of credentials: WWW-Authenticate, Proxy-Authenticate, Authorization
/// and Proxy-Authorization (RFC 3261 §20.7, §20.44, §25.1; RFC 7616). Texts stand as they are,
/// quotes included: `QuotedText` undoes them. Each known parameter may stand once.
public struct Credentials: Sendable {
  /// `Digest` or another.
  public var scheme: Slice
  /// Only then the fields below are filled in.
  public var isDigest: Bool
  /// All after the scheme.
  public var parameters: Slice
  /// The protection domain (RFC 7616 §3.3), with its quotes.
  public var realm: Slice?
  /// What the challenge gave, to be given back, with its quotes.
  public var nonce: Slice?
  /// As `nonce`, without a meaning of its own.
  public var opaque: Slice?
  /// `MD5`, `SHA-256` and so on; without it MD5 (RFC 7616 §3.3).
  public var algorithm: Slice?
  /// One value in credentials, a quoted list in a challenge.
  public var qop: Slice?
  // Of credentials only
  /// With its quotes.
  public var username: Slice?
  /// The `digest-uri`, which a proxy may have made differ from the Request-URI (RFC 3261 §22.4).
  public var uri: Slice?
  /// The digest in hexadecimal, with its quotes.
  public var response: Slice?
  /// Chosen by who answers; there where `qop` is.
  public var cnonce: Slice?
  /// `nc`: eight hexadecimal digits.
  public var nonceCount: UInt32?
  // Of challenges only
  /// `true` without case: the nonce alone was wrong, so asking the user again is of no use.
  public var stale: Slice?
  /// URIs that the challenge is good for, with the quotes around all.
  public var domain: Slice?

  init(scheme: Slice, isDigest: Bool) {
    self.scheme = scheme
    self.isDigest = isDigest
    self.parameters = .nothing
  }

  /// Reads an Authorization or Proxy-Authorization. Digest credentials without `username`, `realm`,
  /// `nonce`, `uri` or `response` are a fault.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> Credentials {
    let value = try parseAny(bytes, slice)
    guard value.isDigest else { return value }
    guard value.username != nil, value.realm != nil, value.nonce != nil, value.uri != nil,
      value.response != nil, value.qop == nil || value.cnonce != nil && value.nonceCount != nil
    else { throw Malformed(.credentials, at: value.parameters.end) }
    return value
  }

  /// Reads a WWW-Authenticate or Proxy-Authenticate. A Digest challenge without `realm` or `nonce`
  /// is a fault.
  public static func parseChallenge(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> Credentials {
    let value = try parseAny(bytes, slice)
    guard !value.isDigest || value.realm != nil && value.nonce != nil else {
      throw Malformed(.credentials, at: value.parameters.end)
    }
    return value
  }

  private static func parseAny(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> Credentials {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let scheme = try reader.some(.token, or: .credentials)
    var value = Credentials(
      scheme: scheme, isDigest: bytes.equals(scheme, ignoringCase: "Digest"))
    guard reader.takeSpace() else { throw reader.malformed(.credentials) }
    let rest = Slice(from: reader.place, to: reader.end)
    value.parameters = rest
    var list = AuthParameterList(bytes, rest)
    while let parameter = try list.next() {
      if value.isDigest { try value.note(parameter, bytes) }
    }
    return value
  }
}

extension Credentials {
  private mutating func note(_ parameter: Parameter, _ bytes: Span<UInt8>) throws(Malformed) {
    func isNamed(_ name: StaticString) -> Bool { parameter.isNamed(name, in: bytes) }
    func keep(_ field: inout Slice?) throws(Malformed) {
      guard field == nil else { throw Malformed(.credentials, at: parameter.name.start) }
      field = parameter.value
    }
    if isNamed("realm") { return try keep(&realm) }
    if isNamed("nonce") { return try keep(&nonce) }
    if isNamed("opaque") { return try keep(&opaque) }
    if isNamed("algorithm") { return try keep(&algorithm) }
    if isNamed("qop") { return try keep(&qop) }
    if isNamed("username") { return try keep(&username) }
    if isNamed("uri") { return try keep(&uri) }
    if isNamed("response") { return try keep(&response) }
    if isNamed("cnonce") { return try keep(&cnonce) }
    if isNamed("stale") { return try keep(&stale) }
    if isNamed("domain") { return try keep(&domain) }
    if isNamed("nc") { try keepCount(parameter, bytes) }
  }

  private mutating func keepCount(
    _ parameter: Parameter, _ bytes: Span<UInt8>
  ) throws(Malformed) {
    guard nonceCount == nil, let text = parameter.value, let count = Self.hexadecimal(text, bytes)
    else { throw Malformed(.credentials, at: parameter.name.start) }
    nonceCount = count
  }

  private static func hexadecimal(_ text: Slice, _ bytes: Span<UInt8>) -> UInt32? {
    guard text.count == 8 else { return nil }
    var value: UInt32 = 0
    for place in text.range {
      guard let digit = Octets.hexValue(bytes[place]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

/// The parameters of a challenge, of credentials, or of an Authentication-Info (RFC 3261 §20.6):
/// `auth-param *( COMMA auth-param )`.
public struct AuthParameterList: ~Escapable {
  private var list: CommaList

  /// Nothing is checked before `next` is called.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    list = CommaList(bytes, slice)
  }

  /// The next parameter, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> Parameter? {
    guard list.begins() else { return nil }
    var ahead = list.reader
    let parameter = try ahead.authParameter()
    let hasMore = try ahead.takeComma()
    list.took(upTo: ahead.place, hasMore: hasMore)
    return parameter
  }
}

extension Reader {
  /// `token EQUAL ( token / quoted-string )`
  fileprivate mutating func authParameter() throws(Malformed) -> Parameter {
    skipSpace()
    let start = place
    let name = try some(.token, or: .credentials)
    guard takeSpaced(0x3d) else { throw malformed(.credentials) }
    let value = try peek == 0x22 ? quotedString() : some(.token, or: .credentials)
    return Parameter(name: name, value: value, whole: slice(from: start))
  }
}
