public import BasicContainers

/// 128 bits that stand for something longer. Two keys of a keyed hash are equal only if what they
/// stand for is (but for a chance of 2⁻¹²⁸ that nobody can steer without the secret).
public struct Key: Hashable, Sendable {
  /// The half of which an `Index` takes its place.
  public var a: UInt64
  /// The half that is only compared.
  public var b: UInt64

  @inlinable
  public init(_ a: UInt64, _ b: UInt64) {
    self.a = a
    self.b = b
  }
}

/// SipHash-1-3 with a 128-bit result, taken word by word. It is keyed, so that nobody who does not
/// know the secret can choose names that fall into one bucket or onto one worker.
public struct KeyedHash: Sendable {
  @usableFromInline var v0: UInt64
  @usableFromInline var v1: UInt64
  @usableFromInline var v2: UInt64
  @usableFromInline var v3: UInt64

  /// - Parameter secret: of this process or, for what several processes must agree on, of the
  ///   pool.
  @inlinable
  public init(secret: Key) {
    v0 = secret.a ^ 0x736f_6d65_7073_6575
    v1 = secret.b ^ 0x646f_7261_6e64_6f6d ^ 0xee
    v2 = secret.a ^ 0x6c79_6765_6e65_7261
    v3 = secret.b ^ 0x7465_6462_7974_6573
  }

  @inlinable
  mutating func round() {
    v0 = v0 &+ v1
    v1 = (v1 << 13 | v1 >> 51) ^ v0
    v0 = v0 << 32 | v0 >> 32
    v2 = v2 &+ v3
    v3 = (v3 << 16 | v3 >> 48) ^ v2
    v0 = v0 &+ v3
    v3 = (v3 << 21 | v3 >> 43) ^ v0
    v2 = v2 &+ v1
    v1 = (v1 << 17 | v1 >> 47) ^ v2
    v2 = v2 << 32 | v2 >> 32
  }

  /// Takes eight octets in. The order counts.
  @inlinable
  public mutating func combine(_ word: UInt64) {
    v3 ^= word
    round()
    v0 ^= word
  }

  /// The hash of all words so far. Combine lengths too where two parts could run into one another.
  @inlinable
  public consuming func finish() -> Key {
    v2 ^= 0xee
    round()
    round()
    round()
    let first = v0 ^ v1 ^ v2 ^ v3
    v1 ^= 0xdd
    round()
    round()
    round()
    return Key(first, v0 ^ v1 ^ v2 ^ v3)
  }
}

/// From keys to handles: open addressing with linear probing and backward-shift deletion, at most
/// half full. The keys are hashes already. Of a fixed limit, allocated by doubling.
public struct Index: ~Copyable {
  @usableFromInline
  struct Entry {
    @usableFromInline var key: Key
    @usableFromInline var handle: Handle

    @inlinable
    init(_ key: Key, _ handle: Handle) {
      self.key = key
      self.handle = handle
    }
  }

  @usableFromInline static var empty: Entry {
    Entry(Key(0, 0), Handle(index: .max, generation: .max))
  }

  @usableFromInline var entries: RigidArray<Entry>
  @usableFromInline var mask: Int
  /// How many entries there are.
  public private(set) var count = 0

  /// - Parameter expected: how many entries to have room for at once without growing.
  @inlinable
  public init(expected: Int) {
    var size = 64
    while size < expected * 2 { size *= 2 }
    entries = Self.emptyTable(size)
    mask = size - 1
  }

  @inlinable
  static func emptyTable(_ size: Int) -> RigidArray<Entry> {
    var table = RigidArray<Entry>(capacity: size)
    for _ in 0..<size { table.append(empty) }
    return table
  }

  @usableFromInline
  mutating func addCount(_ change: Int) { count &+= change }

  @inlinable
  func place(of key: Key) -> Int {
    let table = entries.span
    var place = Int(truncatingIfNeeded: key.a) & mask
    while table[place].handle.index != .max && table[place].key != key {
      place = (place &+ 1) & mask
    }
    return place
  }

  /// The handle under a key, or `nil`. Some handles are dead by now: the table that made them
  /// knows.
  @inlinable
  public func find(_ key: Key) -> Handle? {
    let found = entries.span[place(of: key)].handle
    return found.index == .max ? nil : found
  }

  /// Enters a handle under a key; a key that is there already gets the new handle.
  @inlinable
  public mutating func insert(_ key: Key, _ handle: Handle) {
    if count &* 2 >= entries.count { grow() }
    let place = place(of: key)
    if entries.span[place].handle.index == .max { addCount(1) }
    entries[place] = Entry(key, handle)
  }

  @inlinable
  mutating func grow() {
    let old = exchange(&entries, with: Self.emptyTable(entries.count &* 2))
    mask = entries.count &- 1
    for from in 0..<old.count where old[from].handle.index != .max {
      let to = place(of: old[from].key)
      entries[to] = old[from]
    }
  }

  /// Takes a key out, and closes the gap so that no later probe stops too early.
  @inlinable
  public mutating func remove(_ key: Key) {
    var gap = place(of: key)
    guard entries.span[gap].handle.index != .max else { return }
    addCount(-1)
    var next = (gap &+ 1) & mask
    while entries.span[next].handle.index != .max {
      let entry = entries.span[next]
      let home = Int(truncatingIfNeeded: entry.key.a) & mask
      if (next &- home) & mask >= (next &- gap) & mask {
        entries[gap] = entry
        gap = next
      }
      next = (next &+ 1) & mask
    }
    entries[gap] = Self.empty
  }
}
