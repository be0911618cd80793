import Basics
import BasicContainers
import Border
import Rehearsal
import Routing
import SIP

/// The border element that all messages cross: peer `west` on its one side, `east` on the other.
/// No network: what is handed in comes out at once.
struct Crossing: ~Copyable {
  struct Sent: Sendable {
    var flow: Flow
    var octets: [UInt8]
  }

  static let west = ["10.1.0.1:5060", "10.1.7.9:40000", "[fd01::1]:5060"]
  static let east = "10.2.0.1:5060"
  /// Domains that lead to east by another way than most: over IPv6, over TCP, over UDP.
  static let domains = ["six.example", "stream.example", "datagram.example"]
  /// A domain with two targets, of which the second is tried after a 503, and one whose
  /// redirections are followed.
  static let failover = "failover.example"
  static let follow = "follow.example"
  /// How the element is named in a Route.
  static let own = ["10.0.0.1", "10.0.0.1:5060", "border.example", "[fd00::1]", "BORDER.example"]
  /// What the element says of itself in Via and Record-Route.
  static let listeners = ["10.0.0.1:5060", "[fd00::1]:5060"]
  /// How east is.
  static let eastern = ["10.2.0.1", "10.2.0.1:5060", "10.2.0.1:5070", "pbx.east.example"]

  private var border: Border
  private var outbox = Outbox()
  private var now = Instant(nanoseconds: 1_000_000_000_000)

  init(seed: UInt64) {
    let seed = Seed(tokens: Key(seed, 1), hashes: Key(seed, 2), generations: seed)
    border = Border(Self.layout.configuration(), seed: seed, now: now)
  }

  private static var layout: Layout {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16", "fd01::/16"], at: [Self.west[0]])
    let east = layout.peer(
      "east", ["10.2.0.0/16", "fd02::/16"], at: [Self.east], names: ["pbx.east.example"])
    let ways: [(String, Transport?)] = [
      ("[fd02::1]:5060", nil), (Self.east, .tcp), (Self.east, .udp),
    ]
    for (domain, (place, transport)) in zip(Self.domains, ways) {
      layout.route(from: [west], to: east, at: [place], over: transport) {
        $0.domains = [Array(domain.utf8)]
      }
    }
    layout.route(from: [west], to: east, at: ["10.2.0.3:5060", Self.east]) {
      $0.domains = [Array(Self.failover.utf8)]
      $0.failover = [503]
    }
    layout.route(from: [west], to: east, at: ["10.2.0.3:5060"]) {
      $0.domains = [Array(Self.follow.utf8)]
      $0.redirects = .recurse
    }
    layout.route(from: [west], to: east, at: [Self.east])
    layout.route(from: [east], to: west, at: [Self.west[0]])
    return layout
  }

  /// Where a message comes from: what the flow over which it arrives is like.
  static func flow(_ place: String, over transport: Transport) -> Flow {
    let remote = endpoint(place)
    return flow(remote, over: transport)
  }

  static func flow(_ remote: Endpoint, over transport: Transport) -> Flow {
    let listener: UInt8 = (remote.address.isIPv4 ? 0 : 2) + (transport.isReliable ? 1 : 0)
    let connection = Connection(worker: 0, handle: Handle(index: 7, generation: 0))
    return Flow(
      transport, listener: listener, remote: remote,
      connection: transport.isReliable ? connection : nil)
  }

  /// What became of the message that came last.
  var verdict: String { "\(border.passage)" }

  /// A message came.
  /// - Returns: what was sent for it.
  mutating func receive(_ octets: [UInt8], from flow: Flow) -> [Sent] {
    border.receive(octets.span, from: flow, now: now, into: &outbox)
    return drain()
  }

  /// Lets time pass, until all transactions have come to their end.
  mutating func rest() {
    let end = now + .seconds(300)
    while let deadline = border.nextDeadline(), deadline <= end {
      now = max(now, deadline)
      border.expire(now: now, into: &outbox)
      _ = drain()
    }
    now = end
  }

  private mutating func drain() -> [Sent] {
    var sent: [Sent] = []
    for place in 0..<outbox.transmits.count {
      let transmit = outbox.transmits[place]
      sent.append(Sent(flow: transmit.flow, octets: Self.octets(outbox, transmit)))
    }
    outbox.clear()
    border.drainNotes { _ in }
    return sent
  }

  private static func octets(_ outbox: borrowing Outbox, _ transmit: Transmit) -> [UInt8] {
    let start = Int(transmit.start)
    var copy: [UInt8] = []
    copy.append(addingCapacity: Int(transmit.count)) {
      $0.write(outbox.bytes.span.extracting(start..<start + Int(transmit.count)))
    }
    return copy
  }
}
