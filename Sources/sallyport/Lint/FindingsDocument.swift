import Foundation
import Policy

/// What was found, as JSON for programs.
struct FindingsDocument: Encodable {
  struct Policy: Encodable {
    var file: String
    var loads: Bool
  }

  struct Entry: Encodable {
    var file: String
    var line: Int?
    var column: Int?
    var severity: String
    var rule: String
    var message: String
    var remedy: String
  }

  var policies: [Policy]
  var findings: [Entry]
  var errors: Int
  var warnings: Int
  var notes: Int
  var status: Int32

  init(_ inspection: Inspection) {
    policies = inspection.policies.map { Policy(file: $0.path, loads: $0.isLoadable) }
    findings = inspection.findings.map { finding in
      Entry(
        file: finding.file, line: finding.place?.line, column: finding.place?.column,
        severity: "\(finding.severity)", rule: finding.rule.name, message: finding.message,
        remedy: finding.remedy)
    }
    errors = inspection.count(.error)
    warnings = inspection.count(.warning)
    notes = inspection.count(.note)
    status = inspection.status
  }
}
