import Admission
import Basics
import Routing
import SIP
import Testing

@Suite("Targets: which is next, and by which way")
struct TargetTests {
  private static let four = Endpoint(Address(ipv4: 0x7f00_0001), port: 5070)
  private static let six = Endpoint(Address(high: 0, low: 1), port: 5070)
  private static let peer = PeerID(raw: 0)

  /// Listeners: 0 UDP and 1 TCP over IPv4, 2 UDP and 3 TCP over IPv6.
  private static func stage(_ targets: [(Transport?, Endpoint)], hasTCP: Bool = true) -> Stage {
    var rules = Rules()
    let tcp: [UInt8?] = hasTCP ? [1, 3] : [nil, nil]
    rules.targets = targets.map { transport, endpoint in
      let isIPv4 = endpoint.address.isIPv4
      return Target(
        peer: peer, transport: transport, endpoint: endpoint,
        listeners: ListenerChoice(udp: isIPv4 ? 0 : 2, tcp: isIPv4 ? tcp[0] : tcp[1]))
    }
    rules.peerTargets = rules.targets
    var own = Rules.Peer()
    own.targets = 0..<rules.targets.count
    rules.peers = [own]
    rules.routes = [Rules.Route(name: "all", targets: 0..<rules.targets.count)]
    return Stage(rules)
  }

  /// All ways in their order, as `transport listener`.
  private func ways(
    _ stage: borrowing Stage, _ transport: Transport, from remote: Endpoint
  ) throws -> [String] {
    guard case .search(var search) = try Question("sip:a@b").route(stage) else { return [] }
    let arriving = Flow(transport, listener: 0, remote: remote)
    var ways: [String] = []
    while let way = stage.next(&search, arriving: arriving) {
      let stream = way.stream.map { " or \($0.transport) \($0.listener)" } ?? ""
      ways.append("\(way.flow.transport) \(way.flow.listener)\(stream)")
    }
    #expect(search.isEmpty)
    return ways
  }

  @Test(
    "a target without a transport takes that of the request, and its family where it can"
  )
  func quickstart() throws {
    let stage = Self.stage([(nil, Self.four), (nil, Self.six)])
    let found1 = try ways(stage, .udp, from: Self.four)
    #expect(found1 == ["udp 0 or tcp 1"])
    let found2 = try ways(stage, .tcp, from: Self.four)
    #expect(found2 == ["tcp 1"])
    let found3 = try ways(stage, .udp, from: Self.six)
    #expect(found3 == ["udp 2 or tcp 3"])
    let found4 = try ways(stage, .tcp, from: Self.six)
    #expect(found4 == ["tcp 3"])
  }

  @Test("a target of the other family is taken where there is no other")
  func otherFamily() throws {
    let found5 = try ways(Self.stage([(nil, Self.six)]), .udp, from: Self.four)
    #expect(found5 == ["udp 2 or tcp 3"])
  }

  @Test("targets with a transport are taken in their order, whatever the request came in on")
  func inOrder() throws {
    let stage = Self.stage([(.tcp, Self.six), (.udp, Self.four)])
    let found6 = try ways(stage, .udp, from: Self.four)
    #expect(found6 == ["tcp 3", "udp 0"])
  }

  @Test("a target that no listener reaches is passed over")
  func unreachable() throws {
    let stage = Self.stage([(.tcp, Self.four), (.udp, Self.four)], hasTCP: false)
    let found7 = try ways(stage, .udp, from: Self.four)
    #expect(found7 == ["udp 0"])
  }

  @Test("where the peer has a stream at the same place, that is told (RFC 3261 §18.1.1)")
  func large() throws {
    let open = Self.stage([(nil, Self.four)])
    #expect(try ways(open, .udp, from: Self.four) == ["udp 0 or tcp 1"])
    let both = Self.stage([(.udp, Self.four), (.tcp, Self.four)])
    #expect(try ways(both, .udp, from: Self.four) == ["udp 0 or tcp 1", "tcp 1"])
    let elsewhere = Self.stage([(.udp, Self.four), (.tcp, Self.six)])
    #expect(try ways(elsewhere, .udp, from: Self.four) == ["udp 0", "tcp 3"])
    let noListener = Self.stage([(nil, Self.four)], hasTCP: false)
    #expect(try ways(noListener, .udp, from: Self.four) == ["udp 0"])
  }

  @Test("how long a target has: as it says itself, else as its route says")
  func timeouts() throws {
    var rules = Self.stage([(.udp, Self.four), (.udp, Self.six)]).rules
    rules.targets[1].timeout = .seconds(2)
    rules.routes[0].targetTimeout = .seconds(8)
    let stage = Stage(rules)
    guard case .search(var search) = try Question("sip:a@b").route(stage) else {
      throw Question.Unexpected()
    }
    let arriving = Flow(.udp, listener: 0, remote: Self.four)
    var timeouts: [Interval?] = []
    while stage.next(&search, arriving: arriving) != nil {
      timeouts.append(stage.targetTimeout(search))
    }
    #expect(timeouts == [.seconds(8), .seconds(2)])
    let (unavailable, busy) = (
      stage.allowsFailover(search, after: 503), stage.allowsFailover(search, after: 486)
    )
    #expect(unavailable && !busy)
  }
}
