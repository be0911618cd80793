import Foundation

extension Report {
  /// As JSON.
  package var json: String {
    let document = Document(self)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers alone: nothing in it can fail to be encoded.
    return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  fileprivate struct Document: Encodable {
    struct Result: Encodable {
      var folder, message, role, transport, play, section, verdict, expected, seen, note: String
    }

    var subject: String
    var results: [Result]
    var gaps, remarks, unplayed: [String]
    var pass, tolerated, failed, skipped: Int

    init(_ report: Report) {
      subject = report.subject
      results = report.rows.map { Result($0) }
      gaps = report.gaps.map(\.sentence)
      remarks = report.remarks
      unplayed = report.unplayed.map { "\($0.of.folder)/\($0.title)" }
      (pass, tolerated) = (report.count(.pass), report.count(.tolerated))
      (failed, skipped) = (report.count(.fail) + report.gaps.count, report.count(.skipped))
    }
  }
}

extension Report.Document.Result {
  fileprivate init(_ row: Report.Row) {
    let attempt = row.attempt
    self.init(
      folder: attempt.of.folder, message: attempt.of.name, role: attempt.of.role.rawValue,
      transport: "\(attempt.transport)", play: attempt.play.rawValue,
      section: attempt.of.line.section, verdict: row.verdict.kind.rawValue,
      expected: row.verdict.expected, seen: row.verdict.seen, note: attempt.of.line.note)
  }
}
