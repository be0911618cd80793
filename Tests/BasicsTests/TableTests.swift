import Basics
import Testing

@Suite("Tables")
struct TableTests {
  @Test("a handle dies with its record")
  func handleDies() {
    var table = SlotTable<Int>(limit: 10)
    let first = table.insert(41)!
    let changed = table.with(first) { record in
      record += 1
      return record
    }
    #expect(changed == 42)
    #expect(table.remove(first) == 42)
    let second = table.insert(7)!
    #expect(second.index == first.index)
    #expect(second.generation != first.generation)
    #expect(table.with(first) { $0 } == nil)
    #expect(table.count == 1)
  }

  @Test("the limit holds")
  func limit() {
    var table = SlotTable<Int>(limit: 2048)
    for number in 0..<2048 { #expect(table.insert(number) != nil) }
    let full = table.isFull
    #expect(full)
    #expect(table.insert(0) == nil)
    #expect(table.handles().count == 2048)
  }

  @Test("the index agrees with a dictionary through random inserts and removals")
  func index() {
    var index = Index(expected: 4)
    var model: [Key: Handle] = [:]
    for step in 0..<200_000 as Range<UInt32> {
      let key = Key(UInt64.random(in: 0..<3000), 0)
      if Bool.random() {
        let handle = Handle(index: step, generation: 0)
        index.insert(key, handle)
        model[key] = handle
      } else {
        index.remove(key)
        model[key] = nil
      }
    }
    #expect(index.count == model.count)
    for number in 0..<3000 as Range<UInt64> {
      #expect(index.find(Key(number, 0)) == model[Key(number, 0)])
    }
  }

  @Test("an IPv4 prefix is matched on the mapped form")
  func prefix() {
    let inside = Address(ipv4: 0xc633_6407)
    let network = Address(ipv4: 0xc633_6400)
    #expect(inside.matches(network, bits: 96 + 24))
    #expect(!inside.matches(Address(ipv4: 0xc633_6500), bits: 96 + 24))
    #expect(inside.isIPv4)
  }
}
