import Basics
import SIP
import Testing

@Suite struct HostTests {
  static let literals: [(String, UInt64, UInt64)] = [
    ("192.0.2.4", 0, 0xffff_c000_0204),
    ("0.0.0.0", 0, 0xffff_0000_0000),
    ("255.255.255.255", 0, 0xffff_ffff_ffff),
    ("[::]", 0, 0),
    ("[::1]", 0, 1),
    ("::1", 0, 1),
    ("1::", 0x0001_0000_0000_0000, 0),
    ("2001:db8::10", 0x2001_0db8_0000_0000, 0x10),
    ("[2001:DB8::10]", 0x2001_0db8_0000_0000, 0x10),
    ("[1:2:3:4:5:6:7:8]", 0x0001_0002_0003_0004, 0x0005_0006_0007_0008),
    ("[1:2:3:4:5:6:7::]", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000),
    ("[::2:3:4:5:6:7:8]", 0x0000_0002_0003_0004, 0x0005_0006_0007_0008),
    ("[1:2:3:4::6:7:8]", 0x0001_0002_0003_0004, 0x0000_0006_0007_0008),
    ("[1:2::7:8]", 0x0001_0002_0000_0000, 0x0000_0000_0007_0008),
    ("[::ffff:192.0.2.10]", 0, 0xffff_c000_020a),
    ("[1:2:3:4:5:6:192.0.2.1]", 0x0001_0002_0003_0004, 0x0005_0006_c000_0201),
    // RFC 5118 §4.10: the grammar of RFC 3261 lets a third colon in.
    ("[2001:db8:::192.0.2.1]", 0x2001_0db8_0000_0000, 0xc000_0201),
    ("[2001:db8::192.0.2.1]", 0x2001_0db8_0000_0000, 0xc000_0201),
  ]

  @Test(arguments: literals) func readsAddresses(_ text: String, _ high: UInt64, _ low: UInt64)
    throws
  {
    let value = Value(text)
    let host = try value.parsed(Host.parse)
    #expect(host.address == Address(high: high, low: low))
    #expect(host.kind == (text.contains(":") ? .ipv6 : .ipv4))
    #expect(value.text(host.text) == text.filter { $0 != "[" && $0 != "]" })
  }

  @Test(arguments: ["a", "a.b", "a.b.", "x-1.example", "1.2.3.a", "9a", "_sip._udp.a", "a--b"])
  func readsNames(_ text: String) throws {
    let value = Value(text)
    let host = try value.parsed(Host.parse)
    #expect(host.kind == .name)
    #expect(host.address == nil)
    #expect(value.text(host.text) == text)
  }

  static let refused: [Refused] = [
    Refused("", .host, at: 0),
    Refused(".", .host, at: 0),
    Refused("1", .host, at: 0),
    Refused("1.2.3.4.5", .host, at: 0),
    Refused("256.1.1.1", .host, at: 0),
    Refused("1.2.3.4.", .host, at: 0),
    Refused("0001.2.3.4", .host, at: 0),
    Refused("a b", .host, at: 1),
    Refused("[1:2:3:4:5:6:7:8:9]", .host, at: 17),
    Refused("[1:2:3:4:5:6:7:8::]", .host, at: 18),
    Refused("[1::2::3]", .host, at: 7),
    Refused("[12345::]", .host, at: 5),
    Refused("[1:]", .host, at: 3),
    Refused("[:1]", .host, at: 2),
    Refused("[::1.2.3]", .host, at: 4),
    Refused("[fe80::1%25eth0]", .host, at: 8),
    Refused("[1:2:3:4:5:6:7:1.2.3.4]", .host, at: 16),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) {
    #expect(Value(refused.text).malformed(Host.parse) == refused.malformed)
  }

  @Test func hostsWithPorts() throws {
    let value = Value("[2001:db8::1]:05060")
    let both = try value.parsed(HostPort.parse)
    #expect(both.port == 5060)
    #expect(value.text(both.text) == "[2001:db8::1]:05060")
    #expect(Value("a:b").malformed(HostPort.parse) == Malformed(.port, at: 2))
    #expect(Value("a:99999").malformed(HostPort.parse) == Malformed(.port, at: 2))
  }
}
