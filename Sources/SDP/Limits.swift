import Basics

/// What a session description may be at most. Beyond a limit it is `Malformed.beyond`, and whoever
/// asked refuses the offer (RFC 3261 §21.4.26: 488).
package enum Limits {
  /// Octets of a whole description; offsets are kept in 16 bits.
  package static let description = Slice.longest
  /// Lines of a description (one of a browser with many streams has some hundreds).
  package static let lines = 1_024
  /// Media descriptions.
  package static let media = 32
  /// Octets of one line's value, attributes among them.
  package static let line = 4_096
  /// Changes that a patch can hold, and the octets that it may write.
  package static let edits = 128
  /// Octets that all changes of a patch may write.
  package static let ink = 16_384
}
