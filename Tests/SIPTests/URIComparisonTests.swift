import Basics
import SIP
import Testing

/// RFC 3261 §19.1.4 and RFC 3966 §4.
@Suite struct URIComparisonTests {
  func areEqual(_ one: String, _ other: String) throws -> Bool {
    let (left, right) = (Value(one), Value(other))
    let (a, b) = (try left.parsed(URI.parse), try right.parsed(URI.parse))
    let forth = URI.equals(a, left.octets.span, b, right.octets.span)
    let back = URI.equals(b, right.octets.span, a, left.octets.span)
    #expect(forth == back, "\(one) \(other)")
    return forth
  }

  static let equal: [(String, String)] = [
    // The RFC's own
    ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
    ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
    (
      "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
      "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
    ),
    (
      "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
      "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
    ),
    // More
    ("sip:a@h;lr", "sip:a@h"),
    ("sip:a%3bb@h", "sip:a%3Bb@h"),
    ("sip:a@[2001:db8::1]", "sip:a@[2001:0DB8:0:0::0001]"),
    ("sip:a@h;x=%41", "sip:a@h;X=a"),
    ("SIP:a@h", "sip:a@h"),
    ("sip:a@h?Route=x&Route=y", "sip:a@h?route=y&route=x"),
    ("urn:service:sos", "URN:service:sos"),
    // tel
    ("tel:+1-201-555-0123", "tel:+12015550123"),
    ("tel:+1(201)555.0123;a=b;c", "TEL:+12015550123;C;A=B"),
    ("tel:7042;phone-context=example.com", "tel:70-42;phone-context=EXAMPLE.com"),
    ("tel:863-1234;phone-context=+1-914-555", "tel:8631234;phone-context=+1914555"),
    ("tel:+1;ext=1-2", "tel:+1;ext=12"),
    ("tel:aB*#;phone-context=+1", "tel:Ab*#;phone-context=+1"),
  ]

  @Test(arguments: equal) func equivalent(_ one: String, _ other: String) throws {
    #expect(try areEqual(one, other))
    #expect(try areEqual(one, one))
    #expect(try areEqual(other, other))
  }

  static let different: [(String, String)] = [
    // The RFC's own
    ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
    ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
    // It is not transitive: each is equal to the one without.
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
    // More
    ("sip:a@h", "sips:a@h"),
    ("sip:h", "sip:a@h"),
    ("sip:a@h", "sip:a:b@h"),
    ("sip:a:b@h", "sip:a:B@h"),
    ("sip:a;b@h", "sip:a%3bb@h"),
    ("sip:a%00@h", "sip:a%00%00@h"),
    ("sip:a@h", "sip:a@h;maddr=1.2.3.4"),
    ("sip:a@h", "sip:a@h;ttl=1"),
    ("sip:a@h", "sip:a@h;user=ip"),
    ("sip:a@h", "sip:a@h;method=INVITE"),
    ("sip:a@h;maddr=1.2.3.4", "sip:a@h;maddr=1.2.3.5"),
    ("sip:a@h;lr", "sip:a@h;lr=true"),
    ("sip:a@[::ffff:1.2.3.4]", "sip:a@1.2.3.4"),
    ("sip:a@h?Route=x&Route=x", "sip:a@h?Route=x&Route=y"),
    ("sip:a@h?a=b", "sip:a@h?a=c"),
    ("urn:service:sos", "urn:service:SOS"),
    ("sip:+1@h;user=phone", "tel:+1"),
    ("tel:+1201", "tel:1201;phone-context=+1"),
    ("tel:+1", "tel:+12"),
    ("tel:+1", "tel:+1;ext=1"),
    ("tel:+1;ext=1", "tel:+1;ext=2"),
    ("tel:1;phone-context=a.b", "tel:1;phone-context=a-b"),
    ("tel:+1;a=b", "tel:+1;a=c"),
  ]

  @Test(arguments: different) func notEquivalent(_ one: String, _ other: String) throws {
    #expect(try !areEqual(one, other))
  }

  @Test func tooManyPartsAreEqualOnlyOctetForOctet() throws {
    let many = "sip:h" + String(repeating: ";a", count: Limits.comparedParts + 1)
    #expect(try areEqual(many, many))
    #expect(try !areEqual(many, many.uppercased().replacing("SIP", with: "sip")))
    let headers = "sip:h?" + String(repeating: "a=&", count: Limits.comparedParts) + "a="
    #expect(try !areEqual(headers, "SIP" + headers.dropFirst(3)))
  }

  /// Found by `FuzzValues`: a URI whose parameter stands twice was not equal to itself.
  @Test(arguments: ["tel:863;phone-context=+2;x=y20;x=y", "sip:h;x=y20;x=y"])
  func aRepeatedParameterChangesNothing(_ text: String) throws {
    #expect(try areEqual(text, text))
  }
}
