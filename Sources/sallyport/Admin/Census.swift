import Admission
import Basics
import Border
import Dialogs
import Platform
import SIP

/// All that one scrape tells, and how it is called.
struct Census {
  let facts: Board.Facts
  /// What the workers said, now or before.
  let parts: [Int: Measurement.Part]
  /// Who of them has answered now.
  let heard: Set<Int>
  let workers: Int
  /// On the clock of the workers.
  let now: Instant
  let lostLines: Int
  /// What the transport of each worker counted.
  var transport: [[(Platform.Count, Int)]] = []

  /// Of so many peers all are told; of more only those of whom anything was counted.
  static let peersTold = 1_000

  /// The metrics as Prometheus reads them.
  var text: [UInt8] {
    var out = Exposition()
    element(&out)
    let sums = Sums(parts.values)
    messages(sums, &out)
    calls(sums, &out)
    tables(&out)
    peers(sums.figures, &out)
    limits(&out)
    sockets(&out)
    return out.bytes
  }

  /// What the workers counted together.
  struct Sums {
    var figures = Figures()
    private let counters: [BorderCounters]
    let parts: [Measurement.Part]

    init(_ parts: some Sequence<Measurement.Part>) {
      self.parts = Array(parts)
      counters = self.parts.map(\.counters)
      for part in self.parts { figures.add(part.figures) }
    }

    /// One count of all of them.
    func sum(_ count: (BorderCounters) -> Int) -> Int { counters.reduce(0) { $0 &+ count($1) } }

    /// One number over all peers.
    func sum(_ column: Figures.Column) -> Int {
      (0..<figures.peers).reduce(0) { $0 &+ figures[$1, column] }
    }
  }
}

// MARK: - The element

extension Census {
  private func element(_ out: inout Exposition) {
    out.begin("build_info", .gauge, "What runs: always 1.")
    out.add(1, .init("version", Version.text))
    out.begin("start_time_seconds", .gauge, "When the element began to serve, since 1970.")
    out.add(seconds: facts.began)
    out.add(
      "draining", .gauge, "Whether it takes no new calls and is about to end.",
      facts.state == .draining ? 1 : 0)
    out.add("workers", .gauge, "Workers that it was started with.", workers)
    out.begin(
      "worker_answered", .gauge,
      "Whether a worker answered this scrape; if not, its numbers are those of the last one.")
    for worker in 0..<workers { out.add(heard.contains(worker) ? 1 : 0, .init("worker", worker)) }
    out.begin("worker_policy", .gauge, "The number of the policy that a worker works by.")
    for (worker, part) in sorted { out.add(Int(part.policy), .init("worker", worker)) }
    out.add(
      "policy", .gauge, "The number of the policy in force; 1 is the first.",
      Int(facts.regime.number))
    out.begin("policy_start_time_seconds", .gauge, "When it came in force, since 1970.")
    out.add(seconds: facts.since)
    out.add(
      "earlier_policies", .gauge, "Earlier policies that calls keep, where most are kept.",
      parts.values.map(\.earlierPolicies).max() ?? 0)
    out.add("log_lost_lines", .counter, "Log lines that a slow reader made it lose.", lostLines)
    out.add(
      "log_lost_notes", .counter, "Things to log for which a worker had no room.",
      parts.values.reduce(0) { $0 &+ $1.lostNotes })
  }

  private var sorted: [(Int, Measurement.Part)] {
    parts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

// MARK: - Messages and calls

extension Census {
  private func messages(_ sums: Sums, _ out: inout Exposition) {
    out.add(
      "messages", .counter, "Messages handed to the pipeline, whatever became of them.",
      sums.sum { $0.received })
    out.begin("requests", .counter, "Requests that could be read, retransmissions included.")
    for method in SIP.Method.allCases {
      let count = sums.figures.methods.isEmpty ? 0 : sums.figures.methods[Int(method.rawValue)]
      out.add(count, .init("method", method == .other ? "other" : "\(method.text)"))
    }
    out.begin("responses", .counter, "Responses that could be read.")
    for digit in 1...6 {
      let count = sums.figures.classes.isEmpty ? 0 : sums.figures.classes[digit]
      out.add(count, .init("class", "\(digit)xx"))
    }
    out.add(
      "forwarded_requests", .counter, "Requests sent on; each target that was tried counts.",
      sums.sum { $0.forwarded })
    out.begin("refusals", .counter, "Requests that this element refused itself.")
    for cause in Refusal.Cause.allCases {
      out.add(sums.sum(.refused(cause)), .init("cause", "\(cause.text)"))
    }
    out.begin("malformed", .counter, "Messages that could not be read.")
    out.add(sums.sum { $0.malformedAnswered }, .init("answered", "yes"))
    out.add(sums.sum { $0.malformedDropped }, .init("answered", "no"))
    strays(sums, &out)
  }

  private func strays(_ sums: Sums, _ out: inout Exposition) {
    out.add(
      "unknown_sources", .counter, "Messages and connections of sources that no peer has.",
      sums.sum { $0.unknownSource })
    out.add(
      "limited_messages", .counter, "Messages that a limit stopped without a word.",
      sums.sum { $0.limited })
    out.add(
      "observed", .counter, "What rules that only observe would have done.",
      sums.sum { $0.observed })
    out.add(
      "retransmissions", .counter, "Requests that were there already, and were absorbed.",
      sums.sum { $0.retransmissionsAbsorbed })
    out.begin("strays", .counter, "Messages that belong to nothing.")
    out.add(sums.sum { $0.strayResponses }, .init("kind", "response"))
    out.add(sums.sum { $0.misplacedResponses }, .init("kind", "misplaced-response"))
    out.add(sums.sum { $0.strayAcks }, .init("kind", "ack"))
    out.add(
      "outbox_overflows", .counter, "Messages that found no room on their way out.",
      sums.parts.reduce(0) { $0 &+ $1.overflows })
  }

  private func calls(_ sums: Sums, _ out: inout Exposition) {
    out.add("calls", .counter, "Calls begun.", sums.sum { $0.calls })
    out.add(
      "answered_calls", .counter, "Those of them that were answered.",
      sums.sum { $0.answeredCalls })
    out.begin("ended_calls", .counter, "Calls that have ended.")
    for cause in Call.Cause.allCases {
      out.add(sums.sum(.ended(cause)), .init("cause", "\(cause.text)"))
    }
    out.add(
      "live_calls", .gauge, "Calls that ring or talk.",
      sums.parts.reduce(0) { $0 &+ $1.occupancy.calls })
  }

  private func tables(_ out: inout Exposition) {
    let counts: [(String, KeyPath<Occupancy, Int>)] = [
      ("calls", \.calls), ("ended-calls", \.endedCalls),
      ("server-transactions", \.serverTransactions),
      ("client-transactions", \.clientTransactions), ("timers", \.timers),
      ("kept-messages", \.keptMessages),
    ]
    out.begin("table_entries", .gauge, "What the tables of a worker hold.")
    for (worker, part) in sorted {
      for (name, count) in counts {
        out.add(part.occupancy[keyPath: count], .init("table", name), .init("worker", worker))
      }
    }
  }
}
