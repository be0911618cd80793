import Policy

/// What must hold of the loader of policies, whatever octets it gets: it comes back, and every
/// finding has a place that is in the text.
package enum PolicyText {
  /// - Returns: what did not hold.
  package static func faults(_ octets: [UInt8]) -> [String] {
    let findings: [Finding]
    do throws(Rejection) {
      findings = try Snapshot.load(octets: octets, name: "p", cores: 2).remarks
    } catch {
      if error.findings.isEmpty { return ["rejected without a finding"] }
      findings = error.findings
    }
    let lines = columns(octets)
    return findings.filter { !isWithin($0, lines) }.map { "no such place: \($0)" }
  }

  /// A finding may stand just behind the last character of its line. Only of a file as a whole
  /// there is no place: it is empty, or too long.
  private static func isWithin(_ finding: Finding, _ lines: [Int]) -> Bool {
    guard let place = finding.place else { return finding.message.hasPrefix("the file is ") }
    guard place.line >= 1, place.line <= lines.count, place.column >= 1 else { return false }
    return place.column <= lines[place.line - 1] + 1
  }

  /// How many characters each line has; what is no UTF-8 counts as far as it is read.
  private static func columns(_ octets: [UInt8]) -> [Int] {
    var lines = [0]
    let text = octets.starts(with: [0xef, 0xbb, 0xbf]) ? octets.dropFirst(3) : octets[...]
    for place in text.indices {
      let next = place + 1 < text.endIndex ? text[place + 1] : 0
      if text[place] == 0x0a || text[place] == 0x0d && next != 0x0a {
        lines.append(0)
      } else if text[place] & 0xc0 != 0x80 {
        lines[lines.count - 1] += 1
      }
    }
    return lines
  }
}
