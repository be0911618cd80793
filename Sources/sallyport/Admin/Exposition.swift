import Basics

/// A text in the exposition format of Prometheus, version 0.0.4: for each family a HELP and a TYPE
/// line, then its samples. What has no sample has no lines.
struct Exposition {
  /// How a number is to be read.
  enum Kind: String {
    /// It only grows while the process lives; its name ends with `_total`.
    case counter
    case gauge
  }

  /// What tells the samples of one family apart. Values come from the policy or from this program,
  /// never from a message.
  struct Label {
    let name: String
    let value: [UInt8]

    init(_ name: String, _ value: [UInt8]) { (self.name, self.value) = (name, value) }
    init(_ name: String, _ value: some StringProtocol) { self.init(name, Array(value.utf8)) }
    init(_ name: String, _ value: Int) { self.init(name, "\(value)") }
  }

  /// What an answer says that it is.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"
  /// What begins every name.
  static let prefix = "sallyport_"

  private(set) var bytes: [UInt8] = []
  private var family: (name: String, kind: Kind, help: String) = ("", .gauge, "")
  private var hasSamples = false

  /// Begins a family; its samples follow.
  /// - Parameters:
  ///   - name: without what every name begins with and without `_total`.
  ///   - help: one line.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    family = (Self.prefix + name + (kind == .counter ? "_total" : ""), kind, help)
    hasSamples = false
  }

  /// Adds a sample of the family that was begun.
  mutating func add(_ value: Int, _ labels: Label...) { add(text: "\(value)", labels) }

  /// Adds a sample in seconds.
  /// - Parameter nanoseconds: of time, or since 1970.
  mutating func add(seconds nanoseconds: Int64, _ labels: Label...) {
    add(text: "\(Double(nanoseconds) / 1e9)", labels)
  }

  /// A family of one sample.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
    begin(name, kind, help)
    add(value)
  }

  private mutating func add(text: String, _ labels: [Label]) {
    if !hasSamples {
      write("# HELP \(family.name) \(Self.escaped(help: family.help))\n")
      write("# TYPE \(family.name) \(family.kind.rawValue)\n")
      hasSamples = true
    }
    write(family.name)
    for (place, label) in labels.enumerated() {
      write(place == 0 ? "{" : ",")
      write("\(label.name)=\"")
      write(escaping: label.value)
      write("\"")
    }
    if !labels.isEmpty { write("}") }
    write(" \(text)\n")
  }

  private mutating func write(_ text: String) { bytes += text.utf8 }

  /// A value of a label: a backslash, a quotation mark and an end of line have a backslash before
  /// them, or instead of them.
  private mutating func write(escaping value: [UInt8]) {
    for octet in value {
      switch octet {
      case 0x5c: write("\\\\")
      case 0x22: write("\\\"")
      case 0x0a: write("\\n")
      default: bytes.append(octet)
      }
    }
  }

  private static func escaped(help: String) -> String {
    help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }
}
