import Policy
import Testing

@Suite("What is wrong with a policy, and where")
struct FindingTests {
  struct Wrong: Sendable, CustomTestStringConvertible {
    var line: Int
    var text: String
    var findings: [String]

    init(_ line: Int, _ text: String, _ findings: String...) {
      self.line = line
      self.text = text
      self.findings = findings
    }

    var testDescription: String { text }
  }

  @Test("the right policy has no findings")
  func right() {
    #expect(Sample.findings(Sample.right) == [])
  }

  private func check(_ wrong: Wrong) {
    #expect(Sample.findings(Sample.with(line: wrong.line, wrong.text)) == wrong.findings)
  }

  static let keys: [Wrong] = [
    Wrong(8, "rotes:", "p:8:1: error: `rotes` is not a key of a policy; did you mean `routes`?"),
    Wrong(
      1, "verion: 1",
      "p:1:1: error: `verion` is not a key of a policy; did you mean `version`?"),
    Wrong(1, "{}", "p:2:1: error: not YAML: did not find expected <document start>"),
    Wrong(1, "", "p:2:1: error: a policy needs the key `version`"),
    Wrong(1, "version: 9", "p:1:10: error: `version`: `9` is not 1"),
    Wrong(1, "version: [1]", "p:1:10: error: `version` is one value, and here stands a list"),
    Wrong(
      1, "version: 1\ninclude: [more.yaml]",
      "p:2:11: error: `more.yaml`: there is no such file"),
    Wrong(
      1, "version: 1\nelement: { colour: red }",
      "p:2:12: error: `colour` is not a key of the element; its keys are name, workers, batching,"
        + " drain, log, limits, names, control, admin"),
    Wrong(
      1, "version: 1\nelement: 7",
      "p:2:10: error: `element` is a mapping of keys to values, and here stands `7`"),
    Wrong(
      1, "version: 1\nversion: 1", "p:2:1: error: `version` stands twice; it stands first in line 1"
    ),
    Wrong(
      6, #"  - { name: left, sources: [10.0.0.0/8], "name": other }"#,
      #"p:6:42: error: `name` stands twice; it stands first in line 6"#),
    Wrong(1, "version: 1\n? [a]\n: 2", "p:2:3: error: a key must be a word, and not empty"),
  ]

  @Test("keys", arguments: keys)
  func key(wrong: Wrong) { check(wrong) }

  static let values: [Wrong] = [
    Wrong(
      1, "version: 1\nelement: { workers: 0 }",
      "p:2:21: error: `workers`: `0` is not from 1 to 64"),
    Wrong(
      1, "version: 1\nelement: { workers: two }",
      "p:2:21: error: `workers`: `two` is not a whole number"),
    Wrong(
      1, "version: 1\nelement: { drain: 5 }",
      "p:2:19: error: `drain`: `5` has no unit; the units are ms, s, m, h, d"),
    Wrong(
      1, "version: 1\nelement: { drain: 5 seconds }",
      "p:2:19: error: `drain`: `5 seconds` has an unknown unit; the units are ms, s, m, h, d"),
    Wrong(
      1, "version: 1\nelement: { drain: 5 s }",
      "p:2:19: error: `drain`: `5 s` has a blank before its unit; write `5s`"),
    Wrong(
      1, "version: 1\nelement: { drain: 1.5h }",
      "p:2:19: error: `drain`: `1.5h` is not a whole number of a unit; the units are ms, s, m, h, d"
    ),
    Wrong(
      1, "version: 1\nelement: { drain: 2d }", "p:2:19: error: `drain`: `2d` is not from 0s to 1d"),
    Wrong(
      1, "version: 1\nelement: { log: { level: loud } }",
      "p:2:26: error: `level`: `loud` is not a level (trace, debug, info, notice, warning, error)"),
    Wrong(
      1, "version: 1\nelement: { log: { level: warn } }",
      "p:2:26: error: `level`: `warn` is not a level (trace, debug, info, notice, warning, error)"),
    Wrong(
      1, "version: 1\nelement: { limits: { tcp-waiting: 64kB } }",
      "p:2:35: error: `tcp-waiting`: `64kB` has an unknown unit; the units are B, KiB, MiB, GiB"),
    Wrong(
      1, "version: 1\nelement: { name: a b }",
      "p:2:18: error: `name`: `a b` is not a name: 1 to 64 letters, digits, `-`, `_` and `.`"),
    Wrong(
      1, "version: 1\nelement: { names: [192.0.2.1] }",
      "p:2:20: error: an item of `names`: `192.0.2.1` is not a host name"),
    Wrong(
      1, "version: 1\nrouting: { failover: [200] }",
      "p:2:23: error: an item of `failover`: `200` is not from 400 to 599"),
    Wrong(
      1, "version: 1\nidentity: { signing: on }",
      "p:2:22: error: `signing`: `on` has not landed yet; this version would not do it, so it is"
        + " refused"),
  ]

  @Test("values and units", arguments: values)
  func value(wrong: Wrong) { check(wrong) }

  static let listeners: [Wrong] = [
    Wrong(
      3, #"  - { name: u4, transport: ttp, address: "127.0.0.1:5060" }"#,
      "p:3:28: error: `transport`: `ttp` is not a transport (udp, tcp); did you mean `tcp`?"),
    Wrong(
      3, #"  - { name: u4, transport: tls, address: "127.0.0.1:5061" }"#,
      "p:3:28: error: `transport`: `tls` has not landed yet; this version would not do it, so it is"
        + " refused"),
    Wrong(
      4, #"  - { name: u4, transport: tcp, address: "127.0.0.1:5060" }"#,
      "p:4:13: error: there is already a listener `u4`"),
    Wrong(
      4, #"  - { name: t4, transport: udp, address: "127.0.0.1:5060" }"#,
      "p:4:42: error: listener `u4` has this address already"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "127.0.0.1" }"#,
      "p:4:42: error: `address`: `127.0.0.1` is not an address and a port, such as `192.0.2.1:5060`"
        + " or `[2001:db8::1]:5060`"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "::1" }"#,
      "p:4:42: error: `address`: `::1` needs brackets and a port: `[2001:db8::1]:5060`"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "::1:5060" }"#,
      "p:4:42: error: `address`: `::1:5060` needs brackets and a port: `[2001:db8::1]:5060`"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "0.0.0.0:5060" }"#,
      "p:4:42: error: `address`: `0.0.0.0:5060` names no single host: it is unspecified"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "224.0.0.1:5060" }"#,
      "p:4:42: error: `address`: `224.0.0.1:5060` names no single host: it is a multicast address"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "[fe80::1]:5060" }"#,
      "p:4:42: error: `address`: `[fe80::1]:5060` is link-local, and those cannot be used: a"
        + " message has no place for their zone"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "127.0.0.1:5062", advertise: "0.0.0.0:5060" }"#,
      "p:4:71: error: `advertise`: `0.0.0.0:5060` names no single host: it is unspecified"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "127.0.0.010:5060" }"#,
      "p:4:42: error: `address`: `127.0.0.010:5060` has a number with a 0 before it, which some"
        + " programs take for octal; write it without"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "127.0.0.1:0" }"#,
      "p:4:42: error: `address`: `127.0.0.1:0` has port 0; a port is from 1 to 65535"),
    Wrong(
      4, #"  - { name: t4, transport: tcp, address: "127.0.0.1:70000" }"#,
      "p:4:42: error: `address`: `127.0.0.1:70000` has port 70000; a port is from 1 to 65535"),
    Wrong(
      4, "  - { name: t4, transport: tcp }", "p:4:5: error: a listener needs the key `address`"),
  ]

  @Test("listeners", arguments: listeners)
  func listener(wrong: Wrong) { check(wrong) }

  static let peers: [Wrong] = [
    Wrong(
      6, "  - { name: left, sources: [10.0.0.0/8], listeners: [u5] }",
      "p:6:54: error: there is no listener `u5`; did you mean `u4`?"),
    Wrong(
      6, "  - { name: right, sources: [10.0.0.0/8] }",
      "p:7:13: error: there is already a peer `right`",
      "p:9:22: error: peer `right` has no targets to route to"),
    Wrong(
      6, "  - { name: left, sources: [10.1.0.0/16] }",
      "p:7:30: error: `10.1.0.0/16` is already a source of peer `left`"),
    Wrong(
      6, "  - { name: left, sources: [10.0.0.1/8] }",
      "p:6:29: error: an item of `sources`: `10.0.0.1/8` has bits beyond its length; the prefix"
        + " would be `10.0.0.0/8`"),
    Wrong(
      6, "  - { name: left, sources: [10.0.0.0/33] }",
      "p:6:29: error: an item of `sources`: `/33` is not a length from /0 to /32"),
    Wrong(
      6, "  - { name: left, sources: [example.com] }",
      "p:6:29: error: an item of `sources`: `example.com` is not a prefix of addresses, such as"
        + " `192.0.2.0/24` or `2001:db8::/32`"),
    Wrong(
      6, "  - { name: left, sources: 10.0.0.0/8 }",
      "p:6:28: error: `sources` is a list, and here stands `10.0.0.0/8`"),
    Wrong(
      7,
      #"  - { name: right, sources: [10.1.0.0/16], listeners: [t4], targets: ["udp:10.1.0.1"] }"#,
      "p:7:71: error: no listener of peer `right` sends UDP over IPv4"),
    Wrong(
      7, #"  - { name: right, sources: [10.1.0.0/16], targets: ["[2001:db8::1]:5060"] }"#,
      "p:7:54: error: no listener of peer `right` sends over IPv6"),
    Wrong(
      7, #"  - { name: right, sources: [10.1.0.0/16], targets: ["tls:10.1.0.1:5061"] }"#,
      "p:7:54: error: an item of `targets`: TLS has not landed yet; this version would not do it"),
    Wrong(
      7, #"  - { name: right, sources: [10.1.0.0/16], targets: [sip.example.com] }"#,
      "p:7:54: error: an item of `targets`: `sip.example.com` names a host; a target is an address"
        + " until names are resolved"),
    Wrong(
      7, #"  - { name: right, methods: [invite], targets: ["10.1.0.1"] }"#,
      "p:7:30: error: an item of `methods`: `invite` is not a method (INVITE, ACK, BYE, CANCEL,"
        + " OPTIONS, REGISTER, PRACK, UPDATE, REFER, SUBSCRIBE, NOTIFY, INFO, MESSAGE, PUBLISH,"
        + " other); did you mean `INVITE`?"),
    Wrong(
      7, #"  - { name: right, authentication: digest, targets: ["10.1.0.1"] }"#,
      "p:7:36: error: `authentication`: `digest` has not landed yet; this version would not do it,"
        + " so it is refused"),
    Wrong(
      6, "  - { name: left, sources: [10.0.0.0/8], names: [sip.example.com, SIP.example.com] }",
      "p:6:67: error: `sip.example.com` is already a name of peer `left`"),
    Wrong(
      6, "  - { name: left, listeners: [] }",
      "p:6:30: error: a peer without a listener can neither call nor be called"),
    Wrong(
      6, "  - { name: left, media: on }",
      "p:6:19: error: `media` has not landed yet; this version would not do it, so it is refused"),
    Wrong(
      6, "  - { name: left }",
      "p:6:13: warning: peer `left` is not used: it has no sources and no route leads to it"),
  ]

  @Test("peers", arguments: peers)
  func peer(wrong: Wrong) { check(wrong) }

  static let routes: [Wrong] = [
    Wrong(
      9, "  - { name: all, to: rigth }",
      "p:9:22: error: there is no peer `rigth`; did you mean `right`?"),
    Wrong(
      9, "  - { name: all, to: left }", "p:9:22: error: peer `left` has no targets to route to"),
    Wrong(
      9, "  - { name: all, from: [], to: right }",
      "p:9:24: error: `from` is an empty list; without it there is no such condition"),
    Wrong(9, "  - { name: all }", "p:9:5: error: a route needs one of `to`, `table`"),
    Wrong(
      9, "  - { name: all, to: right }\n  - { name: all, method: BYE, to: right }",
      "p:10:13: error: there is already a route `all`, in line 9"),
    Wrong(
      9,
      "  - { name: all, method: [INVITE, BYE], to: right }\n"
        + "  - { name: b, method: BYE, domain: example.com, to: right }",
      "p:10:13: warning: route `b` is never reached: `all` (p:9:13) takes all that it would take"),
    Wrong(
      9, "  - { name: all, user-prefix: \"49 30\", to: right }",
      "p:9:31: error: `user-prefix`: `49 30` is not the beginning of a user part, such as `+4930`"),
    Wrong(
      9, "  - { name: all, user-prefix: \"+49-30\", to: right }",
      "p:9:31: error: `user-prefix`: `+49-30` has separators; numbers are compared without them, so"
        + " write `+4930`"),
    Wrong(
      9, "  - all",
      "p:9:5: error: an item of `routes` is a mapping of keys to values, and here stands `all`"),
  ]

  @Test("routes", arguments: routes)
  func route(wrong: Wrong) { check(wrong) }

  static let texts: [Wrong] = [
    Wrong(1, "version: &a 1", "p:1:10: error: anchors (`&`) are not part of the policy language"),
    Wrong(
      1, "version: *a",
      "p:1:10: error: aliases (`*`) are not part of the policy language; a text with `*` is"
        + " quoted"),
    Wrong(1, "version: !!int 1", "p:1:10: error: tags (`!`) are not part of the policy language"),
    Wrong(
      1, "version: |\n  1",
      "p:1:10: error: block texts (`|`, `>`) are not part of the policy language"),
    Wrong(1, "%YAML 1.2", "p:1:1: error: directives are not part of the policy language"),
    Wrong(1, "version: \"1\n  2\"", "p:1:10: error: a quoted text must end on its line"),
    Wrong(
      1, "version: 1\n---",
      "p:2:1: error: a second document begins here, and a policy is one; take out what stands"
        + " before or after this line"),
    Wrong(
      1, "version: 1\n\telement: 1",
      "p:2:1: error: a tab, and YAML indents with blanks alone"),
    Wrong(
      1, "\tversion: 1", "p:1:1: error: a tab, and YAML indents with blanks alone"),
    Wrong(
      1, "version: 1\nelement: { name: @b }",
      "p:2:18: error: `@` cannot begin a text without quotation marks"),
    Wrong(
      1,
      "version: 1\n"
        + (0..<1100).map { String(repeating: " ", count: $0) + "a:" }
        .joined(separator: "\n"),
      "p:1001:1000: error: lists and mappings stand at most 24 deep"),
    Wrong(
      9, "  - { name: all, to: right",
      "p:10:1: error: not YAML: did not find expected ',' or '}', in what begins in line 9"),
    Wrong(
      1, "version: 1 \u{1}",
      "p:1:12: error: a control character; in a quoted text it can be written as an escape"),
    Wrong(
      1, "version: é\u{2028}",
      "p:1:11: error: a control character; in a quoted text it can be written as an escape"),
  ]

  @Test("what is not YAML, or more of YAML than a policy needs", arguments: texts)
  func text(wrong: Wrong) { check(wrong) }

  @Test("all that a policy needs none of is told, not the first only")
  func allOfYAML() {
    let text = "%A\nversion: &a 1\nlisteners: [*a, !b c]\npeers: *a # &no\nroutes: \"&no\"\n"
    let places = Sample.findings(text).map { $0.prefix { $0 != " " } }
    #expect(places == ["p:1:1:", "p:2:10:", "p:3:13:", "p:3:17:", "p:4:8:"])
  }

  @Test("a file of tests is told as one, and not key by key")
  func tests() {
    #expect(
      Sample.findings("defaults: { from: 10.0.0.1 }\ncases:\n  - { name: a }\n")
        == ["p:2:1: error: this is a file of tests, and not a policy"])
  }

  @Test("all findings of a file are told, in the order of their places")
  func all() {
    let text = """
      version: 2
      listeners:
        - { name: a, transport: udp, address: x }
      peers:
        - { name: b, sources: [y], rate: 1 }
      routes:
        - { name: c, from: z, to: b }
      """
    let places = Sample.findings(text).map { $0.prefix { $0 != " " } }
    #expect(places == ["p:1:10:", "p:3:41:", "p:5:26:", "p:5:36:", "p:7:22:", "p:7:29:"])
  }
}
