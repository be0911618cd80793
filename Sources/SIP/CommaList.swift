import Basics

/// The walk along a header field with several values: each one is read by a copy of the reader, and
/// after a fault there is no next one.
///
/// `ViaList` and `NameAddressList` do the same by themselves: every message has them, and one
/// structure more around the reader costs nine instructions of an INVITE (measured).
struct CommaList: ~Escapable {
  private(set) var reader: Reader
  private var isDone = false

  @inline(__always)
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ slice: Slice) {
    reader = Reader(bytes, slice)
  }

  /// A list that may have no value at all.
  @inline(__always)
  @_lifetime(copy bytes)
  init(emptyOr bytes: Span<UInt8>, _ slice: Slice) {
    self.init(bytes, slice)
    reader.skipSpace()
    isDone = reader.isAtEnd
  }

  /// Whether there is a next value for a copy of `reader` to read. Until `took` is called there is
  /// none after it.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func begins() -> Bool {
    guard !isDone else { return false }
    isDone = true
    return true
  }

  /// A value was read.
  /// - Parameter place: where the next one begins.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func took(upTo place: Int, hasMore: Bool) {
    reader.place = place
    isDone = !hasMore
  }
}
