import Admission
import Basics
import SIP
import Testing

@Suite("The ingress filter")
struct IngressTests {
  private static let rules = Rules(
    peers: [
      .init(id: PeerID(raw: 0), name: "left", listeners: 0b01),
      .init(
        id: PeerID(raw: 1), name: "right", listeners: 0b10, methods: MethodSet([.options, .other])),
    ],
    sources: [
      .init(network: Address(ipv4: 0x7f00_0000), bits: 104, peer: PeerID(raw: 0)),
      .init(network: Address(ipv4: 0x7f00_0002), bits: 128, peer: PeerID(raw: 1)),
    ])

  private func flow(_ address: UInt32, listener: UInt8) -> Flow {
    Flow(.udp, listener: listener, remote: Endpoint(Address(ipv4: address), port: 5060))
  }

  @Test("a peer is known by its source and by a listener that it may use")
  func sourceAndListener() {
    let stage = Stage(Self.rules)
    let found1 = stage.peer(of: flow(0x7f00_0001, listener: 0))
    #expect(found1 == PeerID(raw: 0))
    let found2 = stage.peer(of: flow(0x7f00_0001, listener: 1))
    #expect(found2 == nil)
    let found3 = stage.peer(of: flow(0x7f00_0002, listener: 1))
    #expect(found3 == PeerID(raw: 1))
    // The longer prefix is another peer's: the shorter one does not let it in by the other
    // listener.
    let found4 = stage.peer(of: flow(0x7f00_0002, listener: 0))
    #expect(found4 == nil)
    let found5 = stage.peer(of: flow(0x0a00_0001, listener: 0))
    #expect(found5 == nil)
    let found6 = stage.peer(of: flow(0x7f00_0001, listener: 200))
    #expect(found6 == nil)
  }

  @Test("who is admitted: sources, and places that only answer, each at its peer's listeners")
  func admitted() {
    var rules = Self.rules
    rules.answering = [
      .init(network: Address(ipv4: 0xc000_0201), bits: 128, peer: PeerID(raw: 1))
    ]
    let stage = Stage(rules)
    let found7 = stage.admits(flow(0x7f00_0001, listener: 0))
    #expect(found7)
    let found8 = stage.admits(flow(0x7f00_0001, listener: 1))
    #expect(!found8)
    let found9 = stage.admits(flow(0x0a00_0001, listener: 0))
    #expect(!found9)
    let answering = flow(0xc000_0201, listener: 1)
    let found10 = stage.admits(answering)
    #expect(found10)
    let found11 = stage.peer(of: answering)
    #expect(found11 == nil)
    let found12 = stage.peer(answering: answering)
    #expect(found12 == PeerID(raw: 1))
    let found13 = stage.admits(flow(0xc000_0201, listener: 0))
    #expect(!found13)
  }

  @Test(
    "a method that the peer may not send gets 405 (RFC 3261 §21.4.6)",
    arguments: [("OPTIONS", true), ("WINK", true), ("INVITE", false), ("MESSAGE", false)])
  func methods(method: String, isAllowed: Bool) throws {
    let status = try status(of: "\(method) sip:a@b SIP/2.0\r\n\r\n")
    #expect(status == (isAllowed ? 0 : 405))
  }

  /// The status of the refusal, or 0.
  private func status(of text: String) throws -> UInt16 {
    let bytes = Array(text.utf8)
    var table = HeaderTable()
    try Parser.parse(bytes.span, into: &table)
    let message = Message(bytes.span, table)
    let arrival = Arrival(flow: flow(0x7f00_0002, listener: 1), peer: PeerID(raw: 1))
    var (observed, marks) = (Observations(), Marks())
    let now = Instant(nanoseconds: 0)
    switch Stage(Self.rules).admit(arrival, message, at: now, &observed, &marks) {
    case .pass(let admitted):
      #expect(admitted.peer == PeerID(raw: 1))
      return 0
    case .refuse(let refusal): return refusal.status
    case .drop: return 1
    case .ask: return 2
    }
  }
}
