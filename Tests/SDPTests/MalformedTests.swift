import Basics
import SDP
import Testing

@Suite("RFC 8866: what is malformed, and where")
struct MalformedTests {
  /// Lines 0 to 3 of `smallest` begin at 0, 5, 31 and 36; what follows it begins at 43.
  static let after = smallest.utf8.count

  static func unexpected(
    _ found: Character?, _ expected: Malformed.Expected, _ at: Int
  ) -> Malformed {
    .unexpected(found: found?.utf8.first, expected: expected, at: at)
  }

  static let heads: [(String, Malformed)] = [
    ("", unexpected(nil, .line(.version), 0)),
    ("\r\n\r\n", unexpected(nil, .line(.version), 4)),
    ("v=0\r\n", unexpected(nil, .line(.origin), 5)),
    ("v=0\r\no=- 1 1 IN IP4 1.2.3.4\n", unexpected(nil, .line(.sessionName), 28)),
    ("v=0\r\no=- 1 1 IN IP4 1.2.3.4\ns=-", unexpected(nil, .line(.timeActive), 31)),
    ("o=- 1 1 IN IP4 1.2.3.4\r\n", unexpected("o", .line(.version), 0)),
    ("v=0\r\ns=-\r\n", unexpected("s", .line(.origin), 5)),
    ("v=0\r\no=- 1 1 IN IP4 1.2.3.4\nt=0 0", unexpected("t", .line(.sessionName), 28)),
    ("v=1\r\n", unexpected("1", .version, 2)),
    ("v=00\r\n", unexpected("0", .lineEnd, 3)),
    ("v=\r\n", unexpected(nil, .version, 2)),
    ("v 0\r\n", unexpected(" ", .equalsSign, 1)),
    ("v", unexpected(nil, .equalsSign, 1)),
    (" v=0\r\n", unexpected(" ", .lineType, 0)),
    ("v=0\rs=-", unexpected("s", .lineEnd, 4)),
    ("v=0\r", unexpected(nil, .lineEnd, 4)),
    ("v=0\0\r\n", unexpected("\0", .text, 3)),
    ("v=0\r\n\r\no=", unexpected("\r", .lineType, 5)),
    ("v=0\r\no=-\r\n", unexpected(nil, .space, 8)),
    ("v=0\r\no= 1 1 IN IP4 h\r\n", unexpected(" ", .field, 7)),
    ("v=0\r\no=- x 1 IN IP4 h\r\n", unexpected("x", .number, 9)),
    ("v=0\r\no=- 1  1 IN IP4 h\r\n", unexpected(" ", .number, 11)),
    ("v=0\r\no=- 1 1 IN IP4 1.2.3.4 x\r\n", unexpected(" ", .lineEnd, 27)),
  ]

  /// The second line's text, and where in it the fault is.
  static let lines: [(String, Malformed)] = [
    ("c=IN IP4", unexpected(nil, .space, 8)),
    ("c=IN  IP4 h", unexpected(" ", .addressType, 5)),
    ("c=IN IP4 ", unexpected(nil, .address, 9)),
    ("c=IN IP4 1.2.3.256", unexpected("1", .address, 9)),
    ("c=IN IP4 1.2.3", unexpected("1", .address, 9)),
    ("c=IN IP4 01.2.3.4", unexpected("0", .address, 9)),
    ("c=IN IP4 1.2.3.4.5", unexpected("1", .address, 9)),
    ("c=IN IP4 2001:db8::1", unexpected("2", .address, 9)),
    ("c=IN IP6 1.2.3.4", unexpected("1", .address, 9)),
    ("c=IN IP6 1::2::3", unexpected("1", .address, 9)),
    ("c=IN IP6 1:2:3:4:5:6:7", unexpected("1", .address, 9)),
    ("c=IN IP6 1:2:3:4:5:6:7:8:9", unexpected("1", .address, 9)),
    ("c=IN IP6 1:2:3:4::5:6:7:8", unexpected("1", .address, 9)),
    ("c=IN IP6 12345::", unexpected("1", .address, 9)),
    ("c=IN IP6 :1", unexpected(":", .address, 9)),
    ("c=IN IP6 1:", unexpected("1", .address, 9)),
    ("c=IN IP6 ::1.2.3", unexpected(":", .address, 9)),
    ("c=IN IP6 1:2:3:4:5:6:7:1.2.3.4", unexpected("1", .address, 9)),
    ("c=IN IP6 fe80::1%eth0", unexpected("%", .lineEnd, 16)),
    ("c=IN IP6 [::1]", unexpected("[", .address, 9)),
    ("c=IN IP4 1.2.3.4/127", unexpected("/", .lineEnd, 16)),
    ("c=IN IP4 h/127", unexpected("/", .lineEnd, 10)),
    ("c=IN IP4 224.0.0.1/256", unexpected("2", .timeToLive, 19)),
    ("c=IN IP4 224.0.0.1/1/0", unexpected("0", .addressCount, 21)),
    ("c=IN IP4 224.0.0.1/1/2/3", unexpected("/", .lineEnd, 22)),
    ("c=IN IP6 ff02::1/2/3", unexpected("/", .lineEnd, 18)),
    ("b=AS", unexpected(nil, .colon, 4)),
    ("b=:1", unexpected(":", .token, 2)),
    ("b=AS:", unexpected(nil, .number, 5)),
    ("b=AS:99999999999999999999", unexpected("9", .number, 5)),
    ("b=AS:1k", unexpected("k", .lineEnd, 6)),
    ("t=0", unexpected(nil, .space, 3)),
    ("t=now 0", unexpected("n", .number, 2)),
    ("a=", unexpected(nil, .token, 2)),
    ("a=:x", unexpected(":", .token, 2)),
    ("a=sendrecv ", unexpected(" ", .colon, 10)),
    ("m=", unexpected(nil, .token, 2)),
    ("m=audio", unexpected(nil, .space, 7)),
    ("m=audio x RTP/AVP 0", unexpected("x", .port, 8)),
    ("m=audio -1 RTP/AVP 0", unexpected("-", .port, 8)),
    ("m=audio 65536 RTP/AVP 0", unexpected("6", .port, 8)),
    ("m=audio 9/ RTP/AVP 0", unexpected(" ", .portCount, 10)),
    ("m=audio 9/0 RTP/AVP 0", unexpected("0", .portCount, 10)),
    ("m=audio 9 /AVP 0", unexpected("/", .transportProtocol, 10)),
    ("m=audio 9 RTP/ 0", unexpected(" ", .transportProtocol, 14)),
    ("m=audio 9 RTP/AVP", unexpected(nil, .space, 17)),
    ("m=audio 9 RTP/AVP ", unexpected(nil, .format, 18)),
    ("m=audio 9 RTP/AVP 0", unexpected(nil, .line(.connection), 21)),
    ("v=0", .repeated(.version, at: 0)),
    ("s=again", .repeated(.sessionName, at: 0)),
    ("1=x", unexpected("1", .lineType, 0)),
  ]

  @Test("the head", arguments: heads)
  func head(text: String, wanted: Malformed) {
    let found = fault(text)
    #expect(found == wanted, "\(text.debugDescription)")
  }

  @Test("one line after a good head", arguments: lines)
  func line(text: String, wanted: Malformed) {
    let found = fault(smallest + text + "\r\n")
    #expect(found == wanted.moved(by: Self.after), "\(text)")
  }

  @Test("lines that stand twice or in the wrong part")
  func places() {
    let media = "m=audio 0 RTP/AVP 0\r\n"
    let start = Self.after
    #expect(fault(smallest + media + "t=0 0\r\n") == .misplaced(.timeActive, at: start + 21))
    #expect(fault(smallest + media + "o=x\r\n") != nil)
    let two = "c=IN IP4 a\r\nc=IN IP4 b\r\n"
    #expect(fault(smallest + two) == .repeated(.connection, at: start + 12))
    #expect(fault(smallest + media + two) == nil)
    let information = "i=1\r\ni=2\r\n"
    #expect(fault(smallest + information) == .repeated(.information, at: start + 5))
    #expect(fault(smallest + "i=1\r\n" + media + "i=2\r\n" + media + "i=3\r\n") == nil)
  }

  @Test("the limits hold")
  func limits() {
    let start = Self.after
    let attribute = "a=" + String(repeating: "x", count: Limits.line)
    #expect(fault(smallest + attribute + "\r\n") == nil)
    #expect(
      fault(smallest + attribute + "x\r\n") == .beyond(.lineLength, at: start + 2 + Limits.line))
    let many = String(repeating: "a=x\n", count: Limits.lines - 4)
    #expect(fault(smallest + many) == nil)
    #expect(fault(smallest + many + "a=x\n") == .beyond(.lines, at: start + many.utf8.count))
    let media = String(repeating: "m=a 0 b c\n", count: Limits.media)
    #expect(fault(smallest + media) == nil)
    #expect(
      fault(smallest + media + "m=a 0 b c\n") == .beyond(.media, at: start + 10 * Limits.media))
    let filler = Array(smallest.utf8) + [UInt8](repeating: 0x0a, count: 70_000)
    #expect(fault(filler) == .beyond(.octets, at: 65_535))
    #expect(fault(Array(filler.prefix(65_535))) == nil)
  }
}

extension Malformed {
  func moved(by distance: Int) -> Malformed {
    switch self {
    case .unexpected(let found, let expected, let at):
      .unexpected(found: found, expected: expected, at: at + distance)
    case .repeated(let type, let at): .repeated(type, at: at + distance)
    case .misplaced(let type, let at): .misplaced(type, at: at + distance)
    case .beyond(let limit, let at): .beyond(limit, at: at + distance)
    }
  }
}
