import Basics
import Border
import Testing

@testable import Policy

@Suite("What is said of a response that comes from elsewhere")
struct ResponseTests {
  /// Puts a copied response to the element, from another port than the request was sent to.
  private func told(_ setting: String) throws -> Explanation {
    let snapshot = try Sample.load(
      Sample.with(
        line: 7,
        "  - { name: right, sources: [10.1.0.0/16], targets: [\"udp:10.1.0.1:5060\"]\(setting) }"))
    var trial = Trial(snapshot.configuration)
    let caller = try snapshot.flow(from: "10.9.0.1", to: "u4")
    let invite = try Explanation.sketch(("INVITE sip:x@y", []), "", caller)
    let sent = try #require(trial.judge(invite, from: caller).sent.first { $0.flow != caller })
    let reply = Transcript(sent.bytes).reply(486, from: sent.flow, tag: "z")
    let elsewhere = try snapshot.flow(from: "10.1.0.1:5062", to: "u4")
    return Explanation(trial.judge(Array(reply.utf8), from: elsewhere), under: snapshot)
  }

  @Test("it is silence, with who was asked, by which setting, and the line of the log")
  func refused() throws {
    let told = try told("")
    #expect(told.verdict == .silence && told.cause == "response-source")
    #expect(told.steps.map(\.stage) == ["response"])
    #expect(
      told.steps.last?.fact == "its request was sent to peer `right`, and not to udp:10.1.0.1:5062"
        + " (`responses-from: exact`)")
    #expect(told.steps.last?.place == "p:7:13")
    #expect(told.log == "response.refused status=486 cause=response-source")
    #expect(told.leaves.isEmpty && told.replies.isEmpty)
  }

  @Test("with `responses-from: address` it goes on")
  func taken() throws {
    let told = try told(", responses-from: address")
    #expect(told.verdict == .forward && told.log == nil)
    #expect(told.leaves.map(\.startLine).contains("SIP/2.0 486 No"))
  }
}
