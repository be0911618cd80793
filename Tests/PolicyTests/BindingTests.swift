import Admission
import Basics
import Border
import Policy
import Routing
import SIP
import Testing

@Suite("From a policy to the rules of each stage")
struct BindingTests {
  static let text = """
    version: 1
    element:
      name: edge-1
      workers: 4
      batching: 0ms
      drain: 1m
      names: [SBC.example.com]
      log: { level: debug, personal: clear }
      limits:
        calls: 1001
        kept-messages: 64MiB
        call-duration: 2h
        setup-duration: 5m
        tcp-connections: 100
        tcp-connections-per-source: 10
        tcp-waiting: 64KiB
        tcp-idle: 5m
        tcp-unfinished: 3s
    listeners:
      - { name: u4, transport: udp, address: "10.0.0.1:5060", advertise: "sbc2.example.com:5080" }
      - { name: t4, transport: tcp, address: "10.0.0.1:5060" }
      - { name: u6, transport: udp, address: "[2001:db8::1]:5060" }
    admission: { methods: [INVITE, BYE] }
    authentication: { default: source }
    identity: { verification: none, signing: none }
    topology: { hiding: none }
    media: { relay: none }
    peers:
      - name: left
        sources: [192.0.2.0/24, "2001:db8:1::/48"]
        listeners: [u4, u6]
        names: [Gw.Left.example]
      - name: right
        sources: [198.51.100.1]
        methods: [OPTIONS, other]
        targets: ["udp:198.51.100.1:5070", "198.51.100.2"]
        timeout: 2s
      - name: third
        targets: ["tcp:203.0.113.1:5060"]
    routing:
      redirects: refuse
      failover: [503, 480]
      timeout: 8s
      timer-c: 200s
      resolve: always
      no-route: forbidden
      lost-routes: mend
    routes:
      - name: numbers
        from: left
        method: [INVITE, OPTIONS]
        scheme: tel
        domain: [Example.com, 192.0.2.7]
        user-prefix: "0049"
        to: [right, third]
        redirects: recurse
        failover: []
        timeout: 1s
      - { name: rest, to: [third, right] }
    """

  private func snapshot() throws -> Snapshot { try Sample.load(Self.text) }

  @Test("settings of the element")
  func settings() throws {
    let settings = try snapshot().settings
    #expect(settings.name == "edge-1")
    #expect(settings.workers == 4)
    #expect(settings.batching == .seconds(0))
    #expect(settings.drain == .seconds(60))
    #expect(settings.level == .debug)
    #expect(settings.showsPersonalData)
    #expect(settings.streams.connections == 100)
    #expect(settings.streams.connectionsPerSource == 10)
    #expect(settings.streams.waiting == 65_536)
    #expect(settings.streams.idle == .seconds(300))
    #expect(settings.streams.unfinished == .seconds(3))
  }

  @Test("limits of the element are shared out among its workers, rounded up")
  func capacity() throws {
    let configuration = try snapshot().configuration
    #expect(configuration.capacity.calls == 251)
    #expect(configuration.capacity.shelf == 16 << 20)
    #expect(configuration.capacity.transactions == Configuration.Capacity().transactions)
    #expect(configuration.callDuration == .seconds(7200))
    #expect(configuration.setupDuration == .seconds(300))
    #expect(configuration.timerC == .seconds(200))
  }

  @Test("defaults")
  func defaults() throws {
    let snapshot = try Sample.load(Sample.right)
    #expect(snapshot.settings.workers == 2)
    #expect(snapshot.settings.drain == .seconds(30))
    #expect(snapshot.settings.level == .info)
    #expect(!snapshot.settings.showsPersonalData)
    let routing = snapshot.configuration.routing
    #expect(routing.routes[0].failover == [503])
    #expect(routing.routes[0].redirects == .pass)
    #expect(routing.noRoute == .notFound)
    #expect(!routing.resolvesNames && !routing.mendsLostRoutes)
    let methods = snapshot.configuration.admission.peers[1].methods
    #expect(Method.allCases.filter { !methods.contains($0) } == [.register])
    // A peer that names no listeners may use all.
    #expect(snapshot.configuration.admission.peers[1].listeners == 0b11)
  }

  @Test("listeners, and the names that are our own")
  func listeners() throws {
    let snapshot = try snapshot()
    let listeners = snapshot.configuration.listeners
    #expect(snapshot.listeners == ["u4", "t4", "u6"])
    #expect(listeners.map(\.transport) == [.udp, .tcp, .udp])
    #expect(
      listeners.map { String(decoding: $0.advertised, as: UTF8.self) }
        == ["sbc2.example.com:5080", "10.0.0.1:5060", "[2001:db8::1]:5060"])
    #expect(
      snapshot.configuration.names.map { String(decoding: $0, as: UTF8.self) }
        == ["sbc.example.com", "sbc2.example.com"])
  }

  @Test("a host that listeners advertise is the element's name, and no peer's")
  func advertised() {
    let both = Sample.right.replacing(
      #""127.0.0.1:5060" }"#, with: #""127.0.0.1:5060", advertise: "Sbc.example.com:5062" }"#)
    #expect(Sample.findings(both) == [])
    #expect(Sample.findings(both + "element: { names: [sbc.example.com] }\n") == [])
    let shared = both.replacing("name: left,", with: "name: left, names: [sbc.Example.com],")
    #expect(
      Sample.findings(shared) == [
        "p:6:27: error: `sbc.example.com` is already a name of the element"
      ])
  }

  @Test("peers")
  func peers() throws {
    let rules = try snapshot().configuration.admission
    #expect(rules.peers.map(\.name) == ["left", "right", "third"])
    #expect(rules.peers.map(\.id.raw) == [0, 1, 2])
    #expect(rules.peers.map(\.listeners) == [0b101, 0b111, 0b111])
    // INVITE takes with it what belongs to it and cannot be refused (RFC 3261 §22.1).
    #expect(rules.peers[0].methods == MethodSet([.invite, .ack, .cancel, .bye]))
    #expect(rules.peers[1].methods == MethodSet([.options, .other]))
    #expect(rules.sources.map(\.bits) == [120, 48, 128])
    #expect(rules.sources.map(\.peer.raw) == [0, 0, 1])
  }

  @Test("targets, each with the first listener that fits")
  func targets() throws {
    let rules = try snapshot().configuration.routing
    #expect(rules.peers[1].ipv4 == ListenerChoice(udp: 0, tcp: 1))
    #expect(rules.peers[0].ipv4 == ListenerChoice(udp: 0, tcp: nil))
    #expect(rules.peers[1].ipv6 == ListenerChoice(udp: 2, tcp: nil))
    #expect(rules.peers[1].targets == 0..<2)
    #expect(rules.peers[2].targets == 2..<3)
    #expect(rules.peerTargets.map(\.transport) == [.udp, nil, .tcp])
    #expect(rules.peerTargets.map(\.timeout) == [.seconds(2), .seconds(2), nil])
    // An address that is only a target is known as its peer's; it may send nothing for that.
    #expect(rules.sources.count == 5)
    let answering = try snapshot().configuration.admission.answering
    #expect(answering.map(\.network) == [Address(ipv4: 0xc633_6402), Address(ipv4: 0xcb00_7101)])
    #expect(answering.map(\.peer.raw) == [1, 2])
    #expect(rules.peers[0].names.map { String(decoding: $0, as: UTF8.self) } == ["gw.left.example"])
  }

  @Test("routes, with what they override")
  func routes() throws {
    let rules = try snapshot().configuration.routing
    let first = rules.routes[0]
    #expect(first.from == [PeerID(raw: 0)])
    #expect(first.methods == MethodSet([.invite, .ack, .cancel, .options]))
    #expect(first.schemes == SchemeSet([.tel]))
    #expect(
      first.domains.map { String(decoding: $0, as: UTF8.self) } == ["example.com", "192.0.2.7"])
    #expect(first.userPrefixes == [Array("0049".utf8)])
    #expect(first.redirects == .recurse)
    #expect(first.failover == [])
    #expect(first.targetTimeout == .seconds(1))
    #expect(rules.targets[first.targets].map(\.timeout) == Array(repeating: .seconds(1), count: 3))
    #expect(rules.targets[first.targets].map(\.peer.raw) == [1, 1, 2])
    let second = rules.routes[1]
    #expect(second.from.isEmpty && second.methods == .all && second.schemes == .all)
    #expect(second.domains.isEmpty && second.userPrefixes.isEmpty)
    #expect(second.redirects == .refuse)
    #expect(second.failover == [503, 480])
    #expect(second.targetTimeout == .seconds(8))
    #expect(rules.targets[second.targets].map(\.peer.raw) == [2, 1, 1])
    #expect(rules.targets[second.targets].map(\.timeout) == [nil, .seconds(2), .seconds(2)])
    #expect(rules.noRoute == .forbidden && rules.resolvesNames && rules.mendsLostRoutes)
  }

  @Test("a peer keeps its number over reloads, also when it was away")
  func reload() throws {
    let first = try Sample.load(Sample.right)
    let without = Sample.with(line: 6, "  - { name: new, sources: [10.2.0.0/16] }")
    let second = try Snapshot.load(text: without, name: "p", peers: first.peers)
    #expect(second.peers.names == ["left", "right", "new"])
    let gone = second.configuration.admission.peers[0]
    #expect(gone.listeners == 0 && gone.methods == MethodSet(bits: 0))
    #expect(second.configuration.admission.sources.map(\.peer.raw) == [2, 1])
    #expect(second.configuration.routing.peers.count == 3)
    let third = try Snapshot.load(text: Sample.right, name: "p", peers: second.peers)
    #expect(third.configuration.admission.sources.map(\.peer.raw) == [0, 1])
  }
}
