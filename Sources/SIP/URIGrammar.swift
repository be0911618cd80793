import Basics

// The reading of a URI, part by part in the order of RFC 3261 §25.1. A bare URI stands without
// angle brackets and ends at `,` `;` or `?` (RFC 3261 §20, RFC 8217).
extension Reader {
  /// The URI that begins at the place.
  @inline(never)
  func uri(isBare: Bool) throws(Malformed) -> URI.Parts {
    var scheme = Scheme.sip
    var colon = place &+ 3
    if !SpelledName.sip.begins(bytes.eight(at: place)) {
      (scheme, colon) = try otherScheme()
      if scheme == .tel { return try telURI(colon: colon, isBare: isBare) }
      if scheme == .other { return try opaqueURI(colon: colon, isBare: isBare) }
    }
    return try sipURI(scheme, colon: colon, isBare: isBare)
  }

  @inline(never)
  private func otherScheme() throws(Malformed) -> (Scheme, colon: Int) {
    guard OctetSet.letter.contains(peek) else { throw malformed(.uriScheme) }
    let colon = bytes.end(of: .scheme, from: place)
    guard bytes.octet(at: colon) == 0x3a else { throw malformed(.uriScheme) }
    let text = Slice(from: place, to: colon)
    if bytes.equals(text, ignoringCase: "sips") { return (.sips, colon) }
    return (bytes.equals(text, ignoringCase: "tel") ? .tel : .other, colon)
  }

  @inline(never)
  private func opaqueURI(colon: Int, isBare: Bool) throws(Malformed) -> URI.Parts {
    var after = Reader(bytes, from: colon &+ 1, to: end)
    try after.passEscaped(isBare ? .bareURIC : .uric)
    guard after.place > colon &+ 1 else { throw after.malformed(.uriScheme) }
    return URI.Parts(
      head: Offsets(place, colon, 0, 0),
      tail: Offsets(0, after.place, after.place, after.place), known: URI.Known(.other as Scheme))
  }

  @inline(never)
  private func telURI(colon: Int, isBare: Bool) throws(Malformed) -> URI.Parts {
    var after = Reader(bytes, from: colon &+ 1, to: end)
    let subscriber = try after.telephoneSubscriber(isBare: isBare)
    return URI.Parts(
      head: Offsets(place, colon, subscriber.number.end, 0),
      tail: Offsets(0, subscriber.number.end, after.place, after.place),
      known: URI.Known(.tel))
  }

  @inline(__always)
  private func sipURI(
    _ scheme: Scheme, colon: Int, isBare: Bool
  ) throws(Malformed) -> URI.Parts {
    var reader = self
    reader.place = colon &+ 1
    let userEnd = try reader.userInfoEnd(isBare: isBare)
    let hostStart = reader.place
    let host = try reader.host(after: colon, hasUser: userEnd > 0, isBare: isBare)
    var known = URI.Known(scheme).union(URI.Known(host.kind))
    var port: UInt16 = 0
    if reader.take(0x3a) {
      port = try reader.port()
      known.formUnion(.port)
    }
    let portEnd = reader.place
    if !isBare, reader.peek == 0x3b {
      let parameters = try reader.uriParameters()
      reader.place = parameters.end
      known.formUnion(parameters.known)
    }
    let parametersEnd = reader.place
    if !isBare, reader.peek == 0x3f { reader.place = try reader.uriHeadersEnd() }
    return URI.Parts(
      head: Offsets(place, colon, userEnd, hostStart),
      tail: Offsets(host.end, portEnd, parametersEnd, reader.place), known: known,
      ipv4: host.ipv4, port: port)
  }

  /// Takes `( user / telephone-subscriber ) [ ":" password ] "@"`, if an `@` shows that it is
  /// there.
  /// - Returns: the end of the user, or 0 when there is none.
  @inline(__always)
  private mutating func userInfoEnd(isBare: Bool) throws(Malformed) -> Int {
    let start = place
    // Most users are a word or a number, and most URIs without one a host and parameters.
    if peek == 0x2b { place &+= 1 }
    pass(.host)
    var userEnd = place
    if peek != 0x40 {
      if !isBare, isLastOfURI, bytes.octet(at: bytes.atOrBracket(from: place)) != 0x40 {
        place = start
        return 0
      }
      try passEscaped(isBare ? .bareUser : .user)
      userEnd = place
      if peek == 0x3a {
        place &+= 1
        try passEscaped(isBare ? .barePassword : .password)
      }
    }
    guard peek == 0x40 else {
      place = start
      return 0
    }
    guard userEnd > start else { throw Malformed(.uriUser, at: start) }
    place &+= 1
    return userEnd
  }

  /// Whether what stands here can follow a host; an `@` stands in no part of a URI after it.
  @inline(__always)
  private var isLastOfURI: Bool {
    peek == 0x3b || peek == 0x3e || peek == 0x3a || peek == 0x3f || isAtEnd
  }

  @inline(__always)
  private mutating func host(
    after colon: Int, hasUser: Bool, isBare: Bool
  ) throws(Malformed) -> HostPlace {
    do throws(Malformed) {
      return try host()
    } catch {
      throw hasUser || isBare ? error : faultOfUser(after: colon) ?? error
    }
  }

  /// Where no user was found but an `@` stands further on, the user has an octet in it that it must
  /// not have.
  @inline(never)
  func faultOfUser(after colon: Int) -> Malformed? {
    var ahead = bytes.end(of: .user, from: colon &+ 1)
    if bytes.octet(at: ahead) == 0x3a { ahead = bytes.end(of: .password, from: ahead &+ 1) }
    let fault = Malformed(.uriUser, at: ahead)
    while ahead < end {
      switch bytes[ahead] {
      case 0x40: return fault
      case 0x3e, 0x22, 0x0d: return nil
      default: ahead &+= 1
      }
    }
    return nil
  }

  /// The same for a URI whose host was read and that goes on as no URI can.
  func faultOfUser(in parts: URI.Parts) -> Malformed? {
    let hasUser = parts.head.third > 0 || parts.known.scheme == .other
    return hasUser ? nil : faultOfUser(after: parts.head.second)
  }
}

extension URI.Parts {
  @inline(__always)
  init(
    head: Offsets, tail: Offsets, known: URI.Known, ipv4: UInt32 = 0, port: UInt16 = 0
  ) {
    self.head = head
    self.tail = tail
    rest = UInt64(ipv4) | UInt64(port) << 32 | UInt64(known.rawValue) << 48
  }
}

// *( ";" pname [ "=" pvalue ] ) [ "?" header *( "&" header ) ]
extension Reader {
  /// The parameters from the place on: where they end, and what they say that every route needs.
  @inline(never)
  private func uriParameters() throws(Malformed) -> (end: Int, known: URI.Known) {
    var reader = self
    var all: URI.Known = []
    while reader.take(0x3b) {
      let start = reader.place
      var known = reader.usualParameter()
      if known.isEmpty { known = try reader.uriParameter() }
      // A known one that stands twice is a fault: two elements would read the URI in two ways.
      guard all.isDisjoint(with: known) else { throw Malformed(.uriParameter, at: start) }
      all.formUnion(known)
    }
    return (reader.place, all)
  }

  /// Takes `lr` or `user=phone`, which nearly every URI with parameters has, without looking at
  /// each octet.
  @inline(__always)
  private mutating func usualParameter() -> URI.Known {
    let octets = bytes.eight(at: place)
    if SpelledName.lr.begins(octets), isEndOfParameter(place &+ 2) {
      place &+= 2
      return .looseRouting
    }
    if SpelledName.user.begins(octets), bytes.octet(at: place &+ 8) | 0x20 == 0x6e,
      bytes.octet(at: place &+ 9) | 0x20 == 0x65, isEndOfParameter(place &+ 10)
    {
      place &+= 10
      return [.user, .phone]
    }
    return []
  }

  @inline(__always)
  private func isEndOfParameter(_ place: Int) -> Bool {
    let octet = bytes.octet(at: place)
    return !OctetSet.parameter.contains(octet) && octet != 0x3d && octet != 0x25
  }

  @inline(__always)
  private mutating func uriParameter() throws(Malformed) -> URI.Known {
    let start = place
    try passEscaped(.parameter)
    let nameEnd = place
    guard nameEnd > start else { throw malformed(.uriParameter) }
    if take(0x3d) {
      let value = place
      try passEscaped(.parameter)
      guard place > value else { throw malformed(.uriParameter) }
    }
    return try known(from: start, to: nameEnd)
  }

  /// What a parameter says whose name and value were just taken.
  @inline(__always)
  private func known(from start: Int, to nameEnd: Int) throws(Malformed) -> URI.Known {
    let count = nameEnd &- start
    switch (Name.word(bytes.eight(at: start), count), count) {
    case (Name.lr, 2): return .looseRouting
    case (Name.ttl, 3): return .ttl
    case (Name.user, 4): return isPhone(nameEnd) ? [.user, .phone] : .user
    case (Name.maddr, 5): return .maddr
    case (Name.method, 6): return .method
    case (Name.transpor, 9) where bytes.octet(at: start &+ 8) | 0x20 == 0x74:
      guard place > nameEnd &+ 1 else { throw malformed(.uriParameter) }
      return URI.Known(transportName(from: nameEnd &+ 1, to: place))
    default: return []
    }
  }

  @inline(__always)
  private func isPhone(_ nameEnd: Int) -> Bool {
    place &- nameEnd == 6 && Name.word(bytes.eight(at: nameEnd &+ 1), 5) == Name.phone
  }

  /// The transport that a token names.
  @inline(__always)
  func transportName(from start: Int, to end: Int) -> TransportName {
    guard end &- start == 3 else { return .other }
    switch Name.word(bytes.eight(at: start), 3) {
    case Name.udp: return .udp
    case Name.tcp: return .tcp
    case Name.tls: return .tls
    default: return .other
    }
  }

  @inline(never)
  private func uriHeadersEnd() throws(Malformed) -> Int {
    var reader = self
    reader.place &+= 1
    repeat {
      let start = reader.place
      try reader.passEscaped(.header)
      guard reader.place > start, reader.take(0x3d) else { throw reader.malformed(.uriHeaders) }
      try reader.passEscaped(.header)
    } while reader.take(0x26)
    return reader.place
  }
}
