/// Counts by name, a part of those of all workers. A count is there while it is not zero. Open
/// addressing with linear probing; what is taken out leaves no mark, as those behind it move up.
struct NamedCounts: ~Copyable {
  private var names: [UInt64]
  private var words: [UInt64]
  private(set) var count = 0
  private let limit: Int

  /// - Parameter limit: how many counts there may be.
  init(limit: Int) {
    self.limit = limit
    names = Array(repeating: 0, count: 16)
    words = Array(repeating: 0, count: 16)
  }

  /// Adds to a count as far as its bound lets.
  /// - Returns: `nil` where there is no room for another count.
  mutating func take(_ name: UInt64, _ change: Headcount, within bound: Bound) -> Taking? {
    var place = self.place(of: name)
    let before = Headcount(word: words[place])
    guard bound.admits(before) else { return Taking(before: before, isTaken: false) }
    if names[place] == 0 {
      guard count < limit || name <= Ledger.longestNumber else { return nil }
      if (count &+ 1) &* 2 > names.count {
        grow()
        place = self.place(of: name)
      }
      names[place] = name
      count &+= 1
    }
    words[place] &+= change.word
    return Taking(before: before, isTaken: true)
  }

  /// Gives back what was taken.
  mutating func give(_ name: UInt64, _ change: Headcount) {
    let place = self.place(of: name)
    guard names[place] == name else { return }
    words[place] &-= change.word
    if words[place] == 0 { remove(at: place) }
  }

  /// All that are not zero: for audits.
  func forEach(_ body: (UInt64, Headcount) -> Void) {
    for place in names.indices where names[place] != 0 {
      body(names[place], Headcount(word: words[place]))
    }
  }

  /// Where a name stands, or the free place where it would.
  private func place(of name: UInt64) -> Int {
    let mask = names.count &- 1
    var place = Int(truncatingIfNeeded: name) & mask
    while names[place] != 0, names[place] != name { place = (place &+ 1) & mask }
    return place
  }

  private mutating func grow() {
    let (oldNames, oldWords) = (names, words)
    names = Array(repeating: 0, count: oldNames.count * 2)
    words = Array(repeating: 0, count: oldNames.count * 2)
    for old in oldNames.indices where oldNames[old] != 0 {
      let place = self.place(of: oldNames[old])
      (names[place], words[place]) = (oldNames[old], oldWords[old])
    }
  }

  private mutating func remove(at freed: Int) {
    let mask = names.count &- 1
    var (hole, place) = (freed, (freed &+ 1) & mask)
    while names[place] != 0 {
      let home = Int(truncatingIfNeeded: names[place]) & mask
      // It may move up unless its home lies between the hole and where it stands.
      if (place &- home) & mask >= (place &- hole) & mask {
        (names[hole], words[hole]) = (names[place], words[place])
        hole = place
      }
      place = (place &+ 1) & mask
    }
    (names[hole], words[hole]) = (0, 0)
    count &-= 1
  }
}
