import Basics
import Everything
import SIP
import Testing

/// Every value of every grammar, mutated at random from a seed: nothing traps, every list ends, and
/// a slice that is handed out lies within the value.
@Suite struct MutationTests {
  static let seeds = [
    "sip:+1-212;x@[2001:db8::1]:5060;transport=tcp;lr;maddr=1.2.3.4;ttl=1;user=phone?a=%20b&c=",
    "tel:863-1234;phone-context=+1-914;ext=7;isub=a%20;x=y",
    "\"A \\\" é\" <sips:a:b@h.example>;tag=1;q=0.5;expires=9, B C <tel:+1>;x=\"y\"\r\n ,sip:e@f",
    "SIP/2.0/UDP [::1] : 5060 ;branch=z9hG4bKa;rport=7;received=::1;maddr=h;ttl=1 , SIP/2.0/TCP b",
    "4294967295 INVITE",
    "INVITE, ACK ,\r\n BYE",
    "Digest realm=\"a\", nonce=\"b\\\"\", nc=00000001, qop=auth, uri=\"sip:x\", x=y",
    "multipart/mixed;boundary=\"x\";q=0.5, */*",
    "Sat, 13 Nov 2010 23:29:00 GMT",
    "307 isi.edu:5060 \"Session é\", 399 x \"\"",
    "a@b;to-tag=1;from-tag=2;early-only;local-tag=3;remote-tag=4",
    "Product/1.0 (comment (nested \\) é)) Other",
    "18000 (comment) ;duration=60;refresher=uas",
    "terminated;reason=timeout;retry-after=7;expires=1;id=2",
    "776656 1 INVITE",
    "\"ZYNBbHC00VMZr2k=\"",
  ]

  static let telling = Array("\"\\<>;,:@%?=&[]()* \t\r\n\u{0}/.+-0aA9zé".utf8)

  func mutate(_ octets: inout [UInt8], _ generator: inout Chance) {
    for _ in 0...generator.below(3) {
      let place = generator.below(octets.count + 1)
      let octet =
        generator.below(2) == 0
        ? Self.telling[generator.below(Self.telling.count)]
        : UInt8(truncatingIfNeeded: generator.next())
      switch generator.below(5) {
      case 0 where place < octets.count: octets.remove(at: place)
      case 1: octets.insert(octet, at: place)
      case 2: octets.removeSubrange(place...)
      case 3:
        let from = generator.below(octets.count + 1)
        octets.insert(contentsOf: octets[min(from, place)..<max(from, place)], at: place)
      default: if place < octets.count { octets[place] = octet }
      }
    }
  }

  @Test(arguments: 0..<10) func nothingTraps(_ part: Int) {
    var generator = Chance(seed: UInt64(part))
    for _ in 0..<10_000 {
      var octets = Array(Self.seeds[generator.below(Self.seeds.count)].utf8)
      mutate(&octets, &generator)
      let value = Value(octets)
      let span = value.octets.span
      let most = Everything.read(span, value.slice)
      // A list takes at least one octet for each of its values.
      #expect(most <= octets.count + 1)
    }
  }

  @Test func slicesBeyondTheMessageAreCutToIt() {
    let octets = Array("sip:a@b".utf8)
    let span = octets.span
    for slice in [
      Slice(from: 0, to: 65_535), Slice(from: 65_535, to: 65_535), Slice(from: 7, to: 100),
      Slice(from: 4, to: 4),
    ] {
      let most = Everything.read(span, slice)
      #expect(most <= octets.count + 1)
    }
  }

  @Test func valuesOfEveryLengthUpToTheLongest() {
    for text in ["a", "\"", "(", "<sip:a", "sip:a;b=", "1.", ":", "%41", " ", "\r\n "] {
      let whole = [UInt8](
        String(repeating: text, count: Slice.longest / text.utf8.count).utf8)
      let span = whole.span
      let most = Everything.read(span, Slice(from: 0, to: whole.count))
      #expect(most <= whole.count + 1)
    }
  }
}
