import Basics
import SDP
import Testing

@Suite("SDP: what is sent is a patch of what came")
struct PatchTests {
  static let relay = Address(ipv4: 0xcb00_7107)
  static let relay6 = Address(high: 0x2001_0db8_0000_0000, low: 0xff00_0000_0000_0001)

  @Test("with no change, every octet is as it came", arguments: [everything, browser, secured])
  func untouched(text: String) throws {
    let written = try patched(text) { _, _ in }
    #expect(written == text)
  }

  @Test("addresses and ports of a browser's streams change, and no other octet")
  func relayed() throws {
    let written = try patched(browser) { patch, sdp in
      patch.setConnection(Self.relay, in: .media(0), of: sdp)
      patch.setConnection(Self.relay6, in: .media(1), of: sdp)
      patch.setPort(40_000, ofMedia: 0, in: sdp)
      patch.setPort(0, ofMedia: 1, in: sdp)
      patch.setOrigin(Self.relay, of: sdp)
    }
    let wanted =
      browser
      .replacing("c=IN IP4 0.0.0.0", with: "c=IN IP4 203.0.113.7")
      .replacing("c=IN IP6 ::", with: "c=IN IP6 2001:db8::ff00:0:0:1")
      .replacing("m=audio 9 ", with: "m=audio 40000 ")
      .replacing("m=application 9 ", with: "m=application 0 ")
      .replacing("2 IN IP4 127.0.0.1", with: "2 IN IP4 203.0.113.7")
    #expect(written == wanted)
  }

  @Test("a part without a connection gets one where the grammar wants it")
  func inserted() throws {
    let written = try patched(everything) { patch, sdp in
      patch.setConnection(Self.relay, in: .media(0), of: sdp)
      patch.setConnection(Self.relay6, in: .media(2), of: sdp)
      patch.setConnection(Self.relay, in: .session, of: sdp)
    }
    let wanted =
      everything
      .replacing("RTP/AVP 0 97\r\n", with: "RTP/AVP 0 97\r\nc=IN IP4 203.0.113.7\r\n")
      .replacing("c=IN IP6 2001:db8::2\r\nb", with: "c=IN IP6 2001:db8::ff00:0:0:1\r\nb")
      .replacing("c=IN IP4 198.51.100.1\r\n", with: "c=IN IP4 203.0.113.7\r\n")
    #expect(written == wanted)
    let session = try patched(smallest) { $0.setConnection(Self.relay, in: .session, of: $1) }
    #expect(session == smallest.replacing("s=-\r\n", with: "s=-\r\nc=IN IP4 203.0.113.7\r\n"))
    let titled = smallest + "m=audio 0 RTP/AVP 0\r\ni=x\r\na=y\r\n"
    let media = try patched(titled) { $0.setConnection(Self.relay, in: .media(0), of: $1) }
    #expect(media == titled.replacing("i=x\r\n", with: "i=x\r\nc=IN IP4 203.0.113.7\r\n"))
  }

  @Test("several connections of one stream become one")
  func severalConnections() throws {
    let head = smallest + "m=audio 9/3 RTP/AVP 0\r\n"
    let text =
      head + "c=IN IP4 224.2.1.1/1\r\nc=IN IP4 224.2.1.2/1\r\nc=IN IP4 224.2.1.3/1\r\na=x\r\n"
    let written = try patched(text) { $0.setConnection(Self.relay, in: .media(0), of: $1) }
    #expect(written == head + "c=IN IP4 203.0.113.7\r\na=x\r\n")
  }

  @Test("a direction is put in the place of the one that is there, else at the end of the stream")
  func directions() throws {
    let written = try patched(secured) { patch, sdp in
      patch.setDirection(.inactive, ofMedia: 0, in: sdp)
      patch.setDirection(.recvonly, ofMedia: 1, in: sdp)
    }
    #expect(written == secured.replacing("sendonly", with: "inactive") + "a=recvonly\r\n")
  }

  @Test("lines go away and come, also at an end without a line end")
  func lines() throws {
    let open = smallest + "a=x"
    let written = try patched(open) { patch, sdp in
      let last = sdp.lines.count - 1
      patch.insert(.attribute, after: last, of: sdp) { $0.append(UInt8(ascii: "y")) }
      patch.insert(.attribute, after: last, of: sdp) { $0.append(UInt8(ascii: "z")) }
    }
    #expect(written == smallest + "a=x\r\na=y\r\na=z\r\n")
    let replaced = try patched(open) { patch, sdp in
      let last = sdp.lines.count - 1
      patch.insert(.attribute, after: last, of: sdp) { $0.append(UInt8(ascii: "y")) }
      patch.delete(line: last, of: sdp)
    }
    #expect(replaced == smallest + "a=y\r\n")
    let changed = try patched(open) { patch, sdp in
      let last = sdp.lines.count - 1
      patch.replace(sdp.lines[last].value) { $0.append(UInt8(ascii: "w")) }
      patch.insert(.attribute, after: last, of: sdp) { $0.append(UInt8(ascii: "y")) }
    }
    #expect(changed == smallest + "a=w\r\na=y\r\n")
  }

  @Test("the last of two changes of one range holds, and two that overlap fail")
  func conflicts() throws {
    let twice = try patched(secured) { patch, sdp in
      patch.setPort(1, ofMedia: 0, in: sdp)
      patch.setPort(2, ofMedia: 0, in: sdp)
    }
    #expect(twice == secured.replacing("49170", with: "2"))
    let overlaps = try patched(secured) { patch, sdp in
      patch.setPort(1, ofMedia: 0, in: sdp)
      patch.delete(line: sdp.media[0].lines.lowerBound, of: sdp)
    }
    #expect(overlaps == nil)
    let reversed = try patched(secured) { patch, sdp in
      patch.delete(line: sdp.media[0].lines.lowerBound, of: sdp)
      patch.setPort(1, ofMedia: 0, in: sdp)
    }
    #expect(reversed == nil)
    let nowhere = try patched(secured) { $0.setPort(1, ofMedia: 2, in: $1) }
    #expect(nowhere == nil)
    let noPart = try patched(secured) { $0.setConnection(Self.relay, in: .media(9), of: $1) }
    #expect(noPart == nil)
  }

  @Test("a patch that is full fails")
  func full() throws {
    let edits = try patched(secured) { patch, sdp in
      for _ in 0...Limits.edits { patch.insert(.attribute, after: 3, of: sdp) { _ in } }
    }
    #expect(edits == nil)
    let ink = try patched(secured) { patch, sdp in
      patch.insert(.attribute, after: 3, of: sdp) { out in
        out.append(repeating: UInt8(ascii: "x"), count: out.freeCapacity)
      }
    }
    #expect(ink == nil)
  }

  @Test(
    "RFC 5952 §4: addresses are written in one way",
    arguments: [
      ("0:0:0:0:0:0:0:0", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("1:0:0:0:0:0:0:0", "1::"),
      ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
      ("::ffff:1.2.3.4", "1.2.3.4"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
      ("1::7.8.9.10", "1::708:90a"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("abcd:ef0:12:3::", "abcd:ef0:12:3::"),
    ])
  func addresses(written: String, canonical: String) throws {
    let text = smallest + "c=IN IP6 \(written)\r\n"
    let again = try patched(text) { patch, sdp in
      guard let address = sdp.connection(in: .session)?.address else { return }
      patch.setConnection(address, in: .session, of: sdp)
    }
    let type = canonical.contains(":") ? "IP6" : "IP4"
    #expect(again == smallest + "c=IN \(type) \(canonical)\r\n")
  }
}
