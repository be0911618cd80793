import BasicContainers
import Basics

/// One pass that splits a description into its lines, and one that reads those lines that we know.
///
/// The grammar is that of RFC 8866 §9; all that RFC 4566 allowed is within it. Four things are read
/// more generously, since a border element passes on what it did not write: lines may end with LF
/// alone and the last one without any end, empty lines may follow the last one, and after `v=`,
/// `o=` and `s=` the lines of one part may stand in any order.
///
/// RFC 8866 §5, not followed: a line of a type that we do not know is no fault. It is kept and
/// passes as it came (requirement 17 of the document that became RFC 6404).
package enum Parser {
  /// Reads a description into a table. After an error the table holds nothing of use.
  /// - Parameter bytes: the description alone. All offsets are from its start.
  package static func parse(
    _ bytes: Span<UInt8>, into table: inout DescriptionTable
  ) throws(Malformed) {
    table.reset()
    guard bytes.count <= Limits.description else {
      throw .beyond(.octets, at: Limits.description)
    }
    var place = 0
    while place < bytes.count, !bytes.isBlank(from: place) {
      guard table.lines.freeCapacity > 0 else { throw .beyond(.lines, at: place) }
      let line = try line(bytes, at: place)
      table.lines.append(line)
      place = line.end
    }
    try readLines(bytes, &table)
    try requireLines(bytes, table)
  }

  private static func line(_ bytes: Span<UInt8>, at start: Int) throws(Malformed) -> Line {
    var reader = Reader(bytes, Slice(from: start, to: bytes.count))
    guard let letter = reader.peek, Octets.isLetter(letter) else {
      throw reader.unexpected(.lineType)
    }
    reader.place &+= 1
    try reader.require(UInt8(ascii: "="), .equalsSign)
    let value = reader.place
    while let octet = reader.peek, octet != 0, octet != 0x0a, octet != 0x0d { reader.place &+= 1 }
    let text = reader.slice(from: value)
    guard text.count <= Limits.line else { throw .beyond(.lineLength, at: value &+ Limits.line) }
    let isCarriageReturn = reader.take(0x0d)
    let isLineFeed = reader.take(0x0a)
    guard isLineFeed || !isCarriageReturn && reader.isAtEnd else {
      throw reader.unexpected(isCarriageReturn ? .lineEnd : .text)
    }
    return Line(
      type: LineType(rawValue: letter), breakCount: UInt8(reader.place &- text.end), value: text)
  }
}

extension Parser {
  private static func readLines(
    _ bytes: Span<UInt8>, _ table: inout DescriptionTable
  ) throws(Malformed) {
    var seen: UInt64 = 0
    var level = Level.session
    for place in 0..<table.lines.count {
      let line = table.lines[place]
      try requireHead(bytes, line, at: place)
      if line.type == .media {
        guard table.media.freeCapacity > 0 else { throw .beyond(.media, at: line.start) }
        level = .media(table.media.count)
        seen = 0
      }
      if level != .session, line.type.isOfSessionOnly {
        throw .misplaced(line.type, at: line.start)
      }
      if line.type.standsOnce(in: level) {
        guard seen & line.type.bit == 0 else { throw .repeated(line.type, at: line.start) }
        seen |= line.type.bit
      }
      try read(bytes, line, at: place, &table)
    }
  }

  /// `v=`, `o=` and `s=` stand first and in this order (RFC 8866 §5).
  private static func requireHead(
    _ bytes: Span<UInt8>, _ line: Line, at place: Int
  ) throws(Malformed) {
    guard let wanted = head(place), wanted != line.type else { return }
    throw .unexpected(found: line.type.rawValue, expected: .line(wanted), at: line.start)
  }

  private static func head(_ place: Int) -> LineType? {
    switch place {
    case 0: .version
    case 1: .origin
    case 2: .sessionName
    default: nil
    }
  }

  private static func read(
    _ bytes: Span<UInt8>, _ line: Line, at place: Int, _ table: inout DescriptionTable
  ) throws(Malformed) {
    var reader = Reader(bytes, line.value)
    switch line.type {
    case .version: try reader.version()
    case .origin: table.origin = try reader.origin()
    case .connection: _ = try reader.connectionInformation()
    case .bandwidth: _ = try reader.bandwidth()
    case .timeActive: _ = try reader.timeActive()
    case .attribute: _ = try reader.attribute(line: place)
    case .media:
      var media = try reader.mediaDescription()
      media.lines = place..<table.lines.count
      if !table.media.isEmpty { table.media[table.media.count &- 1].end(before: place) }
      table.media.append(media)
    default: break
    }
  }

  /// What must be there: the three lines of the head, `t=`, and for each stream that is in use a
  /// `c=` of its own or one of the session (RFC 8866 §5.7, §5.9).
  private static func requireLines(
    _ bytes: Span<UInt8>, _ table: borrowing DescriptionTable
  ) throws(Malformed) {
    let lines = table.lines.span
    let session = table.sessionLines
    let end = session.upperBound < lines.count ? lines[session.upperBound].start : bytes.count
    if let wanted = head(lines.count) { throw missing(bytes, wanted, at: bytes.count) }
    if !lines.contains(.timeActive, in: session) { throw missing(bytes, .timeActive, at: end) }
    if lines.contains(.connection, in: session) { return }
    let media = table.media.span
    for place in 0..<media.count where media[place].port != 0 {
      if lines.contains(.connection, in: media[place].lines) { continue }
      let last = lines[media[place].lines.upperBound &- 1]
      throw missing(bytes, .connection, at: last.end)
    }
  }

  private static func missing(
    _ bytes: Span<UInt8>, _ type: LineType, at offset: Int
  ) -> Malformed {
    .unexpected(
      found: offset < bytes.count ? bytes[offset] : nil, expected: .line(type), at: offset)
  }
}

extension MediaDescription {
  fileprivate mutating func end(before line: Int) { lines = lines.lowerBound..<line }
}

extension Span<UInt8> {
  /// Whether only line ends follow.
  fileprivate func isBlank(from start: Int) -> Bool {
    for place in start..<count where self[place] != 0x0d && self[place] != 0x0a { return false }
    return true
  }
}

extension Span<Line> {
  func contains(_ type: LineType, in range: Range<Int>) -> Bool {
    for place in range where self[place].type == type { return true }
    return false
  }
}
