import Basics

/// What the parameters of a Via said so far. All fields are words, so that they can go through
/// memory and back without a stall.
struct ViaParameters {
  var branch = 0
  var branchEnd = 0
  var rport = 0
  var rportEnd = 0
  var rportNumber = 0
  var received = 0
  var receivedPlace = HostPlace(.name, to: 0)
  var maddr = 0
  var maddrPlace = HostPlace(.name, to: 0)
  var facts: Via.Facts = []

  @inline(__always)
  init() {}
}

// The reading of a Via in the order of RFC 3261 §25.1.
extension Reader {
  /// `sent-protocol LWS sent-by *( SEMI via-params )`
  @inline(__always)
  mutating func via() throws(Malformed) -> Via {
    skipSpace()
    let start = place
    let transport = try sentProtocol()
    let transportEnd = place
    guard takeSpace() else { throw malformed(.via) }
    let hostStart = place
    let host = try host()
    let hasPort = takeSpaced(0x3a)
    let port = hasPort ? Int(try port()) : 0
    let portEnd = place
    var parametersStart = place
    var parameters = ViaParameters()
    if let mark = semicolon() {
      parametersStart = mark
      place = try viaParametersEnd(&parameters)
    }
    let end = place
    var facts = parameters.facts
    if hasPort { facts.formUnion(.port) }
    if try takeComma() { facts.formUnion(.more) }
    let name = transportName(from: transport, to: transportEnd)
    facts.rawValue |= UInt64(name.rawValue) << Via.Facts.transport
    var via = Via(
      head: Offsets(start, transport, transportEnd, portEnd),
      tail: Offsets(parametersStart, end, place, hostStart), host: host, port: port, parameters,
      facts)
    via.readLiterals(in: bytes)
    return via
  }

  /// `sent-protocol LWS sent-by` of any protocol and version; what follows is not looked at.
  /// - Returns: the port of the sent-by; `nil` where it has none.
  @inline(never)
  mutating func sentByPort() throws(Malformed) -> UInt16? {
    skipSpace()
    for _ in 0..<2 {
      _ = try some(.token, or: .via)
      guard takeSpaced(0x2f) else { throw malformed(.via) }
    }
    _ = try some(.token, or: .via)
    guard takeSpace() else { throw malformed(.via) }
    _ = try host()
    return takeSpaced(0x3a) ? try port() : nil
  }

  /// `protocol-name SLASH protocol-version SLASH transport`; only SIP/2.0 is one that we speak.
  /// - Returns: where the transport begins.
  @inline(__always)
  private mutating func sentProtocol() throws(Malformed) -> Int {
    if SpelledName.sip2.begins(bytes.eight(at: place)) {
      place &+= 8
    } else {
      place = try spacedProtocolEnd()
    }
    if peek &- 1 < 0x20 { place = spaceEnd(from: place) }
    let start = place
    pass(.token)
    guard place > start else { throw malformed(.via) }
    return start
  }

  @inline(never)
  private func spacedProtocolEnd() throws(Malformed) -> Int {
    var reader = self
    let name = try reader.some(.token, or: .via)
    guard reader.takeSpaced(0x2f) else { throw reader.malformed(.via) }
    let version = try reader.some(.token, or: .via)
    guard reader.takeSpaced(0x2f) else { throw reader.malformed(.via) }
    guard bytes.equals(name, ignoringCase: "SIP"), bytes.equals(version, "2.0") else {
      throw malformed(.version)
    }
    return reader.place
  }

  /// Takes all parameters, the first `;` having been taken.
  @inline(never)
  private func viaParametersEnd(
    _ parameters: inout ViaParameters
  ) throws(Malformed) -> Int {
    var reader = self
    repeat { try reader.viaParameter(&parameters) } while reader.semicolon() != nil
    return reader.place
  }

  @inline(__always)
  private mutating func viaParameter(_ parameters: inout ViaParameters) throws(Malformed) {
    // The three that nearly every Via has, spelled without white space.
    let octets = bytes.eight(at: place)
    if SpelledName.branch.begins(octets), parameters.branch == 0 {
      place &+= 6
      return try branch(&parameters)
    }
    if SpelledName.received.begins(octets), bytes.octet(at: place &+ 8) == 0x3d,
      parameters.received == 0
    {
      place &+= 8
      return try received(&parameters)
    }
    if SpelledName.rport.begins(octets), parameters.rport == 0,
      !OctetSet.token.contains(UInt8(truncatingIfNeeded: octets >> 40))
    {
      place &+= 5
      return try responsePort(&parameters)
    }
    place = try otherParameterEnd(&parameters)
  }

  @inline(never)
  private func otherParameterEnd(
    _ parameters: inout ViaParameters
  ) throws(Malformed) -> Int {
    var reader = self
    try reader.otherParameter(&parameters)
    return reader.place
  }

  private mutating func otherParameter(_ parameters: inout ViaParameters) throws(Malformed) {
    let start = place
    try parameterName()
    let count = place &- start
    switch (Name.word(bytes.eight(at: start), count), count) {
    case (Name.branch, 6):
      guard parameters.branch == 0 else { throw Malformed(.viaBranch, at: start) }
      try branch(&parameters)
    case (Name.received, 8):
      guard parameters.received == 0 else { throw Malformed(.via, at: start) }
      try received(&parameters)
    case (Name.rport, 5):
      guard parameters.rport == 0 else { throw Malformed(.via, at: start) }
      try responsePort(&parameters)
    case (Name.maddr, 5):
      guard parameters.maddr == 0 else { throw Malformed(.via, at: start) }
      guard takeSpaced(0x3d) else { throw malformed(.via) }
      parameters.maddr = place
      parameters.maddrPlace = try host()
    case (Name.ttl, 3):
      guard !parameters.facts.contains(.ttl) else { throw Malformed(.via, at: start) }
      parameters.facts.formUnion(.ttl)
      parameters.facts.rawValue |= try timeToLive() << Via.Facts.timeToLive
    default: _ = try parameterValue()
    }
  }

  @inline(__always)
  private mutating func branch(_ parameters: inout ViaParameters) throws(Malformed) {
    parameters.branch = try tokenValue(or: .viaBranch)
    parameters.branchEnd = place
    if hasCookie(from: parameters.branch) { parameters.facts.formUnion(.cookie) }
  }

  /// `IPv4address / IPv6address`, the latter with or without brackets (RFC 5118 §4.5).
  @inline(__always)
  private mutating func received(_ parameters: inout ViaParameters) throws(Malformed) {
    guard takeSpaced(0x3d) else { throw malformed(.via) }
    parameters.received = place
    parameters.receivedPlace = try hostOrBareIPv6()
    guard parameters.receivedPlace.kind != .name else {
      throw Malformed(.host, at: parameters.received)
    }
  }

  @inline(__always)
  private mutating func responsePort(_ parameters: inout ViaParameters) throws(Malformed) {
    parameters.rport = place
    parameters.facts.formUnion(.rport)
    if takeSpaced(0x3d) {
      parameters.rportNumber = Int(try port())
      parameters.facts.formUnion(.rportNumber)
    }
    parameters.rportEnd = place
  }

  @inline(__always)
  private func hasCookie(from start: Int) -> Bool {
    // "z9hG4bK", letters folded; the digits have no other octet that folds to them in a token.
    place &- start > 7 && Name.word(bytes.eight(at: start), 7) == 0x6b_6234_6768_397a
  }

  @inline(__always)
  private mutating func timeToLive() throws(Malformed) -> UInt64 {
    guard takeSpaced(0x3d) else { throw malformed(.via) }
    let start = place
    let number = try number(or: .via)
    guard number < 256, place &- start <= 3 else { throw Malformed(.via, at: start) }
    return number
  }
}
