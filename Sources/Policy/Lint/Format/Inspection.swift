/// Policies that were looked at, and all that was found in them.
package struct Inspection: Sendable {
  /// Policies, in the order in which they were named, and whether each can be loaded.
  package private(set) var policies: [(path: String, isLoadable: Bool)] = []
  /// What was found. A file that several policies include is told of once.
  package private(set) var findings: [Finding] = []
  private let library: Library

  /// - Parameters:
  ///   - running: a policy that is in force: what a reload from it to one of these could not change
  ///     is found too.
  ///   - library: where the policies are read from.
  package init(
    of paths: [String], against running: Snapshot? = nil, from library: Library = .disk
  ) {
    self.library = library
    var known: Set<Finding> = []
    for path in paths {
      let found: [Finding]
      var isLoadable = true
      do throws(Rejection) {
        let snapshot = try Snapshot.load(
          path: path, from: library, peers: running?.peers ?? PeerNames())
        let changes = running?.changesForRestart(to: snapshot) ?? []
        found = changes + snapshot.remarks
        isLoadable = changes.isEmpty
      } catch {
        found = error.findings
        isLoadable = false
      }
      policies.append((path, isLoadable))
      findings += found.filter { known.insert($0).inserted }
    }
  }

  /// The worst of the policies: 0 for notes at most, 1 for warnings, 2 for one that cannot be
  /// loaded.
  package var status: Int32 {
    if policies.contains(where: { !$0.isLoadable }) { return 2 }
    return count(.warning) > 0 ? 1 : 0
  }

  /// How many findings of that severity there are in all policies.
  package func count(_ severity: Finding.Severity) -> Int {
    findings.count { $0.severity == severity }
  }

  /// The findings for people: each with its line, a caret under the place, and what to do; and at
  /// the end how many there are.
  package func text() -> String {
    var lines = SourceLines(library)
    var text = ""
    for finding in findings {
      text += "\(finding.description) [\(finding.rule.name)]\n"
      if let place = finding.place, let line = lines.line(place.line, of: finding.file) {
        let excerpt = Excerpt(line, column: place.column)
        text += "    \(excerpt.line)\n    \(excerpt.caret)\n"
      }
      text += "    remedy: \(finding.remedy)\n\n"
    }
    return text + summary + "\n"
  }

  /// How much was found, in a line.
  package var summary: String {
    let names = [(Finding.Severity.error, "error"), (.warning, "warning"), (.note, "note")]
    let counts = names.compactMap { severity, name -> String? in
      let count = count(severity)
      return count == 0 ? nil : "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    let subject =
      policies.count == 1 ? policies.first?.path ?? "" : "\(policies.count) policies"
    return "\(subject): \(counts.isEmpty ? "nothing found" : counts.joined(separator: ", "))"
  }
}
