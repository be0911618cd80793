import Admission
import Border
import SIP
import Testing

@testable import Policy

@Suite("The keys of the ingress filter")
struct IngressKeyTests {
  private func load(_ admission: String, peer: String = "") throws -> Snapshot {
    try Sample.load(
      Sample.with(
        line: 7,
        "  - { name: right, sources: [10.1.0.0/16], targets: [\"udp:10.1.0.1:5060\"]\(peer) }")
        + "admission: { \(admission) }\n")
  }

  @Test(
    "responses-from: the peer's own, else the section's, else exact",
    arguments: [
      ("", "", ResponseSource.exact), ("responses-from: address", "", .address),
      ("responses-from: address", ", responses-from: peer", .peer),
      ("", ", responses-from: exact", .exact),
    ])
  func responses(section: String, peer: String, expected: ResponseSource) throws {
    let snapshot = try load(section, peer: peer)
    #expect(snapshot.configuration.admission.peers[1].responses == expected)
    let effective = try #require(snapshot.effective(peer: "right"))
    let told = effective.first { $0.key == "responses-from" }?.value
    #expect(told == "\(expected)")
  }

  @Test("unknown and amplification: silence, and three times, where nothing is said")
  func unknown() throws {
    let usual = try load("mode: enforce").configuration.admission
    #expect(usual.unknown == .silence && usual.amplification == 3)
    let told = try load("unknown: refuse, amplification: 1").configuration.admission
    #expect(told.unknown == .refuse && told.amplification == 1)
  }

  @Test("reverse-path: read when the element starts, and only then")
  func reversePath() throws {
    let (off, strict) = (try load("reverse-path: off"), try load("reverse-path: strict"))
    #expect(!off.settings.checksReversePath && strict.settings.checksReversePath)
    #expect(
      off.changesForRestart(to: strict).map(\.description) == [
        "p:10:14: error: `reverse-path` is `strict`, and the element runs with `off`; only a"
          + " restart can change it"
      ])
    let unsaid = try load("mode: enforce")
    #expect(off.changesForRestart(to: unsaid).isEmpty)
  }

  @Test("what a peer may send whose policy says nothing: all but REGISTER, told in words")
  func usualMethods() throws {
    let methods = try load("mode: enforce").configuration.admission.peers[1].methods
    #expect(Method.allCases.filter { !methods.contains($0) } == [.register])
    #expect(methods.words == "every method but REGISTER")
  }

  @Test("explain tells a stranger's 403, and its line in the log")
  func refusedStranger() throws {
    let snapshot = try load("unknown: refuse")
    let told = try Explanation.of(
      nil, short: ("INVITE sip:x@y", []), from: "192.0.2.1", to: "u4", under: snapshot)
    #expect(told.verdict == .refuse && told.status == 403 && told.cause == "unknown-source")
    #expect(told.steps.map(\.verdict) == ["refuse 403 Forbidden"])
    #expect(
      told.steps.last?.fact.hasPrefix("192.0.2.1 is in no peer's sources; the nearest is") == true)
    #expect(told.log == "source.unknown")
    let elsewhere = try Explanation.of(
      nil, short: ("INVITE sip:x@y", []), from: "10.9.0.1", to: "t4", under: snapshot)
    // Over a stream nobody is told: the connection is closed.
    #expect(elsewhere.verdict == .silence)
  }

  @Test("diff tells where answers may come from, of all peers and of one")
  func diff() throws {
    let old = try load("mode: enforce")
    let new = try load("responses-from: address", peer: ", responses-from: peer")
    let changes = SettingChange.all(old, new).map { "\($0.path): \($0.old), \($0.new)" }
    #expect(
      changes == [
        "admission.responses-from: exact, address", "peers.right.responses-from: exact, peer",
      ])
  }

  @Test("wrong words are told with those that would do")
  func wrong() {
    let findings = Sample.findings(Sample.right + "admission: { unknown: answer }\n")
    #expect(findings.count == 1)
    #expect(findings.first?.contains("silence") == true, "\(findings)")
  }
}
