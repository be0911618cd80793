import class Admission.Shared
import Basics
import Border
import Foundation
import Platform
import Policy
import Synchronization
import Testing

@testable import sallyport

@Suite("One policy after the other")
struct SuccessionTests {
  private static let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)

  private static func text(_ element: String = "", peers: [String] = ["left", "right"]) -> String {
    let lines = peers.enumerated().map { "  - { name: \($1), sources: [10.\($0).0.0/16] }\n" }
    return """
      version: 1
      element: {\(element)}
      listeners:
        - { name: u4, transport: udp, address: "127.0.0.1:5060" }
      peers:
      \(lines.joined())
      """
  }

  /// A succession whose file has these texts, one after the other.
  private static func succession(_ first: String, _ texts: String...) throws -> Succession {
    let left = Mutex(texts)
    return Succession(
      try Snapshot.load(text: first, name: "p", cores: 2), path: "p", seed: seed,
      sharing: Shared(), wall: 1,
      load: { _, peers throws(Rejection) in
        let text = left.withLock { $0.removeFirst() }
        return try Snapshot.load(text: text, name: "p", peers: peers, cores: 2)
      })
  }

  @Test("a new version has the next number, and what workers and their log need of it")
  func advances() throws {
    var succession = try Self.succession(
      Self.text(),
      Self.text(" log: { level: debug, personal: clear }, drain: 1s ", peers: ["right", "new"]),
      Self.text(peers: ["left"]))
    let draft = succession.draft
    let next = try draft.make().get()
    // Made on another thread, it is in force only when this one says so.
    #expect(succession.number == 1 && succession.snapshot.settings.drain == .seconds(30))
    succession.adopt(next, wall: 7)
    let adoption = next.adoption
    #expect(adoption.regime.number == 2 && succession.number == 2 && succession.since == 7)
    #expect(adoption.level == .debug && adoption.isClear)
    // Calls of the first policy still know whose they are.
    let names = adoption.peers.map { String(decoding: $0, as: UTF8.self) }
    #expect(names == ["left", "right", "new"])
    #expect(succession.snapshot.settings.drain == .seconds(1))
    // The tree of what is written, which may be large, is not held.
    #expect(succession.snapshot.effective(peer: "right") == nil)
    let last = try succession.draft.make().get().adoption
    #expect(last.regime.number == 3 && last.level == .info && !last.isClear)
    #expect(last.peers == adoption.peers)
  }

  @Test(
    "what is refused says why; the next one has the number that it would have had",
    arguments: [(" drian: 1s ", "unknown-key"), (" workers: 3 ", "restart-only")])
  func refuses(wrong: String, rule: String) throws {
    let succession = try Self.succession(Self.text(), Self.text(wrong), Self.text())
    let refusal = #expect(throws: Succession.Refusal.self) { try succession.draft.make().get() }
    let rules = refusal?.findings.filter { $0.severity == .error }.map(\.rule.name)
    #expect(rules == [rule])
    #expect(refusal?.cause == .findings)
    #expect(try succession.draft.make().get().adoption.regime.number == 2)
  }

  @Test("how much needs the earlier versions is said when there can be no more")
  func holdings() {
    func text(_ holdings: [Border.Holding]) -> String? {
      Succession.Refusal.Cause.tooManyEarlier(holdings).text
    }
    let few = [
      Border.Holding(policy: 3, calls: 2, requests: 1),
      Border.Holding(policy: 4, calls: 1, requests: 0),
      Border.Holding(policy: 7, calls: 0, requests: 5),
    ]
    #expect(
      text(few) == "what is in progress still needs 3 earlier policies, and there can be no more:"
        + " policy 3: 2 calls, 1 request; policy 4: 1 call; policy 7: 5 requests")
    let many = (1...32).map { Border.Holding(policy: $0, calls: 1, requests: 0) }
    #expect(text(many)?.hasSuffix("; policy 8: 1 call; and 24 more") == true)
  }

  @Test("what workers say of it is added up")
  func survey() {
    let survey = Survey()
    survey.add([], calls: 3, [Border.Holding(policy: 4, calls: 1, requests: 2)])
    survey.add(
      [], calls: 4,
      [
        Border.Holding(policy: 2, calls: 1, requests: 0),
        Border.Holding(policy: 4, calls: 2, requests: 1),
      ])
    let said = survey.wait(for: 2, seconds: 1)
    #expect(said.calls == 7 && said.answers == 2)
    #expect(
      said.holdings == [
        Border.Holding(policy: 2, calls: 1, requests: 0),
        Border.Holding(policy: 4, calls: 3, requests: 3),
      ])
  }

  @Test("the log goes on with another level, other names, and the digests that it had")
  func report() throws {
    let succession = try Self.succession(
      Self.text(), Self.text(" log: { level: warning, personal: clear } ", peers: ["other"]))
    let redacted = Redacted(isClear: false, secret: Key(1, 2))
    var report = Report(level: .info, redacted: redacted, peers: [[0x61]])
    report.adopt(try succession.draft.make().get().adoption)
    #expect(report.level == .warning)
    #expect(report.redacted.isClear && report.redacted.secret == Key(1, 2))
    #expect(report.peers.map { String(decoding: $0, as: UTF8.self) } == ["left", "right", "other"])
  }

  @Test(
    "text of a policy in a log line is one field, whatever stands in it",
    arguments: [
      ("plain `x`", "plain `x`"), ("a \"b\"\n50%", "a %22b%22%0a50%25"),
      ("1234567890123456789012345", "12345678901234567890..."),
      ("1234567890123456789é", "1234567890123456789..."), ("123456789012345678é", nil),
      ("\"\"\"\"\"\"\"", "%22%22%22%22%22%22..."),
    ])
  func quoting(text: String, expected: String?) {
    var bytes: [UInt8] = []
    bytes.append(addingCapacity: 100) { $0.field("message", quoting: text, longest: 20) }
    #expect(String(decoding: bytes, as: UTF8.self) == " message=\"\(expected ?? text)\"")
  }
}

@Suite("Orders of the owner", .timeLimit(.minutes(1)))
struct OrderTests {
  @Test("wake the main thread, and whoever gave one waits for what came of it")
  func asks() throws {
    let signals = try Signals()
    let orders = Orders(signals.bell)
    let answers = Mutex<[String]>([])
    let done = DispatchGroup()
    for request in ["reload", "status json"] {
      DispatchQueue.global().async(group: done) {
        let text = String(decoding: orders.ask(request), as: UTF8.self)
        answers.withLock { $0.append(text) }
      }
    }
    var heard: [String] = []
    while heard.count < 2 {
      #expect(signals.next(within: .seconds(10)) == .bell)
      while let pending = orders.next() {
        heard.append("\(pending.order) \(pending.isForPrograms)")
        pending.finish(Order.Answer(isDone: pending.order == .status, "\(pending.order)!\n"))
      }
    }
    done.wait()
    #expect(heard.sorted() == ["reload false", "status true"])
    #expect(answers.withLock { $0.sorted() } == ["ok\nstatus!\n", "refused\nreload!\n"])
  }

  @Test(
    "that there are not are refused at once",
    arguments: ["", "bogus", "reload json", "status  json", "status json x", "RELOAD"])
  func unknown(request: String) throws {
    let orders = Orders(try Signals().bell)
    let answer = Order.Answer(orders.ask(request))
    #expect(answer?.isDone == false)
    #expect(answer?.text == "there is no such request; there are reload, status, dump, drain\n")
    #expect(orders.next() == nil)
  }

  @Test("an answer that was cut off, or is of something else, is none")
  func answers() {
    let whole = Order.Answer(Array("ok\na\nb\n".utf8))
    #expect(whole?.isDone == true && whole?.text == "a\nb\n")
    for text in ["", "ok", "yes\nx\n", "\n"] { #expect(Order.Answer(Array(text.utf8)) == nil) }
  }

  @Test("a status says the same to people and to programs")
  func status() throws {
    let status = Status(
      element: "edge1", policy: 3, file: "p.yaml", since: "2026-11-21T15:00:00.123Z", calls: 12,
      earlierPolicies: 1, workers: 2, uptime: 61.5, isDraining: true, isReloading: false)
    #expect(try JSONDecoder().decode(Status.self, from: Data(status.json.utf8)) == status)
    for (key, value) in [
      ("element", "edge1"), ("policy", "3"), ("file", "p.yaml"), ("calls", "12"),
      ("since", "2026-11-21T15:00:00.123Z"), ("earlier-policies", "1"), ("workers", "2"),
      ("uptime", "61.5s"), ("draining", "yes"), ("reloading", "no"),
    ] {
      #expect(status.text.contains("\(key): \(value)\n"))
      #expect(status.json.contains("\"\(key)\" : "))
    }
  }
}
