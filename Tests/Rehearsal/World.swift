package import Basics

/// Whatever has an address in a world: a border element, a user agent, a probe.
package protocol Station: AnyObject {
  func datagram(_ bytes: [UInt8], from: Endpoint, to: Endpoint)
  /// Somebody connected to `local`, where this station listens.
  func accepted(_ stream: Stream, on local: Endpoint)
  func connected(_ stream: Stream)
  /// A connection that this station asked for did not come about.
  func refused(_ stream: Stream)
  func octets(_ bytes: [UInt8], on stream: Stream)
  func closed(_ stream: Stream)
}

/// A network of stations and the clock that they all live by. Nothing in it is real: time leaps
/// from one event to the next, and all that is random comes from one seed. The same seed gives the
/// same run.
package final class World {
  package let seed: UInt64
  package private(set) var now = Instant(nanoseconds: 1_000_000_000_000)
  package var chance: Chance
  /// What holds between two addresses that `links` does not name.
  package var link = Link()
  /// From one address to another.
  package var links: [Pair: Link] = [:]
  package private(set) var lost = 0
  /// Every datagram and chunk that was carried, as lines, for a test that wants to show what went
  /// on.
  package var isTracing = false
  package private(set) var trace: [String] = []

  package struct Pair: Hashable {
    package var from: Address
    package var to: Address

    package init(from: Address, to: Address) {
      self.from = from
      self.to = to
    }
  }

  private var queue = Agenda()
  private var ports: [Place: any Station] = [:]
  private var nextPort: UInt16 = 40_000
  private var nextStream: UInt32 = 1

  private struct Place: Hashable {
    var isStream: Bool
    var endpoint: Endpoint
  }

  package init(seed: UInt64) {
    self.seed = seed
    chance = Chance(seed: seed)
  }

  // MARK: Time

  package func schedule(at when: Instant, _ action: @escaping () -> Void) {
    queue.insert(max(when, now), action)
  }

  package func schedule(after interval: Interval, _ action: @escaping () -> Void) {
    schedule(at: now + interval, action)
  }

  /// Lets time pass.
  package func run(for interval: Interval) {
    let end = now + interval
    while let when = queue.nextTime, when <= end {
      now = when
      queue.removeFirst()()
    }
    now = end
  }

  /// Lets time pass until nothing is left to happen, or the limit is reached.
  /// - Returns: whether all has come to rest.
  package func runToRest(within limit: Interval) -> Bool {
    let end = now + limit
    while let when = queue.nextTime {
      if when > end { return false }
      now = when
      queue.removeFirst()()
    }
    return true
  }

  // MARK: Places

  package func listen(_ station: any Station, on endpoint: Endpoint, stream: Bool) {
    ports[Place(isStream: stream, endpoint: endpoint)] = station
  }

  package func leave(_ endpoint: Endpoint, stream: Bool) {
    ports[Place(isStream: stream, endpoint: endpoint)] = nil
  }

  /// Ends it: nothing is left to happen and nobody listens. Without this a world and its stations
  /// hold one another for as long as the process lives.
  package func end() {
    queue = Agenda()
    ports = [:]
  }

  func link(_ from: Address, _ to: Address) -> Link { links[Pair(from: from, to: to)] ?? link }

  func delay(_ link: Link) -> Interval {
    guard link.jitter.nanoseconds > 0 else { return link.delay }
    let extra = chance.next() % UInt64(link.jitter.nanoseconds)
    return link.delay + Interval(nanoseconds: Int64(extra))
  }

  // MARK: Datagrams

  package func send(_ bytes: [UInt8], from: Endpoint, to: Endpoint) {
    note(bytes, from, to, "udp")
    let link = link(from.address, to.address)
    guard !link.isCut, !chance.happens(perMille: link.loss) else {
      lost += 1
      return
    }
    carry(bytes, from, to, after: delay(link))
    if chance.happens(perMille: link.duplication) { carry(bytes, from, to, after: delay(link)) }
  }

  private func carry(_ bytes: [UInt8], _ from: Endpoint, _ to: Endpoint, after: Interval) {
    schedule(after: after) { [self] in
      ports[Place(isStream: false, endpoint: to)]?.datagram(bytes, from: from, to: to)
    }
  }

  // MARK: Streams

  /// Begins to connect. What is sent before the connection stands waits for it.
  package func connect(_ station: any Station, from address: Address, to: Endpoint) -> Stream {
    nextPort &+= 1
    nextStream &+= 1
    let from = Endpoint(address, port: nextPort)
    let stream = Stream(nextStream, self, client: station, from: from, to: to)
    let link = link(from.address, to.address)
    if link.isCut {
      schedule(after: .seconds(20)) { stream.refuse() }
      return stream
    }
    schedule(after: delay(link) + delay(link)) { [self] in
      guard let server = ports[Place(isStream: true, endpoint: to)] else { return stream.refuse() }
      stream.open(server)
    }
    return stream
  }

  func note(_ bytes: [UInt8], _ from: Endpoint, _ to: Endpoint, _ way: String) {
    guard isTracing else { return }
    let line = bytes.prefix { $0 != 0x0d }
    trace.append(
      "\(now.nanoseconds / 1_000_000 - 1_000_000) ms \(way) \(text(from)) → \(text(to)): "
        + String(decoding: line, as: UTF8.self))
  }
}

/// What is to happen, in the order of time; what is to happen at one time, in the order of asking.
struct Agenda {
  private struct Entry {
    var when: Int64
    var order: Int
    var action: () -> Void

    func precedes(_ other: Entry) -> Bool {
      when != other.when ? when < other.when : order < other.order
    }
  }

  private var heap: [Entry] = []
  private var count = 0

  var nextTime: Instant? { heap.first.map { Instant(nanoseconds: $0.when) } }

  mutating func insert(_ when: Instant, _ action: @escaping () -> Void) {
    count += 1
    heap.append(Entry(when: when.nanoseconds, order: count, action: action))
    var place = heap.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard heap[place].precedes(heap[parent]) else { return }
      heap.swapAt(place, parent)
      place = parent
    }
  }

  mutating func removeFirst() -> () -> Void {
    let action = heap[0].action
    let last = heap.removeLast()
    guard !heap.isEmpty else { return action }
    heap[0] = last
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
        if heap[child].precedes(heap[least]) { least = child }
      }
      guard least != place else { return action }
      heap.swapAt(place, least)
      place = least
    }
  }
}
