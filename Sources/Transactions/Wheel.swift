package import Basics
import BasicContainers

/// The timing wheel of a worker: 4096 buckets of 8 ms. Entries are lazy: each machine has one at
/// most; one that fires early is armed again by its owner, and one whose owner is gone finds no
/// slot. A deadline beyond the wheel's 32 s fires at its edge, and its owner arms it again.
///
/// So a machine that ends before its time leaves its entry behind: over a stream, where Timers D,
/// I, J and K are zero, one for each transaction that was answered. An entry is 16 octets without a
/// message behind it, and keeps no record alive; it is gone when its tick has come, 32 s later at
/// most. There are as many as were armed in that time: at 10,000 calls a second, each with four
/// transactions, 20 MB. To take them out sooner would need a second link in each entry, and a visit
/// to its neighbours in memory for every message.
package struct Wheel: ~Copyable {
  private static var buckets: Int { 4096 }
  private static var tick: Int64 { 8_000_000 }

  // Not private: the compiler aborts when another module destroys an array of a private type.
  struct Entry {
    var payload: UInt64
    var next: UInt32
  }

  private var heads: RigidArray<UInt32>
  private var occupied: RigidArray<UInt64>
  private var entries: UniqueArray<Entry>
  private var firstFree: UInt32 = .max
  /// The tick up to which, and not including which, all has fired.
  private var cursor: Int64
  private var armed = 0

  /// How many entries wait.
  package var count: Int { armed }

  /// - Parameter expected: how many entries to have room for without allocating.
  package init(now: Instant, expected: Int = 1024) {
    heads = RigidArray(capacity: Self.buckets)
    for _ in 0..<Self.buckets { heads.append(UInt32.max) }
    occupied = RigidArray(capacity: Self.buckets / 64)
    for _ in 0..<(Self.buckets / 64) { occupied.append(0) }
    entries = UniqueArray(minimumCapacity: expected)
    cursor = now.nanoseconds / Self.tick
  }

  /// The latest instant that an entry can be armed for; a later deadline is armed again from there.
  package var edge: Instant {
    Instant(nanoseconds: (cursor &+ Int64(Self.buckets) &- 2) &* Self.tick)
  }

  /// Asks for `payload` to come out of `expire` soon after `deadline`.
  package mutating func arm(_ payload: UInt64, at deadline: Instant) {
    let wanted = deadline.nanoseconds / Self.tick &+ 1
    let tick = min(max(wanted, cursor), cursor &+ Int64(Self.buckets) &- 1)
    let bucket = Int(truncatingIfNeeded: tick) & (Self.buckets &- 1)
    let entry = Entry(payload: payload, next: heads[bucket])
    if firstFree == .max {
      heads[bucket] = UInt32(truncatingIfNeeded: entries.count)
      entries.append(entry)
    } else {
      let place = firstFree
      firstFree = entries[Int(place)].next
      entries[Int(place)] = entry
      heads[bucket] = place
    }
    occupied[bucket >> 6] |= 1 << UInt64(bucket & 63)
    armed &+= 1
  }

  /// Takes out one payload whose time has come, or `nil` when there is none.
  package mutating func expire(_ now: Instant) -> UInt64? {
    let last = now.nanoseconds / Self.tick
    while cursor <= last {
      let bucket = Int(truncatingIfNeeded: cursor) & (Self.buckets &- 1)
      let place = heads[bucket]
      if place != .max { return take(place, from: bucket) }
      occupied[bucket >> 6] &= ~(1 << UInt64(bucket & 63))
      guard let next = nextOccupied() else {
        cursor = last &+ 1
        return nil
      }
      cursor = min(next, last &+ 1)
    }
    return nil
  }

  private mutating func take(_ place: UInt32, from bucket: Int) -> UInt64 {
    let entry = entries[Int(place)]
    heads[bucket] = entry.next
    entries[Int(place)].next = firstFree
    firstFree = place
    armed &-= 1
    return entry.payload
  }

  /// The first tick at or after the cursor whose bucket holds something.
  private func nextOccupied() -> Int64? {
    guard armed > 0 else { return nil }
    let words = Self.buckets / 64
    let start = Int(truncatingIfNeeded: cursor) & (Self.buckets &- 1)
    var word = start >> 6
    var bits = occupied[word] & (UInt64.max << UInt64(start & 63))
    for _ in 0...words {
      if bits != 0 {
        let bucket = word << 6 | bits.trailingZeroBitCount
        return cursor &+ Int64((bucket &- start) & (Self.buckets &- 1))
      }
      word = (word &+ 1) & (words &- 1)
      bits = occupied[word]
    }
    return nil
  }

  /// When `expire` is next worth calling.
  package func nextDeadline() -> Instant? {
    guard let tick = nextOccupied() else { return nil }
    return Instant(nanoseconds: tick &* Self.tick)
  }
}
