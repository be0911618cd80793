import Foundation

/// Dates and times of day.
enum Moment {
  /// When a test takes place that does not say when: Monday, 2024-01-01T12:00:00Z, in nanoseconds
  /// since 1970-01-01T00:00:00Z.
  static let usual: Int64 = 1_704_110_400_000_000_000

  /// What time it is.
  static var now: Int64 { nanoseconds(Date()) }

  /// Reads `2026-11-21T08:30:00Z`, or with a distance from UTC such as `+01:00` in place of `Z`.
  static func read(_ text: String) throws(Complaint) -> Int64 {
    let formatter = ISO8601DateFormatter()
    guard text.utf8.count <= 25, let date = formatter.date(from: text) else {
      throw Complaint(
        "`\(text.shortened)` is not a date and time, such as `2026-11-21T08:30:00Z` or"
          + " `2026-11-21T08:30:00+01:00`")
    }
    return nanoseconds(date)
  }

  /// As it is read.
  static func text(_ wall: Int64) -> String {
    Date(timeIntervalSince1970: Double(wall / 1_000_000_000)).formatted(.iso8601)
  }

  private static func nanoseconds(_ date: Date) -> Int64 {
    Int64(date.timeIntervalSince1970) * 1_000_000_000
  }
}
