extension Markup {
  /// The text that stands for these octets, in lines of at most `columns` where that can be: what
  /// cannot be seen is `<hex>`, runs of one octet are `<repeat>`.
  /// - Parameter comments: the lines at its head, without their marks.
  /// - Returns: `nil` where no text can: for no octets, or for more than `largest`.
  package static func text(_ octets: [UInt8], comments: [String] = []) -> String? {
    guard (1...largest).contains(octets.count) else { return nil }
    var text = comments.map { "# \($0)\n" }.joined()
    var rest = octets[...]
    while !rest.isEmpty {
      let end = lineEnd(rest)
      let line = rest[..<(end ?? rest.endIndex)]
      rest = rest[(end.map { $0 + 2 } ?? rest.endIndex)...]
      let pieces = pieces(line, isFirst: line.startIndex == 0)
      text += layOut(pieces, end: end == nil ? "<end>\n" : "\n")
    }
    return text
  }

  /// Columns of a line that `text` writes.
  static let columns = 78

  private static func lineEnd(_ octets: ArraySlice<UInt8>) -> Int? {
    octets.indices.dropLast().first { octets[$0] == 0x0d && octets[$0 + 1] == 0x0a }
  }

  /// The words of a line between which it may be broken.
  private static func pieces(_ line: ArraySlice<UInt8>, isFirst: Bool) -> [String] {
    var pieces: [String] = []
    var rest = line
    while let octet = rest.first {
      let run = rest.prefix { $0 == octet }
      let isHidden = isHidden(rest, isFirst: isFirst && rest.startIndex == line.startIndex)
      let word = isHidden ? hex(octet) : String(Unicode.Scalar(octet))
      if run.count >= 30 {
        pieces.append("<repeat count=\(run.count)>\(word)</repeat>")
        rest = rest[run.endIndex...]
      } else {
        pieces.append(word)
        rest = rest.dropFirst()
      }
    }
    return pieces
  }

  /// Whether the first octet cannot be seen, or would be taken for markup.
  private static func isHidden(_ rest: ArraySlice<UInt8>, isFirst: Bool) -> Bool {
    guard let octet = rest.first, (0x20...0x7e).contains(octet) else { return true }
    switch octet {
    case 0x20: return rest.allSatisfy { $0 == 0x20 }
    case UInt8(ascii: "#"): return isFirst
    case UInt8(ascii: "<"):
      return ["<allOneLine>", "</allOneLine>", "<repeat", "</repeat>", "<hex>", "</hex>", "<end>"]
        .contains { rest.starts(with: $0.utf8) }
    default: return false
    }
  }

  private static func hex(_ octet: UInt8) -> String {
    "<hex>\(octet < 0x10 ? "0" : "")\(String(octet, radix: 16, uppercase: true))</hex>"
  }

  /// Joins the pieces, neighbours in `<hex>` under one tag, and breaks the line where it is long.
  private static func layOut(_ pieces: [String], end: String) -> String {
    var lines = [""]
    for piece in pieces {
      let last = lines[lines.count - 1]
      let isTogether = piece.hasPrefix("<hex>") && last.hasSuffix("</hex>")
      let width = last.utf8.count + piece.utf8.count - (isTogether ? 11 : 0)
      // A line may not end with a space, which could not be seen.
      if !last.isEmpty, width > columns, !last.hasSuffix(" ") {
        lines.append(piece)
      } else if isTogether {
        lines[lines.count - 1] = "\(last.dropLast(6))\(piece.dropFirst(5))"
      } else {
        lines[lines.count - 1] += piece
      }
    }
    guard lines.count > 1 else { return lines[0] + end }
    return "<allOneLine>\n\(lines.joined(separator: "\n"))\(end)</allOneLine>\n"
  }
}
