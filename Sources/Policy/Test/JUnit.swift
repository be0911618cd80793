extension TestReport {
  /// As JUnit's XML, which the servers of continuous integration read.
  package static func junit(_ reports: [TestReport]) -> String {
    let count = reports.reduce(0) { $0 + $1.results.count }
    let failed = reports.reduce(0) { $0 + $1.failed }
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites name=\"sallyport test\" tests=\"\(count)\" failures=\"\(failed)\">",
    ]
    for report in reports { lines += report.suite }
    return (lines + ["</testsuites>", ""]).joined(separator: "\n")
  }

  private var suite: [String] {
    let head =
      "  <testsuite name=\"\(policy.escaped)\" tests=\"\(results.count)\" failures=\"\(failed)\""
      + " errors=\"0\" skipped=\"0\">"
    return [head] + results.flatMap { $0.testcase(of: policy, in: tests) } + ["  </testsuite>"]
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
