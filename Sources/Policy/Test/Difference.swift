/// What became of the lines of a message: each as it was, gone, or new.
struct Difference: Sendable {
  enum Mark: String, Sendable, Encodable {
    case same = " "
    case gone = "-"
    case new = "+"
  }

  struct Line: Hashable, Sendable, Encodable {
    var mark: Mark
    var text: String
  }

  private(set) var lines: [Line] = []

  /// The longest common run of lines stays; in each gap what is gone stands before what is new.
  init(from old: [String], to new: [String]) {
    let lengths = Self.lengths(old, new)
    var (a, b) = (0, 0)
    while a < old.count || b < new.count {
      if a < old.count, b < new.count, old[a] == new[b] {
        lines.append(Line(mark: .same, text: old[a]))
        (a, b) = (a + 1, b + 1)
      } else if b == new.count || a < old.count && lengths[a + 1][b] >= lengths[a][b + 1] {
        lines.append(Line(mark: .gone, text: old[a]))
        a += 1
      } else {
        lines.append(Line(mark: .new, text: new[b]))
        b += 1
      }
    }
  }

  /// How many lines two tails have in common, in their order.
  private static func lengths(_ old: [String], _ new: [String]) -> [[Int]] {
    var table = Array(repeating: Array(repeating: 0, count: new.count + 1), count: old.count + 1)
    for a in old.indices.reversed() {
      for b in new.indices.reversed() {
        table[a][b] =
          old[a] == new[b] ? table[a + 1][b + 1] + 1 : max(table[a + 1][b], table[a][b + 1])
      }
    }
    return table
  }
}
