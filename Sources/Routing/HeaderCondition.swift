import SIP
import Basics

/// What a header of a request must be like.
///
/// A *value* is what one line of the header holds, without the white space around it. Where the
/// header's grammar is a list, the line holds as many values as commas part it into (RFC 3261
/// §7.3.1 makes no difference between one line with a list and a line for each value); a comma
/// between quotes or angle brackets parts nothing. Values are compared without regard to the case
/// of ASCII letters, and a run of white space, also one that folds the line, counts as one space.
package struct HeaderCondition: Hashable, Sendable {
  /// What is asked of the header.
  package enum Wanted: Hashable, Sendable {
    /// There is such a header, be its value empty.
    case present
    case absent
    /// The value is one of these.
    case equals([HeaderText])
    /// The value has one of these in it.
    case contains([HeaderText])
  }

  /// Which values are looked at.
  package enum Which: UInt8, Hashable, Sendable {
    /// The topmost alone.
    case first
    /// All of them, and one is enough.
    case any
  }

  private let name: HeaderName
  /// The name in lower case, of a header that has no name of its own here.
  private let spelling: [UInt8]
  private let wanted: Wanted
  private let which: Which

  /// - Parameter name: in any case, in its full or its compact form.
  package init(_ name: [UInt8], _ wanted: Wanted, _ which: Which = .any) {
    self.name = HeaderName(name.span, Slice(from: 0, to: name.count))
    spelling = self.name == .other ? name.map(folded) : []
    self.wanted = wanted
    self.which = which
  }

  func holds(_ message: borrowing Message) -> Bool {
    switch wanted {
    case .present: line(message, from: 0) != nil
    case .absent: line(message, from: 0) == nil
    case .equals(let texts):
      anyValue(message) { bytes, value in
        for place in 0..<texts.count where texts[place].equals(bytes, value) { return true }
        return false
      }
    case .contains(let texts):
      anyValue(message) { bytes, value in
        for place in 0..<texts.count where texts[place].isWithin(bytes, value) { return true }
        return false
      }
    }
  }

  /// The place of the next line of this header.
  private func line(_ message: borrowing Message, from start: Int) -> Int? {
    var place = start
    while place < message.headers.count {
      let header = message.headers[place]
      if header.name == name,
        name != .other || equalsFolded(message.bytes, header.nameText, spelling)
      {
        return place
      }
      place &+= 1
    }
    return nil
  }

  private func anyValue(
    _ message: borrowing Message, _ holds: (Span<UInt8>, Slice) -> Bool
  ) -> Bool {
    var next = line(message, from: 0)
    while let place = next {
      var rest = message.headers[place].value
      repeat {
        let value = name.isList ? takeValue(message.bytes, &rest) : take(&rest)
        if holds(message.bytes, value) { return true }
        if which == .first { return false }
      } while !rest.isEmpty
      next = line(message, from: place &+ 1)
    }
    return false
  }

  private func take(_ rest: inout Slice) -> Slice {
    defer { rest = Slice(from: rest.end, to: rest.end) }
    return rest
  }

  /// Takes the octets up to a comma that parts values, and that comma.
  private func takeValue(_ bytes: Span<UInt8>, _ rest: inout Slice) -> Slice {
    var place = rest.start
    var isQuoted = false
    var isBracketed = false
    while place < rest.end {
      let octet = bytes[place]
      if isQuoted {
        if octet == 0x5c { place &+= 1 }
        if octet == 0x22 { isQuoted = false }
      } else if octet == 0x22 {
        isQuoted = true
      } else if octet == 0x3c || octet == 0x3e {
        isBracketed = octet == 0x3c
      } else if octet == 0x2c, !isBracketed {
        break
      }
      place &+= 1
    }
    let end = min(place, rest.end)
    let value = Slice(from: rest.start, to: end)
    rest = Slice(from: min(end &+ 1, rest.end), to: rest.end)
    return value
  }
}

/// A text to be found in headers: in lower case, with one space for each run of white space, and
/// with what a search needs to go on after a mismatch without looking back.
package struct HeaderText: Hashable, Sendable {
  private let octets: [UInt8]
  /// For each place, how much of the text's beginning ends there.
  private let borders: [UInt8]

  /// - Parameter text: not empty, at most 255 octets.
  package init(_ text: [UInt8]) {
    var octets: [UInt8] = []
    text.withUnfolded { octets.append($0) }
    self.octets = octets
    borders = Self.borders(octets)
  }

  private static func borders(_ octets: [UInt8]) -> [UInt8] {
    var borders = [UInt8](repeating: 0, count: octets.count)
    var length = 0
    for place in octets.indices.dropFirst() {
      while length > 0, octets[place] != octets[length] { length = Int(borders[length - 1]) }
      if octets[place] == octets[length] { length += 1 }
      borders[place] = UInt8(length)
    }
    return borders
  }

  func equals(_ bytes: Span<UInt8>, _ value: Slice) -> Bool {
    var text = Unfolded(bytes, value)
    for place in 0..<octets.count where text.next() != octets[place] { return false }
    return text.next() == nil
  }

  /// Whether the text stands somewhere in a value: found in time linear in the value's length,
  /// whatever the two are (Knuth, Morris and Pratt).
  func isWithin(_ bytes: Span<UInt8>, _ value: Slice) -> Bool {
    var text = Unfolded(bytes, value)
    var length = 0
    while let octet = text.next() {
      while length > 0, octet != octets[length] { length = Int(borders[length &- 1]) }
      if octet == octets[length] { length &+= 1 }
      if length == octets.count { return true }
    }
    return false
  }
}

/// The octets of a value in lower case, with one space for each run of white space and none at its
/// ends.
private struct Unfolded: ~Escapable {
  private let bytes: Span<UInt8>
  private let end: Int
  private var place: Int

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ value: Slice) {
    self.bytes = bytes
    place = value.start
    end = value.end
    skipSpace()
  }

  @_lifetime(self: copy self)
  mutating func next() -> UInt8? {
    guard place < end else { return nil }
    let octet = bytes[place]
    place &+= 1
    guard Self.isSpace(octet) else { return folded(octet) }
    skipSpace()
    return place < end ? 0x20 : nil
  }

  @_lifetime(self: copy self)
  private mutating func skipSpace() {
    while place < end, Self.isSpace(bytes[place]) { place &+= 1 }
  }

  private static func isSpace(_ octet: UInt8) -> Bool {
    octet == 0x20 || octet == 0x09 || octet == 0x0d || octet == 0x0a
  }
}

extension [UInt8] {
  fileprivate func withUnfolded(_ take: (UInt8) -> Void) {
    var text = Unfolded(span, Slice(from: 0, to: count))
    while let octet = text.next() { take(octet) }
  }
}

extension HeaderName {
  /// Whether a line of it holds a list of values with commas between them, by its grammar in RFC
  /// 3261 §20 and §25.1 or in the document that defines it. One that is not known here may be
  /// anything, so that its line is one value.
  var isList: Bool {
    switch self {
    case .accept, .acceptContact, .acceptEncoding, .acceptLanguage, .alertInfo, .allow,
      .allowEvents, .callInfo, .contact, .contentEncoding, .contentLanguage, .diversion,
      .errorInfo, .geolocation, .historyInfo, .inReplyTo, .pAccessNetworkInfo,
      .pAssertedIdentity, .pPreferredIdentity, .pVisitedNetworkID, .path, .proxyRequire, .reason,
      .recordRoute, .rejectContact, .requestDisposition, .require, .resourcePriority, .route,
      .serviceRoute, .supported, .unsupported, .via, .warning:
      true
    default: false
    }
  }
}
