/// What came of a number of pairs.
struct Judgement {
  /// What is wrong, with the octets that show it.
  private(set) var faults: [String] = []
  /// How many messages sofia-sip took only once they were rewritten, and why.
  private(set) var limits: [SofiaLimit: Int] = [:]
  /// How many were compared.
  private(set) var compared = 0

  private let sofia: Sofia

  init(_ sofia: Sofia) { self.sofia = sofia }

  /// How many were compared, and how many of them in other words.
  var summary: String {
    let counts = limits.sorted { $0.value > $1.value }.map { "\($0.value) × \($0.key.rawValue)" }
    return "\(compared) compared, rewritten: " + counts.joined(separator: ", ")
  }

  /// Hands out the faults found until now.
  mutating func takeFaults() -> [String] {
    defer { faults = [] }
    return faults
  }

  /// A pair, and by which limits it has been rewritten.
  private struct Open {
    var pair: Pair
    var limits: Set<SofiaLimit> = []
  }

  /// Compares all pairs, those that sofia-sip can take only in other words in these. What it says
  /// of a message may be the first thing only that is too much for it, so it is asked again.
  mutating func judge(_ pairs: [Pair]) throws {
    var open = pairs.map { Open(pair: $0) }
    while !open.isEmpty { open = try round(open) }
  }

  /// - Returns: those that sofia-sip did not take, rewritten.
  private mutating func round(_ all: [Open]) throws -> [Open] {
    let dumps = try sofia.parse(all.flatMap(\.pair.messages))
    var place = 0
    var left: [Open] = []
    for open in all {
      let messages = open.pair.messages
      let seen = Array(dumps[place..<place + messages.count])
      place += messages.count
      let limits = limits(of: seen.dropLast(), messages)
      if limits?.isEmpty == true {
        for limit in open.limits { self.limits[limit, default: 0] += 1 }
        compare(open.pair, seen)
      } else if let limits, limits.isDisjoint(with: open.limits) {
        left.append(
          Open(pair: open.pair.rewritten(limits), limits: open.limits.union(limits)))
      } else {
        blame("sofia-sip does not take it for no known reason", open.pair)
      }
    }
    return left
  }

  /// Only what was received may be more than sofia-sip takes.
  private func limits(of dumps: ArraySlice<Dump>, _ messages: [[UInt8]]) -> Set<SofiaLimit>? {
    var all: Set<SofiaLimit> = []
    for (dump, octets) in zip(dumps, messages) {
      guard let limits = SofiaLimit.explaining(dump, of: octets) else { return nil }
      all.formUnion(limits)
    }
    return all
  }

  private mutating func compare(_ pair: Pair, _ seen: [Dump]) {
    compared += 1
    guard let sent = seen.last else { return }
    let response = seen.count > 2 ? seen[1] : nil
    let comparison = Comparison(pair.way, received: seen[0], sent: sent, response: response)
    let differences = comparison.differences + (sent.isWhole ? [] : ["what was sent is not taken"])
    if !differences.isEmpty { blame(differences.joined(separator: "\n"), pair) }
  }

  private mutating func blame(_ fault: String, _ pair: Pair) {
    let shown = pair.messages.map { String(decoding: $0.prefix(6000), as: UTF8.self) }
    faults.append("\(fault)\n\(shown.joined(separator: "\n--->\n"))")
  }
}

extension Pair {
  /// What was received, first and last where it is more than one, and then what was sent.
  var messages: [[UInt8]] {
    response.map { [received, $0, sent] } ?? [received, sent]
  }

  /// The second message that what was sent depends on.
  private var response: [UInt8]? {
    switch way {
    case .acknowledgement(let response), .redirected(_, let response): response
    default: nil
    }
  }

  fileprivate func rewritten(_ limits: Set<SofiaLimit>) -> Pair {
    let rewrite = { (octets: [UInt8]) in
      SofiaLimit.allCases.filter(limits.contains).reduce(octets) { $1.rewrite($0) }
    }
    var pair = Pair(way: way, received: rewrite(received), sent: rewrite(sent))
    switch way {
    case .acknowledgement(let response):
      pair.way = .acknowledgement(response: rewrite(response))
    case .redirected(let facts, let response):
      pair.way = .redirected(facts, response: rewrite(response))
    default: break
    }
    return pair
  }
}
