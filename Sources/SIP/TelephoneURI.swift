public import Basics

/// A telephone number as `tel:` has it (RFC 3966): global with `+`, or local with the context that
/// it is in.
public struct TelephoneURI: Sendable {
  /// The number with its visual separators and, where it is global, its `+`.
  public var number: Slice
  /// Whether it begins with `+`; a local number means something within its context only.
  public var isGlobal: Bool
  /// The parameters with the leading `;`.
  public var parameters: Slice
  /// The value of `phone-context`, which every local number has.
  public var context: Slice?
  /// The value of `ext`.
  public var `extension`: Slice?
  /// The value of `isub`.
  public var isdnSubaddress: Slice?

  init(number: Slice, isGlobal: Bool) {
    self.number = number
    self.isGlobal = isGlobal
    self.parameters = .nothing
  }

  /// Reads a telephone URI that fills the slice, its scheme included.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> TelephoneURI {
    var reader = Reader(bytes, slice)
    let start = reader.place
    let scheme = reader.run(.scheme)
    guard bytes.equals(scheme, ignoringCase: "tel"), reader.take(0x3a) else {
      throw Malformed(.uriScheme, at: start)
    }
    return try parseSubscriber(bytes, Slice(from: reader.place, to: reader.end))
  }

  /// Reads what follows `tel:`, or the user of a SIP URI with `user=phone` (RFC 3261 §19.1.6).
  public static func parseSubscriber(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> TelephoneURI {
    var reader = Reader(bytes, slice)
    let value = try reader.telephoneSubscriber(isBare: false)
    guard reader.isAtEnd else { throw reader.malformed(.uriUser) }
    return value
  }

  /// The first parameter of a name, compared without case.
  public func parameter(_ name: StaticString, in bytes: Span<UInt8>) -> Parameter? {
    var list = URIParameterList(bytes, parameters)
    while let parameter = list.next() {
      if parameter.isNamed(name, in: bytes) { return parameter }
    }
    return nil
  }

  /// All parameters in their order.
  @_lifetime(copy bytes)
  public func parameters(in bytes: Span<UInt8>) -> URIParameterList {
    URIParameterList(bytes, parameters)
  }
}

extension Reader {
  /// `global-number / local-number`. A bare one ends before its parameters, which are then the
  /// header's; a bare local number therefore cannot name its context, and is taken without.
  mutating func telephoneSubscriber(isBare: Bool) throws(Malformed) -> TelephoneURI {
    let start = place
    let isGlobal = take(0x2b)
    let digits = isGlobal ? run(.phoneDigit) : run(.phoneHex)
    guard hasDigit(digits, isGlobal: isGlobal) else { throw malformed(.uriUser) }
    var value = TelephoneURI(number: slice(from: start), isGlobal: isGlobal)
    let after = place
    if !isBare {
      while peek == 0x3b, place < end { try telephoneParameter(of: &value) }
      if !isGlobal, value.context == nil { throw malformed(.uriParameter) }
    }
    value.parameters = slice(from: after)
    return value
  }

  /// Separators alone are no number.
  private func hasDigit(_ text: Slice, isGlobal: Bool) -> Bool {
    for place in text.range {
      let octet = bytes[place]
      if OctetSet.hexadecimal.contains(octet) || octet == 0x2a || octet == 0x23 { return true }
    }
    return false
  }

  private mutating func telephoneParameter(of value: inout TelephoneURI) throws(Malformed) {
    place &+= 1
    let name = try some(.alphanumericHyphen, or: .uriParameter)
    let hasValue = take(0x3d)
    let start = place
    if bytes.equals(name, ignoringCase: "phone-context") {
      guard hasValue, value.context == nil else { throw Malformed(.uriParameter, at: name.start) }
      try phoneContext()
      value.context = slice(from: start)
    } else if bytes.equals(name, ignoringCase: "ext") {
      guard hasValue, value.extension == nil else { throw Malformed(.uriParameter, at: name.start) }
      value.extension = try some(.phoneDigit, or: .uriParameter)
    } else if bytes.equals(name, ignoringCase: "isub") {
      guard hasValue, value.isdnSubaddress == nil else {
        throw Malformed(.uriParameter, at: name.start)
      }
      value.isdnSubaddress = try subaddress()
    } else if hasValue {
      guard try !escapedRun(.parameter).isEmpty else { throw malformed(.uriParameter) }
    }
  }

  /// `1*uric`, without the `;` that would begin the next parameter.
  private mutating func subaddress() throws(Malformed) -> Slice {
    let start = place
    while place < end, peek != 0x3b {
      if peek == 0x25 {
        place = try escapedEnd(OctetSet(bit: 0), from: place)
      } else if OctetSet.uric.contains(peek) {
        place &+= 1
      } else {
        break
      }
    }
    guard place > start else { throw malformed(.uriParameter) }
    return slice(from: start)
  }

  /// `domainname / global-number-digits`
  private mutating func phoneContext() throws(Malformed) {
    guard take(0x2b) else {
      place = try nameEnd(from: place)
      return
    }
    let digits = run(.phoneDigit)
    guard hasDigit(digits, isGlobal: true) else { throw malformed(.uriParameter) }
  }
}
