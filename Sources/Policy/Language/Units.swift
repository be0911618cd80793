import Basics

/// Why a text is not the value that it should be.
struct Complaint: Error, Hashable {
  var message: String
  var rule: Rule

  init(_ message: String, _ rule: Rule = .wrongValue) {
    self.message = message
    self.rule = rule
  }
}

/// Numbers and their units.
enum Units {
  private static let times: [(unit: String, nanoseconds: Int)] = [
    ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
  ]
  private static let sizes: [(unit: String, octets: Int)] = [
    ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
  ]

  static func count(_ text: String, in range: ClosedRange<Int>) throws(Complaint) -> Int {
    guard let (number, unit) = split(text), unit.isEmpty else {
      throw Complaint("\(quoted(text)) is not a whole number")
    }
    guard let number, range.contains(number) else {
      throw outside(text, "\(range.lowerBound)", "\(range.upperBound)")
    }
    return number
  }

  static func interval(
    _ text: String, in range: ClosedRange<Interval>
  ) throws(Complaint) -> Interval {
    let nanoseconds = try amount(text, "a time such as `30s` or `500ms`", times)
    guard let nanoseconds, range.contains(Interval(nanoseconds: Int64(nanoseconds))) else {
      throw outside(text, self.text(range.lowerBound), self.text(range.upperBound))
    }
    return Interval(nanoseconds: Int64(nanoseconds))
  }

  static func size(_ text: String, in range: ClosedRange<Int>) throws(Complaint) -> Int {
    let octets = try amount(text, "a size such as `64KiB`", sizes)
    guard let octets, range.contains(octets) else {
      throw outside(text, self.text(range.lowerBound), self.text(range.upperBound))
    }
    return octets
  }

  /// So many in a second, a minute or an hour.
  static func rate(_ text: String, in range: ClosedRange<Int>) throws(Complaint) -> Rate {
    let units: [(String, Int64)] = [("/s", 1), ("/m", 60), ("/h", 3600)]
    guard let (number, unit) = split(text), let time = units.first(where: { $0.0 == unit })?.1
    else { throw Complaint("\(quoted(text)) is not a rate such as `200/s`, `10/m` or `5/h`") }
    guard let number, range.contains(number) else {
      throw outside(text, "\(range.lowerBound)\(unit)", "\(range.upperBound)\(unit)")
    }
    return Rate(count: number, time: .seconds(time))
  }

  /// An interval as a policy would write it.
  static func text(_ interval: Interval) -> String {
    written(Int(interval.nanoseconds), times) ?? "\(interval.nanoseconds)ns"
  }

  /// A size as a policy would write it.
  static func text(_ octets: Int) -> String { written(octets, sizes) ?? "\(octets)B" }

  private static func written(_ amount: Int, _ units: [(String, Int)]) -> String? {
    if amount == 0 { return "0\(units[1].0)" }
    for (unit, factor) in units.reversed() where amount % factor == 0 {
      return "\(amount / factor)\(unit)"
    }
    return nil
  }

  /// - Returns: the amount in the smallest unit, or `nil` for one that is too big to be told.
  private static func amount(
    _ text: String, _ wanted: String, _ units: [(String, Int)]
  ) throws(Complaint) -> Int? {
    guard let (number, unit) = split(text) else {
      throw Complaint("\(quoted(text)) is not \(wanted)")
    }
    let names = units.map(\.0)
    guard let factor = units.first(where: { $0.0 == unit })?.1 else {
      throw Complaint("\(quoted(text)) \(fault(of: unit, behind: text, names))")
    }
    guard let number else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }

  private static func fault(of unit: String, behind text: String, _ names: [String]) -> String {
    let list = names.joined(separator: ", ")
    let bare = unit.drop { $0 == " " || $0 == "\t" }
    if unit.isEmpty { return "has no unit; the units are \(list)" }
    if names.contains(String(bare)) {
      return "has a blank before its unit; write `\(text.dropLast(unit.count))\(bare)`"
    }
    let rest = unit.drop { $0 == "." || $0 == "," || $0.isNumber }
    if rest.count < unit.count, names.contains(String(rest)) {
      return "is not a whole number of a unit; the units are \(list)"
    }
    return "has an unknown unit; the units are \(list)"
  }

  /// Digits and what follows them. The number is `nil` when it is too big.
  private static func split(_ text: String) -> (number: Int?, unit: String)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty else { return nil }
    return (Int(digits), String(text.dropFirst(digits.count)))
  }

  private static func outside(_ text: String, _ least: String, _ most: String) -> Complaint {
    Complaint("\(quoted(text)) is not \(least == most ? least : "from \(least) to \(most)")")
  }

  private static func quoted(_ text: String) -> String { "`\(text.shortened)`" }
}
