import Basics
import SIP

/// The rate limits of a policy, laid out for look-ups: for each peer those that count its messages,
/// the narrowest first.
struct Rates: Sendable {
  /// A rule that counts what a peer sends: all that is needed of it for most messages, in one place
  /// and without a reference to count.
  struct Entry: Sendable {
    /// Its place in `Rules.rateLimits`.
    var rule: Int
    /// Where its bucket is, or its first one; nothing for buckets in the table of sources.
    var bucket: Int
    /// The rule's name as a word, which is the same in every policy.
    var name: UInt64
    var pace: Pace
    var subject: Rules.RateLimit.Subject
    var unit: Rules.RateLimit.Unit
    var mode: Mode
    var methods: MethodSet
    var hasPrefixes: Bool
    var ipv4Bits: UInt8
    var ipv6Bits: UInt8
  }

  let rules: [Rules.RateLimit]
  let meters: Meters
  /// Its buckets are used by rules per source or claim alone.
  private let sources: SourceBuckets
  private let secret: Key
  private let entries: [Entry]
  /// For each peer: where its entries for what was not read begin, where those for requests do,
  /// and where they end.
  private let plans: [(start: Int, requests: Int, end: Int)]

  init(_ rules: Rules, _ meters: Meters, _ shared: Shared, _ secret: Key) {
    self.rules = rules.rateLimits
    self.secret = secret
    self.meters = meters
    // While no rule needs the table, the smallest that there is stands in its place.
    let needsTable = rules.rateLimits.contains { $0.isInTable }
    sources = needsTable ? shared.sources(rules.sourceTable) : SourceBuckets(octets: 0)
    let sorted = rules.rateLimits.indices.sorted {
      (rules.rateLimits[$0].subject, $0) < (rules.rateLimits[$1].subject, $1)
    }
    var entries: [Entry] = []
    var plans: [(Int, Int, Int)] = []
    for peer in rules.peers {
      let all = sorted.filter { rules.rateLimits[$0].counts(peer.id) }
        .map { Entry($0, rules.rateLimits[$0], of: peer.id, meters.order[$0].first + 2) }
      let start = entries.count
      entries += all.filter { $0.unit == .messages }
      let middle = entries.count
      entries += all.filter { $0.unit != .messages }
      plans.append((start, middle, entries.count))
    }
    self.entries = entries
    self.plans = plans
  }
}

extension Rates {
  /// A name as a word of its own hash, the same in every policy.
  static func number(_ name: String) -> UInt64 { number(Array(name.utf8)) }

  static func number(_ octets: [UInt8]) -> UInt64 {
    octets.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

extension Rates.Entry {
  init(_ rule: Int, _ limit: Rules.RateLimit, of peer: PeerID, _ buckets: Int) {
    self.rule = rule
    bucket = limit.subject == .peer ? buckets + Int(peer.raw) : buckets
    name = Rates.number(limit.name)
    pace = limit.pace
    subject = limit.subject
    unit = limit.unit
    mode = limit.mode
    methods = limit.methods
    hasPrefixes = !limit.prefixes.isEmpty
    ipv4Bits = limit.ipv4Bits
    ipv6Bits = limit.ipv6Bits
  }
}

extension Rules.RateLimit {
  /// Whether it has no buckets of its own.
  var isInTable: Bool { subject == .source || subject == .claim }

  /// Whether it counts what a peer sends.
  func counts(_ peer: PeerID) -> Bool { peers.map { $0.contains(peer) } ?? true }

  /// How many buckets it has of its own.
  func buckets(peers count: Int) -> Int {
    switch subject {
    case .source, .claim: 0
    case .peer: count
    case .calledPrefix: prefixes.count
    case .element: 1
    }
  }
}

// MARK: - What came is counted

extension Rates {
  /// Counts a message of a peer that nobody has read.
  /// - Returns: the rule that stops it.
  func stop(_ flow: Flow, of peer: PeerID, at now: Instant, _ marks: inout Marks) -> Int? {
    let plan = plans[Int(peer.raw)]
    for place in plan.start..<plan.requests {
      let entry = entries[place]
      if take(entry, flow, at: now) { continue }
      if note(entry, now, &marks) { return entry.rule }
    }
    return nil
  }

  /// Counts a request of a peer that begins a transaction.
  /// - Returns: the rule that stops it.
  func stop(
    _ message: borrowing Message, _ arrival: borrowing Arrival, at now: Instant,
    _ marks: inout Marks
  ) -> Int? {
    let plan = plans[Int(arrival.peer.raw)]
    guard plan.requests < plan.end else { return nil }
    let beginsCall = message.method == .invite && !Self.isInDialog(message)
    for place in plan.requests..<plan.end {
      var entry = entries[place]
      guard entry.methods.contains(message.method), entry.unit != .calls || beginsCall else {
        continue
      }
      if entry.hasPrefixes {
        guard let prefix = prefix(message, entry.rule) else { continue }
        if entry.subject == .calledPrefix { entry.bucket &+= prefix }
      }
      let fits =
        entry.subject == .claim
        ? take(entry, arrival.flow, claim: message, at: now) : take(entry, arrival.flow, at: now)
      if !fits, note(entry, now, &marks) { return entry.rule }
    }
    return nil
  }

  private func take(_ entry: Entry, _ flow: Flow, at now: Instant) -> Bool {
    guard entry.subject == .source else {
      return meters.take(entry.bucket, entry.pace, at: now)
    }
    return sources.take(source(flow, entry).finish(), entry.pace, at: now)
  }

  private func take(
    _ entry: Entry, _ flow: Flow, claim message: borrowing Message, at now: Instant
  ) -> Bool {
    var hash = source(flow, entry)
    Self.claim(message, into: &hash)
    return sources.take(hash.finish(), entry.pace, at: now)
  }

  private func source(_ flow: Flow, _ entry: Entry) -> KeyedHash {
    let address = flow.remote.address
    let bits = address.isIPv4 ? entry.ipv4Bits : entry.ipv6Bits
    let network = Prefixes.masked(address, bits: bits)
    var hash = KeyedHash(secret: secret)
    hash.combine(entry.name)
    hash.combine(network.high)
    hash.combine(network.low)
    return hash
  }

  /// A rule would stop something.
  /// - Returns: whether it does, and does not only observe.
  private func note(_ entry: Entry, _ now: Instant, _ marks: inout Marks) -> Bool {
    if meters.bite(entry.rule, at: now, mayBegin: marks.canBegin) { marks.begins(entry.rule) }
    if entry.mode == .enforce { return true }
    marks.observes(entry.rule)
    return false
  }
}

// MARK: - What a request says

extension Rates {
  /// The first beginning that a rule lists which the called user has.
  private func prefix(_ message: borrowing Message, _ rule: Int) -> Int? {
    guard let user = Self.user(message) else { return nil }
    for place in 0..<rules[rule].prefixes.count
    where begins(message.bytes, user, rules[rule].prefixes[place]) {
      return place
    }
    return nil
  }

  /// The user of the Request-URI.
  static func user(_ message: borrowing Message) -> Slice? {
    do throws(Malformed) {
      let uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
      return uri.user ?? (uri.scheme == .tel ? uri.opaque : nil)
    } catch {
      return nil
    }
  }

  private static func isInDialog(_ message: borrowing Message) -> Bool {
    guard let to = message.header(message.outline.to) else { return false }
    do throws(Malformed) {
      return try NameAddress.parse(message.bytes, to.value).tag != nil
    } catch {
      return false
    }
  }

  /// User and host of From (RFC 3261 §20.20), as they are written.
  private static func claim(_ message: borrowing Message, into hash: inout KeyedHash) {
    guard let from = message.header(message.outline.from) else { return }
    do throws(Malformed) {
      let uri = try NameAddress.parse(message.bytes, from.value).uri
      hash.combine(message.bytes, uri.user ?? .empty)
      hash.combineFolded(message.bytes, uri.hostPort.host.text)
    } catch {
      // Without one it is the source alone.
    }
  }
}
