/// Why octets are not the session description that they claim to be. Offsets are in octets from the
/// start of the description.
package enum Malformed: Error, Hashable, Sendable {
  /// At `at` stands `found` (`nil`: the line or the description ends there) and not what was
  /// expected. A number or an address that is out of range is found at its first octet.
  case unexpected(found: UInt8?, expected: Expected, at: Int)
  /// A line that may stand only once does so again (RFC 8866 §5).
  case repeated(LineType, at: Int)
  /// A line of the session stands in a media description.
  case misplaced(LineType, at: Int)
  /// It is larger than we read.
  case beyond(Limit, at: Int)

  /// What would have been right at that place.
  package enum Expected: Hashable, Sendable {
    /// A line of this type.
    case line(LineType)
    case lineType
    case equalsSign
    /// Any octet but NUL, CR and LF.
    case text
    case lineEnd
    case space
    /// The protocol version, which is 0.
    case version
    case field
    case number
    case token
    case colon
    case addressType
    case address
    case timeToLive
    case addressCount
    case port
    case portCount
    case transportProtocol
    case format
  }

  /// Ours, not the peer's fault.
  package enum Limit: Hashable, Sendable {
    case octets, lines, media, lineLength
  }

  /// In octets from the start of the description.
  package var offset: Int {
    switch self {
    case .unexpected(_, _, let at), .repeated(_, let at), .misplaced(_, let at), .beyond(_, let at):
      at
    }
  }
}
