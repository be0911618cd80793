/// What the tables of this target hold at most. No peer can fill any of them.
package enum Limits {
  /// Keys that no longer seal but still open. One more, and the oldest is forgotten.
  package static let retiredKeys = 4
  /// Ids that a key can have: 0 to this number minus one.
  package static let keyIDs: UInt8 = 8
}
