import Policy
import Testing

@Suite("`diff` of one message")
struct VerdictTests {
  private func verdicts(
    _ request: String, _ old: String, _ new: String, from: String = "10.0.0.9",
    _ change: (inout Question) -> Void = { _ in }
  ) throws -> Verdicts {
    var question = Question(nil, from: from)
    question.request = request
    question.time = "2024-01-01T12:00:00Z"
    change(&question)
    return try Verdicts.of(question, try Sample.load(old), try Sample.load(new))
  }

  private static let british = Sample.with(
    line: 9, "  - { name: all, to: right, user-prefix: \"+44\" }")

  @Test("both verdicts are told, with their places")
  func another() throws {
    let told = try verdicts("INVITE sip:+49@x", Sample.right, Self.british)
    #expect(!told.isSame && told.old.route == "all" && told.new.cause == "no-route")
    #expect(told.listener == "u4" && told.from == "udp:10.0.0.9:5060")
    #expect(told.text.contains("\n  - forward by route all to udp:10.1.0.1:5060 (right) from u4;"))
    #expect(told.text.contains("\n  + refuse 404 (no-route)  (p:6:13)\n\nanother verdict"))
  }

  @Test("the same verdict is told once, also where the route has another name")
  func same() throws {
    let told = try verdicts("INVITE sip:+44@x", Sample.right, Self.british)
    #expect(told.isSame && told.text.hasSuffix("\n\nthe same verdict"))
    let renamed = Sample.right.replacing("all", with: "every").replacing("left", with: "west")
    let other = try verdicts("INVITE sip:+44@x", Sample.right, renamed)
    #expect(other.isSame && other.new.route == "every")
  }

  @Test("a whole message, its hour, and answers for names are heeded")
  func occasion() throws {
    let closed = Sample.with(line: 9, "  - { name: all, to: right, time: { days: sat } }")
    let lines = "INVITE sip:+44@x SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1\n"
    let rest = "From: <sip:a@x>;tag=1\nTo: <sip:+44@x>\nCall-ID: 1\nCSeq: 1 INVITE\n"
    let message = Mended(Array((lines + rest).utf8))
    for (day, isSame) in [("01", false), ("06", true)] {
      let told = try verdicts("", Sample.right, closed) {
        $0.message = message
        $0.time = "2024-01-\(day)T12:00:00Z"
      }
      #expect(told.isSame == isSame)
      #expect(told.remark?.hasPrefix("bare line ends were made CR LF") == true)
    }
    let resolving = "routing: { resolve: always }\n" + Sample.right
    let told = try verdicts("INVITE sip:x@y", Sample.right, resolving) {
      $0.headers = ["Route: <sip:far.example;lr>"]
      $0.answers = ["far.example=10.1.0.7"]
    }
    #expect(told.old.verdict == .refuse && told.new.nextHop == "udp:10.1.0.7:5060")
  }

  @Test("a listener that one policy does not have is told as such")
  func listener() throws {
    let without = Sample.right.replacing(
      "  - { name: t4, transport: tcp, address: \"127.0.0.1:5060\" }\n", with: "")
    for (old, new) in [(Sample.right, without), (without, Sample.right)] {
      let told = try verdicts("INVITE sip:x@y", old, new, from: "10.1.0.9") { $0.listener = "t4" }
      let texts = [told.old.text, told.new.text]
      #expect(!told.isSame && texts.contains("no such listener"))
    }
    #expect(throws: Misuse.self) {
      _ = try verdicts("INVITE sip:x@y", without, without) { $0.listener = "t4" }
    }
  }
}
