import BasicContainers
import Basics
import Cryptography
import Testing

/// SplitMix64: the same numbers on every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  mutating func token() -> Token {
    let bits = next()
    return Token(
      kind: Token.Kind(rawValue: UInt8(truncatingIfNeeded: bits)),
      node: UInt8(truncatingIfNeeded: bits >> 8), worker: UInt8(truncatingIfNeeded: bits >> 16),
      index: UInt32(truncatingIfNeeded: next()), generation: UInt32(bits >> 40))
  }

  mutating func key() -> Key { Key(next(), next()) }
}

func text(_ sealed: SealedToken, room: Int = 64) -> [UInt8] {
  var array = RigidArray<UInt8>(capacity: room)
  array.edit { sealed.write(into: &$0) }
  return (0..<array.count).map { array[$0] }
}

func reading(_ text: [UInt8], at offset: Int = 0) -> SealedToken? {
  SealedToken(reading: text.span, at: offset)
}

func open(_ text: [UInt8], _ ring: borrowing TokenRing) -> Token? {
  guard let sealed = reading(text) else { return nil }
  return ring.open(sealed)
}

let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

@Suite("Tokens")
struct TokenTests {
  @Test("what is sealed opens to the same, through its text, anywhere in a message")
  func roundTrip() {
    var random = Seeded(state: 1)
    let ring = TokenRing(seed: random.key(), id: 3)
    for _ in 0..<20_000 {
      let token = random.token()
      let sealed = ring.seal(token)
      let written = text(sealed)
      let opened = ring.open(sealed)
      #expect(opened == token)
      #expect(written.count == SealedToken.length)
      #expect(written.allSatisfy { alphabet.contains($0) })
      let inside = Array("z9hG4bK".utf8) + written + Array(";rport".utf8)
      #expect(reading(inside, at: 7) == sealed)
    }
  }

  @Test("AES-128 is that of FIPS 197, appendix C.1")
  func knownAnswer() {
    let key = TokenKey(Key(0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f), id: 0)
    let plain = Key(0x0011_2233_4455_6677, 0x8899_aabb_ccdd_eeff)
    let sealed = key.encrypt(plain)
    let back = key.decrypt(sealed)
    #expect(sealed == Key(0x69c4_e0d8_6a7b_0430, 0xd8cd_b780_70b4_c55a))
    #expect(back == plain)
  }

  @Test("every change of one octet, to every other octet, is refused")
  func changes() {
    var random = Seeded(state: 2)
    var ring = TokenRing(seed: random.key(), id: 0)
    for id in 1..<5 as Range<UInt8> { ring.rotate(to: random.key(), id: id) }
    let written = text(ring.seal(random.token()))
    for place in written.indices {
      for other in 0...255 as ClosedRange<UInt8> {
        if other == written[place] || isOtherCase(other, written[place]) { continue }
        var changed = written
        changed[place] = other
        let opened = open(changed, ring)
        #expect(opened == nil, "octet \(place) as \(other)")
      }
    }
  }

  private func isOtherCase(_ one: UInt8, _ other: UInt8) -> Bool {
    other >= 0x61 && one == other & 0xdf
  }

  @Test("upper case, which a host name may come back in, opens")
  func upperCase() {
    var random = Seeded(state: 3)
    let ring = TokenRing(seed: random.key(), id: 7)
    for _ in 0..<100 {
      let token = random.token()
      let upper = text(ring.seal(token)).map { $0 >= 0x61 ? $0 & 0xdf : $0 }
      let opened = open(upper, ring)
      #expect(opened == token)
    }
  }

  @Test("two tokens of one call share no run of octets")
  func nothingShared() {
    var random = Seeded(state: 4)
    let ring = TokenRing(seed: random.key(), id: 1)
    for index in 0..<2_000 as Range<UInt32> {
      let texts = [1, 2].map { (kind: UInt8) in
        let token = Token(
          kind: .init(rawValue: kind), node: 1, worker: 0, index: index, generation: 9)
        return Array(text(ring.seal(token)).dropFirst())
      }
      // 26 × 26 pairs of places and 32⁻⁶ each: a chance of 10⁻⁶ for a call, and the seed is fixed.
      #expect(longestCommonRun(texts[0], texts[1]) < 6)
    }
  }

  private func longestCommonRun(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var longest = 0
    for start in one.indices {
      for place in other.indices {
        let run = zip(one[start...], other[place...]).prefix { $0 == $1 }.count
        longest = max(longest, run)
      }
    }
    return longest
  }

  @Test("tokens of neighbouring records differ in half of their bits")
  func neighbours() {
    var random = Seeded(state: 5)
    let ring = TokenRing(seed: random.key(), id: 1)
    var differing = 0
    for index in 0..<1_000 as Range<UInt32> {
      let pair = [index, index ^ 1].map { index in
        ring.seal(
          Token(kind: .init(rawValue: 0), node: 0, worker: 0, index: index, generation: 0)
        ).block
      }
      differing += (pair[0].a ^ pair[1].a).nonzeroBitCount
      differing += (pair[0].b ^ pair[1].b).nonzeroBitCount
    }
    #expect((62_000...66_000).contains(differing))
  }

  @Test("a retired key opens what it sealed until four others were retired after it")
  func retired() {
    var random = Seeded(state: 6)
    var ring = TokenRing(seed: random.key(), id: 0)
    let token = random.token()
    let old = ring.seal(token)
    for id in 1...4 as ClosedRange<UInt8> {
      ring.rotate(to: random.key(), id: id)
      let opened = ring.open(old)
      let sealed = ring.seal(token)
      #expect(opened == token)
      #expect(sealed.keyID == id)
      #expect(sealed.block != old.block)
    }
    ring.rotate(to: random.key(), id: 5)
    let forgotten = ring.open(old)
    #expect(forgotten == nil)
    ring.rotate(to: random.key(), id: 0)
    let reused = ring.open(old)
    #expect(reused == nil)
  }

  @Test("an unknown id, another pool's key and blocks made up at random are refused")
  func forged() {
    var random = Seeded(state: 7)
    let ring = TokenRing(seed: random.key(), id: 2)
    let stranger = TokenRing(seed: random.key(), id: 2)
    let foreign = ring.open(stranger.seal(random.token()))
    #expect(foreign == nil)
    let unknown = ring.open(SealedToken(keyID: 6, block: ring.seal(random.token()).block))
    #expect(unknown == nil)
    for _ in 0..<100_000 {
      let opened = ring.open(SealedToken(keyID: 2, block: random.key()))
      #expect(opened == nil)
    }
  }

  @Test("a text that ends too early is refused, and one that has no room takes it up")
  func bounds() {
    var random = Seeded(state: 8)
    let ring = TokenRing(seed: random.key(), id: 2)
    let sealed = ring.seal(random.token())
    let written = text(sealed)
    for count in 0..<27 { #expect(reading(Array(written.prefix(count))) == nil) }
    #expect(reading(written, at: 1) == nil)
    #expect(reading(written, at: -1) == nil)
    #expect(reading(written, at: .max) == nil)
    // It is no token, and whoever lent the room sees that it ran out.
    for room in 0..<27 {
      let cut = text(sealed, room: room)
      #expect(cut.count == room)
      #expect(reading(cut) == nil)
    }
    #expect(text(sealed, room: 27) == written)
  }

  @Test("neither sealing nor opening looks at anything but the content")
  func pure() {
    let seed = Key(1, 2)
    let token = Token(kind: .init(rawValue: 1), node: 2, worker: 3, index: 4, generation: 5)
    let one = TokenRing(seed: seed, id: 4)
    let other = TokenRing(seed: seed, id: 4)
    let sealed = one.seal(token)
    let opened = other.open(sealed)
    #expect(opened == token)
  }
}
