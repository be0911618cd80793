import BasicContainers
import Basics
import SDP
import Testing

/// Lends the body the description that a text is.
func describing<Result>(
  _ text: String, _ body: (borrowing Description) throws -> Result
) throws -> Result {
  try describing(Array(text.utf8), body)
}

func describing<Result>(
  _ octets: [UInt8], _ body: (borrowing Description) throws -> Result
) throws -> Result {
  var table = DescriptionTable()
  try Parser.parse(octets.span, into: &table)
  let description = Description(octets.span, table)
  return try body(description)
}

/// What is wrong with a text, or `nil`.
func fault(_ text: String) -> Malformed? { fault(Array(text.utf8)) }

func fault(_ octets: [UInt8]) -> Malformed? {
  var table = DescriptionTable()
  do {
    try Parser.parse(octets.span, into: &table)
    return nil
  } catch {
    return error
  }
}

/// The text after the changes that the body makes, with what `count` foretold checked.
func patched(
  _ text: String, _ change: (inout Patch, borrowing Description) -> Void
) throws -> String? {
  try describing(text) { description in
    var patch = Patch()
    change(&patch, description)
    if patch.failed { return nil }
    let count = patch.count(of: description)
    var out = RigidArray<UInt8>(capacity: count + 100)
    out.append(addingCount: count + 100) { patch.write(description, into: &$0) }
    let written = (0..<out.count).map { out[$0] }
    #expect(written.count == count)
    return String(decoding: written, as: UTF8.self)
  }
}

extension Description {
  func text(_ slice: Slice?) -> String? {
    guard let slice else { return nil }
    return String(decoding: slice.range.map { bytes[$0] }, as: UTF8.self)
  }

  func words(_ slice: Slice) -> [String] {
    var rest = slice
    var words: [String] = []
    while let word = nextWord(&rest) { words.append(text(word) ?? "") }
    return words
  }
}

func crlf(_ lines: String...) -> String { lines.map { $0 + "\r\n" }.joined() }

/// With every kind of line of RFC 8866 §5.
let everything = crlf(
  "v=0", "o=lin 3724394400 3724394405 IN IP4 198.51.100.1", "s=Ensayo de guzheng",
  "i=A seminar on strings", "u=http://www.example.com/seminars/sdp.pdf",
  "e=lin@example.com (Lin)", "p=+1 617 555-6011", "c=IN IP4 198.51.100.1", "b=AS:128",
  "b=X-YZ:64", "t=3724394400 3724398000", "t=3724484400 3724488000", "r=604800 3600 0 90000",
  "z=3730928400 -1h 3749680800 0", "k=prompt", "a=recvonly", "a=tool:zither 1.0",
  "m=audio 49170 RTP/AVP 0 97", "a=rtpmap:97 L16/48000/2", "a=fmtp:97 channel-order=DV.LR",
  "a=ptime:20", "m=audio 49180/2 RTP/AVP 0", "c=IN IP4 233.252.0.1/127/3", "a=sendrecv",
  "m=video 51372 RTP/AVP 99", "i=Hands only", "c=IN IP6 2001:db8::2", "b=TIAS:500000",
  "k=clear:gone", "a=rtpmap:99 h263-1998/90000", "a=rtcp:53020 IN IP6 2001:db8::2")

/// As a browser writes it, with lines that this target does not know.
let browser = crlf(
  "v=0", "o=- 46117317 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1",
  "a=msid-semantic: WMS *", "X=1 what is this", "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
  "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0",
  "a=candidate:1 1 udp 2122260223 192.0.2.7 51000 typ host generation 0", "a=ice-ufrag:Vx7/",
  "a=fingerprint:sha-256 12:DF:3E:5D:49:6B", "a=setup:actpass", "a=mid:0", "y=0100000001",
  "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP6 ::", "a=sctp-port:5000")

let secured = crlf(
  "v=0", "o=alice 2890844526 2890844526 IN IP4 host.atlanta.example.com", "s=",
  "c=IN IP4 host.atlanta.example.com", "t=0 0", "m=audio 49170 RTP/SAVP 0 8 97",
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4",
  "a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32",
  "a=sendonly", "m=video 0 RTP/AVP 31")

let smallest = crlf("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0")
