public import Basics

extension KeyedHash {
  /// Takes in a range of octets, and its length, so that two neighbours cannot run into one
  /// another.
  public mutating func combine(_ bytes: Span<UInt8>, _ slice: Slice) {
    var place = slice.start
    while place &+ 8 <= slice.end {
      combine(bytes.word(at: place))
      place &+= 8
    }
    let rest = UInt64(slice.end &- place)
    let last = rest == 0 ? 0 : bytes.word(at: place) & (1 << (rest &* 8) &- 1)
    combine(last)
    combine(UInt64(slice.count))
  }

  /// As `combine`, with ASCII letters taken in lower case.
  public mutating func combineFolded(_ bytes: Span<UInt8>, _ slice: Slice) {
    var word: UInt64 = 0
    var filled: UInt64 = 0
    for place in slice.range {
      word |= UInt64(Octets.lower(bytes[place])) << filled
      filled &+= 8
      if filled == 64 {
        combine(word)
        word = 0
        filled = 0
      }
    }
    combine(word)
    combine(UInt64(slice.count))
  }
}
