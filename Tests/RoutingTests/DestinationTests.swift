import Admission
import Basics
import Routing
import SIP
import Testing

@Suite("Destinations that a request names itself")
struct DestinationTests {
  private static func rules() -> Rules {
    var rules = Rules()
    var peer = Rules.Peer()
    peer.names = [Array("gw.example.com".utf8), Array("gw2.example.com".utf8)]
    peer.targets = 0..<2
    peer.ipv4 = ListenerChoice(udp: 3, tcp: 4)
    var nameless = Rules.Peer()
    nameless.names = [Array("silent.example.com".utf8)]
    rules.peers = [peer, nameless]
    rules.peerTargets = [
      Target(
        peer: PeerID(raw: 0), transport: .tcp,
        endpoint: Endpoint(Address(ipv4: 0x0a00_0009), port: 5080), listeners: peer.ipv4),
      Target(
        peer: PeerID(raw: 0), transport: nil,
        endpoint: Endpoint(Address(ipv4: 0x0a00_0008), port: 5080), listeners: peer.ipv4),
    ]
    rules.sources = [.init(network: Address(ipv4: 0x0a00_0000), bits: 104, peer: PeerID(raw: 0))]
    return rules
  }

  private func answer(_ uri: String, _ rules: Rules = rules()) throws -> String {
    let stage = Stage(rules)
    switch try Question(uri, method: "BYE").hop(stage) {
    case .search(var search):
      let arriving = Flow(.udp, listener: 0, remote: Endpoint(Address(ipv4: 1), port: 1))
      guard let way = stage.next(&search, arriving: arriving) else { return "no way" }
      let address = way.flow.remote.address.ipv4
      return "\(way.flow.transport) \(way.flow.listener) \(address & 0xff):\(way.flow.remote.port)"
    case .refused(let status): return "\(status)"
    case .asked: return "asked"
    case .dropped: return "dropped"
    }
  }

  @Test(
    "addresses of peers, names of peers, and nothing else",
    arguments: [
      ("sip:a@10.0.0.1", "udp 3 1:5060"), ("sip:a@10.0.0.1:5090", "udp 3 1:5090"),
      ("sip:a@10.0.0.1;transport=tcp", "tcp 4 1:5060"), ("sip:a@11.0.0.1", "403"),
      ("sip:a@[::1]", "403"), ("sip:a@GW.example.COM", "tcp 4 9:5080"),
      ("sip:gw2.example.com:7000", "tcp 4 9:5080"),
      ("sip:gw.example.com;transport=tcp", "tcp 4 9:5080"),
      ("sip:gw.example.com;transport=udp", "udp 3 8:5080"), ("sip:silent.example.com", "500"),
      ("sip:a@gw.example.co", "500"), ("sip:a@unknown.example.com", "500"),
      ("sips:a@10.0.0.1", "500"), ("sip:a@10.0.0.1;transport=sctp", "500"),
      ("tel:+4930", "500"),
    ])
  func destinations(uri: String, expected: String) throws {
    #expect(try answer(uri) == expected)
  }

  @Test("a name that no peer has is asked for where the policy allows it")
  func asked() throws {
    var rules = Self.rules()
    rules.resolvesNames = true
    #expect(try answer("sip:a@unknown.example.com", rules) == "asked")
    #expect(try answer("sip:a@gw.example.com", rules) == "tcp 4 9:5080")
    #expect(try answer("sip:a@11.0.0.1", rules) == "403")
  }

  @Test("without a transport parameter, a peer that is reached by streams alone gets a stream")
  func streamsAlone() throws {
    var rules = Self.rules()
    rules.peers[0].ipv4 = ListenerChoice(udp: nil, tcp: 4)
    #expect(try answer("sip:a@10.0.0.1", rules) == "tcp 4 1:5060")
    #expect(try answer("sip:a@10.0.0.1;transport=udp", rules) == "no way")
  }

  @Test("each of many names finds its peer, in any case, and no other text does")
  func manyNames() throws {
    var rules = Self.rules()
    rules.peers = (0..<2_000).map { number in
      var peer = Rules.Peer()
      peer.names = [Array("gw\(number).example.com".utf8), Array("g\(number).example.net".utf8)]
      peer.targets = number..<number + 1
      return peer
    }
    rules.peerTargets = (0..<2_000).map { number in
      Target(
        peer: PeerID(raw: UInt16(number)), transport: .udp,
        endpoint: Endpoint(Address(ipv4: 0x0a00_0000), port: UInt16(number + 1)),
        listeners: ListenerChoice(udp: 0))
    }
    let stage = Stage(rules)
    for number in stride(from: 0, to: 2_000, by: 37) {
      for name in ["GW\(number).Example.com", "g\(number).example.net"] {
        guard case .search(let search) = try Question("sip:\(name)").hop(stage) else {
          throw Question.Unexpected()
        }
        #expect(search.named?.peer == PeerID(raw: UInt16(number)), "\(name)")
      }
    }
    let found1 = try Question("sip:gw2000.example.com").hop(stage)
    #expect(found1 == .refused(500))
    let found2 = try Question("sip:gw1.example.co").hop(stage)
    #expect(found2 == .refused(500))
  }
}
