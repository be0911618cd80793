public import Basics

extension Limits {
  /// How deep comments may nest (RFC 3261 §25.1 names no limit).
  public static let commentDepth = 16
}

extension Reader {
  /// Takes a comment with its parentheses: `LPAREN *(ctext / quoted-pair / comment) RPAREN`.
  mutating func comment() throws(Malformed) -> Slice {
    let start = place
    place = try commentEnd(from: start)
    return slice(from: start)
  }

  @inline(never)
  private func commentEnd(from start: Int) throws(Malformed) -> Int {
    var place = start
    var depth = 0
    repeat {
      switch bytes.octet(at: place) {
      case 0x28:
        depth &+= 1
        guard depth <= Limits.commentDepth else { throw Malformed(.comment, at: place) }
        place &+= 1
      case 0x29:
        depth &-= 1
        place &+= 1
      case 0x5c: place = try commentPairEnd(from: place)
      case 0x80...: place = try characterEnd(from: place, or: .comment)
      case 0x21...0x7e: place &+= 1
      default:
        guard place < end else { throw Malformed(.comment, at: start) }
        // White space, a control octet or NUL.
        let after = spaceEnd(from: place)
        guard after > place else { throw Malformed(.comment, at: place) }
        place = after
      }
    } while depth > 0
    return place
  }

  private func commentPairEnd(from place: Int) throws(Malformed) -> Int {
    let octet = bytes.octet(at: place &+ 1)
    guard place &+ 1 < end, octet < 0x80, octet != 0x0a, octet != 0x0d else {
      throw Malformed(.comment, at: place)
    }
    return place &+ 2
  }
}

/// One part of a Server or User-Agent header field (RFC 3261 §20.35, §20.41).
public enum Product: Sendable {
  case product(name: Slice, version: Slice?)
  /// With its parentheses.
  case comment(Slice)
}

/// The products and comments of a Server or User-Agent header field: `server-val *(LWS
/// server-val)`.
public struct ProductList: ~Escapable {
  private var reader: Reader

  /// Nothing is checked before `next` is called.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    reader = Reader(bytes, slice)
    reader.skipSpace()
  }

  /// The next part, or `nil` at the end. After a fault there is no next one.
  @_lifetime(self: copy self)
  public mutating func next() throws(Malformed) -> Product? {
    guard !reader.isAtEnd else { return nil }
    do throws(Malformed) {
      return try reader.product()
    } catch {
      reader.place = reader.end
      throw error
    }
  }

  /// Reads a whole header field, which must have one part at least, and says how many it has.
  public static func count(_ bytes: Span<UInt8>, _ slice: Slice) throws(Malformed) -> Int {
    var list = ProductList(bytes, slice)
    var count = 0
    while try list.next() != nil { count &+= 1 }
    guard count > 0 else { throw Malformed(.token, at: slice.start) }
    return count
  }
}

extension Reader {
  @inline(__always)
  fileprivate mutating func product() throws(Malformed) -> Product {
    if peek == 0x28 {
      let comment = try comment()
      skipSpace()
      return .comment(comment)
    }
    let name = try some(.token, or: .token)
    var version: Slice?
    if takeSpaced(0x2f) { version = try some(.token, or: .token) }
    guard takeSpace() || isAtEnd || peek == 0x28 else { throw malformed(.trailing) }
    return .product(name: name, version: version)
  }
}

/// Text of a Subject or Organization header field: TEXT-UTF8-TRIM (RFC 3261 §25.1).
public enum Text {
  /// Checks the text and cuts the white space around it off.
  public static func parse(_ bytes: Span<UInt8>, _ slice: Slice) throws(Malformed) -> Slice {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let start = reader.place
    var last = start
    while !reader.isAtEnd {
      switch reader.peek {
      case 0x21...0x7e: reader.place &+= 1
      case 0x80...: reader.place = try reader.characterEnd(from: reader.place, or: .text)
      default:
        guard reader.takeSpace() else { throw reader.malformed(.text) }
        continue
      }
      last = reader.place
    }
    return Slice(from: start, to: last)
  }
}
