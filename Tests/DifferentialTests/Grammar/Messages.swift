/// A request as it was written, and what a response to it has to repeat.
struct Request: Sendable {
  var method: String
  var uri: String
  /// The values of Via, topmost first.
  var vias: [String]
  /// The values of Route, first to last.
  var routes: [String]
  /// Those of the proxies that it has passed.
  var recordRoutes: [String] = []
  var from: String
  var to: String
  var callID: String
  var number: Int
  /// Whether it goes over a stream, where its length has to be said.
  var isFramed: Bool
  var octets: [UInt8] = []
}

/// A response as it is to be written.
struct Response: Sendable {
  var status: Int
  var vias: [String]
  var recordRoutes: [String]
  var from: String
  var to: String
  var callID: String
  var number: Int
  var method: String
  /// Where a 3xx leads; without them there are any.
  var contacts: [String] = []
  var isFramed: Bool
}

// Whole messages.
extension Grammar {
  /// Header fields at most, so that the limit of 128 is not reached.
  private static let most = 110

  /// Writes the octets of a request: what it says itself, and other headers at random.
  mutating func write(_ request: inout Request) {
    var groups = [
      lines("Via", "v", .list, request.vias), lines("Route", nil, .list, request.routes),
      lines("Record-Route", nil, .list, request.recordRoutes),
      lines("From", "f", .one, [request.from]), lines("To", "t", .one, [request.to]),
      lines("Call-ID", "i", .one, [request.callID]),
      lines("CSeq", nil, .one, [sequence(request.number, request.method)]),
    ]
    if !oneIn(8) {
      let hops = (isOdd() ? "00" : "") + "\(number(1...255))"
      groups.append(lines("Max-Forwards", nil, .one, [hops]))
    }
    if oneIn(8) { groups.append(lines("Max-Breadth", nil, .one, ["\(number(1...100))"])) }
    // RFC 3261 §10.2.2
    let isWildcard = request.method == "REGISTER" && oneIn(2)
    if isWildcard { groups.append(lines("Contact", "m", .one, ["*"])) }
    let start = "\(request.method) \(request.uri) \(recased("SIP"))/2.0\r\n"
    request.octets = message(
      start, groups, .requests, without: isWildcard ? ["Contact"] : [], isFramed: request.isFramed)
  }

  /// The octets of a response, with other headers at random.
  mutating func octets(of response: Response) -> [UInt8] {
    let groups = [
      lines("Contact", "m", .list, response.contacts),
      lines("Via", "v", .list, response.vias),
      lines("Record-Route", nil, .list, response.recordRoutes),
      lines("From", "f", .one, [response.from]), lines("To", "t", .one, [response.to]),
      lines("Call-ID", "i", .one, [response.callID]),
      lines("CSeq", nil, .one, [sequence(response.number, response.method)]),
    ]
    let start = "\(recased("SIP"))/2.0 \(response.status) \(reasonPhrase())\r\n"
    let without: Set<String> = response.contacts.isEmpty ? [] : ["Contact"]
    return message(start, groups, .responses, without: without, isFramed: response.isFramed)
  }

  private mutating func sequence(_ number: Int, _ method: String) -> String {
    (isOdd() ? "000" : "") + "\(number)" + lws() + method
  }

  private static let reasonOctets = unreserved + ";/?:@&=+$, \t".map(String.init)

  /// `Reason-Phrase`, which may be empty.
  private mutating func reasonPhrase() -> String {
    switch below(4) {
    case 0: ""
    case 1: run(1...20, of: Self.reasonOctets + Self.foreign) + escaped()
    default: token() + " " + token()
    }
  }

  private mutating func message(
    _ start: String, _ essential: [[[UInt8]]], _ place: Field.Place, without: Set<String> = [],
    isFramed: Bool
  ) -> [UInt8] {
    var groups = essential
    var used = without
    for _ in 0..<below(pick([3, 10, 30])) {
      let left = Self.most - groups.reduce(0) { $0 + $1.count }
      let more = otherLines(place, &used)
      if more.count < left { groups.append(more) }
    }
    let body = body()
    var junk: [UInt8] = []
    if isFramed || !oneIn(4) {
      let length = (isOdd() ? "00" : "") + "\(body.count)"
      groups.append(lines("Content-Length", "l", .one, [length]))
      // RFC 3261 §18.3: what a datagram holds beyond it is no part of the message.
      if !isFramed, oneIn(8) { junk = self.body() }
    }
    var octets = Array((isOdd() ? "\r\n\r\n" : "").utf8) + start.utf8
    for line in interleaved(groups) { octets += line + [0x0d, 0x0a] }
    return octets + [0x0d, 0x0a] + body + junk
  }

  /// The lines of all groups in random order; those of one group stay in theirs.
  private mutating func interleaved(_ groups: [[[UInt8]]]) -> [[UInt8]] {
    var order = groups.indices.flatMap { Array(repeating: $0, count: groups[$0].count) }
    order.shuffle(using: &chance)
    var next = [Int](repeating: 0, count: groups.count)
    return order.map { group in
      defer { next[group] += 1 }
      return groups[group][next[group]]
    }
  }

  /// The lines of one more header. None is chosen twice, as most may stand only once.
  private mutating func otherLines(
    _ place: Field.Place, _ used: inout Set<String>
  ) -> [[UInt8]] {
    if oneIn(4) {
      let name = unknownHeaderName() + colonOfName()
      return [Array(name.utf8) + unknownHeaderValue()]
    }
    let field = pick(Field.all)
    guard field.place == .both || field.place == place, used.insert(field.name).inserted else {
      return []
    }
    return lines(field)
  }

  private mutating func lines(_ field: Field) -> [[UInt8]] {
    let count =
      switch field.shape {
      case .one: 1
      case .list, .repeated: pick([1, 1, 2, 3])
      case .listOrNone: pick([0, 1, 2, 3, 5])
      }
    guard count > 0 else { return [line(field.name, field.compact, "")] }
    var values: [String] = []
    for _ in 0..<count { values.append(field.value(&self)) }
    return lines(field.name, field.compact, field.shape, values)
  }

  /// The header fields that hold these values, by commas or one each.
  private mutating func lines(
    _ name: String, _ compact: String?, _ shape: Field.Shape, _ values: [String]
  ) -> [[UInt8]] {
    var joined: [String] = []
    for value in values {
      let isList = shape == .list || shape == .listOrNone
      if isList, !joined.isEmpty, oneIn(2) {
        joined[joined.count - 1] += comma() + value
      } else {
        joined.append(value)
      }
    }
    return joined.map { line(name, compact, $0) }
  }

  private mutating func line(_ name: String, _ compact: String?, _ value: String) -> [UInt8] {
    let short = compact.flatMap { oneIn(3) ? $0 : nil }
    let end = isOdd() ? pick([" ", "\t", "  "]) : ""
    return Array((recased(short ?? name) + colonOfName() + value + end).utf8)
  }

  /// Any octets: text, a description, or what is neither.
  private mutating func body() -> [UInt8] {
    switch below(6) {
    case 0, 1: return []
    case 2: return Array("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n".utf8)
    case 3: return Array(several(1...60) { $0.text() + "\r\n" }.utf8)
    default:
      let count = pick([1, 40, 400, 3000])
      return (0...below(count)).map { _ in UInt8(below(oneIn(3) ? 2 : 256)) }
    }
  }
}
