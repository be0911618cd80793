import BasicContainers
package import Basics

/// The changes that turn a received description into the one to send. Every octet that no change
/// names is copied as it came: so lines that are not understood pass untouched. It belongs to a
/// worker and is cleared for each description.
///
/// Changes must not overlap. One that does, or that finds no room, is left out and remembered in
/// `failed`; a description whose patch has failed must not be sent, for something that was to be
/// changed is not.
package struct Patch: ~Copyable {
  struct Edit {
    var start: UInt16
    var removed: UInt16
    var inkStart: UInt16
    var inkCount: UInt16

    var end: Int { Int(start) &+ Int(removed) }
    var ink: Range<Int> { Int(inkStart)..<Int(inkStart) &+ Int(inkCount) }
  }

  // In the order of their places; insertions before the change that begins at the same octet.
  private var edits: RigidArray<Edit>
  private var ink: RigidArray<UInt8>
  /// Whether a change found no room: then the description must not be sent.
  package private(set) var failed = false

  /// Allocates room for `Limits.edits` changes, once for each worker.
  package init() {
    edits = RigidArray(capacity: Limits.edits)
    ink = RigidArray(capacity: Limits.ink)
  }

  /// Forgets all changes; to be called for each description.
  package mutating func reset() {
    edits.removeAll()
    ink.removeAll()
    failed = false
  }

  /// Whether the description would be written as it came.
  package var isEmpty: Bool { edits.isEmpty }

  /// A change that cannot be made: there is nothing where it should be.
  mutating func fail() { failed = true }

  /// Writes octets in the place of a range within one line. Doing so again with the same range,
  /// unless it is empty, replaces what was written before. The body must not write a line end.
  package mutating func replace(_ slice: Slice, _ write: (inout OutputSpan<UInt8>) -> Void) {
    edit(slice.range, write)
  }

  /// Leaves a whole line out.
  package mutating func delete(line: Int, of description: borrowing Description) {
    guard description.lines.indices.contains(line) else { return failed = true }
    let line = description.lines[line]
    edit(line.start..<line.end) { _ in }
  }

  /// Writes a line after another one. Several after the same line keep their order.
  /// - Parameter write: appends the value, without a line end.
  package mutating func insert(
    _ type: LineType, after line: Int, of description: borrowing Description,
    _ write: (inout OutputSpan<UInt8>) -> Void
  ) {
    guard description.lines.indices.contains(line) else { return failed = true }
    let end = description.lines[line].end
    edit(end..<end) { out in
      out.write(octet: type.rawValue)
      out.write(octet: UInt8(ascii: "="))
      write(&out)
      out.write("\r\n")
    }
  }

  private mutating func edit(_ range: Range<Int>, _ write: (inout OutputSpan<UInt8>) -> Void) {
    guard edits.freeCapacity > 0, ink.freeCapacity > 0, let place = place(for: range) else {
      return failed = true
    }
    let start = ink.count
    ink.append(addingCount: ink.freeCapacity) { write(&$0) }
    // Full to the last octet: the writers left out what had no room.
    if ink.freeCapacity == 0 { failed = true }
    let edit = Edit(
      start: UInt16(range.lowerBound), removed: UInt16(range.count), inkStart: UInt16(start),
      inkCount: UInt16(ink.count &- start))
    if place < edits.count, !range.isEmpty, isSame(edits[place], range) {
      edits[place] = edit
    } else {
      edits.insert(edit, at: place)
    }
  }

  private func isSame(_ edit: Edit, _ range: Range<Int>) -> Bool {
    Int(edit.start) == range.lowerBound && edit.end == range.upperBound
  }

  /// Where an edit of a range belongs among the others, or `nil` where it overlaps one of them.
  private func place(for range: Range<Int>) -> Int? {
    var place = edits.count
    while place > 0, follows(edits[place &- 1], range) { place &-= 1 }
    if place > 0, edits[place &- 1].end > range.lowerBound { return nil }
    guard place < edits.count, !range.isEmpty else { return place }
    let next = edits[place]
    return Int(next.start) >= range.upperBound || isSame(next, range) ? place : nil
  }

  private func follows(_ edit: Edit, _ range: Range<Int>) -> Bool {
    Int(edit.start) > range.lowerBound || Int(edit.start) == range.lowerBound && edit.removed > 0
  }
}

extension Patch {
  /// How many octets `write` will write.
  package func count(of description: borrowing Description) -> Int {
    var count = description.bytes.count &+ (needsBreak(description) ? 2 : 0)
    for place in 0..<edits.count {
      count &+= Int(edits[place].inkCount) &- Int(edits[place].removed)
    }
    return count
  }

  /// Writes the description with all changes; what finds no room is left out, so ask `count`
  /// before.
  package func write(
    _ description: borrowing Description, into out: inout OutputSpan<UInt8>
  ) {
    let bytes = description.bytes
    let isBreakNeeded = needsBreak(description)
    var cursor = 0
    var isBroken = false
    for place in 0..<edits.count {
      let edit = edits[place]
      out.write(bytes, cursor..<Int(edit.start))
      if isBreakNeeded, !isBroken, Int(edit.start) == bytes.count {
        out.write("\r\n")
        isBroken = true
      }
      out.write(ink.span, edit.ink)
      cursor = edit.end
    }
    out.write(bytes, cursor..<bytes.count)
  }

  /// Whether a line is inserted after a last one that has no line end of its own.
  private func needsBreak(_ description: borrowing Description) -> Bool {
    let end = description.bytes.count
    guard !edits.isEmpty, Int(edits[edits.count &- 1].start) == end, !description.lines.isEmpty
    else { return false }
    let last = description.lines[description.lines.count &- 1]
    guard last.breakCount == 0 else { return false }
    for place in 0..<edits.count where isSame(edits[place], last.start..<last.end) { return false }
    return true
  }
}
