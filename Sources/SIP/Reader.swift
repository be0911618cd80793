import Basics

/// A place in a value that moves forward only. All offsets are those of the whole message, and
/// every loop over it ends because `place` rises up to `end`.
///
/// What every message needs is inlined, so that the place stays in a register; what is seldom
/// needed is a function from one place to another (`…End(from:)`), which leaves it there.
struct Reader: ~Escapable {
  /// The message up to the end of the value, and never more than a `Slice` can name.
  let bytes: Span<UInt8>
  var place: Int

  @inline(__always)
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ slice: Slice) {
    self.init(bytes, from: slice.start, to: slice.end)
  }

  @inline(__always)
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, from place: Int, to end: Int) {
    self.bytes = bytes.extracting(first: min(max(end, 0), Slice.longest))
    self.place = min(max(place, 0), self.bytes.count)
  }

  @inline(__always)
  var end: Int { bytes.count }

  /// The octet at the place, or 0 at the end (a NUL is significant in no grammar).
  @inline(__always)
  var peek: UInt8 { bytes.octet(at: place) }

  @inline(__always)
  func octet(after distance: Int) -> UInt8 { bytes.octet(at: place &+ distance) }

  @inline(__always)
  var isAtEnd: Bool { place >= end }

  @inline(__always)
  func slice(from start: Int) -> Slice { Slice(from: start, to: place) }

  @inline(__always)
  func malformed(_ fault: Malformed.Fault) -> Malformed { Malformed(fault, at: place) }
}

// White space (SWS, LWS): folds were checked when the message was split, and are checked again here
// because a value may come from elsewhere.
extension Reader {
  /// Takes SWS, folds included, where there is none nearly always.
  @inline(__always)
  mutating func skipSpace() {
    if peek &- 1 < 0x20 { place = spaceEnd(from: place) }
  }

  /// Takes SWS, folds included, where there is one space nearly always.
  @inline(__always)
  mutating func skipOneSpace() {
    if peek == 0x20, octet(after: 1) > 0x20 {
      place &+= 1
    } else {
      skipSpace()
    }
  }

  @inline(never)
  func spaceEnd(from start: Int) -> Int {
    var place = start
    while place < end {
      let octet = bytes[place]
      if Octets.isSpace(octet) {
        place &+= 1
      } else if octet == 0x0d, bytes.octet(at: place &+ 1) == 0x0a,
        Octets.isSpace(bytes.octet(at: place &+ 2))
      {
        place &+= 3
      } else {
        return place
      }
    }
    return place
  }

  /// Takes SWS and says whether there was any.
  @inline(__always)
  mutating func takeSpace() -> Bool {
    let start = place
    skipOneSpace()
    return place > start
  }

  /// Takes `octet` if it stands here.
  @inline(__always)
  mutating func take(_ octet: UInt8) -> Bool {
    guard peek == octet else { return false }
    place &+= 1
    return true
  }

  /// Takes SWS `octet` SWS if it stands here; the place stays where it was if not.
  @inline(__always)
  mutating func takeSpaced(_ octet: UInt8) -> Bool {
    let next = peek
    if next == octet {
      place &+= 1
    } else {
      guard next &- 1 < 0x20, let after = spacedEnd(octet, from: place) else { return false }
      place = after
    }
    skipOneSpace()
    return true
  }

  @inline(never)
  private func spacedEnd(_ octet: UInt8, from start: Int) -> Int? {
    let place = spaceEnd(from: start)
    return bytes.octet(at: place) == octet ? place &+ 1 : nil
  }

  /// Nothing but white space may follow.
  @inline(__always)
  mutating func finish() throws(Malformed) {
    skipSpace()
    guard isAtEnd else { throw malformed(.trailing) }
  }

  /// Takes a comma with the white space around it, or finds the end.
  @inline(__always)
  mutating func takeComma() throws(Malformed) -> Bool {
    skipSpace()
    if isAtEnd { return false }
    guard take(0x2c) else { throw malformed(.trailing) }
    skipOneSpace()
    return true
  }
}

// Runs of octets
extension Reader {
  /// Takes the octets of a set, which may be none.
  @inline(__always)
  mutating func pass(_ set: OctetSet) { place = bytes.end(of: set, from: place) }

  /// Takes the octets of a set, which may be none.
  @inline(__always)
  mutating func run(_ set: OctetSet) -> Slice {
    let start = place
    pass(set)
    return slice(from: start)
  }

  /// Takes at least one octet of a set.
  @inline(__always)
  mutating func some(_ set: OctetSet, or fault: Malformed.Fault) throws(Malformed) -> Slice {
    let start = place
    pass(set)
    guard place > start else { throw malformed(fault) }
    return slice(from: start)
  }

  /// Takes octets of a set and escapes (`%HH`).
  @inline(__always)
  mutating func passEscaped(_ set: OctetSet) throws(Malformed) {
    pass(set)
    if peek == 0x25 { place = try escapedEnd(set, from: place) }
  }

  @inline(__always)
  mutating func escapedRun(_ set: OctetSet) throws(Malformed) -> Slice {
    let start = place
    try passEscaped(set)
    return slice(from: start)
  }

  @inline(never)
  func escapedEnd(_ set: OctetSet, from start: Int) throws(Malformed) -> Int {
    var place = start
    while bytes.octet(at: place) == 0x25 {
      guard Octets.hexValue(bytes.octet(at: place &+ 1)) != nil,
        Octets.hexValue(bytes.octet(at: place &+ 2)) != nil
      else { throw Malformed(.escape, at: place) }
      place = bytes.end(of: set, from: place &+ 3)
    }
    return place
  }

  /// Takes `1*DIGIT` as a number; one that is too big becomes `UInt64.max`.
  @inline(__always)
  mutating func number(or fault: Malformed.Fault) throws(Malformed) -> UInt64 {
    let (value, digits) = bytes.shortNumber(at: place)
    guard digits > 0 else { throw malformed(fault) }
    if digits < 8 {
      place &+= digits
      return value
    }
    let long = longNumber(from: place)
    place = long.end
    return long.value
  }

  @inline(never)
  private func longNumber(from start: Int) -> (value: UInt64, end: Int) {
    var place = start
    var value: UInt64 = 0
    while place < end {
      let digit = bytes[place] &- 0x30
      guard digit < 10 else { break }
      value = value > UInt64.max / 10 - 1 ? .max : value &* 10 &+ UInt64(digit)
      place &+= 1
    }
    return (value, place)
  }
}

// Quoted strings and UTF-8
extension Reader {
  /// Takes a quoted string with its quotes. The octets between are qdtext (RFC 3261 §25.1) with
  /// whole UTF-8, quoted pairs and folds.
  @inline(__always)
  mutating func quotedString() throws(Malformed) -> Slice {
    let start = place
    place = try quotedStringEnd(from: start)
    return slice(from: start)
  }

  @inline(never)
  func quotedStringEnd(from start: Int) throws(Malformed) -> Int {
    var place = start &+ 1
    while true {
      place = bytes.quotedTextEnd(from: place)
      guard place < end else { throw Malformed(.quotedString, at: start) }
      switch bytes[place] {
      case 0x22: return place &+ 1
      case 0x5c: place = try quotedPairEnd(from: place)
      case 0x80...: place = try characterEnd(from: place, or: .quotedString)
      default:
        let after = spaceEnd(from: place)
        guard after > place else { throw Malformed(.quotedString, at: place) }
        place = after
      }
    }
  }

  /// `"\" (%x00-09 / %x0B-0C / %x0E-7F)`
  private func quotedPairEnd(from place: Int) throws(Malformed) -> Int {
    guard place &+ 1 < end else { throw Malformed(.quotedString, at: place) }
    let octet = bytes[place &+ 1]
    guard octet < 0x80, octet != 0x0a, octet != 0x0d else {
      throw Malformed(.quotedString, at: place)
    }
    return place &+ 2
  }

  /// The end of one character of two to four octets, in its shortest form, no surrogate (RFC 3629
  /// §4).
  func characterEnd(from place: Int, or fault: Malformed.Fault) throws(Malformed) -> Int {
    let lead = bytes.octet(at: place)
    let length: Int
    switch lead {
    case 0xc2...0xdf: length = 2
    case 0xe0...0xef: length = 3
    case 0xf0...0xf4: length = 4
    default: throw Malformed(fault, at: place)
    }
    let second = bytes.octet(at: place &+ 1)
    let lowest: UInt8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80
    let highest: UInt8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf
    guard second >= lowest, second <= highest,
      length < 3 || bytes.octet(at: place &+ 2) & 0xc0 == 0x80,
      length < 4 || bytes.octet(at: place &+ 3) & 0xc0 == 0x80
    else { throw Malformed(fault, at: place) }
    return place &+ length
  }
}

extension Slice {
  /// As `empty`, but a constant in this module, which a global of another one is not.
  @inline(__always)
  static var nothing: Slice { Slice(from: 0, to: 0) }
}
