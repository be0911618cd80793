import Basics

extension Reader {
  mutating func origin() throws(Malformed) -> Origin {
    var found = Origin()
    found.username = try word(.field)
    try space()
    found.sessionID = try digits()
    try space()
    found.sessionVersion = try digits()
    try space()
    found.connection = try connectionInformation()
    return found
  }

  mutating func version() throws(Malformed) {
    try require(0x30, .version)
    try finish()
  }

  mutating func bandwidth() throws(Malformed) -> Bandwidth {
    let type = try token()
    try require(0x3a, .colon)
    let value = try number()
    try finish()
    return Bandwidth(type: type, value: value)
  }

  mutating func timeActive() throws(Malformed) -> TimeActive {
    let start = try number()
    try space()
    let stop = try number()
    try finish()
    return TimeActive(start: start, stop: stop)
  }

  mutating func mediaDescription() throws(Malformed) -> MediaDescription {
    var found = MediaDescription()
    found.media = try token()
    try space()
    try port(&found)
    try space()
    found.transportProtocol = try transportProtocol()
    try space()
    let start = place
    _ = try word(.format)
    // Several spaces and a last one are passed over: some write them, and nothing else can be
    // meant.
    while take(0x20) || peek != nil { if let octet = peek, octet != 0x20 { _ = try word(.format) } }
    found.formats = slice(from: start)
    return found
  }

  private mutating func port(_ found: inout MediaDescription) throws(Malformed) {
    var start = place
    found.port = UInt16(truncatingIfNeeded: try number(.port, upTo: UInt64(UInt16.max)))
    found.portText = slice(from: start)
    guard take(0x2f) else { return }
    start = place
    let count = try number(.portCount, upTo: UInt64(UInt16.max))
    guard count > 0 else { throw unexpected(.portCount, at: start) }
    found.portCount = UInt16(truncatingIfNeeded: count)
  }

  /// `token *("/" token)`
  private mutating func transportProtocol() throws(Malformed) -> Slice {
    let start = place
    _ = try token(.transportProtocol)
    while take(0x2f) { _ = try token(.transportProtocol) }
    return slice(from: start)
  }

  mutating func attribute(line: Int) throws(Malformed) -> Attribute {
    let name = try token()
    guard take(0x3a) else {
      guard isAtEnd else { throw unexpected(.colon) }
      return Attribute(name: name, value: nil, line: line)
    }
    return Attribute(name: name, value: Slice(from: place, to: end), line: line)
  }

  mutating func rtpMap() throws(Malformed) -> RTPMap {
    let payloadType = try number(upTo: 127)
    try space()
    let name = try token()
    try require(0x2f, .field)
    let rate = try number()
    var parameters: Slice?
    if take(0x2f) { parameters = try word(.field) }
    try finish()
    return RTPMap(
      payloadType: UInt8(truncatingIfNeeded: payloadType), encodingName: name, clockRate: rate,
      parameters: parameters)
  }

  mutating func rtcp() throws(Malformed) -> RTCP {
    let start = place
    let port = try number(.port, upTo: UInt64(UInt16.max))
    let text = slice(from: start)
    var connection: ConnectionInformation?
    if take(0x20) { connection = try connectionInformation() }
    try finish()
    return RTCP(
      port: UInt16(truncatingIfNeeded: port), portText: text, connection: connection)
  }
}
