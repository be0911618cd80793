import BasicContainers
package import Basics

/// A session description (RFC 8866): a view over its octets and over the table that `Parser.parse`
/// made of them. It holds nothing of its own; what is asked of it is read from its line.
package struct Description: ~Escapable {
  /// What was parsed: all places and slices are those of these octets.
  package let bytes: Span<UInt8>
  /// All lines in their order, those that are not understood included.
  package let lines: Span<Line>
  /// The media descriptions in their order.
  package let media: Span<MediaDescription>
  /// The `o=` line, which each description has (RFC 8866 §5.2).
  package let origin: Origin

  /// - Parameter table: filled by `Parser.parse` from the same octets.
  @_lifetime(copy bytes, borrow table)
  package init(_ bytes: Span<UInt8>, _ table: borrowing DescriptionTable) {
    self.bytes = bytes
    lines = table.lines.span
    media = table.media.span
    origin = table.origin
  }

  /// The protocol version. There is no other.
  package var version: Int { 0 }

  /// The value of `s=`.
  package var sessionName: Slice { lines.count > 2 ? lines[2].value : .empty }

  /// The places of the lines of one part; none for a media description that is not there.
  package func lines(of level: Level) -> Range<Int> {
    switch level {
    case .session: 0..<(media.isEmpty ? lines.count : media[0].lines.lowerBound)
    case .media(let place): media.indices.contains(place) ? media[place].lines : 0..<0
    }
  }

  /// The place of the next line of a type in one part, at or after `start`.
  package func next(_ type: LineType, in level: Level, from start: Int = 0) -> Int? {
    let range = lines(of: level)
    var place = max(start, range.lowerBound)
    while place < range.upperBound {
      if lines[place].type == type { return place }
      place &+= 1
    }
    return nil
  }
}

extension Description {
  /// The `c=` at the place of a line.
  package func connection(at line: Int) -> ConnectionInformation? {
    guard var reader = reader(.connection, line) else { return nil }
    return try? reader.connectionInformation()
  }

  /// The first `c=` that one part has itself.
  package func connection(in level: Level) -> ConnectionInformation? {
    next(.connection, in: level).flatMap { connection(at: $0) }
  }

  /// The `c=` that holds for a media description: its own, else that of the session.
  package func connection(ofMedia place: Int) -> ConnectionInformation? {
    connection(in: .media(place)) ?? connection(in: .session)
  }

  /// The `b=` at the place of a line.
  package func bandwidth(at line: Int) -> Bandwidth? {
    guard var reader = reader(.bandwidth, line) else { return nil }
    return try? reader.bandwidth()
  }

  /// The `t=` at the place of a line.
  package func timeActive(at line: Int) -> TimeActive? {
    guard var reader = reader(.timeActive, line) else { return nil }
    return try? reader.timeActive()
  }

  @_lifetime(copy self)
  private func reader(_ type: LineType, _ line: Int) -> Reader? {
    guard lines.indices.contains(line), lines[line].type == type else { return nil }
    return Reader(bytes, lines[line].value)
  }
}

extension Description {
  /// The attribute at the place of a line.
  package func attribute(at line: Int) -> Attribute? {
    guard var reader = reader(.attribute, line) else { return nil }
    return try? reader.attribute(line: line)
  }

  /// The next attribute of a name in one part, at or after the line `start`.
  package func attribute(
    _ name: AttributeName, in level: Level, from start: Int = 0
  ) -> Attribute? {
    var place = next(.attribute, in: level, from: start)
    while let line = place {
      if let found = attribute(at: line), bytes.isEqual(found.name, name.text) { return found }
      place = next(.attribute, in: level, from: line &+ 1)
    }
    return nil
  }

  /// Which way a stream flows: by its own attribute, else by that of the session, else both ways
  /// (RFC 8866 §6.7).
  package func direction(ofMedia place: Int) -> Direction {
    direction(in: .media(place)) ?? direction(in: .session) ?? .sendrecv
  }

  private func direction(in level: Level) -> Direction? {
    directionAttribute(in: level)?.direction
  }

  /// The first attribute of one part that says a direction.
  package func directionAttribute(in level: Level) -> (direction: Direction, line: Int)? {
    for line in lines(of: level) {
      guard let found = attribute(at: line), found.value == nil else { continue }
      for direction in Direction.allCases
      where bytes.isEqual(found.name, direction.attribute.text) {
        return (direction, line)
      }
    }
    return nil
  }

  /// What `a=rtpmap` says, or `nil` where it is not written as it should be.
  package func rtpMap(_ attribute: Attribute) -> RTPMap? {
    var reader = Reader(bytes, attribute.value ?? .empty)
    return try? reader.rtpMap()
  }

  /// What `a=rtcp` says, or `nil` where it is not written as it should be.
  package func rtcp(_ attribute: Attribute) -> RTCP? {
    var reader = Reader(bytes, attribute.value ?? .empty)
    return try? reader.rtcp()
  }

  /// Takes the next word from a range of words with spaces between them: formats, a candidate's
  /// parts.
  package func nextWord(_ rest: inout Slice) -> Slice? {
    var reader = Reader(bytes, rest)
    while reader.take(0x20) {}
    let start = reader.place
    while let octet = reader.peek, octet != 0x20 { reader.place &+= 1 }
    let word = reader.slice(from: start)
    rest = Slice(from: reader.place, to: reader.end)
    return word.isEmpty ? nil : word
  }
}
