import class Admission.Shared
import Basics
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
  /// The names of its limits, in their order.
  let limits: [[UInt8]]
}

/// One version of the policy after the other. Only the main thread has it; a version is loaded and
/// built on a thread of its own, as a `Draft`.
struct Succession {
  /// Why a new version was refused, and the one in force stays.
  struct Refusal: Error {
    enum Cause: Equatable {
      /// It cannot be loaded, or would change what only a restart can; the findings say it.
      case findings
      /// A worker has so much in progress under earlier versions that it can take no further one.
      case tooManyEarlier([Border.Holding])
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
  private let shared: Shared
  private let load: Load

  typealias Load = @Sendable (String, PeerNames) throws(Rejection) -> Snapshot

  /// - Parameters:
  ///   - load: loads the policy in a file with the numbers that peers have already.
  ///   - seed: that of the workers' borders.
  ///   - shared: what they share, whatever the version.
  init(
    _ first: Snapshot, path: String, seed: Seed, sharing shared: Shared, wall: Int64,
    load: @escaping Load = {
      path, peers throws(Rejection) in try Snapshot.load(path: path, peers: peers)
    }
  ) {
    snapshot = first.withoutTree()
    self.path = path
    self.seed = seed
    self.shared = shared
    since = wall
    self.load = load
  }

  /// The next version, yet to be loaded.
  var draft: Draft {
    Draft(
      path: path, inForce: snapshot, number: number + 1, seed: seed, shared: shared, load: load)
  }

  /// Puts a version in force that was built of the latest draft.
  /// - Parameter wall: nanoseconds since 1970.
  mutating func adopt(_ next: Next, wall: Int64) {
    number = next.adoption.regime.number
    since = wall
    snapshot = next.snapshot
  }
}

extension Succession {
  /// All that it takes to make the next version, on any thread.
  struct Draft: Sendable {
    fileprivate let path: String
    fileprivate let inForce: Snapshot
    fileprivate let number: UInt32
    fileprivate let seed: Seed
    fileprivate let shared: Shared
    fileprivate let load: Load

    /// Loads the policy anew and builds its stages.
    func make() -> Result<Next, Refusal> {
      do throws(Rejection) {
        let next = try load(path, inForce.peers)
        let changes = inForce.changesForRestart(to: next)
        guard changes.isEmpty else {
          return .failure(Refusal(cause: .findings, findings: changes + next.warnings))
        }
        return .success(Next(next, number, seed, shared))
      } catch {
        return .failure(Refusal(cause: .findings, findings: error.findings))
      }
    }
  }

  /// A version that can come in force.
  struct Next: Sendable {
    let snapshot: Snapshot
    /// What the workers are to be told.
    let adoption: Adoption

    fileprivate init(_ next: Snapshot, _ number: UInt32, _ seed: Seed, _ shared: Shared) {
      snapshot = next.withoutTree()
      adoption = Adoption(
        regime: Regime(next.configuration, number: number, seed: seed, sharing: shared),
        level: Line.Level(next.settings.level), isClear: next.settings.showsPersonalData,
        peers: next.peerNames, routes: next.routeNames,
        limits: next.limitNames)
    }
  }
}

extension Snapshot {
  /// The names of all peers, at the places of their numbers, as lines of the log have them.
  var peerNames: [[UInt8]] { peers.names.map { Array($0.utf8) } }

  /// The names of the routes, in their order.
  var routeNames: [[UInt8]] { configuration.routing.routes.map { Array($0.name.utf8) } }

  /// The names of the limits, in their order.
  var limitNames: [[UInt8]] {
    let rules = configuration.admission
    return (0..<rules.limitCount).map { Array(rules.nameOfLimit($0).utf8) }
  }
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
    case .tooManyEarlier(let holdings):
      "what is in progress still needs \(holdings.count) earlier policies, and there can be no"
        + " more: \(Self.list(holdings))"
    case .draining: "the element is draining"
    }
  }

  /// `policy 3: 2 calls, 1 request; policy 4: 1 call`, the first ones of many.
  private static func list(_ holdings: [Border.Holding]) -> String {
    func some(_ count: Int, _ word: String) -> String? {
      count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
    }
    let shown = holdings.prefix(8).map { holding in
      let all = [some(holding.calls, "call"), some(holding.requests, "request")]
      return "policy \(holding.policy): \(all.compactMap(\.self).joined(separator: ", "))"
    }
    let more = holdings.count - shown.count
    return shown.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
  }
}
