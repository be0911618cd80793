import Admission
import Basics
import Border

/// Requests that come from one place to one listener: to both policies they are from one peer each,
/// whatever they say.
struct Caller: Hashable, Sendable {
  /// An address and a port.
  var from: String
  var listener: String
  /// Whose they are in each policy; `nil` for nobody's.
  var old: PeerID?
  var new: PeerID?
}

extension Caller {
  /// Callers that stand for all: for each prefix of a source an address that is in no longer one,
  /// at each listener; of those that are the same to both policies only the first.
  static func all(_ old: Snapshot, _ new: Snapshot) -> [Caller] {
    let addresses = representatives(
      of: old.configuration.admission.sources + new.configuration.admission.sources
    ) { _ in true }
    let before = Admission.Stage(old.configuration.admission)
    let after = Admission.Stage(new.configuration.admission)
    var names = old.listeners
    names += new.listeners.filter { !names.contains($0) }
    var callers: [Caller] = []
    var seen: Set<Key> = []
    for address in addresses {
      for listener in names {
        let key = Key(
          listener: listener,
          old: peer(at: address, listener, old, before),
          new: peer(at: address, listener, new, after))
        guard key.old != nil || key.new != nil, seen.insert(key).inserted else { continue }
        callers.append(
          Caller(
            from: Endpoint(address, port: 5060).text, listener: listener, old: key.old,
            new: key.new))
      }
    }
    return callers
  }

  private struct Key: Hashable {
    var listener: String
    var old: PeerID?
    var new: PeerID?
  }

  private static func peer(
    at address: Address, _ listener: String, _ snapshot: Snapshot,
    _ stage: borrowing Admission.Stage
  ) -> PeerID? {
    guard let place = snapshot.listeners.firstIndex(of: listener) else { return nil }
    let own = snapshot.configuration.listeners[place]
    guard own.local.address.isIPv4 == address.isIPv4 else { return nil }
    return stage.peer(
      of: Flow(
        own.transport, listener: UInt8(place), remote: Endpoint(address, port: 5060)))
  }

  /// One address of each prefix that is in no longer one of them, where there is one.
  /// - Parameter isWanted: whether that of a prefix is wanted.
  static func representatives(
    of sources: [Admission.Rules.Source], where isWanted: (Admission.Rules.Source) -> Bool
  ) -> [Address] {
    let prefixes = Set(sources.map { Network($0) }).sorted()
    let wanted = Set(sources.filter(isWanted).map { Network($0) })
    return prefixes.indices.compactMap { place in
      guard wanted.contains(prefixes[place]) else { return nil }
      let own = prefixes[place]
      // Sorted, so that what lies within it follows it.
      let inner = prefixes[(place + 1)...].prefix { $0.first <= own.last }
      let usual = own.first.advanced(by: 10)
      let candidates =
        [usual, own.first.advanced(by: 1), own.first]
        + inner.map {
          $0.last.advanced(by: 1)
        }
      return candidates.first { address in
        own.holds(address) && !inner.contains { $0.holds(address) }
      }
    }
  }
}

/// A prefix as the addresses from its first to its last.
private struct Network: Hashable, Comparable {
  var first: Address
  var last: Address

  init(_ source: Admission.Rules.Source) {
    first = source.network.masked(bits: Int(source.bits))
    let rest = Address(
      high: ~Address(high: .max, low: .max).masked(bits: Int(source.bits)).high,
      low: ~Address(high: .max, low: .max).masked(bits: Int(source.bits)).low)
    last = Address(high: first.high | rest.high, low: first.low | rest.low)
  }

  func holds(_ address: Address) -> Bool { first <= address && address <= last }

  /// The wider one first, of two that begin alike.
  static func < (one: Network, other: Network) -> Bool {
    one.first == other.first ? other.last < one.last : one.first < other.first
  }
}

extension Address {
  fileprivate static func < (one: Address, other: Address) -> Bool {
    one.high != other.high ? one.high < other.high : one.low < other.low
  }

  fileprivate static func <= (one: Address, other: Address) -> Bool { !(other < one) }

  fileprivate func advanced(by count: UInt64) -> Address {
    let (sum, isOver) = low.addingReportingOverflow(count)
    return Address(high: isOver ? high &+ 1 : high, low: sum)
  }
}
