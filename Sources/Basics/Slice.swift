/// A range of octets in a message, as two 16-bit numbers: a message is never longer than
/// `Slice.longest`, and its tables stay small.
public struct Slice: Hashable, Sendable {
  @usableFromInline var _start: UInt16
  @usableFromInline var _count: UInt16

  /// The last octet that a slice can name is at this offset minus one.
  public static let longest = Int(UInt16.max)

  /// No octets, at the start.
  public static let empty = Slice(0..<0)

  /// - Precondition: the range lies within 0...`longest`.
  @inlinable
  public init(_ range: Range<Int>) {
    self.init(from: range.lowerBound, to: range.upperBound)
  }

  /// As for a range. What does not fit is cut off, as a check here would cost each header six
  /// instructions; every reader of a slice compares it with what it reads.
  @inlinable
  public init(from start: Int, to end: Int) {
    assert(start >= 0 && end >= start && end <= Slice.longest)
    _start = UInt16(truncatingIfNeeded: start)
    _count = UInt16(truncatingIfNeeded: end &- start)
  }

  /// The offset of its first octet.
  @inlinable public var start: Int { Int(_start) }
  /// Its length in octets, at most `longest`.
  @inlinable public var count: Int { Int(_count) }
  /// The offset behind its last octet.
  @inlinable public var end: Int { Int(_start) &+ Int(_count) }
  /// The offsets of its octets, to loop over.
  @inlinable public var range: Range<Int> { start..<end }
  /// Whether it has no octets; its place may mean something even so.
  @inlinable public var isEmpty: Bool { _count == 0 }
}
