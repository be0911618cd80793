import Basics
import SIP

/// The rate limits of a policy, laid out for look-ups: for each peer those that count its messages,
/// the narrowest first.
struct Rates: Sendable {
  /// A rule that counts what a peer sends.
  struct Entry: Sendable {
    /// Its place in `Rules.rateLimits`.
    var rule: Int
    /// Where its bucket is, or its first one; nothing for buckets in the table of sources.
    var bucket: Int
  }

  let rules: [Rules.RateLimit]
  let meters: Meters
  /// `nil` while no rule needs it.
  let sources: SourceBuckets?
  private let secret: Key
  private let names: [UInt64]
  private let entries: [Entry]
  /// For each peer: where its entries for what was not read begin, where those for requests do,
  /// and where they end.
  private let plans: [(start: Int, requests: Int, end: Int)]

  init(_ rules: Rules, _ meters: Meters, _ shared: Shared, _ secret: Key) {
    self.rules = rules.rateLimits
    self.secret = secret
    self.meters = meters
    sources = rules.rateLimits.contains { $0.isInTable } ? shared.sources(rules.sourceTable) : nil
    names = rules.rateLimits.map { Self.number($0.name) }
    let sorted = rules.rateLimits.indices.sorted {
      (rules.rateLimits[$0].subject, $0) < (rules.rateLimits[$1].subject, $1)
    }
    var entries: [Entry] = []
    var plans: [(Int, Int, Int)] = []
    for peer in rules.peers {
      let own = sorted.filter { rules.rateLimits[$0].counts(peer.id) }
      let all = own.map { rule in
        let base = meters.order[rule].first + 2
        let isOfPeer = rules.rateLimits[rule].subject == .peer
        return Entry(rule: rule, bucket: isOfPeer ? base + Int(peer.id.raw) : base)
      }
      let isUnread = { (entry: Entry) in rules.rateLimits[entry.rule].unit == .messages }
      let start = entries.count
      entries += all.filter(isUnread)
      let middle = entries.count
      entries += all.filter { !isUnread($0) }
      plans.append((start, middle, entries.count))
    }
    self.entries = entries
    self.plans = plans
  }

  /// A name as a word of its own hash, the same in every policy.
  static func number(_ name: String) -> UInt64 { number(Array(name.utf8)) }

  static func number(_ octets: [UInt8]) -> UInt64 {
    octets.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
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
      if note(entry.rule, now, &marks) { return entry.rule }
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
    let user = Self.user(message)
    let beginsCall = message.method == .invite && !Self.isInDialog(message)
    for place in plan.requests..<plan.end {
      var entry = entries[place]
      if rules[entry.rule].unit == .calls, !beginsCall { continue }
      guard rules[entry.rule].methods.contains(message.method) else { continue }
      if !rules[entry.rule].prefixes.isEmpty {
        guard let user, let prefix = prefix(of: user, message, entry.rule) else { continue }
        if rules[entry.rule].subject == .calledPrefix { entry.bucket &+= prefix }
      }
      let fits =
        rules[entry.rule].subject == .claim
        ? take(entry, arrival.flow, claim: message, at: now) : take(entry, arrival.flow, at: now)
      if !fits, note(entry.rule, now, &marks) { return entry.rule }
    }
    return nil
  }

  private func take(_ entry: Entry, _ flow: Flow, at now: Instant) -> Bool {
    guard rules[entry.rule].subject == .source else {
      return meters.take(entry.bucket, rules[entry.rule].pace, at: now)
    }
    let key = source(flow, entry.rule).finish()
    return sources?.take(key, rules[entry.rule].pace, at: now) ?? true
  }

  private func take(
    _ entry: Entry, _ flow: Flow, claim message: borrowing Message, at now: Instant
  ) -> Bool {
    var hash = source(flow, entry.rule)
    Self.claim(message, into: &hash)
    return sources?.take(hash.finish(), rules[entry.rule].pace, at: now) ?? true
  }

  private func source(_ flow: Flow, _ rule: Int) -> KeyedHash {
    let address = flow.remote.address
    let bits = address.isIPv4 ? rules[rule].ipv4Bits : rules[rule].ipv6Bits
    let network = Prefixes.masked(address, bits: bits)
    var hash = KeyedHash(secret: secret)
    hash.combine(names[rule])
    hash.combine(network.high)
    hash.combine(network.low)
    return hash
  }

  /// A rule would stop something.
  /// - Returns: whether it does, and does not only observe.
  private func note(_ rule: Int, _ now: Instant, _ marks: inout Marks) -> Bool {
    if meters.bite(rule, at: now) { marks.begins(rule) }
    if rules[rule].mode == .enforce { return true }
    marks.observes(rule)
    return false
  }
}

// MARK: - What a request says

extension Rates {
  /// The user of the Request-URI.
  static func user(_ message: borrowing Message) -> Slice? {
    do throws(Malformed) {
      let uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
      return uri.user ?? (uri.scheme == .tel ? uri.opaque : nil)
    } catch {
      return nil
    }
  }

  /// The first beginning that a rule lists which the called user has.
  private func prefix(of user: Slice, _ message: borrowing Message, _ rule: Int) -> Int? {
    for place in 0..<rules[rule].prefixes.count
    where begins(message.bytes, user, rules[rule].prefixes[place]) {
      return place
    }
    return nil
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
