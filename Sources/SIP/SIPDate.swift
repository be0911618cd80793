public import Basics

/// A Date header field: an RFC 1123 date in GMT, and no other (RFC 3261 §20.17). It is
/// case-sensitive.
public struct SIPDate: Hashable, Sendable {
  /// Seconds since the beginning of 1970; leap seconds are not counted.
  public var seconds: Int64

  public init(seconds: Int64) { self.seconds = seconds }

  /// Octets of a date as it is written.
  public static let length = 29

  /// Reads `Sat, 13 Nov 2010 23:29:00 GMT`. The name of the day must be one, but need not be the
  /// right one.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> SIPDate {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    _ = try reader.name(of: dayNames)
    try reader.require(", ")
    let day = try reader.digits(2)
    try reader.require(" ")
    let month = try reader.name(of: monthNames)
    try reader.require(" ")
    let year = try reader.digits(4)
    try reader.require(" ")
    let time = try reader.timeOfDay()
    try reader.require(" GMT")
    try reader.finish()
    guard day >= 1, day <= Self.days(in: month, of: year) else {
      throw Malformed(.date, at: slice.start)
    }
    return SIPDate(seconds: Self.days(to: year, month, day) &* 86_400 &+ time)
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 1: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 3, 5, 8, 10: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 to a day of the Gregorian calendar; months count from 0.
  private static func days(to year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    // A year that begins in March has its leap day at its end.
    let shifted = month < 2 ? year &- 1 : year
    let months = month < 2 ? month &+ 10 : month &- 2
    let era = (shifted >= 0 ? shifted : shifted &- 399) / 400
    let ofEra = shifted &- era &* 400
    let ofYear = (153 &* months &+ 2) / 5 &+ day &- 1
    return era &* 146_097 &+ ofEra &* 365 &+ ofEra / 4 &- ofEra / 100 &+ ofYear &- 719_468
  }
}

// Writing
extension SIPDate {
  /// Writes the date in `length` octets; nothing when there is less room. Years from 0 to 9999 have
  /// a form.
  public func write(into output: inout OutputSpan<UInt8>) {
    guard output.freeCapacity >= Self.length, (-62_167_219_200..<253_402_300_800).contains(seconds)
    else { return }
    let days = seconds >= 0 ? seconds / 86_400 : (seconds &- 86_399) / 86_400
    let ofDay = seconds &- days &* 86_400
    let (year, month, day) = Self.civil(days)
    let weekday = Int(((days % 7) &+ 10) % 7)
    Self.append(name: weekday, of: dayNames, to: &output)
    output.write(", ")
    Self.append(day, digits: 2, to: &output)
    output.write(" ")
    Self.append(name: Int(month), of: monthNames, to: &output)
    output.write(" ")
    Self.append(year, digits: 4, to: &output)
    output.write(" ")
    Self.append(ofDay / 3600, digits: 2, to: &output)
    output.write(":")
    Self.append(ofDay / 60 % 60, digits: 2, to: &output)
    output.write(":")
    Self.append(ofDay % 60, digits: 2, to: &output)
    output.write(" GMT")
  }

  /// Year, month from 0, and day of a number of days since 1970.
  private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days &+ 719_468
    let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
    let ofEra = shifted &- era &* 146_097
    let years = (ofEra &- ofEra / 1460 &+ ofEra / 36_524 &- ofEra / 146_096) / 365
    let ofYear = ofEra &- (365 &* years &+ years / 4 &- years / 100)
    let months = (5 &* ofYear &+ 2) / 153
    let month = months < 10 ? months &+ 2 : months &- 10
    let day = ofYear &- (153 &* months &+ 2) / 5 &+ 1
    return (years &+ era &* 400 &+ (month < 2 ? 1 : 0), month, day)
  }

  private static func append(
    _ number: Int64, digits: Int, to output: inout OutputSpan<UInt8>
  ) {
    var divisor: Int64 = digits == 4 ? 1000 : 10
    while divisor > 0 {
      output.append(UInt8(truncatingIfNeeded: 0x30 &+ number / divisor % 10))
      divisor /= 10
    }
  }

  private static func append(
    name place: Int, of names: Names, to output: inout OutputSpan<UInt8>
  ) {
    let name = names.word(at: place)
    for shift in 0..<3 {
      output.append(UInt8(truncatingIfNeeded: name >> UInt32(shift &* 8)))
    }
  }
}

/// Names of three letters, each as the number that its octets are, lowest first.
struct Names: Sendable {
  let words: [UInt32]

  init(_ words: [UInt32]) { self.words = words }

  func word(at place: Int) -> UInt32 { words[place] }
}

/// Mon Tue Wed Thu Fri Sat Sun
private let dayNames = Names([
  0x6e6f4d, 0x657554, 0x646557, 0x756854, 0x697246, 0x746153, 0x6e7553,
])
/// Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
private let monthNames = Names([
  0x6e614a, 0x626546, 0x72614d, 0x727041, 0x79614d, 0x6e754a, 0x6c754a, 0x677541, 0x706553,
  0x74634f, 0x766f4e, 0x636544,
])

extension Reader {
  fileprivate mutating func name(of names: Names) throws(Malformed) -> Int64 {
    guard place &+ 3 <= end else { throw malformed(.date) }
    let word = UInt32(truncatingIfNeeded: bytes.word(at: place)) & 0xff_ffff
    guard let index = names.words.firstIndex(of: word) else { throw malformed(.date) }
    place &+= 3
    return Int64(index)
  }

  fileprivate mutating func require(_ text: StaticString) throws(Malformed) {
    let next = Slice(from: place, to: min(place &+ text.utf8CodeUnitCount, end))
    guard bytes.equals(next, text) else { throw malformed(.date) }
    place = next.end
  }

  fileprivate mutating func digits(_ count: Int) throws(Malformed) -> Int64 {
    var value: Int64 = 0
    for _ in 0..<count {
      guard Octets.isDigit(peek) else { throw malformed(.date) }
      value = value &* 10 &+ Int64(peek &- 0x30)
      place &+= 1
    }
    return value
  }

  /// `2DIGIT ":" 2DIGIT ":" 2DIGIT`; a leap second counts as the one before it.
  fileprivate mutating func timeOfDay() throws(Malformed) -> Int64 {
    let start = place
    let hours = try digits(2)
    try require(":")
    let minutes = try digits(2)
    try require(":")
    let seconds = try digits(2)
    guard hours < 24, minutes < 60, seconds <= 60 else { throw Malformed(.date, at: start) }
    return hours &* 3600 &+ minutes &* 60 &+ min(seconds, 59)
  }
}
