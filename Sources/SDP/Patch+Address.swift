package import Basics

// What a relay changes: where media go, who says so, and which way they flow.
extension Patch {
  /// Puts an address into the `c=` of one part. Further `c=` of the part go away. A part that has
  /// none gets one where the grammar wants it.
  package mutating func setConnection(
    _ address: Address, in level: Level, of description: borrowing Description
  ) {
    guard let line = description.next(.connection, in: level) else {
      return insertConnection(address, in: level, of: description)
    }
    replace(description.lines[line].value) { $0.write(connection: address) }
    var next = description.next(.connection, in: level, from: line &+ 1)
    while let further = next {
      delete(line: further, of: description)
      next = description.next(.connection, in: level, from: further &+ 1)
    }
  }

  private mutating func insertConnection(
    _ address: Address, in level: Level, of description: borrowing Description
  ) {
    let lines = description.lines(of: level)
    guard !lines.isEmpty else { return fail() }
    var place = lines.lowerBound
    for line in lines where precedesConnection(description.lines[line].type) { place = line }
    insert(.connection, after: place, of: description) { $0.write(connection: address) }
  }

  private func precedesConnection(_ type: LineType) -> Bool {
    switch type {
    case .sessionName, .information, .uri, .emailAddress, .phoneNumber, .media: true
    default: false
    }
  }

  /// Puts a port into an `m=`; 0 refuses the stream (RFC 3264 §6). A count of ports stays as it is.
  package mutating func setPort(
    _ port: UInt16, ofMedia place: Int, in description: borrowing Description
  ) {
    guard description.media.indices.contains(place) else { return fail() }
    replace(description.media[place].portText) { $0.write(decimal: UInt32(port)) }
  }

  /// Puts an address into `o=`; user name and numbers stay.
  package mutating func setOrigin(_ address: Address, of description: borrowing Description) {
    replace(description.origin.connection.text) { $0.write(connection: address) }
  }

  /// Says which way a stream flows: in the place of what its media description says of it, else as
  /// its last line.
  package mutating func setDirection(
    _ direction: Direction, ofMedia place: Int, in description: borrowing Description
  ) {
    if let old = description.directionAttribute(in: .media(place)) {
      return replace(description.lines[old.line].value) { $0.write(direction.attribute.text) }
    }
    guard let last = description.lines(of: .media(place)).last else { return fail() }
    insert(.attribute, after: last, of: description) { $0.write(direction.attribute.text) }
  }
}
