import Testing

@testable import SIP

/// The bits of each set against the characters that RFC 3261 §25.1 spells.
@Suite struct OctetSetTests {
  static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
  static let digits = "0123456789"
  static let alphanumeric = letters + digits
  static let unreserved = alphanumeric + "-_.!~*'()"
  static let hexadecimal = digits + "abcdefABCDEF"

  static let sets: [(OctetSet, String)] = [
    (.token, alphanumeric + "-.!%*_+`'~"),
    (.word, alphanumeric + "-.!%*_+`'~()<>:\\\"/[]?{}"),
    (.user, unreserved + "&=+$,;?/"),
    (.bareUser, unreserved + "&=+$/"),
    (.password, unreserved + "&=+$,"),
    (.barePassword, unreserved + "&=+$"),
    (.parameter, unreserved + "[]/:&+$"),
    (.header, unreserved + "[]/?:+$"),
    (.uric, unreserved + ";/?:@&=+$,[]"),
    (.bareURIC, unreserved + "/:@&=+$[]"),
    (.scheme, alphanumeric + "+-."),
    (.host, alphanumeric + "-._"),
    (.label, alphanumeric + "-_"),
    (.hexadecimal, hexadecimal),
    (.phoneDigit, digits + "-.()"),
    (.phoneHex, hexadecimal + "*#-.()"),
    (.alphanumericHyphen, alphanumeric + "-"),
    (.letter, letters),
    (.digit, digits),
    (.reserved, ";/?:@&=+$,"),
    (.base64, alphanumeric + "+/"),
  ]

  @Test(arguments: sets.indices) func holdsWhatIsSpelled(_ index: Int) {
    let (set, text) = Self.sets[index]
    let spelled = Set(text.utf8)
    for octet in UInt8.min...UInt8.max {
      #expect(set.contains(octet) == spelled.contains(octet), "\(octet)")
    }
  }

  @Test func tokensAreTheSameEverywhere() {
    for octet in UInt8.min...UInt8.max {
      #expect(Octets.isToken(octet) == OctetSet.token.contains(octet), "\(octet)")
    }
  }

  static let names: [(UInt64, String)] = [
    (Name.branch, "branch"), (Name.received, "received"), (Name.rport, "rport"),
    (Name.maddr, "maddr"), (Name.ttl, "ttl"), (Name.tag, "tag"), (Name.q, "q"),
    (Name.expires, "expires"), (Name.lr, "lr"), (Name.transpor, "transpor"), (Name.user, "user"),
    (Name.method, "method"), (Name.phone, "phone"), (Name.udp, "udp"), (Name.tcp, "tcp"),
    (Name.tls, "tls"),
  ]

  @Test(arguments: names) func wordsAreTheNames(_ word: UInt64, _ name: String) {
    var expected: UInt64 = 0
    for octet in name.utf8.reversed() { expected = expected << 8 | UInt64(octet) }
    #expect(word == expected)
    let octets = Array(name.uppercased().utf8)
    let folded = octets.span.foldedWord(0, octets.count)
    #expect(folded == expected)
  }
}
