import Admission
import Basics
import SIP

/// Finds the first route that takes a request without a look at each: built once for a policy, then
/// only read.
///
/// A route stands in it once for each combination of its peers, domains and user prefixes, under a
/// hash of the three. A request asks for the combinations that it could have: its peer or none, its
/// domain or none, and each beginning of its user that is as long as some prefix. So a look-up
/// takes a step for each octet of the user, and probes for each length that occurs, however many
/// routes there are.
///
/// What has the same combination is tried one after the other. Of routes with no further condition
/// these are at most as many as there are pairs of method and scheme; of those with one (the rest
/// of a pattern, From, To, headers, hours) as many as the loader lets a policy have.
struct RouteIndex: Sendable {
  /// A route under one combination. 48 octets: a million of them are 48 MB.
  struct Entry: Sendable {
    /// Methods and schemes of requests that it takes.
    var cells: Cells
    /// The prefix of a short number, so that nothing else need be read to compare it.
    var number: UInt64 = 0
    /// What it asks for.
    var combination = Combination()
    /// The route's number.
    var route: UInt32
    /// The next entry of the same hash, of a later route; `none` behind the last.
    var next = none
    /// Its place in `rests` if there is more to ask, else `none`.
    var rest = none
  }

  /// The entries of one hash, or of several with the same upper half, in the order of their routes.
  private struct Slot: Sendable {
    /// The upper half of the hash.
    var tag: UInt32 = 0
    var first = none
  }

  /// What is known of a slot only while it is filled.
  private struct Filling {
    var last = none
    /// What is taken of requests with the combination of its first entry.
    var covered = Cells.none
  }

  static let none = UInt32.max

  private let seed: UInt64
  /// Only routes of this mode are in it.
  let mode: Mode
  private var slots: [Slot]
  /// Two bits for each hash that is there, and few others: most questions end here, in memory that
  /// is at hand, where the slots of a million routes are not.
  private var known: [UInt64]
  private(set) var entries: [Entry] = []
  /// The octets of all prefixes and domains.
  private var octets: [UInt8] = []
  /// What is left to ask of routes that ask for more than the combination says.
  private var rests: [Rules.Route] = []
  /// For each `Level` and each kind of combination the first route that has it.
  private var earliest: [UInt32] = []
  /// The highest level of prefixes of numbers, and of others; 0 for none.
  private var highest = (number: 0, other: 0)

  /// - Parameter seed: a secret, so that nobody can choose users that share a hash.
  init(_ routes: [Rules.Route], _ mode: Mode, seed: UInt64) {
    (self.seed, self.mode) = (seed, mode)
    var size = 4
    let places = routes.indices.filter { routes[$0].mode == mode }
    let dimensions = places.map { Dimensions(routes, $0) }
    let count = dimensions.reduce(0) { $0 + $1.count }
    while size < count * 2 { size *= 2 }
    slots = Array(repeating: Slot(), count: size)
    known = Array(repeating: 0, count: max(1, size / 16))
    entries.reserveCapacity(count)
    var fillings = Array(repeating: Filling(), count: size)
    for (place, dimensions) in zip(places, dimensions) {
      add(routes, place, dimensions, &fillings)
    }
  }

  var isEmpty: Bool { entries.isEmpty }

  /// The place of the first entry of each hash; `none` where there is none.
  var starts: some Sequence<UInt32> { slots.lazy.map(\.first) }

  /// How many entries a request may have to try that has the worst of all combinations.
  var longestRun: Int {
    starts.reduce(0) { longest, start in
      var (count, place) = (0, start)
      while place != Self.none {
        count += 1
        place = entries[Int(place)].next
      }
      return max(longest, count)
    }
  }
}

// MARK: Building

extension RouteIndex {
  private mutating func add(
    _ routes: [Rules.Route], _ place: Int, _ dimensions: Dimensions, _ fillings: inout [Filling]
  ) {
    let cells = Cells(routes[place].methods, routes[place].schemes)
    var entry = Entry(cells: cells, route: UInt32(place))
    if dimensions.leavesMore {
      entry.rest = UInt32(rests.count)
      rests.append(dimensions.rest(of: routes[place]))
    }
    for prefix in dimensions.prefixes ?? [[]] {
      entry.combination.prefix = dimensions.prefixes == nil ? .absent : append(prefix)
      entry.combination.isNumber = prefix.allSatisfy(Self.isOfNumber)
      let beginning = Beginning(of: prefix, entry.combination.level, seed)
      entry.number = beginning.number
      for domain in dimensions.domains ?? [[]] {
        entry.combination.domain = dimensions.domains == nil ? .absent : append(domain)
        let domain = dimensions.domains == nil ? nil : DomainHash(of: domain, seed)
        for peer in dimensions.peers ?? [PeerID(raw: 0)] {
          entry.combination.hasPeer = dimensions.peers != nil
          entry.combination.peer = peer
          let salts = Salts(peer, domain)
          insert(entry, beginning.hash(with: salts[entry.combination.kind]), &fillings)
        }
      }
    }
  }

  private mutating func append(_ text: [UInt8]) -> Text {
    let start = octets.count
    octets += text
    return Text(start: UInt32(start), count: UInt8(text.count))
  }

  /// Puts an entry behind those of its hash, unless earlier ones leave nothing for it to take.
  private mutating func insert(_ entry: Entry, _ hash: UInt64, _ fillings: inout [Filling]) {
    var entry = entry
    let slot = slot(of: hash)
    let first = slots[slot].first
    // Two combinations may share a hash; only of the first one it is known what is taken.
    if first == Self.none || isSame(entries[Int(first)].combination, entry.combination) {
      entry.cells.subtract(fillings[slot].covered)
      guard !entry.cells.isEmpty else { return }
      // What is only observed leaves all to those behind it.
      if entry.rest == Self.none, mode == .enforce { fillings[slot].covered.formUnion(entry.cells) }
    }
    let place = UInt32(entries.count)
    entries.append(entry)
    if first == Self.none {
      known[word(of: hash)] |= bits(of: hash)
      slots[slot] = Slot(tag: Self.tag(of: hash), first: place)
    } else {
      entries[Int(fillings[slot].last)].next = place
    }
    fillings[slot].last = place
    note(entry)
  }

  private mutating func note(_ entry: Entry) {
    let place = entry.combination.level * 4 + entry.combination.kind
    while earliest.count < (entry.combination.level + 1) * 4 { earliest.append(Self.none) }
    earliest[place] = min(earliest[place], entry.route)
    guard entry.combination.prefix.isPresent else { return }
    if entry.combination.isNumber {
      highest.number = max(highest.number, entry.combination.level)
    } else {
      highest.other = max(highest.other, entry.combination.level)
    }
  }

  private func isSame(_ one: Combination, _ other: Combination) -> Bool {
    one.kind == other.kind && one.level == other.level && (!one.hasPeer || one.peer == other.peer)
      && text(one.prefix).elementsEqual(text(other.prefix))
      && text(one.domain).elementsEqual(text(other.domain))
  }

  private func text(_ text: Text) -> ArraySlice<UInt8> { octets[text.range] }
}

// MARK: Looking up

extension RouteIndex {
  /// What is asked for of one request.
  struct Request {
    var uri: URI
    var peer: PeerID
    var cell: Cells
    var salts: Salts
    var wall: Int64
    /// Routes before this one are not asked for.
    var start: UInt32
    /// The first route that was found so far, or the one before which is looked.
    var best: UInt32
  }

  /// The number of the first route that takes a request.
  /// - Parameters:
  ///   - wall: in nanoseconds since 1970-01-01T00:00:00Z.
  ///   - range: among which routes it is looked for.
  func first(
    _ message: borrowing Message, _ uri: URI, from peer: PeerID, wall: Int64,
    in range: Range<Int> = 0..<Int(none)
  ) -> Int? {
    let bytes = message.bytes
    let host = uri.hostPort.host.text
    var domain = DomainHash(seed)
    for place in host.range { domain.append(folded(bytes[place])) }
    var request = Request(
      uri: uri, peer: peer, cell: Cells(message.method, uri.scheme), salts: Salts(peer, domain),
      wall: wall, start: UInt32(range.lowerBound), best: UInt32(range.upperBound))
    probe(Beginning(Combination.levelWithoutPrefix, seed), message, &request)
    if let user = uri.user ?? (uri.scheme == .tel ? uri.opaque : nil) {
      if highest.number > 0 { walk(user, isNumber: true, message, &request) }
      if highest.other > 0 { walk(user, isNumber: false, message, &request) }
    }
    return request.best == UInt32(range.upperBound) ? nil : Int(request.best)
  }

  /// Asks for each beginning of a user.
  private func walk(
    _ user: Slice, isNumber: Bool, _ message: borrowing Message, _ request: inout Request
  ) {
    var text = UserText(message.bytes, user, isNumber: isNumber)
    let highest = isNumber ? highest.number : highest.other
    var beginning = Beginning(Combination.level(of: 0, isNumber: isNumber), seed)
    while beginning.level <= highest {
      probe(beginning, message, &request)
      guard let octet = text.next(), !isNumber || Self.isOfNumber(octet) else { return }
      beginning.append(octet)
      beginning.level &+= 2
    }
  }

  /// Asks for one beginning of the user, with and without the peer and the domain.
  private func probe(
    _ beginning: Beginning, _ message: borrowing Message, _ request: inout Request
  ) {
    let level = beginning.level &* 4
    guard level < earliest.count else { return }
    for kind in 0..<4 where earliest[level &+ kind] < request.best {
      let hash = beginning.hash(with: request.salts[kind])
      let bits = bits(of: hash)
      guard known[word(of: hash)] & bits == bits else { continue }
      let slot = slots[slot(of: hash)]
      var place = slot.first
      while place != Self.none {
        let entry = entries[Int(place)]
        if entry.route >= request.best { break }
        if entry.route >= request.start, takes(entry, beginning, message, request) {
          request.best = entry.route
          break
        }
        place = entry.next
      }
    }
  }

  /// The word of `known` with the bits of a hash. It is taken of other bits than its slot.
  private func word(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash >> 38) & (known.count &- 1)
  }

  private func bits(of hash: UInt64) -> UInt64 { 1 << (hash >> 32 & 63) | 1 << (hash >> 26 & 63) }

  private static func tag(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

  private func slot(of hash: UInt64) -> Int {
    let mask = slots.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    let tag = Self.tag(of: hash)
    while slots[place].first != Self.none && slots[place].tag != tag {
      place = (place &+ 1) & mask
    }
    return place
  }

  /// Whether the route takes the request. The hash is no proof of it.
  private func takes(
    _ entry: Entry, _ beginning: Beginning, _ message: borrowing Message, _ request: Request
  ) -> Bool {
    let wanted = entry.combination
    guard !entry.cells.isDisjoint(with: request.cell) else { return false }
    guard !wanted.hasPeer || wanted.peer == request.peer else { return false }
    guard wanted.level == beginning.level, hasDomain(wanted, message, request) else { return false }
    guard
      wanted.isShortNumber
        ? entry.number == beginning.number : hasPrefix(wanted, message, request)
    else { return false }
    guard entry.rest != Self.none else { return true }
    return rests.span[Int(entry.rest)].matches(
      message, request.uri, from: request.peer, wall: request.wall)
  }

  private func hasDomain(
    _ wanted: Combination, _ message: borrowing Message, _ request: Request
  ) -> Bool {
    guard wanted.domain.isPresent else { return true }
    let host = request.uri.hostPort.host.text
    guard host.count == wanted.domain.octets else { return false }
    let start = Int(wanted.domain.start)
    let bytes = message.bytes
    for place in 0..<host.count
    where folded(bytes[host.start &+ place]) != octets[start &+ place] {
      return false
    }
    return true
  }

  private func hasPrefix(
    _ wanted: Combination, _ message: borrowing Message, _ request: Request
  ) -> Bool {
    guard wanted.prefix.isPresent else { return true }
    let uri = request.uri
    guard let user = uri.user ?? (uri.scheme == .tel ? uri.opaque : nil) else { return false }
    var text = UserText(message.bytes, user, isNumber: wanted.isNumber)
    for place in wanted.prefix.range where text.next() != octets[place] { return false }
    return true
  }

  /// Whether an octet is one of those that make a prefix the beginning of a number.
  static func isOfNumber(_ octet: UInt8) -> Bool { octet == 0x2b || octet &- 0x30 < 10 }
}
