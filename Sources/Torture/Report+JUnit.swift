import Policy

extension Report {
  /// As JUnit's XML, which the servers of continuous integration read. A tolerated outcome is a
  /// pass there, and says so in its output.
  package var junit: String {
    let failed = count(.fail) + gaps.count
    let tests = rows.count + gaps.count + unplayed.count
    let counts =
      "tests=\"\(tests)\" failures=\"\(failed)\" errors=\"\(unplayed.count)\""
      + " skipped=\"\(count(.skipped))\""
    let head = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites name=\"sallyport torture\" tests=\"\(tests)\" failures=\"\(failed)\""
        + " errors=\"\(unplayed.count)\">",
      "  <testsuite name=\"\(subject.escaped)\" \(counts)>",
    ]
    let cases = rows.flatMap(\.testcase) + gaps.flatMap(\.testcase) + unplayed.flatMap(\.notPlayed)
    return (head + cases + ["  </testsuite>", "</testsuites>", ""]).joined(separator: "\n")
  }
}

extension Attempt {
  fileprivate var head: String {
    "    <testcase classname=\"\(of.folder.escaped)\" name=\"\(title.escaped)\" time=\"0\""
  }

  fileprivate var notPlayed: [String] {
    [
      "\(head)>", "      <error type=\"unplayed\" message=\"the run stopped before it\"/>",
      "    </testcase>",
    ]
  }
}

extension Report.Row {
  fileprivate var testcase: [String] {
    let head = attempt.head
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
