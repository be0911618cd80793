import Basics
import Testing
import Transactions

/// What 100,000 inputs at random did to machines of one kind.
private struct Toll {
  var machines = 0
  var faults: [String] = []

  mutating func fault(_ what: String) { if faults.count < 10 { faults.append(what) } }
}

@Suite("Inputs at random")
struct RandomInputTests {
  private static let steps = 100_000

  @Test("INVITE server transaction", arguments: [1, 2])
  func inviteServer(seed: UInt64) {
    let toll = torment(seed: seed) {
      InviteServerRig(
        $1, isReliable: Bool.random(using: &$0), retransmitsFinal: Bool.random(using: &$0))
    }
    #expect(toll.faults == [])
    #expect(toll.machines > 1000)
  }

  @Test("non-INVITE server transaction", arguments: [3, 4])
  func nonInviteServer(seed: UInt64) {
    let toll = torment(seed: seed) { NonInviteServerRig($1, isReliable: Bool.random(using: &$0)) }
    #expect(toll.faults == [])
    #expect(toll.machines > 1000)
  }

  @Test("INVITE client transaction", arguments: [5, 6])
  func inviteClient(seed: UInt64) {
    let toll = torment(seed: seed) {
      var rig = InviteClientRig(
        $1, isReliable: Bool.random(using: &$0), timeout: Self.timeout(&$0))
      rig.keepsACK = Bool.random(using: &$0)
      return rig
    }
    #expect(toll.faults == [])
    #expect(toll.machines > 1000)
  }

  @Test("non-INVITE client transaction", arguments: [7, 8])
  func nonInviteClient(seed: UInt64) {
    let toll = torment(seed: seed) {
      NonInviteClientRig(
        $1, isReliable: Bool.random(using: &$0), timeout: Self.timeout(&$0),
        keeps: Bool.random(using: &$0))
    }
    #expect(toll.faults == [])
    #expect(toll.machines > 1000)
  }

  private static func timeout(_ generator: inout SplitMix) -> Interval? {
    [nil, .seconds(2), .seconds(64)].randomElement(using: &generator) ?? nil
  }

  private func torment<R: Rig & ~Copyable>(
    seed: UInt64, _ make: (inout SplitMix, consuming Shelf) -> R
  ) -> Toll {
    var generator = SplitMix(state: seed)
    var toll = Toll()
    var step = 0
    var shelf = smallShelf()
    while step < Self.steps {
      var rig = make(&generator, shelf)
      toll.machines += 1
      for _ in 0..<Int.random(in: 1...60, using: &generator) {
        if rig.phase == .terminated { break }
        disturb(&rig, &generator, &toll)
        step += 1
      }
      leaveAlone(&rig, &toll)
      shelf = rig.giveBack()
    }
    return toll
  }

  /// One input, or some time.
  private func disturb<R: Rig & ~Copyable>(
    _ rig: inout R, _ generator: inout SplitMix, _ toll: inout Toll
  ) {
    switch Int.random(in: 0..<10, using: &generator) {
    case 0..<3:
      rig.now = rig.now + .milliseconds(Int64.random(in: 0...9000, using: &generator))
      expire(&rig, &toll)
    case 3 where rig.deadline != .distantFuture:
      rig.now = max(rig.now, rig.deadline)
      expire(&rig, &toll)
    default:
      let input = Input.allCases.randomElement(using: &generator) ?? .request
      // Now and then the shelf is full.
      let isKept = Int.random(in: 0..<10, using: &generator) > 0
      let outcome = rig.feed(input, text: isKept ? input.rawValue : nil)
      if outcome == "resend" || outcome == "resendACK", rig.kept.isEmpty {
        toll.fault("\(outcome ?? "") with nothing kept")
      }
    }
    if rig.inUse > 1 { toll.fault("\(rig.inUse) blocks in use in \(rig.phase)") }
  }

  private func expire<R: Rig & ~Copyable>(_ rig: inout R, _ toll: inout Toll) {
    let isDue = rig.now >= rig.deadline
    let outcome = rig.expire()
    if (outcome == "notYet") == isDue { toll.fault("\(outcome), due: \(isDue)") }
    if outcome == "resend", rig.kept.isEmpty { toll.fault("resend with nothing kept") }
    if rig.deadline <= rig.now { toll.fault("\(outcome) leaves a deadline in the past") }
    let hasEnded = ["ended", "noACK", "unanswered"].contains(outcome)
    if hasEnded, rig.phase != .terminated { toll.fault("\(outcome) in \(rig.phase)") }
  }

  /// Without input, a machine ends within its longest timer, and leaves nothing on the shelf.
  private func leaveAlone<R: Rig & ~Copyable>(_ rig: inout R, _ toll: inout Toll) {
    // An INVITE server transaction waits for its TU for as long as that takes.
    if rig.phase == .proceeding, rig.deadline == .distantFuture { rig.feed(.busy) }
    let start = rig.now
    let phase = rig.phase
    while rig.phase != .terminated, rig.deadline != .distantFuture {
      rig.now = max(rig.now, rig.deadline)
      expire(&rig, &toll)
    }
    if rig.phase != .terminated { toll.fault("\(phase) does not end") }
    // Timer C and then 64*T1 for the answer to CANCEL; else at most 64*T1, or the target's own
    // time.
    let longest: Int64 = phase == .proceeding ? 222 : 64
    if rig.now - start > .seconds(longest) { toll.fault("\(phase) lived \(rig.now - start)") }
    rig.release()
    if rig.inUse != 0 { toll.fault("\(rig.inUse) blocks left behind from \(phase)") }
  }
}
