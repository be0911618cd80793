import Admission
import Basics
import Border
import Policy
import Rehearsal
import Routing
import Testing

/// What an element that stands in a network does with one message, seen from outside.
private struct Seen: Equatable, CustomStringConvertible {
  var verdict: String
  var status: Int?
  var nextHop: String?
  var route: String?
  var cause: String?
  /// The names of the headers of the request that leaves.
  var headers: [String] = []
  /// What only observes, and would have done something.
  var observed: [String] = []

  var description: String {
    let way = "to \(nextHop ?? "-") by \(route ?? "-")"
    return "\(verdict) \(status ?? 0) \(way) for \(cause ?? "-") \(headers) \(observed)"
  }
}

/// How often each condition of a route has decided, and how often one of a route that was taken
/// held.
private struct Decisions {
  var alone: [String: Int] = [:]
  var held: [String: Int] = [:]
  var observed: [String: Int] = [:]
  /// Pairs and routes in which one condition stands alone between a request and the route.
  private(set) var samples: [(pair: Pair, seed: UInt64, route: String, key: String)] = []
  private var sampled: [String: Int] = [:]

  mutating func note(_ told: Explanation, _ pair: Pair, _ seed: UInt64) {
    for rule in told.steps.flatMap({ $0.observed ?? [] }) {
      let key = rule.rule == "methods" ? "methods" : "mode"
      observed[key, default: 0] += 1
      if key == "mode" { sample(pair, seed, rule.rule, key) }
    }
    guard let step = told.steps.first(where: { $0.stage == "routing" }) else { return }
    for condition in step.conditions ?? [] { held[condition.condition, default: 0] += 1 }
    for route in step.passedOver ?? [] {
      let failed = route.conditions.filter { !$0.holds }
      guard Set(failed.map(\.condition)).count == 1, let key = failed.first?.condition else {
        continue
      }
      alone[key, default: 0] += 1
      // An observing route would take nothing without the condition either.
      let isObserving = pair.routes.contains { keys in
        keys.contains { $0.value == route.route } && keys.contains { $0.key == "mode" }
      }
      if !isObserving { sample(pair, seed, route.route, key) }
    }
  }

  private mutating func sample(_ pair: Pair, _ seed: UInt64, _ route: String, _ key: String) {
    guard sampled[key, default: 0] < 4 else { return }
    sampled[key, default: 0] += 1
    samples.append((pair, seed, route, key))
  }
}

@Suite("What `explain` says is what happens")
struct ExplanationsAreTrue {
  @Test("1,000 pairs of policy and message: the live pipeline does what is explained")
  func pairs() throws {
    var verdicts: [String: Int] = [:]
    var causes: [String: Int] = [:]
    var decisions = Decisions()
    for seed in 1...UInt64(1_000) {
      let pair = Pair(seed: seed)
      let snapshot = try Snapshot.load(text: pair.policy, name: "p", cores: 1)
      let explanation = try explanation(pair, snapshot)
      decisions.note(explanation, pair, seed)
      let told = explained(explanation)
      let seen = live(pair, snapshot, seed)
      verdicts[seen.verdict, default: 0] += 1
      if let cause = seen.cause { causes[cause, default: 0] += 1 }
      let text = String(decoding: pair.message, as: UTF8.self)
      #expect(told == seen, "seed \(seed)\n\(pair.policy)\n\(pair.source)\n\(text)")
      #expect(isWhole(explanation, pair), "seed \(seed)\n\(pair.policy)\n\(explanation.text)")
      if told != seen { return }
    }
    // The pairs are worth something only if they come to everything.
    #expect(verdicts.filter { $0.value >= 5 }.count == 5, "\(verdicts)")
    #expect(verdicts["forward", default: 0] >= 100, "\(verdicts)")
    #expect(causes.filter { $0.value >= 3 }.count >= 9, "\(causes)")
    try hold(decisions)
  }

  private static let conditions = [
    "method", "scheme", "from", "domain", "user-prefix", "user-pattern", "time", "caller", "callee",
    "header",
  ]

  /// Each kind of condition has decided some of the pairs; of each kind a few are shown to have:
  /// without the condition the live pipeline comes to something else.
  private func hold(_ decisions: Decisions) throws {
    for key in Self.conditions {
      #expect(decisions.alone[key, default: 0] >= 10, "\(key) of \(decisions.alone)")
      #expect(decisions.held[key, default: 0] >= 3, "\(key) of \(decisions.held)")
    }
    #expect(decisions.observed["mode", default: 0] >= 15, "\(decisions.observed)")
    #expect(decisions.observed["methods", default: 0] >= 5, "\(decisions.observed)")
    #expect(decisions.samples.count == 4 * (Self.conditions.count + 1))
    for (pair, seed, route, key) in decisions.samples {
      let snapshot = try Snapshot.load(text: pair.policy, name: "p", cores: 1)
      let other = pair.policy(without: key, in: route)
      let without = try Snapshot.load(text: other, name: "p", cores: 1)
      let seen = (live(pair, snapshot, seed), live(pair, without, seed))
      #expect(seen.0.route != seen.1.route, "\(key) of \(route), seed \(seed)\n\(pair.policy)")
    }
  }

  /// The routes that were told of are those before the one that was taken, each once.
  private func isWhole(_ told: Explanation, _ pair: Pair) -> Bool {
    guard told.guide == "routes", let step = told.steps.first(where: { $0.stage == "routing" })
    else { return true }
    let over = (step.passedOver ?? []).map(\.route) + (step.observed ?? []).map(\.rule)
    let names = pair.routes.map { $0[0].value }
    let before = names.prefix { $0 != told.route }
    return over.sorted() == before.sorted()
  }

  private func explanation(_ pair: Pair, _ snapshot: Snapshot) throws -> Explanation {
    let answers = pair.answer.map { ["elsewhere.example=\($0)"] } ?? []
    return try Explanation.of(
      Mended(whole: pair.message), from: pair.source, to: pair.isStream ? "t4" : "u4",
      answers: answers, at: pair.wall.text, under: snapshot)
  }

  private func explained(_ told: Explanation) -> Seen {
    let isForward = told.verdict == .forward
    let lines = told.leaves.first?.lines.dropFirst().filter { !$0.hasPrefix("-") } ?? []
    // What is malformed and not answered, or has no peer, is silence on the wire.
    let refusal = told.verdict == .refuse && told.cause != "malformed" ? told.cause : nil
    return Seen(
      verdict: told.verdict.rawValue, status: told.status, nextHop: told.nextHop,
      route: told.route, cause: refusal,
      headers: isForward ? lines.map { String($0.dropFirst(2).prefix { $0 != ":" }) } : [],
      observed: told.steps.flatMap { $0.observed ?? [] }.map(\.rule))
  }

  private func live(_ pair: Pair, _ snapshot: Snapshot, _ seed: UInt64) -> Seen {
    let world = World(seed: seed &+ 90_000)
    let element = Element(world, snapshot.configuration)
    element.setWall(pair.wall.seconds * 1_000_000_000)
    if let answer = pair.answer {
      let address: Address? = answer == "none" ? nil : endpoint("\(answer):1").address
      element.names["elsewhere.example"] = .some(address)
    }
    var sent: [(bytes: [UInt8], flow: Flow)] = []
    element.onTransmit = { sent.append(($0, $1)) }
    let caller = Talker("caller", in: world, at: pair.source, over: pair.isStream ? .tcp : .udp)
    // Who is called listens, and never answers.
    for place in Pair.called where place != pair.source {
      _ = Talker("called", in: world, at: place, over: .udp)
    }
    caller.send(pair.message, to: endpoint("10.0.0.1:5060"))
    // Less than T1: nothing is sent again yet.
    world.run(for: .milliseconds(450))
    world.end()
    let request = sent.first { !isResponse($0.bytes) }
    let status = sent.last { isResponse($0.bytes) }.flatMap { self.status(of: $0.bytes) }
    let route = element.passage.route.map { snapshot.configuration.routing.routes[Int($0)].name }
    var seen = Seen(verdict: "silence", status: status, route: route)
    seen.observed = element.notes.compactMap { note in
      guard case .observed(let observation, _, _) = note else { return nil }
      switch observation {
      case .methods: return "methods"
      case .responses: return "responses-from"
      case .rateLimit(let limit):
        return snapshot.configuration.admission.rateLimits[Int(limit)].name
      case .sessionLimit(let limit):
        return snapshot.configuration.admission.nameOfLimit(Int(limit))
      case .route(let route): return snapshot.configuration.routing.routes[Int(route)].name
      }
    }
    seen.cause = element.refusals.last.map { kebab("\($0.cause)") }
    if let request {
      seen.verdict = "forward"
      seen.nextHop = "\(request.flow.transport):\(text(request.flow.remote))"
      seen.headers = names(in: request.bytes)
    } else if let status, status >= 200 {
      seen.verdict = status < 300 ? "answer" : "refuse"
    } else if !element.asked.isEmpty {
      seen.verdict = "ask"
    }
    return seen
  }

  // Plainer than the parsers of the program and of the stations: damage goes through unharmed.

  private func status(of bytes: [UInt8]) -> Int? {
    Int(String(decoding: bytes.dropFirst(8).prefix(3), as: UTF8.self))
  }

  private func names(in bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let headers = lines.dropFirst().prefix { !$0.isEmpty }.filter { $0.first != " " }
    return headers.map { $0.prefix { $0 != ":" }.trimmingPrefix(" ") }.map(String.init)
  }

  private func isResponse(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("SIP/2.0".utf8)) }

  private func kebab(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
  }
}
