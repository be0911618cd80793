import Basics
import Testing

@testable import Routing

@Suite("Patterns of user parts: from left to right, with no way back")
struct PatternTests {
  private static func set(_ text: String) -> UserPattern.Characters {
    var characters = UserPattern.Characters()
    for octet in text.utf8 { characters.insert(octet) }
    return characters
  }

  private static let digit = set("0123456789")

  /// `+49` and digits, as many as `optional` may be fewer than `count`.
  private static func german(
    _ count: Int, optional: Int = 0, rest: UserPattern.Rest = .nothing
  ) -> UserPattern {
    let places = [set("+"), set("4"), set("9")] + Array(repeating: digit, count: count)
    return UserPattern(places, optional: optional, rest: rest)
  }

  private static func matches(_ pattern: UserPattern, _ user: String) -> Bool {
    let octets = Array(user.utf8)
    return pattern.matches(octets.span, Slice(from: 0, to: octets.count))
  }

  @Test(
    "exactly so many places", arguments: [("+49301", true), ("+4930", false), ("+493012", false)])
  func exact(user: String, isMatch: Bool) {
    #expect(Self.matches(Self.german(3), user) == isMatch)
  }

  @Test(
    "the last places may be empty",
    arguments: [("+4930", false), ("+49301", true), ("+49301234", true), ("+493012345", false)])
  func optional(user: String, isMatch: Bool) {
    #expect(Self.matches(Self.german(6, optional: 3), user) == isMatch)
  }

  @Test("something more, or perhaps something more")
  func rest() {
    #expect(!Self.matches(Self.german(0, rest: .some), "+49"))
    #expect(Self.matches(Self.german(0, rest: .some), "+491"))
    #expect(Self.matches(Self.german(0, rest: .some), "+49alice"))
    #expect(Self.matches(Self.german(0, rest: .any), "+49"))
    #expect(!Self.matches(Self.german(0, rest: .any), "+48"))
    #expect(Self.matches(UserPattern([], rest: .any), "whoever"))
  }

  @Test(
    "a number is what it means, not how it is spelt (RFC 3261 §19.1.4, RFC 3966 §3)",
    arguments: [
      ("+49-(30).1", true), ("%2B49301", true), ("+4930%31", true), ("+49301;npdi", true),
      ("+49301;phone-context=+1", true), ("+49301%3Bx", false), ("+4930%zz", false),
      ("+4930%3", false), ("+49301x", false), ("", false), ("-", false),
    ])
  func spelling(user: String, isMatch: Bool) {
    #expect(Self.matches(Self.german(3), user) == isMatch)
  }

  @Test("what is no number keeps its hyphens and semicolons")
  func words() {
    let pattern = UserPattern([Self.set("ab"), Self.set("-;")])
    #expect(Self.matches(pattern, "a-") && Self.matches(pattern, "b;"))
    #expect(!Self.matches(pattern, "A-") && !Self.matches(pattern, "a"))
    #expect(!Self.matches(pattern, "a\u{e9}"))
  }

  @Test("which patterns a pattern covers")
  func covers() {
    let any = Self.german(0, rest: .any)
    let some = Self.german(0, rest: .some)
    #expect(any.covers(some) && !some.covers(any))
    #expect(some.covers(Self.german(3)) && !some.covers(Self.german(0)))
    #expect(Self.german(6, optional: 3).covers(Self.german(4)))
    #expect(!Self.german(6, optional: 3).covers(Self.german(2)))
    #expect(!Self.german(6, optional: 3).covers(some))
    #expect(!Self.german(3).covers(UserPattern([Self.set("+"), Self.set("48")])))
    let narrow = UserPattern([Self.set("+"), Self.set("4"), Self.set("9"), Self.set("12")])
    #expect(Self.german(1).covers(narrow) && !narrow.covers(Self.german(1)))
  }

  /// Each pattern of at most two places with these characters, and each kind of end.
  private static func small(of sets: [String]) -> [UserPattern] {
    var places: [[UserPattern.Characters]] = [[]]
    for length in 0..<2 {
      places += places.filter { $0.count == length }.flatMap { start in
        sets.map { start + [set($0)] }
      }
    }
    return places.flatMap { places in
      (0...places.count).map { UserPattern(places, optional: $0) }
        + [UserPattern(places, rest: .some), UserPattern(places, rest: .any)]
    }
  }

  /// The places of the texts that a pattern matches.
  private static func matched(by pattern: UserPattern, _ texts: [[UInt8]]) -> Set<Int> {
    Set(
      texts.indices.filter { place in
        let text = texts[place]
        return pattern.matches(text.span, Slice(from: 0, to: text.count))
      })
  }

  /// All texts of at most four of these octets.
  private static func texts(of octets: [UInt8]) -> [[UInt8]] {
    var texts: [[UInt8]] = [[]]
    for length in 0..<4 {
      texts += texts.filter { $0.count == length }.flatMap { start in octets.map { start + [$0] } }
    }
    return texts
  }

  @Test(
    "a pattern covers another if and only if it matches all that it does, where both are of a kind",
    arguments: [["1", "12", "+2"], ["a", "ab", "1b"]])
  func coversExactly(sets: [String]) {
    let patterns = Self.small(of: sets)
    let texts = Self.texts(of: Array("12a".utf8) + [sets[0] == "a" ? 0x62 : 0x2b, 0xe9])
    let matched = patterns.map { Self.matched(by: $0, texts) }
    var counts = (yes: 0, no: 0)
    for (one, wide) in zip(patterns, matched) {
      for (other, narrow) in zip(patterns, matched) where one.isNumber == other.isNumber {
        let isCovered = narrow.isSubset(of: wide)
        #expect(one.covers(other) == isCovered, "\(one) and \(other)")
        if isCovered { counts.yes += 1 } else { counts.no += 1 }
      }
    }
    #expect(counts.yes > 300 && counts.no > 2_000, "\(counts)")
  }

  @Test("it is never said to cover what it does not match, whatever the two are made of")
  func coversIsSound() {
    let patterns = Self.small(of: ["1", "1a", "+", "-"])
    let texts = Self.texts(of: Array("1a+-".utf8) + [0xe9])
    let matched = patterns.map { Self.matched(by: $0, texts) }
    var covered = 0
    for (one, wide) in zip(patterns, matched) {
      for (other, narrow) in zip(patterns, matched) where one.covers(other) {
        #expect(narrow.isSubset(of: wide), "\(one) and \(other)")
        covered += 1
      }
    }
    #expect(covered > 400, "\(covered)")
  }
}
