import Border
import Policy
import Routing

/// What must hold of all that reads policies, whatever octets it gets: it comes back, and every
/// finding has a place that is in the text.
///
/// The octets are a policy, or several files with RS between them: the policy, a part that it may
/// include, a table of its routes, and its tests. Where there are tests, they are run, and the
/// policy is compared with itself and with its part.
package struct PolicyText {
  /// What ends a file, and begins the next one.
  private static let separator: UInt8 = 0x1e
  private static let names = ["p.yaml", "part.yaml", "table.csv", "p.test.yaml"]
  /// A comparison takes a time that grows with the product of the routes.
  private static let routes = 8

  /// What did not hold.
  package private(set) var faults: [String] = []
  /// The files that something was found in.
  package private(set) var files: Set<String> = []
  /// Whether the policy can be loaded.
  package private(set) var isLoaded = false
  /// How many cases of its tests were run.
  package private(set) var cases = 0
  /// Whether it was compared with itself, and with its part.
  package private(set) var compared = (withItself: false, withPart: false)

  private let texts: [String: String]
  private let library: Library
  private var columns: [String: [Int]] = [:]

  /// - Returns: what did not hold.
  package static func faults(_ octets: [UInt8]) -> [String] { PolicyText(octets).faults }

  package init(_ octets: [UInt8]) {
    let files = octets.split(
      separator: Self.separator, maxSplits: Self.names.count - 1, omittingEmptySubsequences: false)
    var texts: [String: String] = [:]
    for (name, file) in zip(Self.names, files) {
      texts[name] = String(decoding: file, as: UTF8.self)
    }
    self.texts = texts
    library = .memory(texts)
    load(Array(files[0]))
    if texts[Self.names[3]] != nil { tryAll() }
  }

  private mutating func load(_ octets: [UInt8]) {
    let name = Self.names[0]
    columns[name] = Self.columns(octets)
    do throws(Rejection) {
      let remarks = try Snapshot.load(octets: octets, name: name, from: library, cores: 2).remarks
      isLoaded = true
      look(at: remarks)
    } catch {
      if error.findings.isEmpty { faults.append("rejected without a finding") }
      look(at: error.findings)
    }
    columns[name] = nil
    let inspection = Inspection(of: [name], from: library)
    look(at: inspection.findings)
    if !inspection.text().hasSuffix(inspection.summary + "\n") {
      faults.append("what was found is not told to its end")
    }
  }

  private mutating func tryAll() {
    do throws(Rejection) {
      let suite = try Suite.load(beside: Self.names[0], from: library)
      let report = suite.run()
      cases = report.results.count
      let told = [report.text, TestReport.junit([report]), TestReport.json([report])]
      if cases == 0 || told.contains(where: \.isEmpty) { faults.append("tests without a case") }
    } catch {
      look(at: error.findings)
    }
    guard let policy = snapshot(0), policy.configuration.routing.routes.count <= Self.routes else {
      return
    }
    for peer in policy.peers.names where policy.effective(peer: peer) == nil {
      faults.append("nothing is in force for \(peer)")
    }
    let same = Comparison.of(policy, policy)
    compared.withItself = true
    if !same.isEmpty { faults.append("it differs from itself: \(same)") }
    guard let part = snapshot(1), part.configuration.routing.routes.count <= Self.routes else {
      return
    }
    _ = Comparison.of(policy, part)
    compared.withPart = true
  }

  private func snapshot(_ number: Int) -> Snapshot? {
    try? Snapshot.load(path: Self.names[number], from: library, cores: 2)
  }

  private mutating func look(at findings: [Finding]) {
    for finding in findings {
      files.insert(finding.file)
      if !isWithin(finding) { faults.append("no such place: \(finding)") }
    }
  }

  /// A finding may stand just behind the last character of its line. Only of a file as a whole
  /// there is no place: it is empty, too long, or not there.
  private mutating func isWithin(_ finding: Finding) -> Bool {
    guard let place = finding.place else {
      let wholes = ["the file is ", "the table is ", "there is no such file"]
      return wholes.contains(where: finding.message.hasPrefix)
    }
    let lines = columns[finding.file] ?? Self.columns(Array((texts[finding.file] ?? "").utf8))
    columns[finding.file] = lines
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
