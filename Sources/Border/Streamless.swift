import Basics
import BasicContainers

/// Places that took no stream when a request was too long for a datagram (RFC 3261 §18.1.1). For a
/// while such requests go there as datagrams at once. Of two places that share an entry the later
/// one is remembered.
struct Streamless: ~Copyable {
  struct Entry {
    var remote: Endpoint
    var until: Instant
  }

  private var entries: RigidArray<Entry>

  init() {
    let none = Entry(
      remote: Endpoint(.unspecified, port: 0), until: Instant(nanoseconds: 0))
    entries = RigidArray(repeating: none, count: Limits.streamless)
  }

  mutating func note(_ remote: Endpoint, until: Instant) {
    entries[place(of: remote)] = Entry(remote: remote, until: until)
  }

  mutating func contains(_ remote: Endpoint, _ now: Instant) -> Bool {
    let entry = entries[place(of: remote)]
    return entry.remote == remote && now < entry.until
  }

  private func place(of remote: Endpoint) -> Int {
    let bits = remote.address.high ^ remote.address.low ^ UInt64(remote.port)
    let mixed = bits &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 32) & (Limits.streamless - 1)
  }
}
