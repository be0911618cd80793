/// A line of a policy with a caret under one of its columns, as a terminal would show it.
package struct Excerpt: Hashable, Sendable {
  /// The line, cut where it is too wide for a terminal.
  package let line: String
  /// Blanks, and the caret.
  package let caret: String

  /// Columns of a terminal that a line may take.
  private static let width = 100
  private static let gap = "..."

  /// - Parameter column: from 1, in Unicode scalars.
  package init(_ line: String, column: Int) {
    var cells = line.unicodeScalars.map(Self.cell)
    let place = min(max(column - 1, 0), cells.count)
    // Tabs go to the next place that is a multiple of four.
    var end = 0
    for index in cells.indices {
      if cells[index].text == "\t" {
        let count = 4 - end % 4
        cells[index] = (String(repeating: " ", count: count), count)
      }
      end += cells[index].width
    }
    let shown = Self.window(cells.map(\.width), around: place)
    let before = shown.lowerBound > 0 ? Self.gap : ""
    let after = shown.upperBound < cells.count ? Self.gap : ""
    self.line = before + cells[shown].map(\.text).joined() + after
    let indent = before.count + cells[shown.lowerBound..<place].reduce(0) { $0 + $1.width }
    caret = String(repeating: " ", count: indent) + "^"
  }

  /// The part of a long line that is shown: more of it behind the place than before.
  private static func window(_ widths: [Int], around place: Int) -> Range<Int> {
    guard widths.reduce(0, +) > width else { return 0..<widths.count }
    var first = place
    var left = width / 3
    while first > 0, left > 0 {
      first -= 1
      left -= widths[first]
    }
    var end = place
    left += 2 * width / 3
    while end < widths.count, left > 0 {
      left -= widths[end]
      end += 1
    }
    return first..<end
  }

  /// How a terminal shows a character. One that would change how others are shown, such as a turn
  /// of the direction of writing, stands as a replacement.
  private static func cell(_ scalar: Unicode.Scalar) -> (text: String, width: Int) {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return (String(scalar), 0)
    case .format, .surrogate, .privateUse, .unassigned: return ("\u{fffd}", 1)
    default: return (String(scalar), isWide(scalar.value) ? 2 : 1)
    }
  }

  /// East Asian letters and pictures take two columns (Unicode's annex 11, in large strokes).
  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff,
      0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff,
      0x1f900...0x1f9ff, 0x20000...0x3fffd:
      true
    default: false
    }
  }
}
