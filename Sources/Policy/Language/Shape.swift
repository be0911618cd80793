import Basics

/// What a value of a policy may be. The tables of keys are made of shapes, and whatever has to know
/// the language (the check of a policy; later its JSON Schema and completion) reads these tables.
indirect enum Shape: Sendable {
  case table(Table)
  /// A list, also of one or of none.
  case list(Shape)
  /// One value, or a list of them.
  case oneOrMore(Shape)
  case word(Words)
  /// Any text.
  case text
  /// What something is called within the policy: letters, digits, `-`, `_` and `.`.
  case name
  case count(ClosedRange<Int>)
  /// A length of time with its unit.
  case interval(ClosedRange<Interval>)
  /// A number of octets with its unit.
  case size(ClosedRange<Int>)
  /// An IP address and a port.
  case endpoint
  /// A host and perhaps a port.
  case hostPort
  /// A host name or an address.
  case host
  /// A host name.
  case hostName
  /// A prefix of addresses.
  case prefix
  /// Where requests can be sent: an endpoint, with its transport before it or without.
  case target
  /// The beginning of a user part.
  case userPrefix
  /// An absolute path of at most so many octets.
  case path(longest: Int)
}

/// A choice between words.
struct Words: Sendable {
  /// With its article: "a transport".
  var noun: String
  var words: [String]
  /// Words of the language whose stage has not landed.
  var later: [String] = []
}

/// The keys of a mapping.
struct Table: Sendable {
  /// What the mapping is: "a listener".
  var noun: String
  var keys: [Key]

  init(_ noun: String, _ keys: [Key]) {
    self.noun = noun
    self.keys = keys
  }

  subscript(_ name: String) -> Key? {
    for key in keys where key.name == name { return key }
    return nil
  }
}

/// One key of a mapping.
struct Key: Sendable {
  var name: String
  /// `nil` for a key whose stage has not landed.
  var shape: Shape?
  var isRequired = false

  init(_ name: String, _ shape: Shape, isRequired: Bool = false) {
    self.name = name
    self.shape = shape
    self.isRequired = isRequired
  }

  private init(later name: String) {
    self.name = name
    shape = nil
  }

  /// A key of the language that this version does not carry out yet, and so refuses.
  static func later(_ names: String...) -> [Key] { names.map { Key(later: $0) } }
}
