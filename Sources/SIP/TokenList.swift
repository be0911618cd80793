public import Basics

/// The tokens of Allow, Supported, Require, Proxy-Require, Unsupported, Privacy and the like in
/// their order: `[ token *( COMMA token ) ]`, or with `;` for Privacy (RFC 3323 §4.2).
public struct TokenList: ~Escapable {
  private var reader: Reader
  private let separator: UInt8
  private var isDone: Bool

  /// - Parameter separator: `;` for Privacy.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice, separator: UInt8 = 0x2c) {
    reader = Reader(bytes, slice)
    reader.skipSpace()
    self.separator = separator
    isDone = reader.isAtEnd
  }

  /// The next token, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> Slice? {
    guard !isDone else { return nil }
    isDone = true
    let token = try reader.some(.token, or: .token)
    if reader.takeSpaced(separator) {
      isDone = false
    } else {
      try reader.finish()
    }
    return token
  }

  /// Reads a whole list and says how many tokens it has.
  public static func count(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> Int {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    guard !reader.isAtEnd else { return 0 }
    var count = 0
    repeat {
      let start = reader.place
      reader.pass(.token)
      guard reader.place > start else { throw reader.malformed(.token) }
      count &+= 1
    } while reader.takeSpaced(0x2c)
    try reader.finish()
    return count
  }
}
