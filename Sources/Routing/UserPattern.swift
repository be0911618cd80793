import Basics
import SIP

/// A pattern of whole user parts, as dial plans have them: one set of octets for each place, and
/// what may follow. It is matched from left to right, each octet looked at once, with no way back.
package struct UserPattern: Hashable, Sendable {
  /// A set of ASCII characters.
  package struct Characters: Hashable, Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    package init() {}

    /// Takes in an octet below 128.
    package mutating func insert(_ octet: UInt8) {
      if octet < 64 { low |= 1 << UInt64(octet) } else { high |= 1 << UInt64(octet & 63) }
    }

    /// Whether it holds this octet; never one from 128 on.
    package func contains(_ octet: UInt8) -> Bool {
      octet < 64
        ? low >> UInt64(octet) & 1 != 0 : octet < 128 && high >> UInt64(octet & 63) & 1 != 0
    }

    /// The one character that is in it, if it is one.
    var only: UInt8? {
      guard low.nonzeroBitCount + high.nonzeroBitCount == 1 else { return nil }
      return UInt8(low != 0 ? low.trailingZeroBitCount : 64 + high.trailingZeroBitCount)
    }

    func isSubset(of other: Characters) -> Bool { low & ~other.low == 0 && high & ~other.high == 0 }
  }

  /// What may follow the last place.
  package enum Rest: UInt8, Hashable, Sendable {
    case nothing
    /// Any octets, at least one.
    case some
    /// Any octets, or none.
    case any
  }

  private let places: [Characters]
  /// How many places must be filled; fewer than all only where nothing may follow.
  private let required: Int
  private let rest: Rest
  /// Whether it is a pattern of numbers: each of its places takes digits, `+`, `*` and `#` only.
  let isNumber: Bool

  /// - Parameter optional: how many of the last places may be empty; 0 where something may follow.
  package init(_ places: [Characters], optional: Int = 0, rest: Rest = .nothing) {
    var numbers = Characters()
    for octet in "0123456789+*#".utf8 { numbers.insert(octet) }
    self.places = places
    self.rest = rest
    required = rest == .nothing ? max(0, places.count - optional) : places.count
    isNumber = places.allSatisfy { $0.isSubset(of: numbers) }
  }

  /// What every user begins with that it matches, when a user is read as a prefix reads it: in a
  /// pattern of numbers only as far as a prefix would be one of a number as well.
  package var beginning: [UInt8] {
    var beginning: [UInt8] = []
    for place in places.prefix(required) {
      guard let octet = place.only, !isNumber || octet == 0x2b || octet &- 0x30 < 10 else { break }
      beginning.append(octet)
    }
    return beginning
  }

  func matches(_ bytes: Span<UInt8>, _ user: Slice) -> Bool {
    var text = UserText(bytes, user, isNumber: isNumber)
    var filled = 0
    while let octet = text.next() {
      guard filled < places.count else { return rest != .nothing }
      guard places[filled].contains(octet) else { return false }
      filled &+= 1
    }
    return filled >= required && rest != .some
  }

  /// Whether every user that the other matches is matched by this one.
  package func covers(_ other: UserPattern) -> Bool {
    guard isNumber == other.isNumber else { return false }
    let (own, others) = (length, other.length)
    guard own.contains(others.lowerBound), own.contains(others.upperBound) else {
      return false
    }
    // Behind the other's last place may stand any octet, and no place takes every one.
    guard other.rest == .nothing || places.count <= other.places.count else { return false }
    for place in 0..<min(places.count, other.places.count)
    where !other.places[place].isSubset(of: places[place]) {
      return false
    }
    return true
  }

  /// How many octets a user may have.
  private var length: ClosedRange<Int> {
    let least = required + (rest == .some ? 1 : 0)
    return least...(rest == .nothing ? max(least, places.count) : .max)
  }
}

extension UserPattern {
  /// Users at its edges: for each place, one with each of these octets there, of its shortest and
  /// its longest length; and such that are one octet longer or shorter.
  package func samples(of octets: [UInt8]) -> [[UInt8]] {
    let whole = places.map { characters in octets.first(where: characters.contains) ?? 0x30 }
    let filler = whole.last ?? 0x30
    var samples = [whole + [filler], whole + [filler, filler], Array(whole.prefix(required))]
    if required > 1 { samples.append(Array(whole.prefix(required - 1))) }
    for place in whole.indices {
      for octet in octets where octet != whole[place] {
        var sample = whole
        sample[place] = octet
        samples.append(sample)
        if place < required { samples.append(Array(sample.prefix(required))) }
      }
    }
    // The likeliest one comes first.
    return [whole] + samples
  }
}
