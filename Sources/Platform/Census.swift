import Basics
import Synchronization

/// How many streams there are, over all workers, and for each source. It is asked when a stream
/// begins and told when it ends, never for a message.
///
/// Neither way can take all places: those that peers open leave some for those that we open, and
/// the reverse; and of the former some are left to sources that have none yet.
final class Census: Sendable {
  private struct State {
    var accepted = 0
    var opened = 0
    var sources: [Address: Int] = [:]
  }

  private let state = Mutex(State())
  private let limit: Int
  /// How many either way may have.
  private let limitOfWay: Int
  /// How many there may be before a source that has one gets no other.
  private let limitOfMore: Int
  private let limitPerSource: Int

  init(_ limits: Limits) {
    limit = limits.connections
    limitOfWay = limit - min(limits.reservedConnections, limit / 4)
    limitOfMore = limitOfWay - min(limits.firstConnections, limitOfWay / 4)
    limitPerSource = limits.connectionsPerSource
  }

  /// Counts a stream in, or says that there are too many. A stream that we open has no source.
  func enter(_ source: Address?) -> Bool {
    state.withLock { state in
      guard state.accepted + state.opened < limit else { return false }
      guard let source = source.map(Self.network) else {
        guard state.opened < limitOfWay else { return false }
        state.opened += 1
        return true
      }
      let count = state.sources[source, default: 0]
      guard count < limitPerSource, state.accepted < (count == 0 ? limitOfWay : limitOfMore) else {
        return false
      }
      state.sources[source] = count + 1
      state.accepted += 1
      return true
    }
  }

  /// Who is counted as one: an address of IPv4, and a /64 of IPv6, of which a single host may have
  /// every address (RFC 4291 §2.5.4).
  private static func network(_ source: Address) -> Address {
    source.isIPv4 ? source : Address(high: source.high, low: 0)
  }

  func leave(_ source: Address?) {
    state.withLock { state in
      guard let source = source.map(Self.network) else { return state.opened -= 1 }
      state.accepted -= 1
      guard let count = state.sources[source] else { return }
      state.sources[source] = count > 1 ? count - 1 : nil
    }
  }
}
