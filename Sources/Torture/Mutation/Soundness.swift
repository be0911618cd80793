package import Basics
import SIP

/// What must hold of all that an element sends, whatever it was sent: it is SIP, by the octets and
/// by the parser. Quick enough to be asked of each of a million.
package enum Soundness {
  /// What is wrong with a message of an element's, in words; `nil` for nothing.
  package static func fault(_ octets: [UInt8], over transport: Transport) -> String? {
    var table = HeaderTable()
    return fault(octets.span, over: transport, &table)
  }

  /// - Returns: what is wrong, in words.
  static func fault(
    _ bytes: Span<UInt8>, over transport: Transport, _ table: inout HeaderTable
  ) -> String? {
    if let fault = outline(bytes) { return fault }
    do throws(Malformed) {
      try Parser.parse(bytes, into: &table)
    } catch {
      return "does not parse: \(error.words)"
    }
    let outline = table.outline
    if let fault = outline.fault { return "does not parse: \(fault.words)" }
    if outline.end != bytes.count { return "has octets behind its body" }
    if transport.isReliable, outline.contentLength == Outline.absent {
      return "has no Content-Length on a stream"
    }
    return nil
  }

  /// By the octets alone, with none of the parser's code: whole lines, a start line with SIP/2.0, a
  /// name and a colon in each line that begins no fold, and no control octets.
  private static func outline(_ bytes: Span<UInt8>) -> String? {
    var line = 0
    var start = 0
    while start < bytes.count {
      guard let end = end(ofLine: start, bytes) else {
        return "has a bare CR, LF or NUL in its head"
      }
      if end >= bytes.count { return "has a head that does not end" }
      if end == start { return line > 0 ? nil : "begins with an empty line" }
      if line == 0, !isStartLine(bytes.extracting(start..<end)) { return "has no start line" }
      if line > 0, !isHeader(bytes.extracting(start..<end)) { return "has a line without a name" }
      start = end + 2
      line += 1
    }
    return "has a head that does not end"
  }

  /// Where its CRLF is, `count` where none comes; `nil` for an octet that may stand in no line.
  private static func end(ofLine start: Int, _ bytes: Span<UInt8>) -> Int? {
    var place = start
    while place < bytes.count {
      switch bytes[place] {
      case 0x0d: return place + 1 < bytes.count && bytes[place + 1] == 0x0a ? place : nil
      case 0x0a: return nil
      // As quoted-pair it may stand (RFC 3261 §25.1).
      case 0x00 where place == start || bytes[place - 1] != 0x5c: return nil
      default: place += 1
      }
    }
    return place
  }

  private static func isStartLine(_ line: Span<UInt8>) -> Bool {
    if isVersion(line, at: 0), line.count >= 12, line[7] == 0x20, line[11] == 0x20 {
      return (8..<11).allSatisfy { (0x30...0x39).contains(line[$0]) }
    }
    var spaces = 0
    for place in 0..<line.count where line[place] == 0x20 { spaces += 1 }
    return spaces == 2 && isVersion(line, at: line.count - 7)
  }

  /// Whether `SIP/2.0` stands there: as a big-endian number of seven octets.
  private static func isVersion(_ line: Span<UInt8>, at start: Int) -> Bool {
    guard start >= 0, start + 7 <= line.count else { return false }
    var word: UInt64 = 0
    for place in start..<start + 7 { word = word << 8 | UInt64(line[place]) }
    return word == 0x53_4950_2f32_2e30
  }

  private static func isHeader(_ line: Span<UInt8>) -> Bool {
    if line[0] == 0x20 || line[0] == 0x09 { return true }
    for place in 0..<line.count where line[place] == 0x3a { return place > 0 }
    return false
  }
}
