import Basics
import SIP
import Testing

@Suite struct ViaTests {
  @Test func readsAWholeValue() throws {
    let value = Value(
      "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK-524287-1---4a1c;rport;received=192.0.2.1")
    let via = try value.parsed(Via.parse)
    #expect(via.transport == .udp)
    #expect(value.text(via.transportText) == "UDP")
    #expect(via.sentBy.host.address == Address(ipv4: 0xc633_6407))
    #expect(via.sentBy.port == 5060)
    #expect(value.text(via.sentBy.text) == "198.51.100.7:5060")
    #expect(value.text(via.branch) == "z9hG4bK-524287-1---4a1c")
    #expect(via.hasCookie)
    #expect(via.rport == .asked)
    #expect(via.rportValue.isEmpty)
    #expect(value.octets[via.rportValue.start - 1] == UInt8(ascii: "t"))
    #expect(via.received?.address == Address(ipv4: 0xc000_0201))
    #expect(value.text(via.parameters).hasPrefix(";branch="))
    #expect(via.whole == value.slice)
    #expect(!via.hasMore)
    #expect(via.next == value.slice.end)
  }

  @Test func readsSpacesFoldsAndUnknownTransports() throws {
    let value = Value(
      "  SIP  / 2.0\r\n /UNKNOWN\r\n\t 192.0.2.2 : 5061 ; branch = z9hG4bKx ;\r\n"
        + " ttl = 16; maddr=[::1]"
    )
    let via = try value.parsed(Via.parse)
    #expect(via.transport == nil)
    #expect(via.transportName == .other)
    #expect(value.text(via.transportText) == "UNKNOWN")
    #expect(via.sentBy.port == 5061)
    #expect(value.text(via.sentBy.text) == "192.0.2.2 : 5061")
    #expect(value.text(via.branch) == "z9hG4bKx")
    #expect(via.ttl == 16)
    #expect(via.maddr?.kind == .ipv6)
    #expect(value.text(via.whole).hasPrefix("SIP  /"))
  }

  @Test func readsTheSpellingsOfRFC4475() throws {
    // wsinv §3.1.1.1 and longreq §3.1.1.7
    for text in [
      "SIP  / 2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw",
      "SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
        + " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239",
      "SIP/2.0/TCP sip33.example.com",
      "SIP/2.0/TLS t1.example.com;branch=z9hG4bKa;unknown=\"a;b,c\";x=[::1]",
    ] {
      let value = Value(text)
      #expect(value.malformed(Via.parse) == nil)
      #expect(value.malformed(all) == nil)
    }
  }

  @Test func walksACommaList() throws {
    let value = Value("SIP/2.0/UDP a;branch=z9hG4bK1 ,\r\n SIP/2.0/TCP b , SIP/2.0/TLS c;rport=7")
    var found: [String] = []
    let span = value.octets.span
    var list = ViaList(span, value.slice)
    var expected = value.slice.start
    while let via = try list.next() {
      #expect(via.whole.start == expected)
      expected = via.next
      found.append(value.text(via.whole))
    }
    #expect(found == ["SIP/2.0/UDP a;branch=z9hG4bK1", "SIP/2.0/TCP b", "SIP/2.0/TLS c;rport=7"])
    #expect(expected == value.slice.end)
  }

  @Test func knowsTheCookie() throws {
    let cookies = [
      ("z9hG4bKa", true), ("Z9HG4BKa", true), ("z9hG4bK", false), ("z9hG4b", false), ("x", false),
    ]
    for (branch, hasCookie) in cookies {
      let via = try Value("SIP/2.0/UDP a;branch=\(branch)").parsed(Via.parse)
      #expect(via.hasCookie == hasCookie, "\(branch)")
    }
  }

  @Test func readsTheResponsePort() throws {
    let value = Value("SIP/2.0/UDP a;rport = 5070;x")
    let via = try value.parsed(Via.parse)
    #expect(via.rport == .value(5070))
    #expect(value.text(via.rportValue) == " = 5070")
    #expect(try Value("SIP/2.0/UDP a").parsed(Via.parse).rport == .absent)
  }

  @Test(arguments: ["2001:db8::9:1", "[2001:db8::9:1]"])
  func readsReceivedWithAndWithoutBrackets(_ address: String) throws {
    let via = try Value("SIP/2.0/UDP [2001:db8::9:1];received=\(address);branch=z9hG4bKas3-111")
      .parsed(Via.parse)
    #expect(via.received?.address == Address(high: 0x2001_0db8_0000_0000, low: 0x9_0001))
    #expect(via.sentBy.host.address == via.received?.address)
  }

  static let refused: [Refused] = [
    Refused("", .via, at: 0),
    Refused("SIP/7.0/UDP a", .version, at: 0),
    Refused("HTTP/2.0/UDP a", .version, at: 0),
    Refused("SIP/2.0 a", .via, at: 7),
    Refused("SIP/2.0/ ", .via, at: 9),
    Refused("SIP/2.0/UDP", .via, at: 11),
    Refused("SIP/2.0/UDP ", .host, at: 12),
    Refused("SIP/2.0/UDP;branch=a", .via, at: 11),
    Refused("SIP/2.0/UDP a:", .port, at: 14),
    Refused("SIP/2.0/UDP a:70000", .port, at: 14),
    Refused("SIP/2.0/UDP a b", .trailing, at: 14),
    Refused("SIP/2.0/UDP a;", .parameter, at: 14),
    Refused("SIP/2.0/UDP a;;x", .parameter, at: 14),
    Refused("SIP/2.0/UDP a;branch", .viaBranch, at: 20),
    Refused("SIP/2.0/UDP a;branch=", .viaBranch, at: 21),
    Refused("SIP/2.0/UDP a;branch=\"x\"", .viaBranch, at: 21),
    Refused("SIP/2.0/UDP a;branch=x;branch=y", .viaBranch, at: 23),
    Refused("SIP/2.0/UDP a;received=host", .host, at: 23),
    Refused("SIP/2.0/UDP a;received=1.2.3.4;received=1.2.3.5", .via, at: 31),
    Refused("SIP/2.0/UDP a;rport=x", .port, at: 20),
    Refused("SIP/2.0/UDP a;rport;rport", .via, at: 20),
    Refused("SIP/2.0/UDP a;ttl=256", .via, at: 18),
    Refused("SIP/2.0/UDP a;ttl=", .via, at: 18),
    Refused("SIP/2.0/UDP a;x=\"y", .quotedString, at: 16),
    Refused("SIP/2.0/UDP a;x=", .parameter, at: 16),
    Refused("SIP/2.0/UDP a;x=y/z", .trailing, at: 17),
    Refused("SIP/2.0/UDP a,", .via, at: 14),
    Refused("SIP/2.0/UDP a,,SIP/2.0/UDP b", .via, at: 14),
    // badinv01 §3.1.2.1
    Refused("SIP/2.0/UDP 192.0.2.15;;,;,,", .parameter, at: 23),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) {
    #expect(Value(refused.text).malformed(all) == refused.malformed)
  }

  func all(_ bytes: Span<UInt8>, _ slice: Slice) throws(Malformed) {
    var list = ViaList(bytes, slice)
    while try list.next() != nil {}
  }
}
