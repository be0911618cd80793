import Basics
import Border
import Testing

@testable import sallyport

@Suite("What peers wrote, on its way to a log")
struct RedactedTests {
  private static let addresses = [
    Address(ipv4: 0x7f00_0002), Address(ipv4: 0xc633_640a), Address(high: 0, low: 1),
    Address(high: 0x2001_0db8_0000_0000, low: 0xa),
  ]
  private static let spelled = ["127.0.0.2", "198.51.100.10", "[::1]", "[2001:db8::a]"]

  private func text(_ write: (inout OutputSpan<UInt8>) -> Void) -> String {
    var bytes: [UInt8] = []
    bytes.append(addingCapacity: 512, initializingWith: write)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func address(_ address: Address, isClear: Bool, secret: Key = Key(1, 2)) -> String {
    let redacted = Redacted(isClear: isClear, secret: secret)
    return text { redacted.write(address, into: &$0) }
  }

  @Test("an address is a digest of ten digits: equal for equal addresses, under one key only")
  func digests() {
    let digests = Self.addresses.map { address($0, isClear: false) }
    #expect(digests.allSatisfy { $0.wholeMatch(of: /#[0-9a-f]{10}/) != nil }, "\(digests)")
    #expect(Set(digests).count == digests.count)
    #expect(digests == Self.addresses.map { address($0, isClear: false) })
    let others = Self.addresses.map { address($0, isClear: false, secret: Key(1, 3)) }
    #expect(Set(digests).isDisjoint(with: others))
  }

  @Test("an address stands in clear where the policy says so")
  func clear() {
    #expect(Self.addresses.map { address($0, isClear: true) } == Self.spelled)
  }

  @Test("a Call-ID's digest stays one, whatever the policy says", arguments: [true, false])
  func digest(isClear: Bool) {
    let redacted = Redacted(isClear: isClear, secret: Key(1, 2))
    let text = text { redacted.write(digest: 0x0123_4567_89ab_cdef, into: &$0) }
    #expect(text == "#0123456789")
  }

  @Test(
    "the name of a host is one word, and bounded",
    arguments: [
      ("sbc-1.carrier_a.Example", "sbc-1.carrier_a.Example"), ("", "-"),
      ("a b=\"c\"\n", "a%20b%3d%22c%22%0a"), ("100%", "100%25"), ("\u{e9}", "%c3%a9"),
      (String(repeating: "x", count: 120), String(repeating: "x", count: 120)),
      (String(repeating: "x", count: 121), String(repeating: "x", count: 120) + "..."),
    ], [true, false])
  func names(name: (written: String, shown: String), isClear: Bool) {
    let redacted = Redacted(isClear: isClear, secret: Key(1, 2))
    let host = HostName(Array(name.written.utf8))
    #expect(text { redacted.write(host, into: &$0) } == name.shown)
  }
}
