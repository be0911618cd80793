// The only file of this target with `unsafe` in it: loads of 8 and 16 octets after an explicit
// bounds check, and bulk copies. Everything else reads `Span` with its checks.

public import Basics

extension Span<UInt8> {
  /// The offset of the first CR or LF at or after `start`, or `count`.
  @inline(__always)
  func firstLineBreak(from start: Int) -> Int {
    let cr = SIMD16<UInt8>(repeating: 0x0d)
    let lf = SIMD16<UInt8>(repeating: 0x0a)
    var place = start
    let words = unsafe self.bytes
    while place &+ 16 <= count {
      // Checked by the loop's condition.
      let octets = unsafe words.unsafeLoadUnaligned(
        fromUncheckedByteOffset: place, as: SIMD16<UInt8>.self)
      let hits = unsafe unsafeBitCast((octets .== cr) .| (octets .== lf), to: SIMD2<UInt64>.self)
      if hits[0] != 0 { return place &+ hits[0].trailingZeroBitCount >> 3 }
      if hits[1] != 0 { return place &+ 8 &+ hits[1].trailingZeroBitCount >> 3 }
      place &+= 16
    }
    while place < count {
      if self[place] == 0x0d || self[place] == 0x0a { return place }
      place &+= 1
    }
    return count
  }

  /// The offset of the first `octet` in `start..<end`, or `end`.
  @inline(__always)
  func first(_ octet: UInt8, from start: Int, to end: Int) -> Int {
    let wanted = SIMD16<UInt8>(repeating: octet)
    var place = start
    let last = Swift.min(end, count)
    let words = unsafe self.bytes
    while place &+ 16 <= last {
      // Checked by the loop's condition.
      let octets = unsafe words.unsafeLoadUnaligned(
        fromUncheckedByteOffset: place, as: SIMD16<UInt8>.self)
      let hits = unsafe unsafeBitCast(octets .== wanted, to: SIMD2<UInt64>.self)
      if hits[0] != 0 { return place &+ hits[0].trailingZeroBitCount >> 3 }
      if hits[1] != 0 { return place &+ 8 &+ hits[1].trailingZeroBitCount >> 3 }
      place &+= 16
    }
    while place < last {
      if self[place] == octet { return place }
      place &+= 1
    }
    return last
  }

  /// Where the colon and the end of the line stand of a header that begins at `start` and is laid
  /// out as nearly all are: a colon within sixteen octets, one space, a value without white space
  /// around it, CRLF, and no fold. For any other the end is 0.
  @inline(__always)
  func usualHeader(from start: Int) -> (colon: Int, end: Int) {
    let last = count &- 16
    guard start >= 0, start <= last else { return (0, 0) }
    let words = unsafe self.bytes
    // `start` and each `place` were compared with `last`: sixteen octets follow.
    var octets = unsafe words.unsafeLoadUnaligned(
      fromUncheckedByteOffset: start, as: SIMD16<UInt8>.self)
    let colons = nibbles(octets .== SIMD16<UInt8>(repeating: 0x3a))
    let space = SIMD16<UInt8>(repeating: 0x20)
    var controls = nibbles(octets .< space)
    let colon = start &+ colons.trailingZeroBitCount >> 2
    var place = start
    while controls == 0 {
      place &+= 16
      guard place <= last else { return (0, 0) }
      octets = unsafe words.unsafeLoadUnaligned(
        fromUncheckedByteOffset: place, as: SIMD16<UInt8>.self)
      controls = nibbles(octets .< space)
    }
    let end = place &+ controls.trailingZeroBitCount >> 2
    // The value has an octet at least, and two octets follow the CRLF.
    guard colons != 0, colon &+ 2 < end, end <= count &- 4 else { return (0, 0) }
    let lead = unsafe words.unsafeLoadUnaligned(
      fromUncheckedByteOffset: colon &+ 1, as: UInt16.self)
    let tail = unsafe words.unsafeLoadUnaligned(
      fromUncheckedByteOffset: end &- 1, as: UInt32.self)
    // In the order of the octets: 0x20 and none; none, CR, LF and no white space.
    guard lead & 0xff == 0x20, lead >> 8 != 0x20, tail & 0x00ff_ff00 == 0x000a_0d00,
      tail & 0xff != 0x20, tail >> 24 != 0x20, tail >> 24 != 0x09
    else { return (0, 0) }
    return (colon, end)
  }

  /// Eight octets from `offset` in the machine's order; those beyond the end read as zero.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    if offset >= 0, offset &+ 8 <= count {
      // Checked just above.
      return unsafe self.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
    }
    return lastWord(at: offset)
  }

  @inline(never)
  private func lastWord(at offset: Int) -> UInt64 {
    var word: UInt64 = 0
    var place = 0
    while offset &+ place < count {
      word |= UInt64(self[offset &+ place]) << UInt64(place &* 8)
      place &+= 1
    }
    return word
  }

  /// Up to eight octets of a slice as one number, in lower case where they are letters ("|0x20" on
  /// each: good for names made of letters, digits and hyphens).
  @inline(__always)
  func foldedWord(_ start: Int, _ length: Int) -> UInt64 {
    let word = word(at: start) | 0x2020_2020_2020_2020
    return length >= 8 ? word : word & (1 << UInt64(length &* 8) &- 1)
  }
}

extension OutputSpan<UInt8> {
  /// Appends all octets of `source` that have room, in one copy.
  public mutating func write(_ source: Span<UInt8>) {
    let length = Swift.min(source.count, freeCapacity)
    unsafe source.withUnsafeBufferPointer { from in
      unsafe self.withUnsafeMutableBufferPointer { to, initialized in
        guard length > 0, let base = to.baseAddress, let start = from.baseAddress else { return }
        // Both ranges were cut to what is there just above, and an output never overlaps its input.
        unsafe (base + initialized).update(from: start, count: length)
        initialized &+= length
      }
    }
  }

  /// Appends the text that has room.
  public mutating func write(_ text: StaticString) {
    let length = Swift.min(text.utf8CodeUnitCount, freeCapacity)
    unsafe self.withUnsafeMutableBufferPointer { to, initialized in
      guard length > 0, let base = to.baseAddress else { return }
      // A static string of ASCII has a pointer representation, and `length` is cut to the room.
      unsafe (base + initialized).update(from: text.utf8Start, count: length)
      initialized &+= length
    }
  }
}

extension Span<UInt8> {
  /// The octet at an offset, or 0 where there is none.
  @inline(__always)
  func octet(at place: Int) -> UInt8 {
    // One comparison for both ends: a negative offset is a huge unsigned one.
    guard UInt(bitPattern: place) < UInt(bitPattern: count) else { return 0 }
    return unsafe self[unchecked: place]
  }

  /// The offset of the first octet at or after `start` that is not in the set, or `count`.
  @inline(__always)
  func end(of set: OctetSet, from start: Int) -> Int {
    var place = start
    guard place >= 0 else { return 0 }
    // Four at a time: a bounds check for each octet would cost as much as the octet.
    while place <= count &- 4 {
      if unsafe !set.contains(self[unchecked: place]) { return place }
      if unsafe !set.contains(self[unchecked: place &+ 1]) { return place &+ 1 }
      if unsafe !set.contains(self[unchecked: place &+ 2]) { return place &+ 2 }
      if unsafe !set.contains(self[unchecked: place &+ 3]) { return place &+ 3 }
      place &+= 4
    }
    while place < count, set.contains(self[place]) { place &+= 1 }
    return place
  }

  /// As `end(of:from:)` for a set that holds letters, digits, `-` and `.`, sixteen octets at a
  /// time: for what is long, such as a branch or a Call-ID. What is short ends sooner octet by
  /// octet.
  @inline(__always)
  func longEnd(of set: OctetSet, from start: Int) -> Int {
    let fold = SIMD16<UInt8>(repeating: 0x20)
    let a = SIMD16<UInt8>(repeating: 0x61)
    let letters = SIMD16<UInt8>(repeating: 26)
    let hyphen = SIMD16<UInt8>(repeating: 0x2d)
    let digits = SIMD16<UInt8>(repeating: 13)
    let slash = SIMD16<UInt8>(repeating: 0x2f)
    var place = start
    let words = unsafe self.bytes
    while place &+ 16 <= count, place >= 0 {
      // Checked by the loop's condition.
      let octets = unsafe words.unsafeLoadUnaligned(
        fromUncheckedByteOffset: place, as: SIMD16<UInt8>.self)
      let isLetter = ((octets | fold) &- a) .< letters
      let isDigit = ((octets &- hyphen) .< digits) .& (octets .!= slash)
      let others = unsafe unsafeBitCast(.!(isLetter .| isDigit), to: SIMD2<UInt64>.self)
      if others[0] | others[1] != 0 {
        let first = others[0] != 0
        place &+= first ? 0 : 8
        place &+= (first ? others[0] : others[1]).trailingZeroBitCount >> 3
        break
      }
      place &+= 16
    }
    return end(of: set, from: place)
  }

  /// The offset of the first octet at or after `start` that is not plain text of a quoted string
  /// (0x20 to 0x7e without `"` and `\`), or `count`.
  @inline(__always)
  func quotedTextEnd(from start: Int) -> Int {
    guard count >= 16, start >= 0 else { return shortQuotedTextEnd(from: start) }
    let quote = SIMD16<UInt8>(repeating: 0x22)
    let backslash = SIMD16<UInt8>(repeating: 0x5c)
    let space = SIMD16<UInt8>(repeating: 0x20)
    let width = SIMD16<UInt8>(repeating: 0x5f)
    var place = start
    while place < count {
      let octets = sixteen(at: place)
      let text = ((octets &- space) .< width) .& (octets .!= quote) .& (octets .!= backslash)
      let others = ~nibbles(text, after: place)
      if others != 0 { return Swift.min(place &+ others.trailingZeroBitCount >> 2, count) }
      place &+= 16
    }
    return count
  }

  @inline(never)
  private func shortQuotedTextEnd(from start: Int) -> Int {
    var place = start
    while place < count {
      let octet = self[place]
      if octet &- 0x20 >= 0x5f || octet == 0x22 || octet == 0x5c { return place }
      place &+= 1
    }
    return place
  }

  /// The offset of the first `@` or `>` at or after `start`, or `count`.
  @inline(__always)
  func atOrBracket(from start: Int) -> Int {
    var place = start
    guard count >= 16, start >= 0 else {
      while place < count, self[place] != 0x40, self[place] != 0x3e { place &+= 1 }
      return place
    }
    let at = SIMD16<UInt8>(repeating: 0x40)
    let bracket = SIMD16<UInt8>(repeating: 0x3e)
    while place < count {
      let octets = sixteen(at: place)
      let hits = nibbles((octets .== at) .| (octets .== bracket), after: place)
      if hits != 0 { return place &+ hits.trailingZeroBitCount >> 2 }
      place &+= 16
    }
    return count
  }

  /// Four decimal numbers of one to three digits up to 255 at `start`, and their end. It looks no
  /// further.
  @inline(__always)
  func ipv4(at start: Int) -> (bits: UInt32, end: Int)? {
    guard start >= 0, start <= count &- 16 else { return slowIPv4(at: start) }
    // Fifteen octets at most, and one after them: all within the check above.
    var place = start
    var bits: UInt32 = 0
    for group in 0..<4 {
      if group > 0 {
        guard unsafe self[unchecked: place] == 0x2e else { return nil }
        place &+= 1
      }
      var value = unsafe UInt32(self[unchecked: place]) &- 0x30
      guard value < 10 else { return nil }
      place &+= 1
      let second = unsafe UInt32(self[unchecked: place]) &- 0x30
      if second < 10 {
        value = value &* 10 &+ second
        place &+= 1
        let third = unsafe UInt32(self[unchecked: place]) &- 0x30
        if third < 10 {
          value = value &* 10 &+ third
          place &+= 1
        }
      }
      guard value < 256 else { return nil }
      bits = bits << 8 | value
    }
    return (bits, place)
  }

  /// The same where there is not enough around it.
  @inline(never)
  private func slowIPv4(at start: Int) -> (bits: UInt32, end: Int)? {
    var place = start
    var bits: UInt32 = 0
    for group in 0..<4 {
      if group > 0 {
        guard octet(at: place) == 0x2e else { return nil }
        place &+= 1
      }
      let first = place
      var value: UInt32 = 0
      while place &- first < 3 {
        let digit = UInt32(octet(at: place)) &- 0x30
        guard digit < 10 else { break }
        value = value &* 10 &+ digit
        place &+= 1
      }
      guard place > first, value < 256 else { return nil }
      bits = bits << 8 | value
    }
    return (bits, place)
  }

  /// Sixteen octets from `place` on, or the last sixteen where there are less. The caller saw that
  /// there are sixteen in all and that `place` is not negative.
  @inline(__always)
  private func sixteen(at place: Int) -> SIMD16<UInt8> {
    let words = unsafe self.bytes
    let from = Swift.min(place, count &- 16)
    return unsafe words.unsafeLoadUnaligned(
      fromUncheckedByteOffset: from, as: SIMD16<UInt8>.self)
  }

  /// Four bits for each octet of `sixteen(at:)` from `place` on, lowest first; zeros follow.
  @inline(__always)
  private func nibbles(_ mask: SIMDMask<SIMD16<Int8>>, after place: Int) -> UInt64 {
    let pairs = unsafe unsafeBitCast(mask, to: SIMD8<UInt16>.self)
    let narrow = SIMD8<UInt8>(truncatingIfNeeded: pairs &>> SIMD8<UInt16>(repeating: 4))
    let before = Swift.max(place &- (count &- 16), 0)
    return unsafe unsafeBitCast(narrow, to: UInt64.self) &>> UInt64(truncatingIfNeeded: before &* 4)
  }

  /// Eight octets from `offset`, the first one lowest; those beyond the end are zero.
  @inline(__always)
  func eight(at offset: Int) -> UInt64 {
    guard offset <= count &- 8, offset >= 0 else { return lastEight(at: offset) }
    let words = unsafe self.bytes
    // Checked just above.
    return unsafe words.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
  }

  @inline(never)
  private func lastEight(at offset: Int) -> UInt64 {
    guard offset >= 0, offset < count else { return 0 }
    guard count >= 8 else { return word(at: offset) }
    // The last eight octets, shifted down to those that are wanted; 1 to 7 of them are not.
    let words = unsafe self.bytes
    let last = unsafe words.unsafeLoadUnaligned(
      fromUncheckedByteOffset: count &- 8, as: UInt64.self)
    return last >> UInt64((offset &- (count &- 8)) &* 8)
  }

  /// The decimal number of at most seven digits at `offset`, and how many digits it has; eight say
  /// that there may be more.
  @inline(__always)
  func shortNumber(at offset: Int) -> (value: UInt64, digits: Int) {
    let octets = eight(at: offset) ^ 0x3030_3030_3030_3030
    // The highest bit of an octet is set from the first one on that is no digit.
    let others = (octets | (octets &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080
    guard others & 0x80 == 0 else { return (0, 0) }
    let digits = others.trailingZeroBitCount >> 3
    guard digits < 8 else { return (0, 8) }
    var value = octets << UInt64(64 &- 8 &* digits)
    value = (value &* 10 &+ value >> 8) & 0x00ff_00ff_00ff_00ff
    value = (value &* 100 &+ value >> 16) & 0x0000_ffff_0000_ffff
    return ((value &* 10_000 &+ value >> 32) & 0xffff_ffff, digits)
  }

  /// Whether a host name from `start` to `end` is good beyond doubt: at most sixteen octets, no
  /// mark at either end, no dot beside a mark, and a last label that begins with a letter. Others
  /// need a slower look.
  @inline(__always)
  func isUsualName(from start: Int, to end: Int) -> Bool {
    let length = end &- start
    guard length > 0, length <= 16, start >= 0, start <= count &- 16 else { return false }
    let words = unsafe self.bytes
    // Checked just above.
    let octets = unsafe words.unsafeLoadUnaligned(
      fromUncheckedByteOffset: start, as: SIMD16<UInt8>.self)
    let within = UInt64.max >> UInt64(64 &- 4 &* length)
    let dots = nibbles(octets .== SIMD16<UInt8>(repeating: 0x2e)) & within
    let hyphens = nibbles(octets .== SIMD16<UInt8>(repeating: 0x2d)) & within
    let marks = dots | hyphens
    let beside = dots & (marks << 4 | marks >> 4)
    let ends = marks & (0xf | (within ^ (within >> 4)))
    let label = start &+ (64 &- dots.leadingZeroBitCount) >> 2
    return beside | ends == 0 && OctetSet.letter.contains(octet(at: label))
  }

  /// Four bits for each of sixteen octets, the first one lowest.
  @inline(__always)
  private func nibbles(_ mask: SIMDMask<SIMD16<Int8>>) -> UInt64 {
    let pairs = unsafe unsafeBitCast(mask, to: SIMD8<UInt16>.self)
    let narrow = SIMD8<UInt8>(truncatingIfNeeded: pairs &>> SIMD8<UInt16>(repeating: 4))
    return unsafe unsafeBitCast(narrow, to: UInt64.self)
  }

  /// Whether the octets of a slice are those of a text of ASCII, letters compared without case.
  public func equals(_ slice: Slice, ignoringCase text: StaticString) -> Bool {
    guard slice.count == text.utf8CodeUnitCount, slice.end <= count else { return false }
    // A static string of ASCII has a pointer representation, and its length was compared just
    // above.
    let letters = unsafe text.utf8Start
    var place = 0
    while place < slice.count {
      let letter = unsafe letters[place]
      if Octets.lower(self[slice.start &+ place]) != Octets.lower(letter) { return false }
      place &+= 1
    }
    return true
  }

  /// Whether the octets of a slice are those of a text of ASCII.
  public func equals(_ slice: Slice, _ text: StaticString) -> Bool {
    guard slice.count == text.utf8CodeUnitCount, slice.end <= count else { return false }
    // As above.
    let letters = unsafe text.utf8Start
    var place = 0
    while place < slice.count {
      if unsafe self[slice.start &+ place] != letters[place] { return false }
      place &+= 1
    }
    return true
  }
}
