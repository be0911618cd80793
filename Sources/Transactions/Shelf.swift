import BasicContainers

/// The name of octets that lie on a `Shelf`: made only by `Shelf.keep`, given back only by
/// `Shelf.release`. One that is forgotten is a leak, which a debug build finds where it happens.
package struct Kept: ~Copyable {
  fileprivate let block: UInt32
  fileprivate let length: UInt16
  fileprivate let sizeClass: UInt8

  fileprivate init(block: UInt32, length: UInt16, sizeClass: UInt8) {
    self.block = block
    self.length = length
    self.sizeClass = sizeClass
  }

  /// How many octets are kept.
  package var count: Int { Int(length) }

  fileprivate consuming func forget() { discard self }

  deinit { assertionFailure("kept octets were dropped and not released") }
}

/// Where a worker keeps the messages that it may have to send again. Blocks of six sizes are cut
/// from chunks of 256 KiB, which are made when they are first needed, up to the limit, and never
/// given back: in steady state nothing is allocated. Each size has its own share of the limit, so
/// that a flood of small messages leaves no shelf without room for large ones once it has passed.
package struct Shelf: ~Copyable {
  private var classes: RigidArray<SizeClass>

  /// How many blocks are in use: what an audit compares with the machines that there are.
  package private(set) var inUse = 0

  /// The share of the limit, in hundredths, of each size as a power of two. Responses to BYE (about
  /// 400 octets, for 32 s) need the first, INVITE with a session description the third.
  private static var shares: [(bits: Int, hundredths: Int)] {
    [(9, 40), (10, 20), (11, 25), (12, 8), (14, 4), (16, 3)]
  }

  /// - Parameter limit: the octets that it may grow to; each size has one chunk of 256 KiB at
  ///   least.
  package init(limit: Int = Limits.shelf) {
    let shares = Self.shares
    classes = RigidArray(capacity: shares.count)
    for share in shares {
      classes.append(SizeClass(bits: share.bits, limit: limit / 100 * share.hundredths))
    }
  }

  /// The octets that its chunks take.
  package var reserved: Int {
    var total = 0
    for place in 0..<classes.count { total += classes[place].reserved }
    return total
  }

  /// Keeps a copy of a message.
  /// - Returns: `nil` when it is longer than 65,535 octets or the limit is reached.
  package mutating func keep(_ bytes: Span<UInt8>) -> Kept? {
    guard let length = UInt16(exactly: bytes.count) else { return nil }
    for place in 0..<classes.count where bytes.count <= classes[place].blockSize {
      // A size that is used up borrows from the next larger one.
      guard let block = classes[place].take() else { continue }
      classes[place].write(bytes, block)
      inUse &+= 1
      return Kept(block: block, length: length, sizeClass: UInt8(truncatingIfNeeded: place))
    }
    return nil
  }

  /// Gives the octets' block back.
  package mutating func release(_ kept: consuming Kept) {
    classes[Int(kept.sizeClass)].giveBack(kept.block)
    inUse &-= 1
    kept.forget()
  }

  /// Gives back what is there, if anything is.
  package mutating func release(_ kept: consuming Kept?) {
    if let kept { release(kept) }
  }

  /// The octets, as they were kept.
  @_lifetime(borrow self)
  package func bytes(of kept: borrowing Kept) -> Span<UInt8> {
    classes[Int(kept.sizeClass)].bytes(kept.block, Int(kept.length))
  }

  /// The octets, if there are any; else an empty span.
  @_lifetime(borrow self)
  package func bytes(of kept: borrowing Kept?) -> Span<UInt8> {
    switch kept {
    case .some(let kept): bytes(of: kept)
    case .none: Span()
    }
  }
}

/// All blocks of one size. Not private: another module that destroys a shelf refers to it (Swift
/// 6.3.1).
struct SizeClass: ~Copyable {
  private static var chunkBits: Int { 18 }

  private let bits: Int
  private let chunkLimit: Int
  private var chunks: UniqueArray<RigidArray<UInt8>>
  /// For each free block the next free one.
  private var next: UniqueArray<UInt32>
  private var firstFree: UInt32 = .max

  init(bits: Int, limit: Int) {
    self.bits = bits
    chunkLimit = max(1, limit >> Self.chunkBits)
    chunks = UniqueArray(minimumCapacity: chunkLimit)
    next = UniqueArray(minimumCapacity: chunkLimit << (Self.chunkBits - bits))
  }

  var blockSize: Int { 1 << bits }
  var reserved: Int { chunks.count << Self.chunkBits }

  mutating func take() -> UInt32? {
    if firstFree == .max, !grow() { return nil }
    let block = firstFree
    firstFree = next[Int(block)]
    return block
  }

  mutating func giveBack(_ block: UInt32) {
    next[Int(block)] = firstFree
    firstFree = block
  }

  private mutating func grow() -> Bool {
    guard chunks.count < chunkLimit else { return false }
    chunks.append(RigidArray(repeating: 0, count: 1 << Self.chunkBits))
    let blocks = 1 << (Self.chunkBits - bits)
    let first = next.count
    for block in first..<(first + blocks) {
      next.append(block + 1 < first + blocks ? UInt32(truncatingIfNeeded: block + 1) : .max)
    }
    firstFree = UInt32(truncatingIfNeeded: first)
    return true
  }

  private func start(_ block: UInt32) -> (chunk: Int, offset: Int) {
    let inChunk = Self.chunkBits &- bits
    return (Int(block) >> inChunk, (Int(block) & (1 << inChunk &- 1)) << bits)
  }

  mutating func write(_ bytes: Span<UInt8>, _ block: UInt32) {
    let (chunk, offset) = start(block)
    chunks[chunk].replace(removing: offset..<(offset &+ bytes.count), copying: bytes)
  }

  @_lifetime(borrow self)
  func bytes(_ block: UInt32, _ count: Int) -> Span<UInt8> {
    let (chunk, offset) = start(block)
    return chunks[chunk].span.extracting(offset..<(offset &+ count))
  }
}
