import Policy
import Testing

@Suite("`diff` of conditions on the headers that every request has")
struct DiffHeaderTests {
  private func load(_ conditions: String) throws -> Snapshot {
    let text = Sample.with(
      line: 9,
      "  - { name: some, \(conditions), to: right }\n"
        + "  - { name: rest, to: right, failover: [480] }")
    return try Sample.load(text.replacing("listeners: [u4]", with: "listeners: [u4, t4]"))
  }

  /// A condition as it is, and as it is to be; some request can tell the two apart.
  static let changes: [(name: String, old: String, new: String)] = [
    ("From", "contains: alice", "contains: bob"),
    ("From", "equals: \"<sip:x@y.example>;tag=1\"", "equals: \"<sip:z@y.example>;tag=1\""),
    ("To", "contains: \"sip:911\"", "contains: \"sip:112\""),
    ("Via", "contains: \"10.9.0.1\"", "contains: \"10.9.0.2\""),
    ("Via", "contains: proxy, value: first", "contains: proxy, value: any"),
    ("Call-ID", "contains: \"@pbx\"", "contains: \"@gw\""),
    ("CSeq", "equals: \"1 INVITE\"", "equals: \"1 OPTIONS\""),
    ("CSeq", "contains: INVITE", "contains: \"7 INVITE\""),
    ("Content-Length", "equals: \"0\"", "equals: \"12\""),
    ("Max-Forwards", "equals: \"70\"", "equals: [\"70\", \"69\"]"),
    ("Max-Forwards", "is: present", "equals: \"70\""),
    ("Route", "is: absent", "contains: outbound"),
    ("Route", "is: present", "contains: trunk"),
  ]

  @Test("each change is found, and each witness shows it")
  func found() throws {
    for change in Self.changes {
      let old = try load("header: { name: \(change.name), \(change.old) }")
      let new = try load("header: { name: \(change.name), \(change.new) }")
      let found = Comparison.of(old, new)
      #expect(!found.changes.isEmpty, "\(change) \(found.text)")
      #expect(found.gaps.isEmpty, "\(change) \(found.text)")
      for one in found.changes {
        #expect(["rest", "some"].contains(one.name), "\(found.text)")
        let routes = try [old, new].map { snapshot in
          let witness = one.witness
          return try Explanation.of(
            nil, short: (witness.request, witness.headers), body: witness.body ?? "",
            from: witness.from, to: witness.listener, at: witness.at, under: snapshot
          ).route
        }
        #expect(routes[0] != routes[1], "\(change) \(one.witness)")
      }
    }
  }

  @Test("a condition on From beside one on its URI: both hold for the witness")
  func together() throws {
    let header = "header: { name: From, contains: alice }"
    let old = try load("\(header), caller: { domain: a.example }")
    let new = try load("\(header), caller: { domain: b.example }")
    let found = Comparison.of(old, new)
    let lines = found.changes.flatMap(\.witness.headers)
    #expect(!lines.isEmpty && found.gaps.isEmpty, "\(found.text)")
    for line in lines {
      #expect(line.contains("alice") && line.contains(".example"), "\(line)")
    }
  }

  @Test("what cannot be made is told, and not held to be the same")
  func unmade() throws {
    let old = try load("header: { name: Call-ID, contains: a }")
    let new = try load("header: { name: Call-ID, contains: \"no call has <this> \" }")
    let found = Comparison.of(old, new)
    #expect(
      found.gaps.contains {
        $0 == "sip: requests with the header call-id that route `some` asks for: none could be made"
      }, "\(found.gaps)")
  }

  @Test("a body of a witness stands in what `explain` and a test file take")
  func bodies() throws {
    let old = try load("header: { name: Content-Length, equals: \"12\" }")
    let new = try load("header: { name: Content-Length, equals: \"13\" }")
    let found = Comparison.of(old, new)
    let witness = try #require(found.changes.first { $0.witness.body?.utf8.count == 12 }?.witness)
    #expect(witness.arguments.contains(" --body xxxxxxxxxxxx"))
    #expect(witness.testCase.contains(", body: \"xxxxxxxxxxxx\""))
  }
}
