/// One way to spoil the value of a field, after the manner of PROTOS c07-sip.
struct Anomaly: Sendable {
  /// What the anomalies of one kind try.
  enum Kind: String, Sendable, CaseIterable {
    case missing, overflow, format = "format string", integer, delimiter, utf8 = "broken UTF-8"
    case control = "control octet", address, escape, repeated
  }

  /// Where its octets stand.
  enum Place: Sendable {
    /// Instead of the value.
    case instead
    case before, behind, amid
    /// The value itself, so many times.
    case value
  }

  var kind: Kind
  var place: Place
  /// What is written.
  var octets: [UInt8]
  /// How often.
  var times: Int

  init(_ kind: Kind, _ place: Place, _ octets: [UInt8], times: Int = 1) {
    self.kind = kind
    self.place = place
    self.octets = octets
    self.times = times
  }

  /// All of them, for any field.
  static let all: [Anomaly] =
    missing + overflows + formats + integers + delimiters + brokenText + controls + addresses
    + escapes + repetitions

  private static let missing = [Anomaly(.missing, .instead, [])]

  /// Lengths round the sizes of buffers, and of what a message may hold.
  private static let lengths = [
    15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 1023, 1024, 1300, 4095, 4096,
    8191, 16_384, 32_767, 60_000,
  ]

  private static let overflows = lengths.flatMap { length in
    [
      Anomaly(.overflow, .instead, [UInt8(ascii: "a")], times: length),
      Anomaly(.overflow, .behind, [UInt8(ascii: "0")], times: length),
      Anomaly(.overflow, .before, [UInt8(ascii: " ")], times: length),
    ]
  }

  private static let formats = ["%s", "%n", "%x", "%d", "%.4097d", "%1$n", "%%", "%s%n%x"].flatMap {
    [
      Anomaly(.format, .instead, Array($0.utf8), times: 1),
      Anomaly(.format, .instead, Array($0.utf8), times: 64),
      Anomaly(.format, .behind, Array($0.utf8), times: 8),
    ]
  }

  /// The edges of the machine's integers, and what only looks like a number.
  private static let integers = [
    "0", "-0", "00", "+1", "-1", "1", "127", "128", "255", "256", "32767", "32768", "65535",
    "65536",
    "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807",
    "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e9", "0x41", "1.5",
    "999999999999999999999999999999", "-2147483649", "١٢", "1 1", "1,1", "Inf",
  ].flatMap {
    [
      Anomaly(.integer, .instead, Array($0.utf8)), Anomaly(.integer, .behind, Array($0.utf8)),
    ]
  }

  private static let delimiters = Array(#"<>"';:@,=&?/\()[]{}|%*!~`^$#+-._ "#.utf8).flatMap {
    octet in
    [1, 2, 256].map { Anomaly(.delimiter, .instead, [octet], times: $0) }
      + [
        Anomaly(.delimiter, .before, [octet]), Anomaly(.delimiter, .behind, [octet]),
        Anomaly(.delimiter, .amid, [octet]), Anomaly(.delimiter, .amid, [octet], times: 600),
      ]
  }

  private static let brokenText: [Anomaly] = [
    [0x80], [0xff], [0xc0, 0x80], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfe, 0xff], [0xef, 0xbb, 0xbf],
    [0xe2, 0x80, 0xae], [0xc3, 0xa9],
  ].flatMap { octets in
    [
      Anomaly(.utf8, .instead, octets), Anomaly(.utf8, .amid, octets),
      Anomaly(.utf8, .behind, octets, times: 100),
    ]
  }

  private static let controls = [
    "\u{0}", "\u{1}", "\u{8}", "\t", "\u{b}", "\u{1b}", "\u{7f}", "\r", "\n", "\r\n", "\n\r",
    "\r\n ", "\r\n\t", "\r\n\r\n", "\r\n \r\n ", "\r\nX", "\r\nVia: SIP/2.0/UDP 127.0.0.9",
    "\r\nContent-Length: 9", "\r\nRoute: <sip:127.0.0.1;lr>",
  ].flatMap { text in
    [Anomaly.Place.instead, .before, .behind, .amid].map {
      Anomaly(.control, $0, Array(text.utf8))
    } + [Anomaly(.control, .amid, Array(text.utf8), times: 200)]
  }

  private static let addresses = [
    "127.0.0.1", "256.256.256.256", "1.2.3", "1.2.3.4.5", "0.0.0.0", "255.255.255.255", "[::1]",
    "[::1", "::1", "[]", "[:::]", "[::ffff:127.0.0.1]", "[1:2:3:4:5:6:7:8:9]", "[fe80::1%25lo]",
    "localhost", "-a", "a-", "a..b", ".a", "a.", "xn--", "sip:", "sip:@", "sip:a@", "sip:a@b:",
    "sip:a@b:99999", "sips:a@b", "tel:", "tel:+", "http://a", "urn:x:y", "<sip:a@b>", "<sip:a@b",
    "sip:a@b>", "sip:a@b?", "sip:a@b?Route=%3csip:c%3e", "sip:a@b;;", "sip:a@b;=", "sip:a:b:c@d",
  ].flatMap {
    [Anomaly(.address, .instead, Array($0.utf8)), Anomaly(.address, .behind, Array($0.utf8))]
  }

  private static let escapes = [
    "%", "%0", "%00", "%0a", "%0d%0a", "%zz", "%25", "%c0%80", "%u0041", "\\", "\\\"", "\"", "\"\"",
    "\"\\", "\"a\" \"b\"", "\"\u{0}\"", "(", ")", "()", "(((((", "(\\",
  ].flatMap {
    [
      Anomaly(.escape, .instead, Array($0.utf8)), Anomaly(.escape, .before, Array($0.utf8)),
      Anomaly(.escape, .behind, Array($0.utf8)),
      Anomaly(.escape, .instead, Array($0.utf8), times: 100),
    ]
  }

  private static let repetitions = [2, 3, 16, 70, 300, 1000].flatMap { times in
    [
      Anomaly(.repeated, .value, [], times: times),
      Anomaly(.repeated, .value, Array(",".utf8), times: times),
      Anomaly(.repeated, .value, Array(";".utf8), times: times),
    ]
  }
}

/// One way to spoil a whole line.
enum LineFault: Sendable, CaseIterable {
  case missing, twice, often, withoutColon, withTwoColons, spacedColon, folded, emptyFold
  case endsInLF, endsInCR, endsInNothing, endsInTwoCR, endsTheHead, endsTheMessage, spaced, long
  case shouted, first

  /// How often the line is written.
  var copies: Int {
    switch self {
    case .missing: 0
    case .twice: 2
    case .often: 70
    default: 1
    }
  }

  /// What ends the line.
  var ending: [UInt8] {
    switch self {
    case .endsInLF: [0x0a]
    case .endsInCR: [0x0d]
    case .endsInNothing: []
    case .endsInTwoCR: [0x0d, 0x0d, 0x0a]
    case .endsTheHead: [0x0d, 0x0a, 0x0d, 0x0a]
    case .spaced: [0x20, 0x09, 0x20, 0x0d, 0x0a]
    case .emptyFold: [0x0d, 0x0a, 0x20, 0x0d, 0x0a]
    default: [0x0d, 0x0a]
    }
  }
}
