public import Basics

/// The dialog that a header field names by its Call-ID and tags: Replaces (RFC 3891), Join (RFC
/// 3911) and Target-Dialog (RFC 4538).
public struct DialogReference: Sendable {
  /// Compared octet for octet.
  public var callID: Slice
  /// `to-tag`, or `local-tag` of Target-Dialog: the tag of the one who is asked.
  public var localTag: Slice
  /// `from-tag`, or `remote-tag`.
  public var remoteTag: Slice
  /// `early-only` of Replaces: only a dialog that is not yet confirmed may be replaced.
  public var isEarlyOnly: Bool
  /// All with the leading `;`, the tags among them.
  public var parameters: Slice

  /// Replaces and Join: `callid *( SEMI param )` with `to-tag` and `from-tag` once each.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> DialogReference {
    try parse(bytes, slice, "to-tag", "from-tag")
  }

  /// Target-Dialog: the same with `local-tag` and `remote-tag`.
  public static func parseTarget(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> DialogReference {
    try parse(bytes, slice, "local-tag", "remote-tag")
  }

  private static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice, _ local: StaticString, _ remote: StaticString
  ) throws(Malformed) -> DialogReference {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let callID = try reader.callID()
    let parameters = try reader.parameters()
    try reader.finish()
    return DialogReference(
      callID: callID, localTag: try tag(local, in: parameters, bytes),
      remoteTag: try tag(remote, in: parameters, bytes),
      isEarlyOnly: ParameterList.first("early-only", in: parameters, of: bytes) != nil,
      parameters: parameters)
  }

  private static func tag(
    _ name: StaticString, in parameters: Slice, _ bytes: Span<UInt8>
  ) throws(Malformed) -> Slice {
    guard let first = ParameterList.first(name, in: parameters, of: bytes), let value = first.value,
      OctetSet.token.contains(bytes[value.start])
    else { throw Malformed(.tag, at: parameters.start) }
    let rest = Slice(from: first.whole.end, to: parameters.end)
    if let second = ParameterList.first(name, in: rest, of: bytes) {
      throw Malformed(.tag, at: second.name.start)
    }
    return value
  }
}
