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

  var description: String {
    let way = "to \(nextHop ?? "-") by \(route ?? "-")"
    return "\(verdict) \(status ?? 0) \(way) for \(cause ?? "-") \(headers)"
  }
}

@Suite("What `explain` says is what happens")
struct ExplanationsAreTrue {
  @Test("1,000 pairs of policy and message: the live pipeline does what is explained")
  func pairs() throws {
    var verdicts: [String: Int] = [:]
    var causes: [String: Int] = [:]
    for seed in 1...UInt64(1_000) {
      let pair = Pair(seed: seed)
      let snapshot = try Snapshot.load(text: pair.policy, name: "p", cores: 1)
      let told = try explained(pair, snapshot)
      let seen = live(pair, snapshot, seed)
      verdicts[seen.verdict, default: 0] += 1
      if let cause = seen.cause { causes[cause, default: 0] += 1 }
      let text = String(decoding: pair.message, as: UTF8.self)
      #expect(told == seen, "seed \(seed)\n\(pair.policy)\n\(pair.source)\n\(text)")
      if told != seen { return }
    }
    // The pairs are worth something only if they come to everything.
    #expect(verdicts.filter { $0.value >= 5 }.count == 5, "\(verdicts)")
    #expect(verdicts["forward", default: 0] >= 100, "\(verdicts)")
    #expect(causes.filter { $0.value >= 3 }.count >= 9, "\(causes)")
  }

  private func explained(_ pair: Pair, _ snapshot: Snapshot) throws -> Seen {
    let answers = pair.answer.map { ["elsewhere.example=\($0)"] } ?? []
    let told = try Explanation.of(
      Mended(whole: pair.message), from: pair.source, to: pair.isStream ? "t4" : "u4",
      answers: answers,
      under: snapshot)
    let isForward = told.verdict == .forward
    let lines = told.leaves.first?.lines.dropFirst().filter { !$0.hasPrefix("-") } ?? []
    // What is malformed and not answered, or has no peer, is silence on the wire.
    let refusal = told.verdict == .refuse && told.cause != "malformed" ? told.cause : nil
    return Seen(
      verdict: told.verdict.rawValue, status: told.status, nextHop: told.nextHop,
      route: told.route, cause: refusal,
      headers: isForward ? lines.map { String($0.dropFirst(2).prefix { $0 != ":" }) } : [])
  }

  private func live(_ pair: Pair, _ snapshot: Snapshot, _ seed: UInt64) -> Seen {
    let world = World(seed: seed &+ 90_000)
    let element = Element(world, snapshot.configuration)
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
