import Routing

/// Weekdays, times of day and zones as a policy writes them.
enum Times {
  static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// `mon`, or `mon-fri`, or `sat-mon` over the week's end.
  /// - Returns: a bit for each day, Monday the lowest.
  static func weekdays(_ text: String) throws(Complaint) -> UInt8 {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let places = parts.compactMap { part in days.firstIndex { $0 == part } }
    guard (1...2).contains(parts.count), places.count == parts.count, let last = places.last else {
      let list = days.joined(separator: ", ")
      throw Complaint("`\(text.shortened)` is not a day (\(list)) or days such as `mon-fri`")
    }
    var bits: UInt8 = 0
    var place = places[0]
    while true {
      bits |= 1 << UInt8(place)
      if place == last { return bits }
      place = (place + 1) % days.count
    }
  }

  /// `08:00-18:00`, in minutes since midnight; `24:00` ends a day.
  static func between(_ text: String) throws(Complaint) -> (start: Int, end: Int) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let start = minutes(parts[0], most: 23 * 60 + 59),
      let end = minutes(parts[1], most: 24 * 60)
    else { throw Complaint("`\(text.shortened)` is not a time of day such as `08:00-18:00`") }
    guard start != end else {
      throw Complaint("`\(text)` is no time at all; the whole day is `00:00-24:00`")
    }
    return (start, end)
  }

  /// `UTC`, `+01:00` or `-05:30`, in minutes ahead of UTC.
  static func zone(_ text: String) throws(Complaint) -> Int {
    if text == "UTC" { return 0 }
    let sign = text.hasPrefix("+") ? 1 : text.hasPrefix("-") ? -1 : 0
    guard sign != 0, let offset = minutes(text.dropFirst(), most: 14 * 60) else {
      throw Complaint(
        "`\(text.shortened)` is not a zone: `UTC`, or a distance from it such as `+01:00`")
    }
    return sign * offset
  }

  /// `hh:mm`
  private static func minutes(_ text: Substring, most: Int) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let isWritten = parts.allSatisfy { part in
      part.utf8.count == 2 && part.utf8.allSatisfy { $0 &- 0x30 < 10 }
    }
    guard parts.count == 2, isWritten, let hours = Int(parts[0]), let rest = Int(parts[1]),
      rest < 60, hours * 60 + rest <= most
    else { return nil }
    return hours * 60 + rest
  }
}
