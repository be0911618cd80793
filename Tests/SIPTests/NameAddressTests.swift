import Basics
import SIP
import Testing

@Suite struct NameAddressTests {
  /// Display name, URI, parameters, tag.
  static let accepted: [(String, [String?])] = [
    (
      "\"Alice Example\" <sip:alice@example.com;user=phone>;tag=9fxced76sl",
      ["\"Alice Example\"", "sip:alice@example.com;user=phone", ";tag=9fxced76sl", "9fxced76sl"]
    ),
    ("<sip:a@b>", [nil, "sip:a@b", "", nil]),
    ("sip:a@b", [nil, "sip:a@b", "", nil]),
    ("sip:a@b;tag=1", [nil, "sip:a@b", ";tag=1", "1"]),
    (
      "Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8",
      [
        "Anonymous", "sip:c8oqz84zk7z@privacy.org", ";tag=hyh8", "hyh8",
      ]
    ),
    // lwsdisp: no space before the bracket
    (
      "caller<sip:caller@example.com>;tag=323",
      [
        "caller", "sip:caller@example.com", ";tag=323", "323",
      ]
    ),
    (
      "J Rosenberg \\\r\n <sip:a@b>".replacing("\\", with: ""), ["J Rosenberg", "sip:a@b", "", nil]
    ),
    ("  \"\"  <sip:a@b>  ; tag = x  ", ["\"\"", "sip:a@b", "; tag = x", "x"]),
    ("\"a \\\" \\\\ b\"<sip:a@b>", ["\"a \\\" \\\\ b\"", "sip:a@b", "", nil]),
    // wsinv: an escaped NUL, and a fold within the quotes
    ("\"\\\u{0}\r\n B\" <sip:a@b>", ["\"\\\u{0}\r\n B\"", "sip:a@b", "", nil]),
    ("\"I have spaces\" <sip:a@b>", ["\"I have spaces\"", "sip:a@b", "", nil]),
    ("\"Ω é 中 😀\" <sip:a@b>", ["\"Ω é 中 😀\"", "sip:a@b", "", nil]),
    ("%Z%45 <sip:resource@example.com>", ["%Z%45", "sip:resource@example.com", "", nil]),
    (
      "TEL <tel:+1-2;phone-context=a.b>;tag=1",
      ["TEL", "tel:+1-2;phone-context=a.b", ";tag=1", "1"]
    ),
    ("tel:+12;tag=1", [nil, "tel:+12", ";tag=1", "1"]),
    ("http://a.b/c;tag=1", [nil, "http://a.b/c", ";tag=1", "1"]),
    (
      "<sip:a@b?Route=%3Csip:c%3E>;x=\"y;z,\"",
      [
        nil, "sip:a@b?Route=%3Csip:c%3E", ";x=\"y;z,\"", nil,
      ]
    ),
    (
      "<sip:a@b>;+sip.instance=\"<urn:uuid:1>\";TAG=q",
      [
        nil, "sip:a@b", ";+sip.instance=\"<urn:uuid:1>\";TAG=q", "q",
      ]
    ),
    ("<sip:a@b>;h=[::1];i=1.2.3.4", [nil, "sip:a@b", ";h=[::1];i=1.2.3.4", nil]),
  ]

  @Test(arguments: accepted) func reads(_ text: String, _ parts: [String?]) throws {
    let value = Value(text)
    let address = try value.parsed(NameAddress.parse)
    let found: [String?] = [
      value.text(address.displayName), value.text(address.uriText), value.text(address.parameters),
      value.text(address.tag),
    ]
    #expect(found == parts)
    #expect(address.isBracketed == text.contains("<sip:") || text.contains("<tel:"))
    #expect(value.text(address.range) == trimmed(text))
  }

  func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  @Test func readsContactParameters() throws {
    let one = try Value("<sip:a@b>;q=0.7;expires=3600").parsed(NameAddress.parse)
    #expect(one.q == 700)
    #expect(one.expires == 3600)
    let qualities: [(String, UInt16?)] = [
      ("1", 1000), ("0", 0), ("1.000", 1000), ("0.125", 125), ("0.", 0), ("1.001", nil),
      ("2", nil), ("0.1234", nil), ("x", nil), ("0x1", nil), ("0.5x", nil),
    ]
    for (text, q) in qualities {
      #expect(try Value("<sip:a@b>;q=\(text)").parsed(NameAddress.parse).q == q, "\(text)")
    }
    let times: [(String, UInt32)] = [
      ("0", 0), ("99999999999999999999999", .max), ("4294967295", .max), ("\"1 day\"", 3600),
      ("-1", 3600), ("1x", 3600),
    ]
    for (text, expires) in times {
      let found = try Value("<sip:a@b>;expires=\(text)").parsed(NameAddress.parse).expires
      #expect(found == expires, "\(text)")
    }
  }

  @Test func walksAList() throws {
    let value = Value("\"a, b\" <sip:a,b@c>;q=1 , <sip:d;lr>\r\n ,sip:e@f;x=1,sip:g")
    let span = value.octets.span
    var list = NameAddressList(span, value.slice)
    var found: [String] = []
    var expected = value.slice.start
    while let address = try list.next() {
      #expect(address.range.start == expected)
      expected = address.next
      found.append(value.text(address.range) + (address.hasMore ? "+" : "."))
    }
    #expect(
      found == ["\"a, b\" <sip:a,b@c>;q=1+", "<sip:d;lr>+", "sip:e@f;x=1+", "sip:g."])
    #expect(expected == value.slice.end)
  }

  @Test func knowsTheWildcard() {
    for (text, isWildcard) in [("*", true), (" * ", true), ("*;q=1", false), ("<sip:a>", false)] {
      let value = Value(text)
      let found = NameAddress.isWildcard(value.octets.span, value.slice)
      #expect(found == isWildcard, "\(text)")
    }
  }

  static let refused: [Refused] = [
    Refused("", .displayName, at: 0),
    Refused("*", .displayName, at: 1),
    Refused("Alice", .displayName, at: 5),
    Refused("\"Alice\" sip:a@b", .displayName, at: 8),
    // quotbal §3.1.2.6
    Refused("\"Mr. J. User <sip:j.user@example.com>", .quotedString, at: 0),
    // baddn §3.1.2.15
    Refused("Bell, Alexander <sip:a@b>", .displayName, at: 4),
    // badaspec §3.1.2.14
    Refused("\"Watson, Thomas\" < sip:t.watson@example.org >", .uriScheme, at: 18),
    Refused("<sip:t.watson@example.org >", .angleBracket, at: 25),
    // regbadct §3.1.2.13
    Refused("sip:user@example.com?Route=%3Csip:s%3E", .uriHeaders, at: 20),
    // badinv01 §3.1.2.1
    Refused("\"Joe\" <sip:joe@example.org>;;;;", .parameter, at: 28),
    Refused("\u{e9} <sip:a@b>", .displayName, at: 0),
    Refused("<sip:a@b", .angleBracket, at: 8),
    Refused("<<sip:a@b>>", .uriScheme, at: 1),
    Refused("<sip:a@b>>", .trailing, at: 9),
    Refused("<sip:a@b>;", .parameter, at: 10),
    Refused("<sip:a@b>;tag", .tag, at: 13),
    Refused("<sip:a@b>;tag=", .tag, at: 14),
    Refused("<sip:a@b>;tag=\"a\"", .tag, at: 14),
    Refused("<sip:a@b>;tag=1;tag=2", .tag, at: 16),
    Refused("<sip:a@b>;tag=1/2", .trailing, at: 15),
    Refused("<sip:a@b>, <sip:c@d>", .trailing, at: 9),
    Refused("<sip:a@b> x", .trailing, at: 10),
    Refused("\"a\u{1}b\" <sip:a@b>", .quotedString, at: 2),
    Refused("\"a\r\nb\" <sip:a@b>", .quotedString, at: 2),
    Refused("\"a\\\r\n b\" <sip:a@b>", .quotedString, at: 2),
    Refused("sip:user;par=u@example.net", .trailing, at: 14),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) {
    #expect(Value(refused.text).malformed(NameAddress.parse) == refused.malformed)
  }

  @Test func refusesBrokenUTF8() {
    let broken: [[UInt8]] = [
      [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
      [0xf0, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82],
    ]
    for octets in broken {
      let value = Value([0x22, 0x61] + octets + Array("\" <sip:a@b>".utf8))
      #expect(value.malformed(NameAddress.parse) == Malformed(.quotedString, at: 2))
    }
  }
}
