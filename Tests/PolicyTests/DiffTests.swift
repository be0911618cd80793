import Policy
import Testing

@Suite("`diff` finds which requests get another verdict")
struct DiffTests {
  /// What can be seen of a request by `explain`; `nil` where the policy has no such listener.
  private func seen(_ witness: Witness, _ snapshot: Snapshot) -> [String]? {
    let told = try? Explanation.of(
      nil, short: (witness.request, witness.headers), from: witness.from, to: witness.listener,
      at: witness.at, under: snapshot)
    guard let told else { return nil }
    let observed = told.steps.flatMap { $0.observed ?? [] }.map(\.rule)
    let texts = [
      told.peer, told.guide, told.route, told.cause, told.nextHop, told.lead?.text, told.stage,
    ]
    return [told.verdict.rawValue, "\(told.status ?? 0)"] + texts.map { $0 ?? "-" } + observed
  }

  @Test("200 seeded changes: each is found, and each witness shows it")
  func changes() throws {
    var kinds: [String: Int] = [:]
    for seed in 1...UInt64(200) {
      let kind = Variation.kinds[Int(seed) % Variation.kinds.count]
      var variation = Variation(seed: seed)
      let old = try Sample.load(variation.text)
      let text = variation.text
      variation.change(kind)
      let new = try Sample.load(variation.text)
      let found = Comparison.of(old, new)
      #expect(!found.changes.isEmpty, "\(kind), seed \(seed)\n\(text)\n\(variation.text)")
      #expect(!found.isCut)
      for change in found.changes {
        let isShown = seen(change.witness, old) != seen(change.witness, new)
        #expect(isShown, "\(kind), seed \(seed): \(change.witness)\n\(found.text)")
      }
      if !found.changes.isEmpty { kinds[kind, default: 0] += 1 }
    }
    #expect(kinds.count == Variation.kinds.count)
    #expect(kinds.values.reduce(0, +) == 200)
  }

  @Test("settings that no verdict shows are told with their places", arguments: Variation.settings)
  func settings(kind: String) throws {
    var variation = Variation(seed: 7)
    let old = try Sample.load(variation.text)
    variation.change(kind)
    let found = Comparison.of(old, try Sample.load(variation.text))
    #expect(found.changes.isEmpty, "\(found.text)")
    #expect(found.settings.count == 1)
    #expect(found.settings.first?.newPlace?.hasPrefix("p:") == true)
  }

  @Test("another order of what has no order is no difference")
  func reordering() throws {
    for seed in 1...UInt64(60) {
      var variation = Variation(seed: seed)
      let text = variation.text
      let old = try Sample.load(text)
      variation.shuffle()
      #expect(variation.text != text)
      let found = Comparison.of(old, try Sample.load(variation.text))
      #expect(found.isEmpty, "seed \(seed)\n\(text)\n\(variation.text)\n\(found.text)")
      #expect(found.requests > 0)
    }
  }

  @Test("a length of time in another unit is the same setting")
  func units() throws {
    let old = try Sample.load(Sample.with(line: 1, "version: 1\nelement: { drain: 2m }"))
    let new = try Sample.load(Sample.with(line: 1, "version: 1\nelement: { drain: 120s }"))
    #expect(Comparison.of(old, new).isEmpty)
  }

  @Test("requests by UDP and by TCP that lead to the same places are one kind")
  func transports() throws {
    let lines = { (user: String) in
      Sample.right.replacing("listeners: [u4]", with: "listeners: [u4, t4]")
        .replacing("udp:10.1", with: "10.1").replacing(
          "to: right", with: "to: right, user-prefix: \"\(user)\"")
    }
    let found = Comparison.of(try Sample.load(lines("+49")), try Sample.load(lines("+4930")))
    let facts = found.changes.map { "\($0.kind) \($0.name) \($0.fact)" }
    #expect(facts == ["route all does not take any more"], "\(found.text)")
  }

  @Test("what is told of a change names both places, and a request for `explain` and `test`")
  func told() throws {
    let old = try Sample.load(Sample.right)
    let new = try Sample.load(
      Sample.with(line: 9, "  - { name: all, to: right, user-prefix: \"+49\" }"))
    let found = Comparison.of(old, new)
    let change = try #require(found.changes.first)
    #expect(change.kind == "route" && change.name == "all")
    #expect(change.fact == "does not take any more")
    #expect(change.methods.contains("INVITE") && change.methods.contains("MESSAGE"))
    #expect(change.old.place == "p:9:13" && change.new.cause == "no-route")
    #expect(found.text.contains("  explain \"INVITE sip:nobody@elsewhere.invalid\" --from 10."))
    #expect(found.json.contains("\"fact\" : \"does not take any more\""))
  }
}
