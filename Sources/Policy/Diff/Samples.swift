import Routing

/// The values of one dimension of requests that tell the conditions of two policies apart: what is
/// named, and what is just beside it.
enum Samples {
  /// A host that no policy names.
  static let foreignHost = "elsewhere.invalid"

  /// Hosts that the conditions name, and one that they do not.
  static func hosts(_ parties: [Party]) -> [String] {
    unique(
      parties.flatMap(\.domains).map { String(decoding: $0, as: UTF8.self) } + [foreignHost])
  }

  /// Users, written as a URI has them: for each prefix one that has just this beginning, and no
  /// longer one that is named; for each pattern those at its edges; and such as nobody names. The
  /// empty one stands for none.
  static func users(_ parties: [Party]) -> [String] {
    let prefixes = Set(parties.flatMap(\.userPrefixes))
    var beginnings: Set<[UInt8]> = []
    for prefix in prefixes {
      for length in 1...max(1, prefix.count) { beginnings.insert(Array(prefix.prefix(length))) }
    }
    var users: [[UInt8]] = []
    for prefix in prefixes.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let next = Array("5012346789x".utf8).first { !beginnings.contains(prefix + [$0]) }
      users.append(prefix + (next.map { [$0] } ?? []))
      users.append(prefix)
    }
    let octets = Array("01259345678+*#abxz.".utf8)
    var seen: Set<UserPattern> = []
    for pattern in parties.flatMap(\.userPatterns) where seen.insert(pattern).inserted {
      users += pattern.samples(of: octets)
    }
    users += ["nobody", "+00", "00"].map { Array($0.utf8) }
    return unique(users.map(escaped)) + [""]
  }

  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  /// What a user part cannot have is escaped (RFC 3261 §25.1).
  private static func escaped(_ octets: [UInt8]) -> String {
    octets.map { octet in
      switch octet {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: String(Unicode.Scalar(octet))
      default:
        Array("-_.!~*'()&=+$,;?/".utf8).contains(octet)
          ? String(Unicode.Scalar(octet))
          : "%" + String(octet >> 4, radix: 16) + String(octet & 15, radix: 16)
      }
    }.joined()
  }

  /// Instants at and between the bounds of the hours that routes are open, of one week.
  static func instants(_ hours: [Hours]) -> [Int64?] {
    guard !hours.isEmpty else { return [nil] }
    let week = 7 * 1440
    var minutes: Set<Int> = [0]
    for one in Set(hours) {
      for day in 0..<7 {
        for bound in [one.start, one.end] {
          minutes.insert(((day * 1440 + bound - one.offset) % week + week) % week)
        }
      }
    }
    for day in 0..<7 { minutes.insert(day * 1440) }
    let monday = Moment.usual / 60_000_000_000 - 720
    let bounds = minutes.sorted()
    let ends = Array(bounds.dropFirst()) + [week]
    // Noon of a Monday is when a test takes place that says nothing else.
    var instants: [Int64?] = [Moment.usual]
    for (bound, end) in zip(bounds, ends) {
      instants.append((Int64((bound + end) / 2) + monday) * 60_000_000_000)
    }
    return instants
  }

  /// The values that a header has, each a list of lines; none where it is not there.
  static func lines(_ nodes: [Node]) -> [[String]] {
    let texts = unique(nodes.flatMap { $0.words("equals") + $0.words("contains") })
    var lines: [[String]] = [[], ["unheard-of"]] + texts.map { [$0] }
    for text in texts.prefix(12) {
      lines += [["unheard-of", text], [text, "unheard-of"], ["a \(text) z"]]
      lines += texts.prefix(12).filter { $0 != text }.map { [text, $0] }
    }
    return lines
  }
}
