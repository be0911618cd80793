import Policy

extension Report {
  /// As JUnit's XML, which the servers of continuous integration read. A tolerated outcome is a
  /// pass there, and says so in its output.
  package var junit: String {
    let failed = count(.fail) + gaps.count
    let counts =
      "tests=\"\(rows.count + gaps.count)\" failures=\"\(failed)\" errors=\"0\""
      + " skipped=\"\(count(.skipped))\""
    let head = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites name=\"sallyport torture\" tests=\"\(rows.count + gaps.count)\""
        + " failures=\"\(failed)\">",
      "  <testsuite name=\"\(subject.escaped)\" \(counts)>",
    ]
    let cases = rows.flatMap(\.testcase) + gaps.flatMap(\.testcase)
    return (head + cases + ["  </testsuite>", "</testsuites>", ""]).joined(separator: "\n")
  }
}

extension Report.Row {
  fileprivate var testcase: [String] {
    let head =
      "    <testcase classname=\"\(attempt.of.folder.escaped)\" name=\"\(attempt.title.escaped)\""
      + " time=\"0\""
    let seen = verdict.seen.escaped
    switch verdict.kind {
    case .pass: return ["\(head)/>"]
    case .tolerated:
      return ["\(head)>", "      <system-out>tolerated: \(seen)</system-out>", "    </testcase>"]
    case .skipped:
      return ["\(head)>", "      <skipped message=\"\(seen)\"/>", "    </testcase>"]
    case .fail:
      let message = "expected \(verdict.expected.escaped), seen \(seen)"
      return [
        "\(head)>", "      <failure type=\"outcome\" message=\"\(message)\"/>", "    </testcase>",
      ]
    }
  }
}

extension Folder.Gap {
  fileprivate var testcase: [String] {
    [
      "    <testcase classname=\"folder\" name=\"\(name.escaped)\" time=\"0\">",
      "      <failure type=\"gap\" message=\"\(sentence.escaped)\"/>", "    </testcase>",
    ]
  }
}
