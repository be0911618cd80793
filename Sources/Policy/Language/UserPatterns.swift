import Routing

/// Patterns of user parts as a policy writes them, in the manner of dial plans:
///
///     pattern = 1*place [ "." / "!" ]
///     place   = ( character / "X" / "Z" / "N" / "[" class "]" ) [ "{" count "}" ]
///
/// `X` is a digit, `Z` one from 1 to 9, `N` one from 2 to 9; a class is characters and ranges of
/// them; any other character is itself. At the end `.` is at least one character more and `!` any
/// number of them; the last place may have a count such as `{3,8}` instead.
struct UserPatterns {
  /// How many places a pattern may have, repeated ones counted as often as they are repeated.
  static let longest = 64

  private let text: String
  private let octets: [UInt8]
  private var next = 0
  private var places: [UserPattern.Characters] = []
  private var optional = 0
  /// Whether a literal separator of numbers stands in it, and what it would be without.
  private var hasSeparator = false
  private var isNumber = true

  static func read(_ text: String) throws(Complaint) -> UserPattern {
    var reader = UserPatterns(text: text, octets: Array(text.utf8))
    return try reader.pattern()
  }

  private init(text: String, octets: [UInt8]) {
    self.text = text
    self.octets = octets
  }

  private mutating func pattern() throws(Complaint) -> UserPattern {
    guard !octets.isEmpty else { throw complaint("is empty") }
    while next < octets.count {
      if let rest = try rest() { return try finish(rest) }
      guard optional == 0 else { throw complaint("has a count from..to before its last place") }
      try place()
    }
    return try finish(.nothing)
  }

  private func finish(_ rest: UserPattern.Rest) throws(Complaint) -> UserPattern {
    guard optional == 0 || rest == .nothing else {
      throw complaint("has a count from..to before its last place")
    }
    // A number is compared without its separators, so that such a pattern would match nothing.
    guard !(hasSeparator && isNumber) else {
      throw complaint("has separators; numbers are compared without them, so leave them out")
    }
    return UserPattern(places, optional: optional, rest: rest)
  }

  /// Takes what may stand at the end only.
  private mutating func rest() throws(Complaint) -> UserPattern.Rest? {
    let rest: UserPattern.Rest
    switch octets[next] {
    case UInt8(ascii: "."): rest = .some
    case UInt8(ascii: "!"): rest = .any
    default: return nil
    }
    let sign = Character(Unicode.Scalar(octets[next]))
    guard next == octets.count - 1 else {
      throw complaint("has `\(sign)` before its end; the character itself is written `[\(sign)]`")
    }
    next += 1
    return rest
  }

  private mutating func place() throws(Complaint) {
    let characters = try characters()
    let (least, most) = try count()
    guard places.count + most <= Self.longest else {
      throw complaint("is longer than \(Self.longest) places")
    }
    places += Array(repeating: characters, count: most)
    optional = most - least
  }

  private mutating func characters() throws(Complaint) -> UserPattern.Characters {
    let octet = octets[next]
    next += 1
    switch octet {
    case UInt8(ascii: "X"): return Self.range("0", "9")
    case UInt8(ascii: "Z"): return Self.range("1", "9")
    case UInt8(ascii: "N"): return Self.range("2", "9")
    case UInt8(ascii: "["): return try characterClass()
    default:
      var characters = UserPattern.Characters()
      characters.insert(try literal(octet))
      if Self.separators.contains(octet) {
        hasSeparator = true
      } else if !Self.numbers.contains(octet) {
        isNumber = false
      }
      return characters
    }
  }

  private mutating func characterClass() throws(Complaint) -> UserPattern.Characters {
    var characters = UserPattern.Characters()
    let start = next
    while next < octets.count, octets[next] != UInt8(ascii: "]") {
      let first = try literal(octets[next], isInClass: true)
      var last = first
      next += 1
      if next + 1 < octets.count, octets[next] == UInt8(ascii: "-"),
        octets[next + 1] != UInt8(ascii: "]")
      {
        last = try literal(octets[next + 1], isInClass: true)
        next += 2
      }
      guard first <= last else {
        throw complaint("has a range that ends before it begins")
      }
      for octet in first...last {
        characters.insert(octet)
        if !Self.numbers.contains(octet) { isNumber = false }
      }
    }
    guard next < octets.count else { throw complaint("has a `[` without its `]`") }
    guard next > start else { throw complaint("has a class of no characters") }
    next += 1
    return characters
  }

  /// Takes `{n}` or `{m,n}`, where there is one.
  private mutating func count() throws(Complaint) -> (least: Int, most: Int) {
    guard next < octets.count, octets[next] == UInt8(ascii: "{") else { return (1, 1) }
    guard let end = octets[next...].firstIndex(of: UInt8(ascii: "}")) else {
      throw complaint("has a `{` without its `}`")
    }
    let inner = octets[next + 1..<end].split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    let numbers = inner.map { digits in
      digits.allSatisfy { $0 &- 0x30 < 10 } ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }
    guard numbers.count <= 2, let least = numbers[0], let most = numbers.last ?? nil,
      least <= most, most >= 1
    else { throw complaint("has a count that is not like `{7}` or `{3,8}`") }
    next = end + 1
    return (least, min(most, Self.longest + 1))
  }

  /// A character that a user part may have (RFC 3261 §25.1), or that an escape can stand for.
  private func literal(_ octet: UInt8, isInClass: Bool = false) throws(Complaint) -> UInt8 {
    switch octet {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: return octet
    default:
      let marks = isInClass ? "-_.!~*'()&=+$,;?/#@{}" : "-_~*'()&=+$,;?/#@"
      guard marks.utf8.contains(octet) else {
        throw complaint("has a character that no user part has")
      }
      return octet
    }
  }

  private static let separators = Array("-()".utf8)
  private static let numbers = Array("0123456789+*#".utf8)

  private static func range(_ first: Unicode.Scalar, _ last: Unicode.Scalar)
    -> UserPattern.Characters
  {
    var characters = UserPattern.Characters()
    for octet in UInt8(ascii: first)...UInt8(ascii: last) { characters.insert(octet) }
    return characters
  }

  private func complaint(_ what: String) -> Complaint {
    Complaint("the pattern `\(text.shortened)` \(what)")
  }
}
