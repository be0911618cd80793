import Border
import Policy
import Synchronization

/// What the main thread lets others know of the element: which policy is in force, and whether it
/// is about to end.
final class Board: Sendable {
  struct Facts: Sendable {
    /// How it stands.
    enum State: String, Sendable {
      case starting, serving, draining
    }

    var state = State.starting
    /// When the process began to serve, and when the policy came in force, in nanoseconds since
    /// 1970.
    var began: Int64
    var since: Int64
    /// The policy in force.
    var regime: Regime
    /// The names of all peers that there ever were, at the places of their numbers, and those of
    /// its rate limits.
    var peers: [[UInt8]]
    var limits: [[UInt8]]
  }

  private let state: Mutex<Facts>

  /// - Parameter wall: what time it is, in nanoseconds since 1970.
  init(_ regime: Regime, _ snapshot: Snapshot, wall: Int64) {
    state = Mutex(
      Facts(
        began: wall, since: wall, regime: regime, peers: snapshot.peerNames,
        limits: snapshot.limitNames))
  }

  var facts: Facts { state.withLock { $0 } }

  /// All that was to be opened is open.
  func serves() { state.withLock { if $0.state == .starting { $0.state = .serving } } }

  /// It takes no new calls.
  func drains() { state.withLock { $0.state = .draining } }

  /// Another policy has come in force.
  func adopts(_ adoption: Adoption, wall: Int64) {
    state.withLock { facts in
      facts.since = wall
      facts.regime = adoption.regime
      facts.peers = adoption.peers
      facts.limits = adoption.limits
    }
  }
}
