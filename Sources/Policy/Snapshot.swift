import Admission
package import Basics
package import Border

/// All that one version of a policy says: built once, checked, and never changed after.
package struct Snapshot: Sendable {
  /// What each worker's border works by.
  package let configuration: Configuration
  /// What the program itself works by.
  package let settings: Settings
  /// The name of each listener, at its place.
  package let listeners: [String]
  /// The numbers of the peers, to be handed to the next load.
  package let peers: PeerNames
  /// Where each thing that a verdict can rest on was written.
  package let places: Places
  /// The policy as it is written, to be asked where something stands.
  private(set) var tree: Node
  /// What is legal and yet to be said: warnings, and notes.
  package let remarks: [Finding]

  /// What is legal and probably not meant.
  package var warnings: [Finding] { remarks.filter { $0.severity == .warning } }

  /// The same for an element that serves: the tree of a large policy takes more than its tables,
  /// and nobody asks what is in force there.
  package consuming func withoutTree() -> Snapshot {
    tree = Node(place: tree.place, content: .nothing)
    return self
  }
}

extension Snapshot {
  /// The text that a route was written as: a row of a table has that of the whole table.
  func node(ofRoute route: Int) -> Node {
    tree.mappings("routes")[Int(places.routeItems[route])]
  }
}

/// What the process needs to know and the border does not.
package struct Settings: Hashable, Sendable {
  /// How much the log holds: this and what stands after it.
  package enum Level: UInt8, Hashable, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error

    /// As it is written in the policy.
    package var word: String { "\(self)" }
  }

  /// What the element is called in its logs.
  package var name = "sallyport"
  /// Threads with a loop each; the loader puts the number of cores in where the policy has none.
  package var workers = 1
  /// The longest time for which a worker under load waits for more before it looks.
  package var batching = Interval.milliseconds(1)
  /// How long calls in progress may go on after the element was told to stop.
  package var drain = Interval.seconds(30)
  /// The least of what is written to the log.
  package var level = Level.info
  /// Whether numbers and addresses stand in the log as they are.
  package var showsPersonalData = false
  /// Whether a datagram has to come in by the interface that leads back to its source.
  package var checksReversePath = false
  /// Where the owner's Unix socket is; `nil` for none.
  package var control: String?
  /// Where metrics and health are read over HTTP, on loopback; `nil` for nowhere.
  package var admin: Endpoint?
  /// Limits of the tables.
  package var tables = Tables()
  /// Limits of TCP connections.
  package var streams = Streams()

  /// Limits of what the whole element holds; `nil` leaves one to the border.
  package struct Tables: Hashable, Sendable {
    /// Calls that are in progress.
    package var calls: Int?
    /// Server transactions, and as many client transactions.
    package var transactions: Int?
    /// Octets of kept messages.
    package var keptMessages: Int?
    /// Octets of the table of sources that have no name.
    package var sources: Int?
  }

  /// Limits of connections; `nil` leaves one to the transport.
  package struct Streams: Hashable, Sendable {
    /// How many there may be at once.
    package var connections: Int?
    /// How many of them one remote address may have.
    package var connectionsPerSource: Int?
    /// Octets that may wait to be written on one connection.
    package var waiting: Int?
    /// How long a connection may be silent.
    package var idle: Interval?
    /// How long a connection may take for its first message, and for each that it has begun.
    package var unfinished: Interval?
  }
}

/// The numbers that peers have. A name keeps its number over all loads of a policy, also when it
/// was away for a while, so that calls of an older policy still know whose they are.
package struct PeerNames: Sendable {
  private var numbers: [String: UInt16] = [:]
  /// The name of each number.
  package private(set) var names: [String] = []

  package init() {}

  /// The number of a name, given now if it has none.
  /// - Returns: `nil` when all numbers are given.
  mutating func id(of name: String) -> PeerID? {
    if let number = numbers[name] { return PeerID(raw: number) }
    guard names.count < Limits.peers else { return nil }
    let number = UInt16(names.count)
    numbers[name] = number
    names.append(name)
    return PeerID(raw: number)
  }
}
