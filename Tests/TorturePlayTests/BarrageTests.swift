import Basics
import Platform
import Testing
import Torture

@testable import TorturePlay

@Suite("Mutants over the network", .timeLimit(.minutes(1)))
struct BarrageTests {
  private static let run = "t1"
  private static let setting = Setting(own: "", target: "", hop: "", isStream: false, mark: "xt1")
  /// More than one window.
  private static let numbers = 0..<(Barrage.window + 40)
  /// A request, and not the answer to one, in the midst of the first window.
  private static let chosen = numbers.first {
    let mutator = Mutator(seed: 1)
    return $0 >= 40 && !mutator.isResponse(mutator.mutant($0))
  }!

  private func barrage(
    _ element: FakeElement, rate: Int = 5000, keepsGoing: Bool = false
  ) throws -> Barrage {
    var plan = Plan(
      try Target("udp:\(element.endpoint.hostPort)"), pace: Pace(timeout: .milliseconds(200)))
    plan.pace.comeback = .milliseconds(800)
    plan.role = .uas
    plan.listen = Loopback.fresh()
    plan.keepsGoing = keepsGoing
    return try Barrage(plan, Mutator(seed: 1), rate: rate, run: Self.run)
  }

  /// The numbers of the mutants that an element received, in their order.
  private func received(_ element: FakeElement) -> [Int] {
    element.received.compactMap(Self.setting.number)
  }

  /// A sound answer to whatever shows its number, and none to what shows none.
  private static let sound: @Sendable ([UInt8]) -> [UInt8]? = { octets in
    if Wire(octets).text("Call-ID")?.hasPrefix("torture-") == true { return nil }
    guard let number = setting.number(in: octets) else { return [] }
    let lines = [
      "SIP/2.0 404 No", "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "From: <sip:a@b>;tag=1",
      "To: <sip:c@d>;tag=2", "Call-ID: m\(number)xt1", "CSeq: 1 OPTIONS", "Content-Length: 0",
    ]
    return Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
  }

  private func sent(_ barrage: Barrage) -> Int { barrage.toll.rows.reduce(0) { $0 + $1.sent } }

  @Test("all are sent, at most so many a second, and what comes back is counted")
  func all() throws {
    let element = try FakeElement(.init(answer: Self.sound))
    let barrage = try barrage(element, rate: 400)
    let begin = Clock.now()
    barrage.play(Self.numbers)
    #expect(Clock.now() - begin >= .milliseconds(Int64(Self.numbers.count - 1) * 1000 / 400))
    #expect(barrage.end == nil && barrage.toll.broken == 0, "\(barrage.toll.faults)")
    let answers = barrage.remarks.joined().split(separator: " ").first.flatMap { Int($0) } ?? 0
    #expect(answers > 0, "a UAS asks nothing that could be answered")
    #expect(sent(barrage) + answers == Self.numbers.count)
    #expect(Set(received(element)).count > sent(barrage) * 9 / 10)
    #expect(barrage.toll.rows.reduce(0) { $0 + $1.answered[4] } > sent(barrage) / 2)
  }

  @Test("one that dies for good: the window is named, and nothing more is sent")
  func death() throws {
    let chosen = Self.chosen
    let element = try FakeElement(
      .init(poison: { Self.setting.number(in: $0) == chosen }, answer: Self.sound))
    let barrage = try barrage(element)
    barrage.play(Self.numbers)
    let end = try #require(barrage.end)
    #expect(end.contains("after mutants 0 to \(Barrage.window - 1)"), "\(end)")
    #expect(end.contains("did not come back"))
    let last = try #require(barrage.lastHeard)
    #expect(last < chosen && last > chosen - 12)
    #expect(end.contains("is \(last), so look at mutants \(last + 1) to"), "\(end)")
    #expect(barrage.toll.broken == 1 && sent(barrage) <= Barrage.window)
  }

  @Test("one that comes back gets each alone, and the one that it dies of is named")
  func comeback() throws {
    for keepsGoing in [false, true] {
      let chosen = Self.chosen
      let element = try FakeElement(
        .init(
          poison: { Self.setting.number(in: $0) == chosen }, rest: .milliseconds(150),
          answer: Self.sound))
      let barrage = try barrage(element, keepsGoing: keepsGoing)
      barrage.play(Self.numbers)
      element.end()
      #expect(barrage.toll.faults.map(\.number) == [chosen])
      #expect(barrage.toll.faults.first?.words.contains("put alone") == true)
      #expect((barrage.end == nil) == keepsGoing, "\(barrage.end ?? "")")
      let isWhole = received(element).contains { $0 >= Barrage.window }
      #expect(isWhole == keepsGoing)
    }
  }

  @Test("an answer that is no SIP is laid to the account of its mutant")
  func broken() throws {
    let chosen = Self.chosen
    let element = try FakeElement(
      .init(answer: { octets in
        guard Self.setting.number(in: octets) == chosen else { return Self.sound(octets) }
        return Array("SIP/2.0 200 OK\r\nCall-ID: m\(chosen)xt1\r\nno colon\r\n\r\n".utf8)
      }))
    let barrage = try barrage(element)
    barrage.play(Self.numbers)
    #expect(barrage.end == nil && barrage.toll.broken == 1)
    let fault = try #require(barrage.toll.faults.first)
    #expect(fault.number == chosen && fault.words.contains("what the element sent"), "\(fault)")
  }
}
