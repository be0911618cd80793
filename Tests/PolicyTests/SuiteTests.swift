import Foundation
import Policy
import Testing

@Suite("The tests of policies")
struct SuiteTests {
  private static let policy = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "10.0.0.1:5060" }
      - { name: t4, transport: tcp, address: "10.0.0.1:5060" }
    peers:
      - { name: left, sources: [10.1.0.0/16] }
      - { name: right, sources: [10.2.0.0/16], targets: ["10.2.0.1:5060", "10.2.0.2:5060"] }
    routing: { resolve: always }
    routes:
      - { name: watched, from: left, method: MESSAGE, mode: observe, to: right }
      - { name: work, from: left, time: { days: mon-fri }, to: right }
    """

  private func load(_ cases: String, file: String? = nil) throws(Rejection) -> Suite {
    var texts = ["d/p.yaml": Self.policy, "d/p.test.yaml": cases]
    texts["d/m.sip"] = file
    return try Suite.load(beside: "d/p.yaml", from: .memory(texts))
  }

  private func findings(_ cases: String) -> [String] {
    do throws(Rejection) {
      _ = try load(cases)
      return []
    } catch {
      return error.findings.map(\.description)
    }
  }

  @Test("every policy that is shipped has its tests beside it, and they pass")
  func shipped() throws {
    let folder = Sample.root.appending(path: "Policies").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let policies = names.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }
    #expect(policies.contains("quickstart.yaml"))
    for policy in policies {
      let report = try Suite.load(beside: Sample.shipped(policy)).run()
      #expect(report.failed == 0, "\(report.text)")
      #expect(report.passed >= 5)
    }
  }

  @Test("state before a case: calls, on both sides, and what came already")
  func state() throws {
    let report = try load(
      """
      defaults: { from: "10.1.0.9:5080" }
      cases:
        - name: the callee speaks in the call
          after:
            - { request: "INVITE sip:x@y", replies: [180, 200] }
            - { request: ACK, within: caller }
          within: callee
          request: MESSAGE
          expect: { verdict: forward, by: dialog, peer: right, to: "udp:10.1.0.9:5080" }
        - name: the same over a stream
          after: [{ request: "INVITE sip:x@y", listener: t4, replies: 200 }]
          within: caller
          request: BYE
          expect: { verdict: forward, to: "tcp:10.2.0.1:5060", headers: { CSeq: 2 BYE } }
        - name: REGISTER has to be asked for
          request: REGISTER sip:y
          expect: { verdict: refuse, status: 405, cause: method-not-allowed }
        - name: a third peer may not
          after: [{ request: "INVITE sip:x@y", from: 10.2.0.9, replies: 200 }]
          within: caller
          request: BYE
          expect: { verdict: refuse, status: 481 }
        - name: what comes twice is one
          file: m.sip
          after: [{ file: m.sip }]
          expect: { verdict: absorb }
        - name: an answer from another port is none
          file: m.sip
          after: [{ file: m.sip, replies: 486, replies-from: "10.2.0.1:5062" }]
          expect: { verdict: absorb, status: 100 }
        - name: from where the request went it is one
          file: m.sip
          after: [{ file: m.sip, replies: 486, replies-from: "10.2.0.1:5060" }]
          expect: { verdict: absorb, status: 486 }
      """,
      file: """
        INVITE sip:x@y SIP/2.0
        Via: SIP/2.0/UDP 10.1.0.9:5080;branch=z9hG4bK1
        From: <sip:a@b>;tag=1
        To: <sip:x@y>
        Call-ID: c
        CSeq: 1 INVITE
        """
    ).run()
    let wrong = report.results.filter { !$0.passed }.map(\.name)
    // The route is only for what comes from `left`: there is no call that a third peer could be in.
    #expect(wrong == ["a third peer may not"], "\(report.text)")
    #expect(report.results[3].deviations.map(\.got) == ["none"])
  }

  @Test("the time, its passing, names and what only observes are the case's own")
  func surroundings() throws {
    let report = try load(
      """
      defaults: { from: "10.1.0.9:5080" }
      cases:
        - name: on Saturday there is no way
          at: 2024-01-06T12:00:00Z
          request: INVITE sip:x@y
          expect: { verdict: refuse, status: 404, cause: no-route }
        - name: the callee's silence is waited out, and the second target is tried
          after:
            - { request: "INVITE sip:x@y", wait: 3m }
          request: INVITE sip:x@y
          expect: { verdict: forward, to: "10.2.0.1:5060" }
        - name: after its answer a name is known
          answers: { far.example: 10.2.0.3 }
          request: INVITE sip:x@y
          headers: { Route: "<sip:far.example;lr>" }
          expect: { verdict: forward, asks: far.example, to: "10.2.0.3:5060" }
        - name: a name stays known for a while
          after:
            - { request: "OPTIONS sip:x@y", headers: { Route: "<sip:far.example;lr>" },
                answers: { far.example: 10.2.0.3 } }
          request: INVITE sip:x@y
          headers: { Route: "<sip:far.example;lr>" }
          expect: { verdict: forward, asks: [], to: "10.2.0.3:5060" }
        - name: a route that only observes would take it, and another does
          request: MESSAGE sip:x@y
          expect: { verdict: forward, route: work, observes: watched }
        - name: nothing is observed of a call
          request: INVITE sip:x@y
          expect: { verdict: forward, observes: [] }
      """
    ).run()
    #expect(report.failed == 0 && report.passed == 6, "\(report.text)")
  }

  @Test("a case that fails says what was expected and what was got, and how it came to that")
  func failure() throws {
    let report = try load(
      """
      cases:
        - name: "<wrong> & \\"odd\\""
          from: 10.1.0.9
          request: INVITE sip:x@y
          expect:
            verdict: refuse
            to: tcp:10.2.0.1:5060
            headers: { To: absent, Via: { contains: nothing }, Subject: present, CSeq: 1 INVITE }
      """
    ).run()
    let found = report.results.flatMap(\.deviations).map {
      "\($0.what): \($0.expected) / \($0.got)"
    }
    #expect(
      found.prefix(3) == [
        "verdict: refuse / forward", "to: tcp:10.2.0.1:5060 / udp:10.2.0.1:5060",
        "To: absent / `<sip:x@y>`",
      ])
    #expect(found.count == 5)
    #expect(found.last == "Subject: present / absent")
    #expect(report.text.contains("expected refuse\n"))
    #expect(report.text.contains("| forward: to udp:10.2.0.1:5060 (right) by route work"))
    let xml = TestReport.junit([report])
    #expect(
      xml.contains("<testsuites name=\"sallyport test\" tests=\"1\" failures=\"1\" errors=\"0\">"))
    #expect(xml.contains("name=\"&lt;wrong&gt; &amp; &quot;odd&quot;\""))
    #expect(xml.contains("message=\"verdict: expected refuse, got forward; "))
    #expect(TestReport.json([report]).contains("\"passed\" : false"))
  }

  @Test("what cannot be loaded is an error to a server that counts cases, and not an empty suite")
  func broken() throws {
    var reports: [TestReport] = []
    do throws(Rejection) {
      _ = try load("cases: []")
    } catch {
      reports = [TestReport(of: "d/p.yaml", error)]
    }
    let xml = TestReport.junit(reports)
    let head = #"<testsuites name="sallyport test" tests="1" failures="0" errors="1">"#
    #expect(xml.contains(head), "\(xml)")
    #expect(
      xml.contains(#"<error type="rejection" message="d/p.test.yaml:1:8: error: there is no"#))
    let json = TestReport.json(reports)
    #expect(json.contains("d/p.test.yaml:1:8: error: there is no case in this file"), "\(json)")
  }

  @Test("all that is wrong with a test file is said, each with its place")
  func wrong() {
    let found = findings(
      """
      defaults: { listener: u5, from: 10.1.0.9 }
      cases:
        - name: a
          requst: INVITE sip:x@y
          expect: { verdict: forwrd }
        - name: a
          request: INVITE
          headers: [x]
          expect: {}
        - name: c
          file: none.sip
          from: nowhere
          at: noon
          expect: { route: wrk, to-peer: rigth, headers: { Via: { contain: x } } }
      """)
    #expect(
      found == [
        "d/p.test.yaml:1:23: error: there is no listener `u5`; did you mean `u4`?",
        "d/p.test.yaml:4:5: error: `requst` is not a key of a case; did you mean `request`?",
        "d/p.test.yaml:5:24: error: `verdict`: `forwrd` is not a verdict (forward, refuse, silence,"
          + " answer, ask, absorb); did you mean `forward`?",
        "d/p.test.yaml:6:11: error: there is already such a case",
        "d/p.test.yaml:7:14: error: `INVITE` is not a request in short form, such as"
          + " `INVITE sip:+493012345@example.com`",
        "d/p.test.yaml:9:13: error: nothing is expected; a case that cannot fail is none",
        "d/p.test.yaml:11:11: error: `none.sip`: there is no such file",
        "d/p.test.yaml:12:11: error: `nowhere` names a host; a source is an address until names are"
          + " resolved",
        "d/p.test.yaml:13:9: error: `noon` is not a date and time, such as"
          + " `2026-11-21T08:30:00Z` or `2026-11-21T08:30:00+01:00`",
        "d/p.test.yaml:14:22: error: the policy has no route `wrk`; did you mean `work`?",
        "d/p.test.yaml:14:36: error: the policy has no peer `rigth`; did you mean `right`?",
        "d/p.test.yaml:14:61: error: of a header is expected `present`, `absent`, a value, or"
          + " `equals:` and `contains:` with one; did you mean `contains`?",
      ])
  }

  @Test(
    "files that are none",
    arguments: [
      ("", "d/p.test.yaml: error: the file is empty; tests stand under `cases:`"),
      ("# nothing\n", "d/p.test.yaml: error: the file is empty; tests stand under `cases:`"),
      (
        "[a]",
        "d/p.test.yaml:1:1: error: a test file is a mapping with `cases`, and here stands a"
          + " list"
      ),
      ("cases: []", "d/p.test.yaml:1:8: error: there is no case in this file"),
    ])
  func none(text: String, finding: String) {
    #expect(findings(text) == [finding])
  }

  @Test("a policy and its tests find each other by name")
  func names() throws {
    #expect(Suite.path(beside: "a/b.yaml") == "a/b.test.yaml")
    #expect(Suite.path(beside: "a/b.yml") == "a/b.test.yml")
    #expect(Suite.path(beside: "a/b.test.yaml") == "a/b.test.yaml")
    let text =
      "cases: [{ name: a, from: 10.1.0.9, request: INVITE sip:x@y, expect: { peer: left } }]"
    let texts = ["d/p.yaml": Self.policy, "d/p.test.yaml": text]
    #expect(try Suite.load(beside: "d/p.test.yaml", from: .memory(texts)).policy == "d/p.yaml")
    let other = ["d/p.yaml": Self.policy, "e/t.test.yaml": "policy: ../d/p.yaml\n\(text)"]
    #expect(try Suite.load(beside: "e/t.test.yaml", from: .memory(other)).policy == "d/p.yaml")
  }
}
