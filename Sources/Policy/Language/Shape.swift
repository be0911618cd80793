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
  /// How many in how long: `200/s`.
  case rate(ClosedRange<Int>)
  /// An IP address and a port.
  case endpoint
  /// The same, with an address that only this machine reaches.
  case loopback
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
  /// A pattern of user parts.
  case userPattern
  /// The name of a header, full or compact.
  case headerName
  /// A text to look for in a header.
  case headerText
  /// A day of the week, or days that follow one another.
  case weekdays
  /// A time of day: from, and up to.
  case between
  /// A fixed distance from UTC.
  case zone
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
  /// Which of some keys a mapping must have.
  enum Demand: Sendable {
    case nothing
    /// One of them and no other.
    case one([String])
    /// At least one of them.
    case some([String])
  }

  /// What the mapping is: "a listener".
  var noun: String
  var keys: [Key]
  var demand: Demand

  init(_ noun: String, _ keys: [Key], demand: Demand = .nothing) {
    self.noun = noun
    self.keys = keys
    self.demand = demand
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
  /// What it says, in one line.
  var summary: String
  var isRequired = false
  /// What holds where nothing is said; `nil` where that needs no words.
  var builtIn: String?
  /// Who may say something else of himself than the section does.
  var overrides: [Override] = []

  /// A mapping that may override a setting of a section, and the key that it does it by.
  struct Override: Hashable, Sendable {
    enum Level: Hashable, Sendable { case peer, route }

    var level: Level
    /// `nil`: the key of the section.
    var name: String?

    static let peer = Override(level: .peer)
    static let route = Override(level: .route)

    static func peer(as name: String) -> Override { Override(level: .peer, name: name) }
  }

  /// - Parameters:
  ///   - builtIn: what holds without it.
  ///   - overrides: for a key of a section: who may override it.
  init(
    _ name: String, _ shape: Shape, _ summary: String, isRequired: Bool = false,
    without builtIn: String? = nil, by overrides: [Override] = []
  ) {
    self.name = name
    self.shape = shape
    self.summary = summary
    self.isRequired = isRequired
    self.builtIn = builtIn
    self.overrides = overrides
  }

  private init(later name: String) {
    self.name = name
    shape = nil
    summary = "has not landed yet"
  }

  /// A key of the language that this version does not carry out yet, and so refuses.
  static func later(_ names: String...) -> [Key] { names.map { Key(later: $0) } }
}

/// A section with settings of a stage: defaults, some of which a peer or a route may override.
struct Section: Sendable {
  var name: String
  /// What the stage asks.
  var summary: String
  var table: Table

  /// The keys by which a peer or a route overrides settings of this section. They have the shape of
  /// what they override.
  func keys(of level: Key.Override.Level) -> [Key] {
    table.keys.compactMap { key in
      guard let override = key.overrides.first(where: { $0.level == level }) else { return nil }
      var own = key
      own.name = override.name ?? key.name
      own.builtIn = "`\(name).\(key.name)`"
      own.overrides = []
      return own
    }
  }
}
