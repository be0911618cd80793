/// A generator whose numbers follow from its seed alone (SplitMix64), so that a run can be had
/// again.
public struct Chance: RandomNumberGenerator, Sendable {
  @usableFromInline var state: UInt64

  /// The same seed gives the same numbers.
  @inlinable
  public init(seed: UInt64) { state = seed }

  /// The next number, of all that there are.
  @inlinable
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// A number from 0 to one less than `bound`.
  @inlinable
  public mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next() % UInt64(max(bound, 1)))
  }

  /// Whether something happens that happens so often in a thousand times.
  @inlinable
  public mutating func happens(perMille: Int) -> Bool { below(1000) < perMille }
}
