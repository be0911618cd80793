import Everything
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
}

@Suite("SDP: nothing that a peer writes is a trap")
struct MutationTests {
  static let seeds = [
    everything, browser, secured, smallest, everything.replacing("\r\n", with: "\n"),
  ]
  static let likely = Array("\r\n\0 =:/.0159amcvotb-\u{7f}".utf8) + [0xff]

  @Test(
    "20,000 mutations of each of five descriptions are read, or refused, and patched",
    arguments: 0..<5)
  func mutations(seed: Int) {
    var random = Seeded(state: UInt64(seed))
    var descriptions = Descriptions()
    let original = Array(Self.seeds[seed].utf8)
    var read = 0
    for _ in 0..<20_000 {
      var octets = original
      for _ in 0...Int.random(in: 0..<4, using: &random) { mutate(&octets, &random) }
      let outcome = descriptions.take(octets.span)
      if outcome == .malformed { continue }
      read += 1
      #expect(outcome == .sound)
    }
    // Both ways were gone.
    #expect(read > 500 && read < 19_500)
  }

  private func mutate(_ octets: inout [UInt8], _ random: inout Seeded) {
    let place = Int.random(in: 0..<max(octets.count, 1), using: &random)
    guard place < octets.count else { return }
    let end = min(octets.count, place + Int.random(in: 0..<40, using: &random))
    switch random.next() % 6 {
    case 0: octets[place] = UInt8(truncatingIfNeeded: random.next())
    case 1: octets[place] = Self.likely[Int.random(in: 0..<Self.likely.count, using: &random)]
    case 2: octets.removeSubrange(place..<end)
    case 3: octets.insert(contentsOf: octets[place..<end], at: 0)
    case 4: octets.insert(contentsOf: Array(octets[place..<end]), at: place)
    default: octets.removeSubrange(place...)
    }
  }
}
