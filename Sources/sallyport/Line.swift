import Basics
import SIP

/// One log line in the making: a time, a level, a name, and fields `key=value`. Its buffer is used
/// again, so that a line for each call costs no allocation.
struct Line {
  /// How much of an operator's interest a line has, in rising order.
  enum Level: UInt8, Comparable {
    case trace, debug, info, notice, warning, error
    /// A limit begins or stops to bite: it is always written.
    case alarm

    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }

    var text: StaticString {
      switch self {
      case .trace: "trace"
      case .debug: "debug"
      case .info: "info"
      case .notice: "notice"
      case .warning: "warning"
      case .error: "error"
      case .alarm: "alarm"
      }
    }
  }

  /// The longest line; what is longer is cut.
  private static let room = 1024

  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(64 * Self.room) }

  var isEmpty: Bool { bytes.isEmpty }

  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  /// Adds a line.
  /// - Parameters:
  ///   - wall: nanoseconds since 1970, UTC.
  ///   - fields: writes the fields, each with a space before it.
  mutating func add(
    _ level: Level, _ name: StaticString, wall: Int64,
    _ fields: (inout OutputSpan<UInt8>) -> Void
  ) {
    bytes.append(addingCapacity: Self.room) { out in
      out.write(timestamp: wall)
      out.write(" ")
      out.write(level.text)
      out.write(" ")
      out.write(name)
      fields(&out)
    }
    bytes.append(0x0a)
  }
}

extension OutputSpan<UInt8> {
  /// RFC 3339, in UTC, with milliseconds.
  mutating func write(timestamp wall: Int64) {
    let milliseconds = wall / 1_000_000
    let seconds = milliseconds / 1000
    let (year, month, day) = civil(seconds / 86_400)
    write(decimal: year)
    write(two: month, after: "-")
    write(two: day, after: "-")
    write(two: Int(seconds / 3600 % 24), after: "T")
    write(two: Int(seconds / 60 % 60), after: ":")
    write(two: Int(seconds % 60), after: ":")
    write(".")
    let rest = Int(milliseconds % 1000)
    if rest < 100 { write("0") }
    if rest < 10 { write("0") }
    write(decimal: rest)
    write("Z")
  }

  private mutating func write(two number: Int, after mark: StaticString) {
    write(mark)
    if number < 10 { write("0") }
    write(decimal: number)
  }

  /// The Gregorian date of a day since 1970, counted in eras of 400 years that begin on a first of
  /// March.
  private func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), Int(month), Int(day))
  }

  /// ` key=number`
  mutating func field(_ key: StaticString, _ number: Int) {
    name(key)
    write(decimal: number)
  }

  /// ` key=text`
  mutating func field(_ key: StaticString, _ text: StaticString) {
    name(key)
    write(text)
  }

  /// ` key=text`
  mutating func field(_ key: StaticString, _ text: [UInt8]) {
    name(key)
    write(text.span)
  }

  /// ` key=12.345s`
  mutating func field(_ key: StaticString, _ interval: Interval) {
    name(key)
    let milliseconds = Swift.max(interval.milliseconds, 0)
    write(decimal: Int(milliseconds / 1000))
    write(".")
    let rest = Int(milliseconds % 1000)
    if rest < 100 { write("0") }
    if rest < 10 { write("0") }
    write(decimal: rest)
    write("s")
  }

  /// ` key="text"`
  /// - Parameter text: writes the text, which must have no quotation mark in it.
  mutating func quoted(_ key: StaticString, _ text: (inout OutputSpan<UInt8>) -> Void) {
    name(key)
    write("\"")
    text(&self)
    write("\"")
  }

  /// ` key="text"`: a character that would end the quotation or the line is written as `%` and two
  /// digits (RFC 3986 §2.1), and `...` ends a text that was cut.
  /// - Parameter longest: octets between the quotation marks, without those three dots.
  mutating func field(_ key: StaticString, quoting text: String, longest: Int) {
    quoted(key) { out in
      var left = longest
      for scalar in text.unicodeScalars {
        let isEscaped = scalar.value < 0x20 || ["\"", "%", "\u{7f}"].contains(scalar)
        left -= isEscaped ? 3 : scalar.utf8.count
        guard left >= 0 else { return out.write("...") }
        if isEscaped {
          out.write("%")
          out.write(hexadecimal: UInt64(scalar.value), digits: 2)
        } else {
          for octet in scalar.utf8 { out.write(octet: octet) }
        }
      }
    }
  }

  mutating func name(_ key: StaticString) {
    write(" ")
    write(key)
    write("=")
  }
}
