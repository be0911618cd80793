import Border
import Policy
import Routing

/// What each worker is told of a new version of the policy.
struct Adoption: Sendable {
  /// The stages, built already.
  let regime: Regime
  let level: Line.Level
  /// Whether addresses stand in the log as they are.
  let isClear: Bool
  /// The names of all peers that there ever were, at the places of their numbers.
  let peers: [[UInt8]]
  /// The names of its routes, in their order.
  let routes: [[UInt8]]
}

/// One version of the policy after the other. Only the main thread has it.
struct Succession {
  /// Earlier versions that a worker may still need: each costs its tables. While a worker needs so
  /// many, a further version is refused.
  static let mostEarlier = 32

  /// Why a new version was refused, and the one in force stays.
  struct Refusal: Error {
    enum Cause: Equatable {
      /// It cannot be loaded, or would change what only a restart can; the findings say it.
      case findings
      /// So many earlier versions are still needed.
      case tooManyEarlier(Int)
      /// The element is about to end.
      case draining
    }

    let cause: Cause
    var findings: [Finding] = []
  }

  /// The file, as it was named at the start.
  let path: String
  /// The one in force.
  private(set) var snapshot: Snapshot
  /// Its number: 1 for the one at the start.
  private(set) var number: UInt32 = 1
  /// When it came in force, in nanoseconds since 1970.
  private(set) var since: Int64
  private let seed: Seed
  private let load: (String, PeerNames) throws(Rejection) -> Snapshot

  /// - Parameters:
  ///   - load: loads the policy in a file with the numbers that peers have already.
  ///   - seed: that of the workers' borders.
  init(
    _ first: Snapshot, path: String, seed: Seed, wall: Int64,
    load: @escaping (String, PeerNames) throws(Rejection) -> Snapshot = {
      path, peers throws(Rejection) in try Snapshot.load(path: path, peers: peers)
    }
  ) {
    snapshot = first.withoutTree()
    self.path = path
    self.seed = seed
    since = wall
    self.load = load
  }

  /// Loads the policy anew and builds its stages. What is refused changes nothing.
  /// - Parameters:
  ///   - earlier: how many earlier versions a worker needs at most.
  ///   - wall: nanoseconds since 1970.
  /// - Returns: what the workers are to be told.
  mutating func advance(earlier: Int, wall: Int64) throws(Refusal) -> Adoption {
    guard earlier < Self.mostEarlier else { throw Refusal(cause: .tooManyEarlier(earlier)) }
    let next: Snapshot
    do throws(Rejection) {
      next = try load(path, snapshot.peers)
    } catch {
      throw Refusal(cause: .findings, findings: error.findings)
    }
    let changes = snapshot.changesForRestart(to: next)
    guard changes.isEmpty else {
      throw Refusal(cause: .findings, findings: changes + next.warnings)
    }
    number += 1
    since = wall
    snapshot = next.withoutTree()
    return Adoption(
      regime: Regime(next.configuration, number: number, seed: seed),
      level: Line.Level(next.settings.level), isClear: next.settings.showsPersonalData,
      peers: next.peerNames, routes: next.routeNames)
  }
}

extension Snapshot {
  /// The names of all peers, at the places of their numbers, as lines of the log have them.
  var peerNames: [[UInt8]] { peers.names.map { Array($0.utf8) } }

  /// The names of the routes, in their order.
  var routeNames: [[UInt8]] { configuration.routing.routes.map { Array($0.name.utf8) } }
}

extension Succession.Refusal.Cause {
  /// One word for the log.
  var word: StaticString {
    switch self {
    case .findings: "findings"
    case .tooManyEarlier: "too-many-earlier"
    case .draining: "draining"
    }
  }

  /// In words; nothing where the findings say it.
  var text: String? {
    switch self {
    case .findings: nil
    case .tooManyEarlier(let count):
      "calls in progress still need \(count) earlier policies, and there can be no more"
    case .draining: "the element is draining"
    }
  }
}
