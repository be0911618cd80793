import Routing
import Testing

@Suite("Hours of the week")
struct HoursTests {
  /// Nanoseconds since 1970 of a time in the week of Monday, 2026-11-16.
  private static func wall(_ day: Int, _ hour: Int, _ minute: Int) -> Int64 {
    Int64(1_794_787_200 + day * 86_400 + hour * 3_600 + minute * 60) * 1_000_000_000
  }

  private static func hours(
    _ days: UInt8, _ start: Int, _ end: Int, offset: Int = 0
  ) -> Hours {
    var hours = Hours()
    (hours.days, hours.start, hours.end, hours.offset) = (days, start, end, offset)
    return hours
  }

  @Test("from the first minute, up to the last and not with it")
  func day() {
    let office = Self.hours(0b11111, 8 * 60, 18 * 60)
    #expect(!office.hold(at: Self.wall(0, 7, 59)) && office.hold(at: Self.wall(0, 8, 0)))
    #expect(office.hold(at: Self.wall(4, 17, 59)) && !office.hold(at: Self.wall(4, 18, 0)))
    #expect(!office.hold(at: Self.wall(5, 12, 0)) && !office.hold(at: Self.wall(6, 12, 0)))
    #expect(office.hold(at: Self.wall(7, 12, 0)))
  }

  @Test("over midnight, a stretch belongs to the day on which it begins")
  func night() {
    let fridayNight = Self.hours(0b10000, 22 * 60, 6 * 60)
    #expect(fridayNight.hold(at: Self.wall(4, 22, 0)) && fridayNight.hold(at: Self.wall(5, 5, 59)))
    #expect(!fridayNight.hold(at: Self.wall(5, 6, 0)) && !fridayNight.hold(at: Self.wall(4, 5, 0)))
    #expect(!fridayNight.hold(at: Self.wall(5, 23, 0)))
    let sundayNight = Self.hours(0b1000000, 22 * 60, 6 * 60)
    #expect(sundayNight.hold(at: Self.wall(7, 1, 0)) && !sundayNight.hold(at: Self.wall(6, 1, 0)))
  }

  @Test("a zone moves the day with the hour")
  func zones() {
    let monday = Self.hours(0b1, 0, 1440, offset: 60)
    #expect(monday.hold(at: Self.wall(-1, 23, 0)) && !monday.hold(at: Self.wall(-1, 22, 59)))
    #expect(monday.hold(at: Self.wall(0, 22, 59)) && !monday.hold(at: Self.wall(0, 23, 0)))
    let west = Self.hours(0b1, 0, 1440, offset: -5 * 60)
    #expect(!west.hold(at: Self.wall(0, 4, 59)) && west.hold(at: Self.wall(1, 4, 59)))
  }

  @Test("also before 1970, and at the ends of what can be counted")
  func edges() {
    // 1969-12-31 was a Wednesday.
    #expect(Self.hours(0b100, 23 * 60, 1440).hold(at: -1))
    #expect(!Self.hours(0b1000, 0, 1440).hold(at: -1) && Self.hours(0b1000, 0, 1440).hold(at: 0))
    for wall in [Int64.min, Int64.max] {
      #expect(Self.hours(0x7f, 0, 1440, offset: 840).hold(at: wall))
      #expect(Self.hours(0x7f, 0, 1440, offset: -840).hold(at: wall))
    }
  }
}
