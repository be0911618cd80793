import Basics
import Border
import Testing

@testable import Policy
@testable import Routing

@Suite("Conditions of routes as a policy writes them")
struct ConditionTests {
  private func route(_ conditions: String) throws -> Routing.Rules.Route {
    let text = Sample.with(line: 9, "  - { name: one, to: right, \(conditions) }")
    return try Sample.load(text).configuration.routing.routes[0]
  }

  private func findings(_ conditions: String) -> [String] {
    Sample.findings(Sample.with(line: 9, "  - { name: one, to: right, \(conditions) }"))
  }

  @Test("what they come to")
  func bound() throws {
    let route = try route(
      #"user-pattern: ["+49X.", "0!"], caller: { domain: A.example, user-pattern: "[a-c]x" },"#
        + " callee: { user-prefix: [\"+1\"] },"
        + " header: [{ name: s, is: absent }, { name: X-A, equals: [b], value: first }],"
        + #" time: { days: [mon-wed, sun], between: "22:00-06:30", zone: "-05:30" }"#)
    #expect(route.requestURI.userPatterns.count == 2 && route.domains.isEmpty)
    #expect(route.caller.domains == [Array("a.example".utf8)])
    #expect(route.caller.userPatterns == [try UserPatterns.read("[abc]x")])
    #expect(route.callee.userPrefixes == [Array("+1".utf8)])
    #expect(
      route.headers == [
        HeaderCondition(Array("Subject".utf8), .absent),
        HeaderCondition(Array("x-a".utf8), .equals([HeaderText(Array("B".utf8))]), .first),
      ])
    var hours = Hours()
    (hours.days, hours.start, hours.end, hours.offset) = (0b1000111, 1320, 390, -330)
    #expect(route.hours == [hours])
  }

  @Test("a name in its full and its compact form is one condition only where SIP says so")
  func names() {
    let long = HeaderCondition(Array("Subject".utf8), .present)
    #expect(long == HeaderCondition(Array("S".utf8), .present))
    #expect(long != HeaderCondition(Array("X-Subject".utf8), .present))
  }

  static let mistakes: [(String, String)] = [
    (
      "caller: {}",
      "p:9:37: error: a caller needs at least one of `domain`, `user-prefix`, `user-pattern`"
    ),
    (
      "caller: { scheme: sip }",
      "p:9:39: error: `scheme` is not a key of a caller; its keys are domain, user-prefix,"
        + " user-pattern"
    ),
    (
      "header: { name: Subject }",
      "p:9:37: error: a header condition needs one of `is`, `equals`, `contains`"
    ),
    (
      "header: { name: Subject, is: present, equals: a }",
      "p:9:37: error: a header condition has only one of `is`, `equals`, `contains`, not `is`,"
        + " `equals`"
    ),
    (
      "header: { name: a b, is: present }",
      "p:9:45: error: `name`: `a b` is not the name of a header, such as `Subject`"
    ),
    (
      #"header: { name: Subject, equals: " " }"#,
      "p:9:62: error: `equals`: ` ` is not a text of 1 to 128 octets in one line"
    ),
    ("time: { zone: UTC }", "p:9:35: error: a time needs at least one of `days`, `between`"),
    (
      "time: { days: monday }",
      "p:9:43: error: `days`: `monday` is not a day (mon, tue, wed, thu, fri, sat, sun) or days"
        + " such as `mon-fri`"
    ),
    (
      "time: { between: 8-18 }",
      "p:9:46: error: `between`: `8-18` is not a time of day such as `08:00-18:00`"
    ),
    (
      "time: { between: 08:00-24:01 }",
      "p:9:46: error: `between`: `08:00-24:01` is not a time of day such as `08:00-18:00`"
    ),
    (
      "time: { between: 08:00-08:00 }",
      "p:9:46: error: `between`: `08:00-08:00` is no time at all; the whole day is `00:00-24:00`"
    ),
    (
      "time: { days: mon, zone: CET }",
      "p:9:54: error: `zone`: `CET` is not a zone: `UTC`, or a distance from it such as `+01:00`"
    ),
    (
      #"time: { days: mon, zone: "+14:30" }"#,
      "p:9:54: error: `zone`: `+14:30` is not a zone: `UTC`, or a distance from it such as `+01:00`"
    ),
    (
      #"user-pattern: """#,
      "p:9:43: error: `user-pattern`: the pattern `` is empty"
    ),
  ]

  @Test("what is wrong with them, and where", arguments: mistakes)
  func wrong(conditions: String, finding: String) { #expect(findings(conditions) == [finding]) }

  static let patterns: [(String, [String], [String])] = [
    ("+49X.", ["+4930", "+49-30"], ["+49", "+493", "0049301"]),
    ("+49X!", ["+493", "+49301"], ["+49"]),
    ("NXX{2}", ["2000", "9999"], ["1000", "200"]),
    ("0[2-57]X{2,4}", ["0212", "071234"], ["0112", "021", "07123456"]),
    ("Z", ["1", "9"], ["0", "12"]),
    ("[X]avier", ["Xavier"], ["1avier"]),
    ("john[.]doe", ["john.doe"], ["johnxdoe", "johndoe"]),
    ("*21#", ["*21%23"], ["*21"]),
    ("[a-]b", ["ab", "-b"], ["b"]),
    ("1{3}", ["111"], ["1", "11", "1111"]),
    ("a{0,2}", ["", "a", "aa"], ["aaa"]),
  ]

  @Test("patterns, and what they match", arguments: patterns)
  func matching(text: String, users: [String], others: [String]) throws {
    let pattern = try UserPatterns.read(text)
    for user in users { #expect(pattern.matches(user), "\(user)") }
    for user in others { #expect(!pattern.matches(user), "\(user)") }
  }

  @Test(
    "what is no pattern",
    arguments: [
      (".1", "has `.` before its end; the character itself is written `[.]`"),
      ("!!", "has `!` before its end; the character itself is written `[!]`"),
      ("[", "has a `[` without its `]`"), ("[]", "has a class of no characters"),
      ("[9-1]", "has a range that ends before it begins"),
      ("X{", "has a `{` without its `}`"), ("X{}", "has a count that is not like `{7}` or `{3,8}`"),
      ("X{3,1}", "has a count that is not like `{7}` or `{3,8}`"),
      ("X{0}", "has a count that is not like `{7}` or `{3,8}`"),
      ("X{1,2,3}", "has a count that is not like `{7}` or `{3,8}`"),
      ("X{99999999999999999999}", "has a count that is not like `{7}` or `{3,8}`"),
      ("X{65}", "is longer than 64 places"), ("X{64}1", "is longer than 64 places"),
      ("X{9000000000}", "is longer than 64 places"),
      ("X{1,2}3", "has a count from..to before its last place"),
      ("X{1,2}.", "has a count from..to before its last place"),
      ("a b", "has a character that no user part has"),
      ("é", "has a character that no user part has"),
      ("]", "has a character that no user part has"),
      ("+49-30", "has separators; numbers are compared without them, so leave them out"),
    ])
  func noPattern(text: String, what: String) {
    #expect(throws: Complaint("the pattern `\(text)` \(what)")) { try UserPatterns.read(text) }
  }
}

extension UserPattern {
  fileprivate func matches(_ user: String) -> Bool {
    let octets = Array(user.utf8)
    return matches(octets.span, Slice(from: 0, to: octets.count))
  }
}
