extension Malformed {
  /// What stands where something else was expected, by its kind. Letters, digits and what lies
  /// beyond ASCII are never told: they may be part of a name, a number or a key.
  public enum Found: Hashable, Sendable {
    case endOfMessage
    /// The headers end and what must stand in them did not come.
    case endOfHeaders
    /// The line ends, perhaps after white space. No fold follows.
    case endOfLine
    /// White space, or a fold (RFC 3261 §7.3.1).
    case space
    case digit
    case letter
    /// An octet of ASCII that is printed and is neither a letter nor a digit.
    case mark(UInt8)
    /// 0x00 to 0x1f or 0x7f; a CR or LF that ends no line is one.
    case control(UInt8)
    /// 0x80 to 0xff.
    case beyondASCII
    /// More of it than may be.
    case more
    /// Something other than what it must equal.
    case another

    /// - Parameter offset: in octets from the start of `bytes`; what lies beyond is its end.
    init(_ bytes: Span<UInt8>, at offset: Int) {
      let start = max(offset, 0)
      var place = start
      while Octets.isSpace(bytes.octet(at: place)) { place &+= 1 }
      guard place < bytes.count else {
        self = .endOfMessage
        return
      }
      let isLineEnd = bytes[place] == 0x0d && bytes.octet(at: place &+ 1) == 0x0a
      if isLineEnd, !Octets.isSpace(bytes.octet(at: place &+ 2)) {
        self = .endOfLine
      } else {
        self = place > start || isLineEnd ? .space : Self.kind(of: bytes[place])
      }
    }

    private static func kind(of octet: UInt8) -> Found {
      switch octet {
      case 0x80...: .beyondASCII
      case 0x30...0x39: .digit
      case 0x41...0x5a, 0x61...0x7a: .letter
      case 0x21...0x7e: .mark(octet)
      default: .control(octet)
      }
    }
  }
}

extension OutputSpan<UInt8> {
  /// Appends the words that follow "found": `a digit`, `control octet 0x01`.
  public mutating func write(_ found: Malformed.Found) {
    switch found {
    case .endOfMessage: write("the end of the message")
    case .endOfHeaders: write("the end of the headers")
    case .endOfLine: write("the end of the line")
    case .space: write("white space")
    case .digit: write("a digit")
    case .letter: write("a letter")
    case .mark(let octet): write("mark", octet)
    case .control(let octet): write("control octet", octet)
    case .beyondASCII: write("an octet beyond ASCII")
    case .more: write("more")
    case .another: write("another")
    }
  }

  private mutating func write(_ kind: StaticString, _ octet: UInt8) {
    write(kind)
    write(" 0x")
    write(hexadecimal: UInt64(octet), digits: 2)
  }
}
