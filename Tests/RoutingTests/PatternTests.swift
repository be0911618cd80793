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

  @Test("a pattern covers another only if it matches all that the other does", arguments: 0..<20)
  func coversIsSound(seed: UInt64) {
    var generator = Lehmer(state: seed &* 2 + 1)
    let (one, other) = (Self.random(&generator), Self.random(&generator))
    guard one.covers(other) else { return }
    for _ in 0..<2000 {
      let user = String((0..<generator.below(5)).map { _ in "12+a".randomElement(&generator) })
      if Self.matches(other, user) { #expect(Self.matches(one, user), "\(user)") }
    }
  }

  private static func random(_ generator: inout Lehmer) -> UserPattern {
    let sets = ["1", "12", "+", "12+", "a", "1a"].map(set)
    let places = (0..<generator.below(3)).map { _ in sets[generator.below(sets.count)] }
    let rests: [UserPattern.Rest] = [.nothing, .some, .any]
    let rest = rests[generator.below(3)]
    return UserPattern(places, optional: rest == .nothing ? generator.below(2) : 0, rest: rest)
  }
}

/// A small generator with a seed.
struct Lehmer: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 33
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

extension String {
  fileprivate func randomElement(_ generator: inout Lehmer) -> Character {
    Array(self)[generator.below(count)]
  }
}
