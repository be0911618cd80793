import Basics
import SDP
import Testing

@Suite("RFC 8866: reading")
struct ReadingTests {
  @Test("every kind of line of the session is found")
  func session() throws {
    try describing(everything) { sdp in
      let origin = sdp.origin
      #expect(sdp.text(origin.username) == "lin")
      #expect(sdp.text(origin.sessionID) == "3724394400")
      #expect(sdp.text(origin.sessionVersion) == "3724394405")
      #expect(origin.connection.address == Address(ipv4: 0xc633_6401))
      #expect(sdp.text(origin.connection.text) == "IN IP4 198.51.100.1")
      #expect(sdp.version == 0)
      #expect(sdp.text(sdp.sessionName) == "Ensayo de guzheng")
      let lines = sdp.lines(of: .session)
      let letters = lines.map { Character(Unicode.Scalar(sdp.lines[$0].type.rawValue)) }
      #expect(String(letters) == "vosiuepcbbttrzkaa")
      let bandwidth = sdp.next(.bandwidth, in: .session).flatMap { sdp.bandwidth(at: $0) }
      #expect(bandwidth?.value == 128)
      #expect(sdp.text(bandwidth?.type) == "AS")
      let time = sdp.next(.timeActive, in: .session).flatMap { sdp.timeActive(at: $0) }
      #expect(time?.start == 3_724_394_400)
      #expect(time?.stop == 3_724_398_000)
    }
  }

  @Test("media descriptions have their own lines")
  func media() throws {
    try describing(everything) { sdp in
      let media = (0..<sdp.media.count).map { sdp.media[$0] }
      #expect(media.map { sdp.text($0.media) } == ["audio", "audio", "video"])
      #expect(media.map(\.port) == [49170, 49180, 51372])
      #expect(media.map(\.portCount) == [1, 2, 1])
      #expect(media.map { sdp.text($0.transportProtocol) } == ["RTP/AVP", "RTP/AVP", "RTP/AVP"])
      #expect(sdp.words(media[0].formats) == ["0", "97"])
      #expect(media.map(\.lines.count) == [4, 3, 7])
      let outside = sdp.lines(of: .media(3))
      #expect(outside.isEmpty)
    }
  }

  @Test("the connection of a stream is its own, else that of the session")
  func connections() throws {
    try describing(everything) { sdp in
      let first = sdp.connection(ofMedia: 0)
      #expect(first?.address == Address(ipv4: 0xc633_6401))
      let own = sdp.connection(in: .media(0))
      #expect(own == nil)
      let multicast = sdp.connection(ofMedia: 1)
      #expect(multicast?.timeToLive == 127)
      #expect(multicast?.count == 3)
      #expect(sdp.text(multicast?.addressText) == "233.252.0.1")
      let third = sdp.connection(ofMedia: 2)
      #expect(third?.addressType == .ip6)
      #expect(third?.address == Address(high: 0x2001_0db8_0000_0000, low: 2))
    }
  }

  @Test("attributes are found by name, in their own part only")
  func attributes() throws {
    try describing(everything) { sdp in
      let found = sdp.attribute(.rtpmap, in: .media(0))
      let map = found.flatMap { sdp.rtpMap($0) }
      #expect(map?.payloadType == 97)
      #expect(sdp.text(map?.encodingName) == "L16")
      #expect(map?.clockRate == 48000)
      #expect(sdp.text(map?.parameters) == "2")
      #expect(sdp.text(sdp.attribute(.fmtp, in: .media(0))?.value) == "97 channel-order=DV.LR")
      #expect(sdp.text(sdp.attribute(.ptime, in: .media(0))?.value) == "20")
      let elsewhere = sdp.attribute(.ptime, in: .media(1))
      let unknown = sdp.attribute("PTIME", in: .media(0))
      #expect(elsewhere == nil)
      #expect(unknown == nil)
      let rtcp = sdp.attribute(.rtcp, in: .media(2)).flatMap { sdp.rtcp($0) }
      #expect(rtcp?.port == 53020)
      #expect(rtcp?.connection?.address == Address(high: 0x2001_0db8_0000_0000, low: 2))
    }
  }

  @Test("RFC 8866 §6.7: a stream's direction is its own, else the session's, else both ways")
  func directions() throws {
    let directions = try describing(everything) { sdp in (0...2).map { sdp.direction(ofMedia: $0) }
    }
    #expect(directions == [.recvonly, .sendrecv, .recvonly])
    let plain = try describing(secured) { sdp in (0...1).map { sdp.direction(ofMedia: $0) } }
    #expect(plain == [.sendonly, .sendrecv])
  }

  @Test("several attributes of one name follow one another")
  func repeated() throws {
    try describing(secured) { sdp in
      guard let first = sdp.attribute(.crypto, in: .media(0)),
        let second = sdp.attribute(.crypto, in: .media(0), from: first.line + 1)
      else { return #expect(Bool(false), "both are there") }
      let third = sdp.attribute(.crypto, in: .media(0), from: second.line + 1)
      #expect(sdp.words(first.value ?? .empty).first == "1")
      #expect(sdp.words(second.value ?? .empty)[1] == "AES_CM_128_HMAC_SHA1_32")
      #expect(third == nil)
      #expect(sdp.connection(ofMedia: 0)?.address == nil)
      #expect(sdp.text(sdp.connection(ofMedia: 0)?.addressText) == "host.atlanta.example.com")
    }
  }

  @Test("a browser's description is read, with lines of unknown types among the known")
  func unknownLines() throws {
    try describing(browser) { sdp in
      let unknown = sdp.next(LineType(rawValue: UInt8(ascii: "y")), in: .media(0))
      #expect(sdp.text(unknown.map { sdp.lines[$0].value }) == "0100000001")
      let mux = sdp.attribute(.rtcpMux, in: .media(0))
      #expect(mux != nil && mux?.value == nil)
      #expect(sdp.text(sdp.attribute(.setup, in: .media(0))?.value) == "actpass")
      let fingerprint = sdp.attribute(.fingerprint, in: .media(0))
      #expect(sdp.words(fingerprint?.value ?? .empty) == ["sha-256", "12:DF:3E:5D:49:6B"])
      let candidate = sdp.attribute(.candidate, in: .media(0))?.value ?? .empty
      #expect(sdp.words(candidate)[4] == "192.0.2.7")
      #expect(sdp.connection(ofMedia: 1)?.address == .unspecified)
      #expect(sdp.text(sdp.media[1].transportProtocol) == "UDP/DTLS/SCTP")
    }
  }

  @Test("RFC 5118 §4.6: IPv6 and IPv4 in one description, each stream with its own connection")
  func mixedFamilies() throws {
    let text = crlf(
      "v=0", "o=bob 280744730 28977631 IN IP6 2001:db8:8::10", "s=-", "t=0 0",
      "m=audio 6000 RTP/AVP 0", "c=IN IP4 192.0.2.1", "m=video 7000 RTP/AVP 31",
      "c=IN IP6 2001:db8:1::20")
    try describing(text) { sdp in
      #expect(sdp.origin.connection.address == Address(high: 0x2001_0db8_0008_0000, low: 0x10))
      #expect(sdp.connection(ofMedia: 0)?.address == Address(ipv4: 0xc000_0201))
      let video = sdp.connection(ofMedia: 1)
      #expect(video?.address == Address(high: 0x2001_0db8_0001_0000, low: 0x20))
      let session = sdp.connection(in: .session)
      #expect(session == nil)
    }
  }

  @Test("RFC 5118 §4.8: an IPv6 address with an IPv4 tail")
  func mapped() throws {
    let text = crlf(
      "v=0", "o=- 1 1 IN IP6 ::ffff:192.0.2.10", "s=-", "c=IN IP6 ::ffff:192.0.2.10", "t=0 0",
      "m=audio 6000 RTP/AVP 0")
    try describing(text) { sdp in
      #expect(sdp.connection(ofMedia: 0)?.addressType == .ip6)
      #expect(sdp.connection(ofMedia: 0)?.address == Address(ipv4: 0xc000_020a))
    }
  }

  @Test(
    "harmless liberties are read",
    arguments: [
      smallest.replacing("\r\n", with: "\n"),
      String(smallest.dropLast()),
      smallest + "\r\n\r\n",
      smallest + "m=audio 0 RTP/AVP 0\r\n",
      smallest + "m=audio 0 RTP/AVP 0  8 \r\n",
      smallest + "c=IN IP4 a\r\nm=audio 9 RTP/AVP 0",
      smallest + "c=ATM NSAP 47.0091/8100\r\n",
      smallest + "c=IN IP7 whatever/1/2/3\r\n",
      smallest + "c=IN IP4 224.2.36.42/127\r\n",
      smallest + "c=IN IP6 FF15::101/3\r\n",
      smallest + "a=x:\r\na=late\r\nb=AS:1\r\ni=\r\n",
      smallest + "Q=\r\na=é:\u{1F600}\r\n".replacing("é", with: "e"),
      smallest.replacing("o=- 1 1", with: "o=é 99999999999999999999999999 1"),
    ])
  func liberties(text: String) {
    #expect(fault(text) == nil)
  }
}
