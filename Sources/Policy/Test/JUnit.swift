extension TestReport {
  /// As JUnit's XML, which the servers of continuous integration read.
  package static func junit(_ reports: [TestReport]) -> String {
    let broken = reports.count { !$0.errors.isEmpty }
    let count = reports.reduce(broken) { $0 + $1.results.count }
    let failed = reports.reduce(0) { $0 + $1.failed }
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites name=\"sallyport test\" tests=\"\(count)\" failures=\"\(failed)\""
        + " errors=\"\(broken)\">",
    ]
    for report in reports { lines += report.suite }
    return (lines + ["</testsuites>", ""]).joined(separator: "\n")
  }

  private var suite: [String] {
    let broken = errors.isEmpty ? 0 : 1
    let head =
      "  <testsuite name=\"\(policy.escaped)\" tests=\"\(results.count + broken)\""
      + " failures=\"\(failed)\" errors=\"\(broken)\" skipped=\"0\">"
    let cases = results.flatMap { $0.testcase(of: policy, in: tests) }
    return [head] + loading + cases + ["  </testsuite>"]
  }

  /// What could not be loaded is a case that went wrong: a server that counts cases would take a
  /// suite without any for a good one.
  private var loading: [String] {
    guard let first = errors.first else { return [] }
    return [
      "    <testcase classname=\"\(policy.escaped)\" name=\"it can be loaded\""
        + " file=\"\(tests.escaped)\" time=\"0\">",
      "      <error type=\"rejection\" message=\"\(first.escaped)\">"
        + "\(errors.joined(separator: "\n").escaped)</error>",
      "    </testcase>",
    ]
  }
}

extension TestReport.Result {
  fileprivate func testcase(of policy: String, in file: String) -> [String] {
    let head =
      "    <testcase classname=\"\(policy.escaped)\" name=\"\(name.escaped)\""
      + " file=\"\(file.escaped)\" time=\"0\""
    if passed { return ["\(head)/>"] }
    let summary = deviations.map { "\($0.what): expected \($0.expected), got \($0.got)" }
    let message = summary.joined(separator: "; ").escaped
    let body = ([place] + details).joined(separator: "\n").escaped
    return [
      "\(head)>", "      <failure type=\"deviation\" message=\"\(message)\">\(body)</failure>",
      "    </testcase>",
    ]
  }
}

extension String {
  /// As a text or an attribute of XML 1.0: what a message may hold and XML may not is replaced.
  package var escaped: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "\n", "\t": text.unicodeScalars.append(scalar)
      case "\u{0}"..<" ", "\u{fffe}", "\u{ffff}": text += "\u{fffd}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
