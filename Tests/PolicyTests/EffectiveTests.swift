import Admission
import Basics
import Border
import Routing
import SIP
import Testing

@testable import Policy

@Suite("What is in force for a peer, and where it comes from")
struct EffectiveTests {
  static let text = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:5060" }
    admission: { methods: [INVITE, BYE], mode: observe }
    routing: { timeout: 8s, failover: [503, 480] }
    peers:
      - { name: left, sources: [10.0.0.0/8], methods: [OPTIONS], mode: enforce }
      - { name: right, sources: [10.1.0.0/16], targets: ["udp:10.1.0.1:5060"], timeout: 2s }
      - { name: third, sources: [10.2.0.0/16] }
    routes:
      - { name: one, from: left, to: right, timeout: 1s, mode: observe }
      - { name: two, from: third, to: right, redirects: recurse, failover: [] }

    """

  private func effective(_ peer: String) throws -> [String] {
    let snapshot = try Sample.load(Self.text)
    return try #require(snapshot.effective(peer: peer)).map { setting in
      let origin =
        switch setting.origin {
        case .builtIn: "built in"
        case .policy(let place): snapshot.places.text(place)
        }
      return "\(setting.section).\(setting.key) = \(setting.value) (\(origin))"
    }
  }

  @Test("a peer before its section, and the section before what is built in")
  func peers() throws {
    let left = try effective("left")
    #expect(left.contains("admission.methods = [OPTIONS] (p:7:51)"))
    #expect(left.contains("admission.mode = enforce (p:7:68)"))
    #expect(left.contains("authentication.default = source (built in)"))
    #expect(left.contains("routing.timeout = 8s (p:5:21)"))
    #expect(left.contains("routing.timer-c = 190s (built in)"))
    let right = try effective("right")
    #expect(right.contains("admission.methods = [INVITE, BYE] (p:4:23)"))
    #expect(right.contains("admission.mode = observe (p:4:44)"))
    #expect(right.contains("routing.timeout = 2s (p:8:85)"))
  }

  @Test("a route before the peer that it leads to, and only the routes that matter to the peer")
  func routes() throws {
    let right = try effective("right").filter { $0.hasPrefix("routes.") }
    #expect(
      right == [
        "routes.one.mode = observe (p:11:60)", "routes.one.redirects = pass (built in)",
        "routes.one.failover = [503, 480] (p:5:35)", "routes.one.timeout = 1s (p:11:50)",
        "routes.two.mode = enforce (built in)", "routes.two.redirects = recurse (p:12:53)",
        "routes.two.failover = [] (p:12:72)", "routes.two.timeout = 2s (p:8:85)",
      ])
    let third = try effective("third").filter { $0.hasPrefix("routes.") }
    #expect(third.last == "routes.two.timeout = 8s (p:5:21)")
    #expect(!third.contains { $0.hasPrefix("routes.one") })
  }

  @Test("what is told is what is bound")
  func bound() throws {
    let configuration = try Sample.load(Self.text).configuration
    #expect(configuration.admission.peers.map(\.mode) == [.enforce, .observe, .observe])
    #expect(configuration.admission.peers[0].methods.contains(.options))
    #expect(configuration.routing.routes.map(\.mode) == [.observe, .enforce])
    let targets = configuration.routing.routes.map { configuration.routing.targets[$0.targets] }
    #expect(targets.map { $0.map(\.timeout) } == [[.seconds(1)], [.seconds(2)]])
    #expect(configuration.routing.routes.map(\.failover) == [[503, 480], []])
  }

  @Test("as text, in columns; and nothing for a peer that is not there")
  func text() throws {
    let snapshot = try Sample.load(Self.text)
    let text = try #require(snapshot.effectiveText(peer: "left"))
    let lines = text.split(separator: "\n")
    #expect(lines[0...1] == ["peer left", "  admission"])
    #expect(lines[2].hasPrefix("    methods         [OPTIONS]"))
    #expect(lines[2].hasSuffix("  p:7:51"))
    #expect(snapshot.effectiveText(peer: "nobody") == nil)
  }

  @Test("every setting of a section that nobody names has words for what holds without it")
  func builtIn() {
    for section in Section.all {
      for key in section.table.keys where key.shape != nil {
        #expect(key.builtIn != nil, "\(section.name).\(key.name)")
      }
    }
  }
}
