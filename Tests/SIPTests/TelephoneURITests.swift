import Basics
import SIP
import Testing

/// RFC 3966 §3.
@Suite struct TelephoneURITests {
  /// Number, context, extension, subaddress, parameters.
  static let accepted: [(String, [String?])] = [
    ("tel:+1-201-555-0123", ["+1-201-555-0123", nil, nil, nil, ""]),
    (
      "tel:7042;phone-context=example.com",
      ["7042", "example.com", nil, nil, ";phone-context=example.com"]
    ),
    (
      "tel:863-1234;phone-context=+1-914-555",
      ["863-1234", "+1-914-555", nil, nil, ";phone-context=+1-914-555"]
    ),
    ("TEL:+(1).2;ext=12-3", ["+(1).2", nil, "12-3", nil, ";ext=12-3"]),
    (
      "tel:+1;isub=12%2f;npdi;rn=+1-2;x=[/:]",
      ["+1", nil, nil, "12%2f", ";isub=12%2f;npdi;rn=+1-2;x=[/:]"]
    ),
    (
      "tel:*21#a;phone-context=a.example.",
      ["*21#a", "a.example.", nil, nil, ";phone-context=a.example."]
    ),
  ]

  @Test(arguments: accepted) func reads(_ text: String, _ parts: [String?]) throws {
    let value = Value(text)
    let uri = try value.parsed(TelephoneURI.parse)
    let found: [String?] = [
      optional(value, uri.number), optional(value, uri.context), optional(value, uri.extension),
      optional(value, uri.isdnSubaddress), optional(value, uri.parameters),
    ]
    #expect(found == parts)
    #expect(uri.isGlobal == (parts[0]?.hasPrefix("+") ?? false))
    #expect(value.malformed(URI.parse) == nil)
  }

  func optional(_ value: Value, _ slice: Slice?) -> String? { value.text(slice) }

  static let refused: [Refused] = [
    Refused("tel:", .uriUser, at: 4),
    Refused("sip:+1", .uriScheme, at: 0),
    Refused("tel:+", .uriUser, at: 5),
    Refused("tel:+-.", .uriUser, at: 7),
    Refused("tel:+1a", .uriUser, at: 6),
    Refused("tel:123", .uriParameter, at: 7),
    Refused("tel:123;ext=1", .uriParameter, at: 13),
    Refused("tel:1;phone-context", .uriParameter, at: 6),
    Refused("tel:1;phone-context=", .host, at: 20),
    Refused("tel:1;phone-context=+", .uriParameter, at: 21),
    Refused("tel:1;phone-context=a;phone-context=a", .uriParameter, at: 22),
    Refused("tel:+1;", .uriParameter, at: 7),
    Refused("tel:+1;ext", .uriParameter, at: 7),
    Refused("tel:+1;ext=", .uriParameter, at: 11),
    Refused("tel:+1;ext=1;ext=1", .uriParameter, at: 13),
    Refused("tel:+1;isub=", .uriParameter, at: 12),
    Refused("tel:+1;isub=%4", .escape, at: 12),
    Refused("tel:+1;a=", .uriParameter, at: 9),
    Refused("tel:+1;a_b=c", .uriUser, at: 8),
    Refused("tel:+1@h", .uriUser, at: 6),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) {
    #expect(Value(refused.text).malformed(TelephoneURI.parse) == refused.malformed)
  }

  @Test func readsTheUserOfASIPURI() throws {
    let value = Value("+1-212-555-1212;ext=3")
    let number = try value.parsed(TelephoneURI.parseSubscriber)
    #expect(value.text(number.extension) == "3")
    let absent = number.parameter("isub", in: value.octets.span)
    #expect(absent?.name == nil)
  }
}
