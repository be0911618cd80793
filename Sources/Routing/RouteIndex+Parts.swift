import Admission
import Basics
import SIP

extension RouteIndex {
  /// A range of the index's octets; or none at all, which is not the same as an empty one.
  struct Text: Sendable {
    var start: UInt32
    /// One more than there are octets; 0 for an absent text.
    private var length: UInt8

    static let longest = 254
    static let absent = Text()

    private init() { (start, length) = (0, 0) }

    init(start: UInt32, count: UInt8) { (self.start, length) = (start, count + 1) }

    var isPresent: Bool { length != 0 }
    var octets: Int { max(Int(length) &- 1, 0) }
    var range: Range<Int> { Int(start)..<Int(start) &+ octets }
  }

  /// One peer, one domain and one prefix, each of which may be absent.
  struct Combination: Sendable {
    var prefix = Text.absent
    var domain = Text.absent
    var peer = PeerID(raw: 0)
    var hasPeer = false
    /// Whether the prefix is one of numbers, which are read without their separators.
    var isNumber = false

    /// Whether it has a peer, a domain, both or none.
    var kind: Int { (hasPeer ? 1 : 0) | (domain.isPresent ? 2 : 0) }

    /// What kind of prefix it has, and how long it is.
    var level: Int {
      prefix.isPresent
        ? Self.level(of: prefix.octets, isNumber: isNumber) : Self.levelWithoutPrefix
    }

    /// Whether its prefix is a number that fits into a word.
    var isShortNumber: Bool { isNumber && prefix.isPresent && prefix.octets <= 16 }

    static let levelWithoutPrefix = 0

    static func level(of length: Int, isNumber: Bool) -> Int {
      length &* 2 &+ (isNumber ? 2 : 1)
    }
  }

  /// Pairs of method and scheme.
  struct Cells: Sendable {
    private var bits: UInt64

    static let none = Cells(bits: 0)

    private init(bits: UInt64) { self.bits = bits }

    /// Every method of the one with every scheme of the other.
    init(_ methods: MethodSet, _ schemes: SchemeSet) {
      bits = 0
      let row = schemes.bits & 15
      for method in Method.allCases where methods.contains(method) {
        bits |= UInt64(row) << (UInt64(method.rawValue) &* 4)
      }
    }

    /// The pair of a request.
    init(_ method: Method, _ scheme: Scheme) {
      bits = 1 << (UInt64(method.rawValue) &* 4 &+ UInt64(scheme.rawValue))
    }

    var isEmpty: Bool { bits == 0 }

    func isDisjoint(with other: Cells) -> Bool { bits & other.bits == 0 }

    mutating func formUnion(_ other: Cells) { bits |= other.bits }

    mutating func subtract(_ other: Cells) { bits &= ~other.bits }
  }

  /// The hash of the beginning of a user, octet by octet.
  struct Beginning {
    var level: Int
    /// Of a number the last 16 characters, four bits each.
    private(set) var number: UInt64 = 0
    private var state: UInt64

    init(of prefix: [UInt8], _ level: Int, _ seed: UInt64) {
      self.init(level, seed)
      for octet in prefix { append(octet) }
    }

    init(_ level: Int, _ seed: UInt64) {
      self.level = level
      // The three kinds of prefix begin in different places; a length shows in the octets.
      let kind = level == Combination.levelWithoutPrefix ? 0 : UInt64(2 &- level & 1)
      state = mixed(seed &+ kind)
    }

    mutating func append(_ octet: UInt8) {
      state = mixed(state ^ UInt64(octet))
      // `+` and the digits differ in their lowest four bits.
      number = number << 4 | UInt64(octet & 15)
    }

    func hash(with salt: UInt64) -> UInt64 { mixed(state ^ salt) }
  }

  /// The hash of a domain, octet by octet in lower case.
  struct DomainHash {
    fileprivate var state: UInt64

    init(_ seed: UInt64) { state = mixed(~seed) }

    init(of domain: [UInt8], _ seed: UInt64) {
      self.init(seed)
      for octet in domain { append(octet) }
    }

    mutating func append(_ octet: UInt8) { state = mixed(state ^ UInt64(octet)) }
  }

  /// What the peer and the domain add to a hash, for each kind of combination.
  struct Salts {
    private var peer: UInt64
    private var domain: UInt64

    init(_ peer: PeerID, _ domain: DomainHash?) {
      self.peer = mixed(UInt64(peer.raw) &+ 1)
      self.domain = domain.map { mixed($0.state) } ?? 0
    }

    subscript(kind: Int) -> UInt64 {
      (kind & 1 != 0 ? peer : 0) ^ (kind & 2 != 0 ? domain : 0)
    }
  }
}

/// Every bit of the result depends on every bit of the word.
@inline(__always)
private func mixed(_ word: UInt64) -> UInt64 {
  let product = word.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
  return product.high ^ product.low
}

extension RouteIndex {
  /// The lists of a route whose combinations become entries. `nil` stands for a list that is not
  /// combined: an empty one, or one that would make too many.
  struct Dimensions {
    private(set) var prefixes: [[UInt8]]?
    private(set) var domains: [[UInt8]]?
    private(set) var peers: [PeerID]?
    /// Whether there is more to ask than the combinations, methods and schemes.
    private(set) var leavesMore = false

    /// - Parameter place: that of the route. To hand a route on is to count the references of all
    ///   its lists, and there may be very many.
    init(_ routes: [Rules.Route], _ place: Int) {
      let (from, names) = (routes[place].from, routes[place].requestURI.domains)
      let written = routes[place].requestURI.userPrefixes
      let patterns = routes[place].requestURI.userPatterns
      if Self.fit(written) {
        prefixes = Self.once(written)
      } else {
        // The patterns themselves are asked of those that the index finds by their beginnings.
        let beginnings = patterns.map(\.beginning)
        if Self.fit(beginnings), beginnings.allSatisfy({ !$0.isEmpty }) {
          prefixes = Self.once(beginnings)
        }
      }
      if Self.fit(names) { domains = Self.once(names) }
      if !from.isEmpty { peers = Self.once(from) }
      // What is left out is asked of each candidate: the prefix last, as it tells most apart.
      if isTooMany { peers = nil }
      if isTooMany { domains = nil }
      leavesMore =
        peers == nil && !from.isEmpty || domains == nil && !names.isEmpty
        || prefixes == nil && !written.isEmpty || !patterns.isEmpty
        || Self.isMoreThanIndexed(routes, place)
    }

    /// Whether a route asks for something that no index knows.
    static func isMoreThanIndexed(_ routes: [Rules.Route], _ place: Int) -> Bool {
      !routes[place].headers.isEmpty || !routes[place].hours.isEmpty
        || !routes[place].caller.asksForNothing || !routes[place].callee.asksForNothing
    }

    /// A route that had one combination twice would be tried twice, with all of its patterns.
    private static func once<Value: Hashable>(_ values: [Value]) -> [Value] {
      guard values.count > 1 else { return values }
      var seen: Set<Value> = []
      return values.filter { seen.insert($0).inserted }
    }

    /// The route without the conditions that its combinations stand for.
    func rest(of route: Rules.Route) -> Rules.Route {
      var rest = route
      if prefixes != nil { rest.userPrefixes = [] }
      if domains != nil { rest.domains = [] }
      if peers != nil { rest.from = [] }
      return rest
    }

    private static func fit(_ texts: [[UInt8]]) -> Bool {
      !texts.isEmpty && texts.allSatisfy { $0.count <= Text.longest }
    }

    /// How many entries they make.
    var count: Int { (prefixes?.count ?? 1) * (domains?.count ?? 1) * (peers?.count ?? 1) }

    private var isTooMany: Bool {
      let values = (prefixes?.count ?? 0) + (domains?.count ?? 0) + (peers?.count ?? 0)
      return count > Limits.combinations * max(values, 1)
    }
  }
}
