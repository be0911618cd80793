/// A set of small numbers: the values of one dimension that a route asks for.
struct Bits: Hashable, Sendable {
  private var words: [UInt64]

  /// None of so many.
  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  /// All of so many.
  init(all count: Int) {
    self.init(count: count)
    for place in 0..<count { insert(place) }
  }

  mutating func insert(_ place: Int) { words[place / 64] |= 1 << UInt64(place % 64) }

  func contains(_ place: Int) -> Bool { words[place / 64] >> UInt64(place % 64) & 1 != 0 }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// The least of them.
  var first: Int? {
    for (place, word) in words.enumerated() where word != 0 {
      return place * 64 + word.trailingZeroBitCount
    }
    return nil
  }

  func meets(_ other: Bits) -> Bool {
    for place in words.indices where words[place] & other.words[place] != 0 { return true }
    return false
  }

  func isSubset(of other: Bits) -> Bool {
    for place in words.indices where words[place] & ~other.words[place] != 0 { return false }
    return true
  }

  func intersection(_ other: Bits) -> Bits {
    var both = self
    for place in words.indices { both.words[place] &= other.words[place] }
    return both
  }

  func subtracting(_ other: Bits) -> Bits {
    var rest = self
    for place in words.indices { rest.words[place] &= ~other.words[place] }
    return rest
  }
}

/// Requests that have one of some values in each dimension.
struct Box: Sendable {
  var sides: [Bits]

  var isEmpty: Bool { sides.contains(where: \.isEmpty) }

  func meets(_ other: Box) -> Bool {
    for place in sides.indices where !sides[place].meets(other.sides[place]) { return false }
    return true
  }

  func isWithin(_ other: Box) -> Bool {
    for place in sides.indices where !sides[place].isSubset(of: other.sides[place]) {
      return false
    }
    return true
  }

  func intersection(_ other: Box) -> Box {
    Box(sides: zip(sides, other.sides).map { $0.intersection($1) })
  }

  func with(_ place: Int, _ side: Bits) -> Box {
    var box = self
    box.sides[place] = side
    return box
  }
}

/// Looks for requests that are within one box and outside of others: what a route takes is what
/// its conditions ask for without what the routes before it take.
struct BoxSearch {
  /// The steps that are left to be taken, of all searches together.
  private var steps: Int
  /// Whether a search was given up.
  private(set) var isCut = false

  init(steps: Int) { self.steps = steps }

  /// - Returns: whether so many more may be taken.
  mutating func take(steps count: Int) -> Bool {
    steps -= count
    if steps <= 0 { isCut = true }
    return steps > 0
  }

  /// - Returns: a part of the box that none of the others holds anything of; `nil` where there is
  ///   none, or where the steps did not suffice.
  mutating func part(of box: Box, outside others: [Box]) -> Box? {
    if box.isEmpty { return nil }
    guard take(steps: 1 + others.count / 8) else { return nil }
    let near = others.filter { box.meets($0) }
    guard let first = near.first else { return box }
    if near.contains(where: box.isWithin) { return nil }
    for place in box.sides.indices {
      let rest = box.sides[place].subtracting(first.sides[place])
      if rest.isEmpty { continue }
      if let found = part(of: box.with(place, rest), outside: Array(near.dropFirst())) {
        return found
      }
    }
    return nil
  }
}
