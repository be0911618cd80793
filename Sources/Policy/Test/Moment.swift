import Foundation

/// Dates and times of day.
enum Moment {
  /// When a test takes place that does not say when: Monday, 2024-01-01T12:00:00Z, in nanoseconds
  /// since 1970-01-01T00:00:00Z.
  static let usual: Int64 = 1_704_110_400_000_000_000

  /// The years that may be written: time is counted in nanoseconds, and those since 1970 fill a
  /// word in 2262.
  static let years = 1970...2261

  /// What time it is.
  static var now: Int64 { Int64(Date().timeIntervalSince1970) * nanosecondsPerSecond }

  private static let nanosecondsPerSecond: Int64 = 1_000_000_000

  /// Reads `2026-11-21T08:30:00Z`, or with a distance from UTC such as `+01:00` in place of `Z`.
  static func read(_ text: String) throws(Complaint) -> Int64 {
    guard let fields = Fields(text) else {
      throw Complaint(
        "`\(text.shortened)` is not a date and time, such as `2026-11-21T08:30:00Z` or"
          + " `2026-11-21T08:30:00+01:00`")
    }
    guard years.contains(fields.year), fields.seconds >= 0 else {
      throw Complaint(
        "`\(text.shortened)` is not in the years \(years.lowerBound) to \(years.upperBound)")
    }
    return Int64(fields.seconds) * nanosecondsPerSecond
  }

  /// As it is read.
  static func text(_ wall: Int64) -> String {
    Date(timeIntervalSince1970: Double(wall / nanosecondsPerSecond)).formatted(.iso8601)
  }
}

extension Moment {
  /// What stands in a date and time. There are those that Foundation takes for other ones, such as
  /// February 30 for March 2, so they are counted here.
  private struct Fields {
    let year: Int
    /// Since 1970-01-01T00:00:00Z.
    let seconds: Int

    /// `nil` for what is not a date and time.
    init?(_ text: String) {
      let octets = Array(text.utf8)
      let pattern = octets.count == 20 ? "dddd-dd-ddTdd:dd:ddZ" : "dddd-dd-ddTdd:dd:ddsdd:dd"
      guard octets.count == pattern.utf8.count,
        zip(octets, pattern.utf8).allSatisfy(Self.fits)
      else { return nil }
      func number(_ places: Range<Int>) -> Int {
        octets[places].reduce(0) { $0 * 10 + Int($1 - 0x30) }
      }
      year = number(0..<4)
      let (month, day) = (number(5..<7), number(8..<10))
      let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
      guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day),
        hour < 24, minute < 60, second < 60
      else { return nil }
      var distance = 0
      if octets.count > 20 {
        let (hours, minutes) = (number(20..<22), number(23..<25))
        guard hours < 24, minutes < 60 else { return nil }
        distance = (hours * 60 + minutes) * (octets[19] == 0x2b ? 60 : -60)
      }
      let date = Self.days(before: year) + Self.days(before: month, of: year) + day - 1
      seconds = date * 86_400 + hour * 3600 + minute * 60 + second - distance
    }

    /// Whether an octet is what the pattern has there: a digit for `d`, a sign for `s`.
    private static func fits(_ octet: UInt8, _ wanted: UInt8) -> Bool {
      switch wanted {
      case 0x64: (0x30...0x39).contains(octet)
      case 0x73: octet == 0x2b || octet == 0x2d
      default: octet == wanted
      }
    }

    private static func isLeap(_ year: Int) -> Bool {
      year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func days(in month: Int, of year: Int) -> Int {
      switch month {
      case 2: isLeap(year) ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    }

    /// From the beginning of the year.
    private static func days(before month: Int, of year: Int) -> Int {
      (1..<month).reduce(0) { $0 + days(in: $1, of: year) }
    }

    /// From 1970 to the beginning of the year.
    private static func days(before year: Int) -> Int {
      let past = year - 1
      return past * 365 + past / 4 - past / 100 + past / 400 - 719_162
    }
  }
}
