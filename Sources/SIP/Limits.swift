/// What a message may be at most. Each limit has its answer: a datagram beyond it gets 400 where it
/// can be answered at all, a stream is closed.
public enum Limits {
  /// Octets of a whole message; offsets are kept in 16 bits.
  public static let message = 65_535
  /// Header fields in a message (RFC 4475 §3.1.1.7 has 34 Via alone).
  public static let headers = 128
  /// Octets of a header's name.
  public static let headerName = 255
  /// Changes that a patch can hold, and the octets that it may write.
  public static let edits = 64
  /// Octets that all changes of a patch may write.
  public static let ink = 8_192
}
