import Foundation

/// What the tests of one policy came to.
package struct TestReport: Sendable, Encodable {
  /// What one case came to.
  package struct Result: Sendable, Encodable {
    /// As the test file calls it.
    package var name: String
    /// Where the case stands: `file:line:column`.
    package var place: String
    /// Whether all was as it was expected.
    package var passed: Bool
    /// What was not, in the order of the test file.
    package var deviations: [Expectation.Deviation]
    /// What became of the message, for a case that failed.
    package var explanation: Explanation?
  }

  /// The path of the policy.
  package var policy: String
  /// The path of its tests.
  package var tests: String
  /// A result for each case, in their order.
  package var results: [Result]
  /// What keeps the policy or its tests from being loaded: then no case was run.
  package var errors: [String] = []

  /// How many cases passed.
  package var passed: Int { results.count { $0.passed } }
  /// How many did not.
  package var failed: Int { results.count - passed }
}

extension TestReport {
  /// Of a policy whose cases could not be run.
  package init(of policy: String, _ rejection: Rejection) {
    self.init(
      policy: policy, tests: Suite.path(beside: policy), results: [],
      errors: rejection.findings.map(\.description))
  }
}

extension Suite {
  /// Runs all cases, each in a border element of its own.
  package func run() -> TestReport {
    TestReport(policy: policy, tests: path, results: cases.map(run))
  }

  private func run(_ test: Case) -> TestReport.Result {
    var course = Course(snapshot)
    for input in test.before { course.play(input) }
    let place = "\(path):\(test.place.line):\(test.place.column)"
    guard let judgement = course.judge(test.input) else {
      let deviation = Expectation.Deviation(
        what: "within", expected: "a call that `after` has begun", got: "none")
      return TestReport.Result(
        name: test.name, place: place, passed: false, deviations: [deviation])
    }
    let explanation = Explanation(judgement, under: snapshot)
    let deviations = test.expectation.deviations(of: explanation)
    return TestReport.Result(
      name: test.name, place: place, passed: deviations.isEmpty, deviations: deviations,
      explanation: deviations.isEmpty ? nil : explanation)
  }
}

extension TestReport {
  /// Lines for a terminal.
  package var text: String {
    var lines = ["\(policy): \(results.count) case\(results.count == 1 ? "" : "s")"]
    for result in results { lines += result.lines }
    lines.append("\(passed) passed, \(failed) failed")
    return lines.joined(separator: "\n")
  }

  /// As JSON, for programs.
  package static func json(_ reports: [TestReport]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers alone: nothing in it can fail to be encoded.
    return (try? encoder.encode(reports)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }
}

extension TestReport.Result {
  fileprivate var lines: [String] {
    if passed { return ["  ok    \(name)"] }
    return ["  FAIL  \(name)", "        \(place)"] + details.map { "        \($0)" }
  }

  /// What was expected and what was got, and how it came to that.
  var details: [String] {
    var lines: [String] = []
    for deviation in deviations {
      lines.append("\(deviation.what.padded(to: 13)) expected \(deviation.expected)")
      lines.append("\("".padded(to: 13)) got      \(deviation.got)")
    }
    guard let explanation else { return lines }
    let told = explanation.text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines + told.map { $0.isEmpty ? "|" : "| \($0)" }
  }
}
