import Basics
import SIP

/// The host names of all peers, to be looked up by the octets of a message: their keyed hashes,
/// sorted, so that a look-up costs one binary search and makes no string.
struct HostNames: Sendable {
  private struct Entry: Sendable {
    var key: Key
    var peer: Int
  }

  private let entries: [Entry]

  init(_ peers: [Rules.Peer], secret: Key) {
    var entries: [Entry] = []
    for (peer, rules) in peers.enumerated() {
      for name in rules.names {
        entries.append(Entry(key: Self.key(name.span, secret), peer: peer))
      }
    }
    self.entries = entries.sorted { Self.precedes($0.key, $1.key) }
  }

  /// The place of the peer that has the name of this key.
  func peer(of key: Key) -> Int? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low &+ high) >> 1
      if Self.precedes(entries[middle].key, key) { low = middle &+ 1 } else { high = middle }
    }
    guard low < entries.count, entries[low].key == key else { return nil }
    return entries[low].peer
  }

  /// What stands for a host name, in whatever case it is written.
  static func key(_ bytes: Span<UInt8>, _ name: Slice, _ secret: Key) -> Key {
    var hash = KeyedHash(secret: secret)
    hash.combineFolded(bytes, name)
    return hash.finish()
  }

  private static func key(_ name: Span<UInt8>, _ secret: Key) -> Key {
    key(name, Slice(from: 0, to: min(name.count, Slice.longest)), secret)
  }

  private static func precedes(_ one: Key, _ other: Key) -> Bool {
    one.a != other.a ? one.a < other.a : one.b < other.b
  }
}
