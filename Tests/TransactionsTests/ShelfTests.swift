import Basics
import Testing
import Transactions

@Suite("The shelf of kept octets")
struct ShelfTests {
  private func octets(_ count: Int, _ seed: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) }
  }

  private func equals(_ bytes: Span<UInt8>, _ wanted: [UInt8]) -> Bool {
    guard bytes.count == wanted.count else { return false }
    for place in 0..<bytes.count where bytes[place] != wanted[place] { return false }
    return true
  }

  @Test(
    "gives back what was kept, at every edge of a size",
    arguments: [0, 1, 511, 512, 513, 1024, 1025, 2048, 2049, 4096, 4097, 16384, 16385, 65535])
  func roundTrip(count: Int) {
    var shelf = Shelf(limit: 1 << 20)
    let wanted = octets(count, 7)
    guard let kept = shelf.keep(wanted.span) else {
      Issue.record("no room")
      return
    }
    let (length, inUse) = (kept.count, shelf.inUse)
    let isSame = equals(shelf.bytes(of: kept), wanted)
    shelf.release(kept)
    let left = shelf.inUse
    #expect(length == count)
    #expect(isSame)
    #expect(inUse == 1)
    #expect(left == 0)
  }

  @Test("refuses more than the longest message")
  func tooLong() {
    var shelf = Shelf(limit: 1 << 20)
    let long = octets(65_536, 1)
    if let kept = shelf.keep(long.span) {
      shelf.release(kept)
      Issue.record("kept")
    }
  }

  @Test("says no at its limit, and yes again when something was given back")
  func limit() {
    var shelf = Shelf(limit: 0)
    var table = SlotTable<Kept>(limit: 2048)
    var handles: [Handle] = []
    let small = octets(400, 3)
    while let kept = shelf.keep(small.span) {
      if let handle = table.insert(kept) { handles.append(handle) }
    }
    let (inUse, reserved) = (shelf.inUse, shelf.reserved)
    // One chunk of each size: small messages borrow from the larger ones.
    #expect(inUse == 512 + 256 + 128 + 64 + 16 + 4)
    #expect(reserved == 6 << 18)
    if let kept = handles.popLast().flatMap({ table.remove($0) }) { shelf.release(kept) }
    let again = shelf.keep(small.span)
    let isKept = again != nil
    shelf.release(again)
    for handle in handles { shelf.release(table.remove(handle)) }
    let (left, still) = (shelf.inUse, shelf.reserved)
    #expect(isKept)
    #expect(left == 0)
    #expect(still == reserved)
  }

  @Test("a flood of small messages takes no room from large ones for good")
  func shares() {
    var shelf = Shelf(limit: 4 << 20)
    var table = SlotTable<Kept>(limit: 1 << 14)
    var handles: [Handle] = []
    let small = octets(100, 3)
    while let kept = shelf.keep(small.span) {
      if let handle = table.insert(kept) { handles.append(handle) }
    }
    for handle in handles { shelf.release(table.remove(handle)) }
    let large = octets(60_000, 9)
    var count = 0
    handles = []
    while let kept = shelf.keep(large.span) {
      count += 1
      if let handle = table.insert(kept) { handles.append(handle) }
    }
    for handle in handles { shelf.release(table.remove(handle)) }
    #expect(count == 4)
  }

  @Test("a thousand messages that come and go at random stay what they are")
  func random() {
    var generator = SplitMix(state: 20_26)
    var shelf = Shelf(limit: 16 << 20)
    var table = SlotTable<Kept>(limit: 1024)
    var live: [(handle: Handle, count: Int, seed: Int)] = []
    var wrong = 0
    for step in 0..<20_000 {
      if live.count < 1000, Bool.random(using: &generator) {
        let count = Int.random(in: 0...1500, using: &generator)
        let kept = shelf.keep(octets(count, step).span)
        if let kept, let handle = table.insert(kept) { live.append((handle, count, step)) }
      } else if !live.isEmpty {
        let entry = live.remove(at: Int.random(in: 0..<live.count, using: &generator))
        guard let kept = table.remove(entry.handle) else { continue }
        if !equals(shelf.bytes(of: kept), octets(entry.count, entry.seed)) { wrong += 1 }
        shelf.release(kept)
      }
    }
    let inUse = shelf.inUse
    #expect(wrong == 0)
    #expect(inUse == live.count)
    for entry in live { shelf.release(table.remove(entry.handle)) }
    let left = shelf.inUse
    #expect(left == 0)
  }

  @Test("a worker's machines are small")
  func sizes() {
    #expect(MemoryLayout<Kept>.stride == 8)
    #expect(MemoryLayout<InviteServer>.stride <= 72)
    #expect(MemoryLayout<NonInviteServer>.stride <= 72)
    #expect(MemoryLayout<InviteClient>.stride <= 96)
    #expect(MemoryLayout<NonInviteClient>.stride <= 80)
  }
}
