/// Four offsets in one word. A value that is made of words is handed on in registers; one that is
/// made of many small fields goes through memory, where reading what was just written in smaller
/// pieces stalls.
struct Offsets: Sendable {
  var word: UInt64

  /// All four are offsets of a message: 0 to 65535.
  @inline(__always)
  init(_ first: Int, _ second: Int, _ third: Int, _ fourth: Int) {
    word =
      UInt64(truncatingIfNeeded: first) | UInt64(truncatingIfNeeded: second) << 16
      | UInt64(truncatingIfNeeded: third) << 32 | UInt64(truncatingIfNeeded: fourth) << 48
  }

  @inline(__always) var first: Int { Int(UInt16(truncatingIfNeeded: word)) }
  @inline(__always) var second: Int { Int(UInt16(truncatingIfNeeded: word >> 16)) }
  @inline(__always) var third: Int { Int(UInt16(truncatingIfNeeded: word >> 32)) }
  @inline(__always) var fourth: Int { Int(word >> 48) }
}
