import Testing

@testable import TorturePlay

@Suite("Places in broken octets")
struct PlacesTests {
  static func message(_ lines: String...) -> [UInt8] {
    Array((["INVITE sip:a@b SIP/2.0"] + lines + ["", "body"]).joined(separator: "\r\n").utf8)
  }

  @Test(
    "the sent-by of the top Via is found and replaced, and no other octet is touched",
    arguments: [
      ("Via: SIP/2.0/UDP a.example.com;branch=z9hG4bKx", "a.example.com", 5060),
      ("Via: SIP/2.0/UDP 192.0.2.1:5050;branch=z9hG4bKx", "192.0.2.1:5050", 5050),
      ("v:  SIP  / 2.0  / UDP\r\n    192.0.2.2 : 5071 ;branch=390skdjuw", "192.0.2.2 : 5071", 5071),
      ("VIA :SIP/7.0/UDP [2001:db8::9:1]:6050 ; branch=z9hG4bKx", "[2001:db8::9:1]:6050", 6050),
      ("Via: SIP/2.0/UDP [2001:db8::9:1];branch=z", "[2001:db8::9:1]", 5060),
      ("Via: SIP/2.0/UDP a, SIP/2.0/UDP b:7", "a", 5060),
      ("Via: SIP/2.0/UDP a:99999;branch=z", "a:99999", 5060),
    ])
  func sentBy(via: String, hostPort: String, port: UInt16) throws {
    let octets = Self.message("To: <sip:x>", via, "Via: SIP/2.0/UDP other:9")
    let places = Places(octets)
    let found = try #require(places.sentBy)
    #expect(String(decoding: octets[found.range], as: UTF8.self) == hostPort)
    #expect(found.port == port && found.transport == "udp")
    let changed = String(decoding: places.sent(by: "127.0.0.2:41"), as: UTF8.self)
    #expect(changed.contains("127.0.0.2:41"))
    #expect(changed.replacing("127.0.0.2:41", with: hostPort).utf8.elementsEqual(octets))
  }

  @Test(
    "what has no Via to be read by eye stays as it is",
    arguments: [
      "To: <sip:x>", "Via: SIP/2.0", "Via:", "Via: SIP/2.0/UDP", "Via: //", "Via: SIP/2.0/ ",
    ])
  func without(line: String) {
    let octets = Self.message(line)
    #expect(Places(octets).sentBy == nil)
    #expect(Places(octets).sent(by: "x:1") == octets)
  }

  @Test("a mark makes Call-IDs and the branch new, in their places")
  func marked() {
    let octets = Self.message(
      "i: 98asj \t", "Via: SIP/2.0/UDP a;rport; BRANCH = z9hG4bKx ;ttl=1", "Call-ID : second",
      "Via: SIP/2.0/UDP b;branch=z9hG4bKy")
    let changed = String(decoding: Places(octets).marked(".7"), as: UTF8.self)
    #expect(changed.contains("\r\ni: 98asj.7 \t\r\n"))
    #expect(changed.contains("BRANCH = z9hG4bKx.7 ;ttl=1"))
    #expect(changed.contains("Call-ID : second.7\r\n"))
    #expect(changed.contains("branch=z9hG4bKy\r\n"))
    #expect(changed.replacing(".7", with: "").utf8.elementsEqual(octets))
  }

  @Test("a branch that is the cookie alone stays so: with a mark it were a valid one")
  func cookieAlone() {
    let octets = Self.message("Via: SIP/2.0/UDP a;branch=z9hG4bK", "Call-ID: c")
    let changed = String(decoding: Places(octets).marked(".7"), as: UTF8.self)
    #expect(changed.contains("branch=z9hG4bK\r\nCall-ID: c.7\r\n"))
  }

  @Test("an element may know a message by its Call-IDs and its branch")
  func names() {
    let octets = Self.message(
      "Call-ID: one", "Via: SIP/2.0/UDP a;branch=z9hG4bKx", "i:two", "", "X", "Call-ID: three ")
    let names = Places(octets).names.map { String(decoding: $0, as: UTF8.self) }
    #expect(Set(names) == ["one", "two", "three", "z9hG4bKx\na\nINVITE"])
  }

  @Test("nothing that is cut off breaks the reading")
  func cutOff() {
    let whole = Self.message(
      "v:  SIP  / 2.0  / UDP\r\n    192.0.2.2 : 5071 ;branch = 390skdjuw", "Call-ID: x")
    for count in 0...whole.count {
      let places = Places(Array(whole[..<count]))
      _ = places.sent(by: "x:1")
      _ = places.marked("1")
      #expect(places.names.count <= 3)
    }
  }
}
