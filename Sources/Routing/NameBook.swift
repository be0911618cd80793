package import Basics

/// What was learnt of host names from the outside: a few names, each for a while. Names are kept as
/// keyed hashes, so a look-up makes no string.
package struct NameBook: Sendable {
  private struct Entry: Sendable {
    var name: Key
    /// `nil`: the name has no address.
    var address: Address?
    var until: Instant
  }

  private var entries: [Entry] = []

  package init() {}

  /// What is known of a name.
  package enum Known: Hashable, Sendable {
    case address(Address)
    case noAddress
    case nothing
  }

  /// What is known of a name at this moment: an address, that there is none, or nothing yet.
  /// - Parameter name: the keyed hash of the name in lower case.
  package func find(_ name: Key, now: Instant) -> Known {
    for entry in entries where entry.name == name && entry.until > now {
      return entry.address.map { .address($0) } ?? .noAddress
    }
    return .nothing
  }

  /// Notes an answer. Beyond `Limits.names` the one that ends soonest is forgotten.
  package mutating func note(_ name: Key, _ address: Address?, now: Instant) {
    note(name, address, for: address == nil ? Limits.negativeLifetime : Limits.lifetime, now)
  }

  /// Notes that no answer came in time. Whoever asks for the name in the next while does not wait
  /// for it; an answer that comes after all is believed.
  package mutating func noteSilence(_ name: Key, now: Instant) {
    note(name, nil, for: Limits.silentLifetime, now)
  }

  private mutating func note(
    _ name: Key, _ address: Address?, for lifetime: Interval, _ now: Instant
  ) {
    let entry = Entry(name: name, address: address, until: now + lifetime)
    if let place = entries.firstIndex(where: { $0.name == name || $0.until <= now }) {
      entries[place] = entry
    } else if entries.count < Limits.names {
      entries.append(entry)
    } else if let place = entries.indices.min(by: { entries[$0].until < entries[$1].until }) {
      entries[place] = entry
    }
  }
}
