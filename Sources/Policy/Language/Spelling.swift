/// What somebody who wrote this word may have meant.
package enum Spelling {
  /// The nearest of the words, if one is near enough to be meant.
  static func nearest(to word: String, of words: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let written = Array(word.lowercased().utf8)
    var best: (word: String, distance: Int)?
    for candidate in words {
      let distance = distance(written, Array(candidate.lowercased().utf8))
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    guard let best, best.distance <= max(1, min(written.count, best.word.utf8.count) / 3) else {
      return nil
    }
    return best.word
  }

  /// "; did you mean `this`?", or nothing.
  package static func question(_ word: String, of words: [String]) -> String {
    nearest(to: word, of: words).map { "; did you mean `\($0)`?" } ?? ""
  }

  /// How many octets have to be put in, taken out, changed, or swapped with their neighbour.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before: [Int] = []
    var last = Array(0...b.count)
    for (row, octet) in a.enumerated() {
      var current = [row + 1]
      for column in b.indices {
        var cost = min(
          last[column] + (octet == b[column] ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, octet == b[column - 1], a[row - 1] == b[column] {
          cost = min(cost, before[column - 1] + 1)
        }
        current.append(cost)
      }
      before = last
      last = current
    }
    return last[b.count]
  }
}

extension String {
  /// With spaces behind it, for a column of a table.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
