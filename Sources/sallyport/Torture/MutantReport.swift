import Basics
import Foundation
import Torture

/// What came of many mutants.
struct MutantReport {
  /// Octets that the process held after a tenth of the mutants and at the end.
  struct Resident {
    var early = 0
    var late = 0
    /// How much more at the end, in hundredths.
    var growth: Double { early == 0 ? 0 : Double(late - early) * 100 / Double(early) }
  }

  let seed: UInt64
  var toll = Toll(groups: [])
  var memory = Resident()
  var duration = Interval.seconds(0)
  private(set) var slowest = (number: 0, time: Interval.seconds(0))
  var slowestWords = ""
  var leftovers: String?
  /// To whom they were put over the network; `nil` for the element in this process.
  var subject: String?
  /// What else whoever reads it should know, a sentence each.
  var remarks: [String] = []
  /// Why it ended before its time.
  var end: String?

  init(seed: UInt64) { self.seed = seed }

  mutating func note(_ number: Int, _ time: Interval) {
    if time > slowest.time { slowest = (number, time) }
  }

  /// Whether anything is to be mended.
  var hasFailed: Bool { toll.broken > 0 || leftovers != nil || end != nil }

  private var sent: Int { toll.rows.reduce(0) { $0 + $1.sent } }
  private var seconds: Double { Double(duration.nanoseconds) / 1e9 }
  private var slowestMilliseconds: Double { Double(slowest.time.nanoseconds) / 1e6 }

  private static let columns = [
    "sent", "1xx-3xx", "4xx", "5xx", "6xx", "on", "silent", "-", "broken",
  ]

  /// For a terminal.
  var text: String {
    var lines = [line("field", Self.columns)]
    for (name, row) in zip(toll.groups, toll.rows) where row.sent > 0 {
      let answered = row.answered
      let counts = [
        row.sent, answered[1] + answered[2] + answered[3], answered[4], answered[5], answered[6],
        row.forwarded, row.silent, row.unframed, row.broken,
      ]
      lines.append(line(name, counts.map { "\($0)" }))
    }
    lines += ["", "on: requests that went on; -: what no stream can carry as one message"]
    lines += toll.faults.map { "mutant \($0.number): \($0.words)" } + remarks
    return (lines + summary).joined(separator: "\n")
  }

  private func line(_ name: String, _ cells: [String]) -> String {
    name.padding(toLength: 26, withPad: " ", startingAt: 0)
      + cells.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined()
  }

  private var summary: [String] {
    let rate = seconds > 0 ? Double(sent) / seconds : 0
    var lines = [
      String(
        format: "%d mutants of seed %llu%@ in %.1f s (%.0f/s): %d broke something", sent, seed,
        subject.map { " to \($0)" } ?? "", seconds, rate, toll.broken)
    ]
    if let end { lines.append("stopped: \(end)") }
    if subject == nil {
      lines.append(
        String(
          format: "the slowest took %.2f ms of processor time: mutant %d (%@)",
          slowestMilliseconds, slowest.number, slowestWords))
    }
    if memory.early > 0 {
      lines.append(
        String(
          format: "memory: %.1f MiB after a tenth, %.1f MiB at the end (%+.2f %%)",
          Double(memory.early) / 1_048_576, Double(memory.late) / 1_048_576, memory.growth))
    }
    if let leftovers { lines.append("left when all timers were over: \(leftovers)") }
    return lines
  }

  /// As JSON.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers alone: nothing in it can fail to be encoded.
    return (try? encoder.encode(Document(self))).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  private struct Document: Encodable {
    struct Field: Encodable {
      var field: String
      var sent, forwarded, silent, unframed, broken: Int
      var answered: [Int]
    }
    struct Fault: Encodable {
      var mutant: Int
      var words: String
    }

    var seed: UInt64
    var fields: [Field]
    var faults: [Fault]
    var sent, broken, slowest, residentEarly, residentLate: Int
    var slowestMilliseconds, seconds: Double
    var leftovers, subject, end: String?
    var remarks: [String]

    init(_ report: MutantReport) {
      seed = report.seed
      fields = zip(report.toll.groups, report.toll.rows).map { name, row in
        Field(
          field: name, sent: row.sent, forwarded: row.forwarded, silent: row.silent,
          unframed: row.unframed, broken: row.broken, answered: row.answered)
      }
      faults = report.toll.faults.map { Fault(mutant: $0.number, words: $0.words) }
      (sent, broken) = (report.sent, report.toll.broken)
      (residentEarly, residentLate) = (report.memory.early, report.memory.late)
      (slowest, slowestMilliseconds) = (report.slowest.number, report.slowestMilliseconds)
      seconds = report.seconds
      (leftovers, subject, end) = (report.leftovers, report.subject, report.end)
      remarks = report.remarks
    }
  }
}
