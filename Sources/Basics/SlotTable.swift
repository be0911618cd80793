public import BasicContainers

/// The name of a record in a `SlotTable`. The generation rises each time that a slot is given to
/// another record, so a name that is too old finds nothing.
public struct Handle: Hashable, Sendable {
  /// The place in the table.
  public var index: UInt32
  /// Which of the records that had this place one after the other.
  public var generation: UInt32

  @inlinable
  public init(index: UInt32, generation: UInt32) {
    self.index = index
    self.generation = generation
  }
}

/// A record and the state of its slot.
public struct Slot<Record: ~Copyable>: ~Copyable {
  @usableFromInline var generation: UInt32
  /// The next free slot, or `occupied`: to ask the record itself whether it is there would copy it.
  @usableFromInline var nextFree: UInt32
  @usableFromInline var record: Record?

  @inlinable static var occupied: UInt32 { .max - 1 }

  @inlinable
  init(generation: UInt32) {
    self.generation = generation
    self.nextFree = .max
    self.record = nil
  }
}

/// Records of one kind, found by handle in a few instructions. It grows by whole chunks up to its
/// limit and then says no; it never moves a record and gives nothing back, so that in steady state
/// nothing is allocated.
public struct SlotTable<Record: ~Copyable>: ~Copyable {
  @inlinable static var chunkBits: UInt32 { 10 }
  @inlinable static var chunkSize: Int { 1 << 10 }

  @usableFromInline var chunks: UniqueArray<RigidArray<Slot<Record>>>
  @usableFromInline var firstFree: UInt32 = .max
  @usableFromInline let firstGeneration: UInt32
  @usableFromInline let generationMask: UInt32

  @usableFromInline var records = 0
  /// How many there may be.
  public let limit: Int

  /// - Parameters:
  ///   - limit: How many records the table may hold; rounded up to whole chunks of 1024.
  ///   - firstGeneration: Where the count of generations begins; a secret at random makes names of
  ///     an earlier life of this process useless.
  ///   - generationBits: How many bits of the generation are kept (a token on the wire has room for
  ///     few).
  @inlinable
  public init(limit: Int, firstGeneration: UInt32 = 1, generationBits: UInt32 = 24) {
    let chunkCount = (limit + Self.chunkSize - 1) / Self.chunkSize
    self.limit = chunkCount * Self.chunkSize
    self.chunks = UniqueArray(minimumCapacity: chunkCount)
    self.generationMask = generationBits >= 32 ? .max : (1 << generationBits) - 1
    self.firstGeneration = firstGeneration & generationMask
  }

  /// How many records there are.
  @inlinable
  public var count: Int { records }

  @inlinable
  mutating func grow() -> Bool {
    guard chunks.count &* Self.chunkSize < limit else { return false }
    let base = UInt32(chunks.count) << Self.chunkBits
    var chunk = RigidArray<Slot<Record>>(capacity: Self.chunkSize)
    for place in 0..<UInt32(Self.chunkSize) {
      var slot = Slot<Record>(generation: firstGeneration)
      slot.nextFree = place &+ 1 == UInt32(Self.chunkSize) ? firstFree : base | (place &+ 1)
      chunk.append(slot)
    }
    chunks.append(chunk)
    firstFree = base
    return true
  }

  /// Takes a record in.
  /// - Returns: its name, or `nil` when the table is full (the record is then destroyed).
  @inlinable
  public mutating func insert(_ record: consuming Record) -> Handle? {
    if firstFree == .max, !grow() { return nil }
    let index = firstFree
    let chunk = Int(index >> Self.chunkBits)
    let place = Int(index) & (Self.chunkSize &- 1)
    firstFree = chunks[chunk][place].nextFree
    chunks[chunk][place].nextFree = Slot<Record>.occupied
    chunks[chunk][place].record = consume record
    records &+= 1
    return Handle(index: index, generation: chunks[chunk][place].generation)
  }

  /// The name that the next `insert` will give, for a record that must know its own name; `nil`
  /// when full.
  @inlinable
  public mutating func upcoming() -> Handle? {
    if firstFree == .max, !grow() { return nil }
    let chunk = Int(firstFree >> Self.chunkBits)
    let place = Int(firstFree) & (Self.chunkSize &- 1)
    return Handle(index: firstFree, generation: chunks[chunk][place].generation)
  }

  /// Whether one more record has room.
  @inlinable
  public var isFull: Bool { firstFree == .max && chunks.count &* Self.chunkSize >= limit }

  /// Whether the record of this name is still there.
  @inlinable
  public func contains(_ handle: Handle) -> Bool {
    let chunk = Int(handle.index >> Self.chunkBits)
    guard chunk < chunks.count else { return false }
    let place = Int(handle.index) & (Self.chunkSize &- 1)
    return chunks[chunk][place].generation == handle.generation
      && chunks[chunk][place].nextFree == Slot<Record>.occupied
  }

  /// Lends the record to the body.
  /// - Returns: what the body returns, or `nil` when there is no such record.
  @inlinable
  public mutating func with<Result>(
    _ handle: Handle, _ body: (inout Record) -> Result
  ) -> Result? {
    guard contains(handle) else { return nil }
    let chunk = Int(handle.index >> Self.chunkBits)
    let place = Int(handle.index) & (Self.chunkSize &- 1)
    return body(&chunks[chunk][place].record!)
  }

  /// The record itself, in place.
  /// - Precondition: `contains(handle)`; a name that came from outside is asked about first.
  @inlinable
  public subscript(handle: Handle) -> Record {
    _read {
      precondition(contains(handle), "a dead handle")
      yield chunks[Int(handle.index >> Self.chunkBits)][
        Int(handle.index) & (Self.chunkSize &- 1)
      ].record!
    }
    _modify {
      precondition(contains(handle), "a dead handle")
      yield &chunks[Int(handle.index >> Self.chunkBits)][
        Int(handle.index) & (Self.chunkSize &- 1)
      ].record!
    }
  }

  /// Takes a record out. Its name is dead from then on.
  @inlinable
  public mutating func remove(_ handle: Handle) -> Record? {
    guard contains(handle) else { return nil }
    let chunk = Int(handle.index >> Self.chunkBits)
    let place = Int(handle.index) & (Self.chunkSize &- 1)
    let record = chunks[chunk][place].record.take()
    chunks[chunk][place].generation = (handle.generation &+ 1) & generationMask
    chunks[chunk][place].nextFree = firstFree
    firstFree = handle.index
    records &-= 1
    return record
  }

  /// The names of all records: for audits, dumps and draining, not for the way of a message.
  @inlinable
  public func handles() -> [Handle] {
    var found: [Handle] = []
    for chunk in 0..<chunks.count {
      for place in 0..<chunks[chunk].count
      where chunks[chunk][place].nextFree == Slot<Record>.occupied {
        let index = UInt32(chunk) << Self.chunkBits | UInt32(place)
        found.append(Handle(index: index, generation: chunks[chunk][place].generation))
      }
    }
    return found
  }
}
