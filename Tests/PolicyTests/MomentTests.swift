import Policy
import Testing

@Suite("Dates and times that a test or an explanation takes place at")
struct MomentTests {
  /// What is said of a time at which a request is to be explained; `nil` when it was taken.
  private func complaint(_ time: String) throws -> String? {
    let snapshot = try Snapshot.load(text: Sample.right, name: "p", cores: 1)
    do throws(Misuse) {
      _ = try Explanation.of(
        nil, short: ("OPTIONS sip:x@y", []), from: "10.1.0.9", to: nil, at: time, under: snapshot)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "a time that a word of nanoseconds cannot hold is refused, and ends nothing",
    arguments: [
      "0000-01-01T00:00:00Z", "1000-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
      "1970-01-01T00:00:00+00:01", "2262-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    ])
  func beyond(time: String) throws {
    #expect(try complaint(time) == "`\(time)` is not in the years 1970 to 2261")
  }

  @Test(
    "a day that no calendar has is no date, and neither is another spelling",
    arguments: [
      "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z",
      "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
      "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
      "2026-01-01T00:00:60Z", "99999-01-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00",
      "2026-01-01T00:00:00z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00+24:00",
      "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+0100", "-026-01-01T00:00:00Z", "",
    ])
  func noDate(time: String) throws {
    #expect(
      try complaint(time)
        == "`\(time)` is not a date and time, such as `2026-11-21T08:30:00Z` or"
        + " `2026-11-21T08:30:00+01:00`")
  }

  @Test(
    "what is one is told as the instant that it is",
    arguments: [
      ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
      ("2000-02-29T23:59:59-00:01", "2000-03-01T00:00:59Z"),
      ("2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00Z"),
      ("2026-11-21T00:30:00+01:00", "2026-11-20T23:30:00Z"),
      ("2261-12-31T23:59:59Z", "2261-12-31T23:59:59Z"),
    ])
  func instants(written: String, meant: String) throws {
    let snapshot = try Snapshot.load(
      text: Sample.with(
        line: 9, "  - { name: r, time: { between: \"12:00-12:01\" }, to: right }"),
      name: "p", cores: 1)
    let told = try Explanation.of(
      nil, short: ("OPTIONS sip:x@y", []), from: "10.1.0.9", to: nil, at: written,
      under: snapshot)
    #expect(told.text.contains(" \(meant)\n"), "\(told.text)")
  }
}
