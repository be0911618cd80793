public import Basics

/// Identity (RFC 4474 §9): a signature in base64 between quotes.
public struct IdentityValue: Sendable {
  /// The base64 without its quotes.
  public var signature: Slice

  /// Reads the quoted text; what it says is not decoded.
  /// - Throws: `.identity` for what is no base64 of whole groups, or `.trailing`.
  public static func parse(_ bytes: Span<UInt8>, _ slice: Slice) throws(Malformed) -> IdentityValue
  {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    guard reader.take(0x22) else { throw reader.malformed(.identity) }
    let start = reader.place
    while OctetSet.base64.contains(reader.peek) { reader.place &+= 1 }
    let digits = reader.place &- start
    while reader.peek == 0x3d, reader.place &- start < digits &+ 2 { reader.place &+= 1 }
    let text = reader.slice(from: start)
    guard digits > 0, text.count & 3 == 0, reader.take(0x22) else {
      throw reader.malformed(.identity)
    }
    try reader.finish()
    return IdentityValue(signature: text)
  }
}

/// Identity-Info (RFC 4474 §9): where the certificate is, and which algorithm signed.
public struct IdentityInfo: Sendable {
  /// The URI without its angle brackets.
  public var uri: URI
  /// The value of `alg`; without it the algorithm is `rsa-sha1`.
  public var algorithm: Slice?
  /// All with the leading `;`, `alg` among them.
  public var parameters: Slice

  /// Reads `LAQUOT absoluteURI RAQUOT *( SEMI ident-info-params )`.
  /// - Throws: `.identity` without brackets or with a display name, and the faults of a name-addr.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> IdentityInfo {
    let value = try NameAddress.parse(bytes, slice)
    guard value.isBracketed, value.displayName == nil else {
      throw Malformed(.identity, at: value.range.start)
    }
    let algorithm = ParameterList.first("alg", in: value.parameters, of: bytes)
    return IdentityInfo(
      uri: value.uri, algorithm: algorithm?.value, parameters: value.parameters)
  }
}
