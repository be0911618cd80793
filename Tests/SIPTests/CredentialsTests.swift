import Basics
import SIP
import Testing

@Suite struct CredentialsTests {
  static let digest =
    "Digest username=\"bob\", realm=\"biloxi.com\",\r\n nonce=\"dcd98b71\", "
    + "uri=\"sip:bob@biloxi.com\", "
    + "qop=auth, nc=0000002a, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", "
    + "opaque=\"5ccc069c\", algorithm=MD5, x=y"

  @Test func readsDigestCredentials() throws {
    let value = Value(Self.digest)
    let found = try value.parsed(Credentials.parse)
    #expect(found.isDigest)
    #expect(value.text(found.username) == "\"bob\"")
    #expect(value.text(found.realm) == "\"biloxi.com\"")
    #expect(value.text(found.uri) == "\"sip:bob@biloxi.com\"")
    #expect(value.text(found.qop) == "auth")
    #expect(found.nonceCount == 42)
    #expect(value.text(found.algorithm) == "MD5")
    #expect(value.text(found.opaque) == "\"5ccc069c\"")
    #expect(value.text(found.parameters).hasPrefix("username="))
  }

  @Test func readsAChallenge() throws {
    let value = Value(
      "Digest realm=\"atlanta.com\", domain=\"sip:ss1.carrier.com\", qop=\"auth,auth-int\",\r\n"
        + " nonce=\"f84f1cec41e6cbe5aea9c8e88d359\", opaque=\"\", stale=FALSE, algorithm=MD5")
    let found = try value.parsed(Credentials.parseChallenge)
    #expect(value.text(found.stale) == "FALSE")
    #expect(value.text(found.qop) == "\"auth,auth-int\"")
    // regaut01 §3.3.7
    #expect(
      Value("NoOneKnowsThisScheme opaque-data=here").malformed(Credentials.parse) == nil)
  }

  static let refused: [Refused] = [
    Refused("", .credentials, at: 0),
    Refused("Digest", .credentials, at: 6),
    Refused("Digest ", .credentials, at: 7),
    Refused("Digest a", .credentials, at: 8),
    Refused("Digest a=", .credentials, at: 9),
    Refused("Digest a=\"b", .quotedString, at: 9),
    Refused("Digest a=b,", .credentials, at: 11),
    Refused("Digest a=b c=d", .trailing, at: 11),
    Refused("Digest realm=\"a\", realm=\"b\"", .credentials, at: 18),
    Refused("Digest nc=123", .credentials, at: 7),
    Refused("Digest nc=0000000g", .credentials, at: 7),
    Refused("Digest realm=\"a\", nonce=\"b\"", .credentials, at: 27),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) {
    #expect(Value(refused.text).malformed(Credentials.parse) == refused.malformed)
  }

  @Test func undoesQuotes() {
    for (text, expected) in [
      ("\"a\"", "a"), ("a", "a"), ("\"\\\"\\\\\"", "\"\\"), ("\"\"", ""), ("\"", "\""),
      ("a\\b", "a\\b"),
      ("\"a\\\"", "a\\"),
    ] {
      let value = Value(text)
      let span = value.octets.span
      var isWhole = false
      let unquoted = [UInt8](capacity: 16) { output in
        isWhole = QuotedText.unquote(value.slice, in: span, into: &output)
      }
      #expect(isWhole)
      #expect(String(decoding: unquoted, as: UTF8.self) == expected)
    }
  }

  @Test func writesNothingWithoutRoom() {
    let value = Value("\"abcd\"")
    let span = value.octets.span
    var isWhole = true
    let unquoted = [UInt8](capacity: 3) { output in
      isWhole = QuotedText.unquote(value.slice, in: span, into: &output)
    }
    #expect(!isWhole)
    #expect(unquoted.isEmpty)
  }

  @Test func comparesTextsWhateverTheirQuotes() {
    for (one, other, isEqual) in [
      ("\"a\"", "a", true), ("\"\\a\"", "\"a\"", true), ("\"a\"", "\"A\"", false),
      ("\"a\"", "\"ab\"", false), ("\"\"", "\"\"", true), ("a\\b", "\"ab\"", false),
    ] {
      let (left, right) = (Value(one), Value(other))
      let found = QuotedText.equals(
        left.slice, left.octets.span, right.slice, right.octets.span)
      #expect(found == isEqual, "\(one) \(other)")
    }
  }
}
