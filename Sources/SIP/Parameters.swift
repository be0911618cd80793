public import Basics

/// One parameter of a URI or of a header field.
public struct Parameter: Sendable {
  /// Compared without case (RFC 3261 §7.3.1).
  public var name: Slice
  /// The value as it stands (a quoted string with its quotes, escapes not undone), or `nil` without
  /// one.
  public var value: Slice?
  /// From the `;` to the end of the value: what to cut out to remove the parameter.
  public var whole: Slice

  init(name: Slice, value: Slice?, whole: Slice) {
    self.name = name
    self.value = value
    self.whole = whole
  }

  /// Whether the parameter has this name; names are compared without case (RFC 3261 §7.3.1).
  public func isNamed(_ name: StaticString, in bytes: Span<UInt8>) -> Bool {
    bytes.equals(self.name, ignoringCase: name)
  }
}

/// The parameters of a header field: `*( SEMI token [ EQUAL ( token / host / quoted-string ) ] )`.
public struct ParameterList: ~Escapable {
  private var reader: Reader

  /// - Parameter slice: The parameters with the `;` before the first one, or nothing.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    reader = Reader(bytes, slice)
  }

  /// The next parameter, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> Parameter? {
    do throws(Malformed) {
      if let parameter = try reader.parameter() { return parameter }
      try reader.finish()
      return nil
    } catch {
      reader.place = reader.end
      throw error
    }
  }

  /// The first parameter of a name in parameters that were parsed before.
  public static func first(
    _ name: StaticString, in parameters: Slice, of bytes: Span<UInt8>
  ) -> Parameter? {
    var reader = Reader(bytes, parameters)
    while let parameter = try? reader.parameter() {
      if parameter.isNamed(name, in: bytes) { return parameter }
    }
    return nil
  }
}

/// A text of at most eight octets as one word, for a comparison in three instructions.
struct SpelledName: Sendable {
  let word: UInt64
  /// 0x20 under each letter, which folds its case; all else is compared as it is.
  let fold: UInt64
  /// All bits under each octet.
  let mask: UInt64

  /// Whether eight octets begin with the name.
  @inline(__always)
  func begins(_ octets: UInt64) -> Bool { (octets | fold) & mask == word }

  @inline(__always)
  init(_ word: UInt64, fold: UInt64, mask: UInt64) {
    self.word = word
    self.fold = fold
    self.mask = mask
  }
}

extension SpelledName {
  static let branch = SpelledName(
    0x3d_6863_6e61_7262, fold: 0x2020_2020_2020, mask: 0xff_ffff_ffff_ffff)
  static let received = SpelledName(
    0x6465_7669_6563_6572, fold: 0x2020_2020_2020_2020, mask: .max)
  static let rport = SpelledName(0x74_726f_7072, fold: 0x20_2020_2020, mask: 0xff_ffff_ffff)
  static let tag = SpelledName(0x3d67_6174, fold: 0x20_2020, mask: 0xffff_ffff)
  static let lr = SpelledName(0x726c, fold: 0x2020, mask: 0xffff)
  static let user = SpelledName(0x6f68_703d_7265_7375, fold: 0x2020_2000_2020_2020, mask: .max)
  static let transport = SpelledName(
    0x726f_7073_6e61_7274, fold: 0x2020_2020_2020_2020, mask: .max)
  static let sip = SpelledName(0x3a70_6973, fold: 0x20_2020, mask: 0xffff_ffff)
  static let sip2 = SpelledName(0x2f30_2e32_2f70_6973, fold: 0x20_2020, mask: .max)
}

/// The first eight letters of the names that are looked for in every message, as `foldedWord` reads
/// them.
enum Name {
  static let branch: UInt64 = 0x6863_6e61_7262
  static let received: UInt64 = 0x6465_7669_6563_6572
  static let rport: UInt64 = 0x74_726f_7072
  static let maddr: UInt64 = 0x72_6464_616d
  static let ttl: UInt64 = 0x6c_7474
  static let tag: UInt64 = 0x67_6174
  static let q: UInt64 = 0x71
  static let expires: UInt64 = 0x73_6572_6970_7865
  static let lr: UInt64 = 0x726c
  static let transpor: UInt64 = 0x726f_7073_6e61_7274
  static let user: UInt64 = 0x7265_7375
  static let method: UInt64 = 0x646f_6874_656d
  static let phone: UInt64 = 0x65_6e6f_6870
  static let udp: UInt64 = 0x70_6475
  static let tcp: UInt64 = 0x70_6374
  static let tls: UInt64 = 0x73_6c74

  /// The first `count` octets of a word (all eight for more), letters folded.
  @inline(__always)
  static func word(_ octets: UInt64, _ count: Int) -> UInt64 {
    let unused = 64 &- 8 &* min(count, 8)
    return (octets | 0x2020_2020_2020_2020) & (.max &>> UInt64(truncatingIfNeeded: unused))
  }
}

extension Reader {
  /// Takes `SEMI` where it stands and gives the place of the `;`; else the place stays where it
  /// was.
  @inline(__always)
  mutating func semicolon() -> Int? {
    var mark = place
    if peek != 0x3b {
      guard peek &- 1 < 0x20 else { return nil }
      mark = spaceEnd(from: place)
      guard bytes.octet(at: mark) == 0x3b else { return nil }
    }
    place = mark &+ 1
    skipSpace()
    return mark
  }

  /// Takes a parameter's name.
  @inline(__always)
  mutating func parameterName() throws(Malformed) {
    let start = place
    pass(.token)
    guard place > start else { throw malformed(.parameter) }
  }

  /// Takes `EQUAL gen-value` where it stands; without it the result is empty.
  @inline(__always)
  mutating func parameterValue() throws(Malformed) -> Slice? {
    guard takeSpaced(0x3d) else { return nil }
    let start = place
    pass(.token)
    if place == start { place = try genValueEnd(from: start) }
    return slice(from: start)
  }

  /// `host / quoted-string`: what a gen-value is when it is no token.
  @inline(never)
  private func genValueEnd(from start: Int) throws(Malformed) -> Int {
    switch bytes.octet(at: start) {
    case 0x22: return try quotedStringEnd(from: start)
    case 0x5b: return Int(try hostPlace(from: start).end)
    default: throw Malformed(.parameter, at: start)
    }
  }

  @inline(never)
  mutating func parameter() throws(Malformed) -> Parameter? {
    guard let mark = semicolon() else { return nil }
    let start = place
    try parameterName()
    let name = slice(from: start)
    let value = try parameterValue()
    return Parameter(name: name, value: value, whole: slice(from: mark))
  }

  /// Takes `EQUAL token`, which a known parameter must have, and gives the place where the token
  /// begins.
  @inline(__always)
  mutating func tokenValue(or fault: Malformed.Fault) throws(Malformed) -> Int {
    guard takeSpaced(0x3d) else { throw malformed(fault) }
    let start = place
    place = bytes.longEnd(of: .token, from: start)
    guard place > start else { throw malformed(fault) }
    return start
  }
}
