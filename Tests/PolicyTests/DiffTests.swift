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

  /// Whether the witness, as a case of a test file, passes under a policy with what is told of it.
  private func passes(_ witness: Witness, _ told: Outcome, _ policy: String) throws -> Bool {
    var keys = ["verdict: \(told.verdict?.rawValue ?? "")"]
    if let status = told.status { keys.append("status: \(status)") }
    if let guide = told.guide { keys.append("by: \(guide)") }
    keys.append("observes: [\(told.observes.joined(separator: ", "))]")
    let test =
      "\(witness.testCase.dropLast(2)), name: x, expect: { \(keys.joined(separator: ", ")) } }"
    let texts = ["p.yaml": policy, "p.test.yaml": "cases:\n  - \(test)\n"]
    return try Suite.load(beside: "p.yaml", from: .memory(texts)).run().failed == 0
  }

  /// Whether a witness does under both policies what is told of it, and that is not the same.
  private func isShown(
    _ change: Comparison.Change, _ old: (snapshot: Snapshot, text: String),
    _ new: (snapshot: Snapshot, text: String)
  ) throws -> Bool {
    guard change.witness.call != nil else {
      return seen(change.witness, old.snapshot) != seen(change.witness, new.snapshot)
    }
    return try passes(change.witness, change.old, old.text)
      && passes(change.witness, change.new, new.text)
      && !passes(change.witness, change.old, new.text)
  }

  @Test(
    "200 seeded changes: each is found, and each witness shows it",
    arguments: [1...50, 51...100, 101...150, 151...200])
  func changes(seeds: ClosedRange<UInt64>) throws {
    var kinds: [String: Int] = [:]
    for seed in seeds {
      let kind = Variation.kinds[Int(seed) % Variation.kinds.count]
      var variation = Variation(seed: seed)
      let old = try Sample.load(variation.text)
      let text = variation.text
      variation.change(kind)
      let new = try Sample.load(variation.text)
      let found = Comparison.of(old, new)
      #expect(!found.changes.isEmpty, "\(kind), seed \(seed)\n\(text)\n\(variation.text)")
      #expect(found.gaps.isEmpty)
      for change in found.changes {
        let isShown = try isShown(change, (old, text), (new, variation.text))
        #expect(isShown, "\(kind), seed \(seed): \(change.witness)\n\(found.text)")
      }
      if !found.changes.isEmpty { kinds[kind, default: 0] += 1 }
    }
    #expect(kinds.count == Variation.kinds.count)
    #expect(kinds.values.reduce(0, +) == 50)
  }

  @Test("what is left out because both have it would have shown nothing")
  func leftOut() throws {
    var all = Comparison.Bounds()
    all.leavesOutWhatIsAlike = false
    for (place, kind) in Variation.kinds.enumerated() {
      var variation = Variation(seed: 300 + UInt64(place))
      let old = try Sample.load(variation.text)
      variation.change(kind)
      let new = try Sample.load(variation.text)
      func subjects(_ found: Comparison) -> Set<String> {
        Set(found.changes.map { "\($0.kind) \($0.name) \($0.fact)" })
      }
      let (some, every) = (Comparison.of(old, new), Comparison.of(old, new, within: all))
      #expect(subjects(some) == subjects(every), "\(kind)\n\(some.text)\n\(every.text)")
      #expect(some.requests < every.requests)
    }
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

  // MARK: Names

  @Test("what has another name and is the same otherwise is renamed, and no verdict changes")
  func renames() throws {
    for seed in 1...UInt64(20) {
      let text = Variation(seed: seed).text
      let other = text.replacing("p2", with: "second").replacing("r1", with: "other")
      let found = Comparison.of(try Sample.load(text), try Sample.load(other))
      #expect(found.changes.isEmpty && found.settings.isEmpty && !found.isEmpty, "\(found.text)")
      let names = found.renames.map { "\($0.kind) \($0.old) \($0.new)" }
      #expect(names == ["peer p2 second", "route r1 other"])
      #expect(found.renames.allSatisfy { $0.oldPlace?.hasPrefix("p:") ?? false })
      #expect(found.text.contains("  peer p2 (p:9:13) is now second (p:9:13)\n"), "\(found.text)")
    }
  }

  @Test("a peer that has another name and other methods is another peer")
  func notRenamed() throws {
    let other = Sample.right.replacing("left", with: "first").replacing(
      "listeners: [u4]", with: "listeners: [u4], methods: [INVITE]")
    let found = Comparison.of(try Sample.load(Sample.right), try Sample.load(other))
    #expect(found.renames.isEmpty)
    #expect(found.changes.map(\.name) == ["left"], "\(found.text)")
    #expect(found.changes.first?.fact == "has lost sources to peer first at listener u4")
  }

  @Test("where something is renamed, what else changes is told by the old names")
  func renamedAndChanged() throws {
    let other = Sample.right.replacing("right", with: "east").replacing(
      "name: all", with: "name: every, user-prefix: \"+49\"")
    let found = Comparison.of(try Sample.load(Sample.right), try Sample.load(other))
    #expect(found.renames.map(\.new) == ["east"], "\(found.text)")
    let facts = Set(found.changes.map { "\($0.name) \($0.fact)" })
    #expect(facts == ["all is gone", "all is gone; route every takes"], "\(found.text)")
  }

  // MARK: Calls

  @Test("a BYE and a re-INVITE that are refused within a call are found, from both of its sides")
  func withinCalls() throws {
    let all = "methods: [INVITE, BYE]"
    let old = Sample.right.replacing("listeners: [u4]", with: "listeners: [u4], \(all)")
      .replacing("sources: [10.1.0.0/16]", with: "sources: [10.1.0.0/16], \(all)")
    let cut = old.replacing("10.1.0.0/16], \(all)", with: "10.1.0.0/16], methods: [BYE]")
      .replacing("listeners: [u4], \(all)", with: "listeners: [u4], methods: [INVITE]")
    let snapshots = (try Sample.load(old), try Sample.load(cut))
    let found = Comparison.of(snapshots.0, snapshots.1)
    let within = found.changes.filter { $0.witness.call != nil }
    let facts = Set(within.map { "\($0.name) \($0.fact): \($0.methods.joined(separator: " "))" })
    let expected: Set = [
      "left within a call as its caller: BYE", "right within a call as its callee: INVITE",
    ]
    #expect(facts == expected, "\(found.text)")
    for change in within {
      #expect(change.new.status == 405 && change.old.guide == "dialog")
      #expect(try isShown(change, (snapshots.0, old), (snapshots.1, cut)), "\(change.witness)")
    }
    #expect(found.text.contains("  test    { after: [{ request: \"INVITE sip:"))
  }

  @Test("a callee whose address is heard no more cannot hang up, and that is told")
  func unheardCallee() throws {
    let other = Sample.right.replacing("sources: [10.1.0.0/16]", with: "sources: [10.1.9.0/24]")
    let found = Comparison.of(try Sample.load(Sample.right), try Sample.load(other))
    let change = found.changes.first { $0.witness.call?.side == "callee" }
    #expect(change?.name == "right" && change?.methods.contains("BYE") == true, "\(found.text)")
  }

  @Test("requests whose route set is lost are asked about where that is treated otherwise")
  func lostRoutes() throws {
    let other = "routing: { lost-routes: mend }\n" + Sample.right
    let found = Comparison.of(try Sample.load(Sample.right), try Sample.load(other))
    let change = try #require(found.changes.first)
    #expect(change.fact == "within a call as its caller, without its route set")
    #expect(change.old.cause == "no-such-dialog" && change.new.guide == "mended")
    #expect(found.settings.isEmpty)
  }

  // MARK: Large policies

  private func large(_ count: Int, _ change: (Int) -> String = { _ in "" }) -> String {
    var text = """
      version: 1
      listeners:
        - { name: u4, transport: udp, address: "10.0.0.1:5060" }
      peers:

      """
    for place in 0..<count {
      text +=
        "  - { name: p\(place), sources: [10.\(place / 200).\(place % 200).0/24],"
        + " targets: [\"10.\(place / 200).\(place % 200).1\"] }\n"
    }
    text += "routes:\n"
    for place in 0..<count {
      let conditions = "user-prefix: \"+1\(1000 + place)\"\(change(place))"
      text += "  - { name: r\(place), to: p\(place), \(conditions) }\n"
    }
    return text
  }

  @Test("of 1,000 routes only those that differ are compared")
  func largePolicies() throws {
    let old = try Sample.load(large(1_000))
    let same = Comparison.of(old, old)
    #expect(same.isEmpty && same.gaps.isEmpty && same.requests < 5, "\(same.requests)")
    let new = try Sample.load(large(1_000) { $0 == 500 ? ", domain: a.example" : "" })
    let found = Comparison.of(old, new)
    #expect(found.changes.map(\.name) == ["r500"] && found.gaps.isEmpty, "\(found.text)")
    #expect(found.requests < 400, "\(found.requests)")
  }

  @Test("a bound that was reached is told, with what was not compared")
  func bounds() throws {
    let old = try Sample.load(large(12))
    let new = try Sample.load(large(12) { _ in ", domain: a.example" })
    var few = Comparison.Bounds()
    few.requests = 30
    let first = Comparison.of(old, new, within: few)
    #expect(first.requests == 30 && !first.changes.isEmpty)
    let gap = try #require(first.gaps.first { $0.hasPrefix("sip: requests, from route `r") })
    #expect(gap.contains("since the bound of 30 requests was reached"), "\(gap)")
    #expect(first.text.contains("not compared, so that there may be more differences\n  "))
    #expect(first.json.contains("\"gaps\" : [\n"))
    few = Comparison.Bounds()
    few.steps = 100
    #expect(
      Comparison.of(old, new, within: few).gaps.contains {
        $0.contains("the bound of 100 steps of the search")
      })
    few = Comparison.Bounds()
    few.values = 200
    #expect(
      Comparison.of(old, new, within: few).gaps.contains {
        $0.hasPrefix("sip: requests by the user of their URI: of ")
      })
    #expect(Comparison.of(old, new).gaps.isEmpty)
  }

  @Test("a row of a table that leads elsewhere is found, and a route behind the table too")
  func tables() throws {
    func load(_ table: String, _ last: String) throws -> Snapshot {
      let policy = Sample.right.replacing(
        "  - { name: all, to: right }",
        with: "  - { name: numbers, table: t.csv }\n  - { name: all, \(last), to: right }"
      ).replacing("sources: [10.0.0.0/8]", with: "sources: [10.0.0.0/8], targets: [\"10.0.0.9\"]")
      let files = ["p": policy, "t.csv": table]
      return try Snapshot.load(path: "p", from: .memory(files), cores: 2)
    }
    let header = "header: { name: Subject, equals: x }"
    let rows = (0..<30).map { "+4\(100 + $0),right" }.joined(separator: "\n")
    let old = try load("prefix,to\n\(rows)\n", header)
    let row = rows.replacing("+4117,right", with: "+4117,left")
    let found = Comparison.of(old, try load("prefix,to\n\(row)\n", header))
    #expect(Set(found.changes.map(\.name)) == ["numbers"], "\(found.text)")
    #expect(found.changes.first?.witness.request.hasPrefix("INVITE sip:+4117") == true)
    let other = try load("prefix,to\n\(rows)\n", "header: { name: Subject, equals: y }")
    let last = Comparison.of(old, other)
    #expect(Set(last.changes.map(\.name)) == ["all"], "\(last.text)")
    #expect(last.changes.contains { $0.witness.headers == ["subject: y"] }, "\(last.text)")
  }
}
