import BasicContainers
public import Basics

/// The changes that turn a received message into the one to send: ranges to leave out and octets to
/// write instead. Everything that no edit names is copied as it came, byte for byte. It belongs to
/// a worker and is cleared for each message.
public struct Patch: ~Copyable {
  struct Edit {
    var start: UInt16
    var removed: UInt16
    var inkStart: UInt16
    var inkCount: UInt16

    /// What is written before an octet comes before what takes that octet's place.
    func isBehind(_ other: Edit) -> Bool {
      start > other.start || start == other.start && removed > 0 && other.removed == 0
    }
  }

  private var edits: RigidArray<Edit>
  private var ink: RigidArray<UInt8>
  /// Whether a change found no room; such a message must not be sent.
  public private(set) var overflowed = false

  /// Allocates room for `Limits.edits` changes and `Limits.ink` octets, once for each worker.
  public init() {
    edits = RigidArray(capacity: Limits.edits)
    ink = RigidArray(capacity: Limits.ink)
  }

  /// Forgets all changes; to be called for each message.
  public mutating func reset() {
    edits.removeAll()
    ink.removeAll()
    overflowed = false
  }

  /// The octets that all edits add at most.
  public var growth: Int { ink.count }

  /// Leaves a range out.
  public mutating func remove(_ slice: Slice) {
    replace(slice) { _ in }
  }

  /// Writes octets before the octet at `offset`. Several insertions at one place keep their order.
  public mutating func insert(at offset: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
    replace(Slice(from: offset, to: offset), write)
  }

  /// Writes octets in the place of a range. Ranges of two edits do not overlap, or one lies within
  /// the other: the inner one is then left out with the outer.
  public mutating func replace(_ slice: Slice, _ write: (inout OutputSpan<UInt8>) -> Void) {
    guard edits.freeCapacity > 0, ink.freeCapacity > 0 else {
      overflowed = true
      return
    }
    let start = ink.count
    ink.append(addingCount: ink.freeCapacity) { write(&$0) }
    if ink.freeCapacity == 0 { overflowed = true }
    let edit = Edit(
      start: UInt16(slice.start), removed: UInt16(slice.count), inkStart: UInt16(start),
      inkCount: UInt16(ink.count &- start))
    var place = edits.count
    while place > 0, edits[place &- 1].isBehind(edit) { place &-= 1 }
    edits.insert(edit, at: place)
  }

  /// Writes a range of the received message with the edits that begin within it (at its very end:
  /// only insertions that were made there belong to what follows, and are not written).
  public func write(
    _ bytes: Span<UInt8>, _ range: Slice, into out: inout OutputSpan<UInt8>
  ) {
    let edits = self.edits.span
    let ink = self.ink.span
    var cursor = range.start
    for place in 0..<edits.count {
      let edit = edits[place]
      let start = Int(edit.start)
      guard start >= cursor, start < range.end else { continue }
      out.write(bytes.extracting(cursor..<start))
      let from = Int(edit.inkStart)
      out.write(ink.extracting(from..<from &+ Int(edit.inkCount)))
      cursor = start &+ Int(edit.removed)
    }
    if cursor < range.end { out.write(bytes.extracting(cursor..<range.end)) }
  }

  /// Writes the whole message with all edits.
  public func write(_ message: borrowing Message, into out: inout OutputSpan<UInt8>) {
    let end = message.outline.end
    write(message.bytes, Slice(from: message.outline.start, to: end), into: &out)
  }
}
