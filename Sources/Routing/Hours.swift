/// Times of the week at a fixed distance from UTC. There is no summer time here: whoever wants it
/// changes the distance twice a year.
package struct Hours: Hashable, Sendable {
  /// A bit for each day, Monday the lowest.
  package var days: UInt8 = 0x7f
  /// The first minute of the day that counts.
  package var start = 0
  /// The first that does not count any more, 1440 for midnight. One that is not after `start` is of
  /// the next day, and the whole stretch belongs to the day on which it begins.
  package var end = 1440
  /// Minutes that the clock is ahead of UTC.
  package var offset = 0

  package init() {}

  /// - Parameter wall: nanoseconds since 1970-01-01T00:00:00Z.
  package func hold(at wall: Int64) -> Bool {
    let (day, minute) = Self.divide(Self.divide(wall, 60_000_000_000).whole &+ Int64(offset), 1440)
    if start < end { return isOn(day) && minute >= start && minute < end }
    return isOn(day) && minute >= start || isOn(day &- 1) && minute < end
  }

  /// - Parameter day: counted from 1970-01-01, a Thursday.
  private func isOn(_ day: Int64) -> Bool {
    days >> UInt8(truncatingIfNeeded: Self.divide(day &+ 3, 7).rest) & 1 != 0
  }

  /// Rounded down, so that the rest is never negative.
  private static func divide(_ number: Int64, _ by: Int64) -> (whole: Int64, rest: Int64) {
    let (whole, rest) = number.quotientAndRemainder(dividingBy: by)
    return rest < 0 ? (whole &- 1, rest &+ by) : (whole, rest)
  }
}
