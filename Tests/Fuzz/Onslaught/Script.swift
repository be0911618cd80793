/// The octets of one input as decisions. A figure stands for its own value, so that a script can be
/// written by hand; every other octet is a decision as well, so that a fuzzer can write one.
struct Script {
  private let octets: [UInt8]
  private var place = 0

  init(_ octets: [UInt8]) { self.octets = octets }

  var isAtEnd: Bool { place >= octets.count }

  /// The next octet; `0` where nothing is left.
  mutating func octet() -> UInt8 {
    guard !isAtEnd else { return 0x30 }
    defer { place += 1 }
    return octets[place]
  }

  /// A number from 0 to one less than `bound`.
  mutating func below(_ bound: Int) -> Int { Int(octet() &- 0x30) % bound }

  /// A number of 16 bits, of which the higher come first.
  mutating func long() -> Int {
    let high = Int(octet() &- 0x30)
    return high << 8 | Int(octet() &- 0x30)
  }

  /// What stands before the next tilde, or the end.
  mutating func text() -> [UInt8] {
    let rest = octets[place...]
    let end = rest.firstIndex(of: 0x7e) ?? rest.endIndex
    place = min(end + 1, octets.count)
    return Array(octets[rest.startIndex..<end])
  }
}
