import Admission
import Basics
import Routing
import SIP

/// Routes with a prefix each, and a request whose number is another one each time: half of the
/// numbers begin with a prefix of a route, the others with anything.
struct Lookups: ~Copyable {
  private let stage: Routing.Stage
  private let table: HeaderTable
  private var bytes: [UInt8]
  private let uri: URI
  /// Where the number stands in the request.
  private let number: Int
  /// The digits of the numbers that are dialled, one after the other.
  private let digits: [UInt8]

  private static let length = 14
  private static let numbers = 1 << 16

  init(_ count: Int) throws {
    var chance = Chance(seed: 1)
    let prefixes = Self.prefixes(count, &chance)
    digits = Self.digits(prefixes, &chance)
    var rules = Routing.Rules()
    rules.routes = prefixes.map { prefix in
      var route = Routing.Rules.Route(name: "route", targets: 0..<0)
      route.userPrefixes = [prefix]
      return route
    }
    stage = Routing.Stage(rules, secret: Key(1, 2))
    let request = Array("INVITE sip:+00000000000000@sbc.example.com SIP/2.0\r\n\r\n".utf8)
    var table = HeaderTable()
    try Parser.parse(request.span, into: &table)
    let line = Message(request.span, table).outline.requestURI
    uri = try URI.parse(request.span, line)
    number = line.start + 5
    bytes = request
    self.table = table
  }

  /// Distinct numbers of 6 to 11 digits behind a `+`.
  private static func prefixes(_ count: Int, _ chance: inout Chance) -> [[UInt8]] {
    var found: Set<[UInt8]> = []
    var list: [[UInt8]] = []
    while list.count < count {
      var prefix = [UInt8(ascii: "+")]
      for _ in 0..<6 + chance.below(6) { prefix.append(0x30 + UInt8(chance.below(10))) }
      if found.insert(prefix).inserted { list.append(prefix) }
    }
    return list
  }

  /// - Returns: how many of them found a route.
  mutating func run(_ rounds: Int) -> Int {
    var found = 0
    for round in 0..<rounds {
      dial(round)
      let message = Message(bytes.span, table)
      if stage.first(message, uri, from: PeerID(raw: 0), wall: 0) != nil { found &+= 1 }
    }
    return found
  }

  private mutating func dial(_ round: Int) {
    let first = (round & (Self.numbers - 1)) &* Self.length
    for place in 0..<Self.length { bytes[number &+ place] = digits[first &+ place] }
  }

  private static func digits(_ prefixes: [[UInt8]], _ chance: inout Chance) -> [UInt8] {
    var digits: [UInt8] = []
    for number in 0..<numbers {
      let start = digits.count
      if number & 1 == 0 { digits += prefixes[chance.below(prefixes.count)].dropFirst() }
      while digits.count < start + length { digits.append(0x30 + UInt8(chance.below(10))) }
    }
    return digits
  }
}
