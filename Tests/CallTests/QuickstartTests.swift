import Foundation
import Testing

/// What README and the policy promise to who tries it: SIPp's own user agents call each other.
@Suite("The quickstart", .timeLimit(.minutes(2)))
struct QuickstartTests {
  @Test(
    "SIPp's built-in calls go through Policies/quickstart.yaml",
    arguments: [Ports.Transport.udp, .tcp], ["127.0.0.1", "::1"])
  func calls(transport: Ports.Transport, host: String) async throws {
    let load = SIPp.Load(calls: 20, rate: 20)
    try await withFolder { folder in
      let callee = try await SIPp("uas", transport, at: host, calls: load, in: folder)
        .listens(transport)
      let port = try Ports.block()
      let policy = folder.appending(path: "quickstart.yaml")
      try Self.quickstart(listening: port, calling: callee.port)
        .write(to: policy, atomically: true, encoding: .utf8)
      let element = try await Element(Element.start(policy, in: folder), at: port)
      let target = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      let caller = try SIPp("uac", transport, at: host, calls: load, calling: target, in: folder)
      try await caller.expectAllCalls(within: .seconds(30))
      try await callee.expectAllCalls(within: .seconds(20))
      try await element.expectOrderlyEnd(within: .seconds(15))
    }
  }

  /// The policy as it is, but for its ports, which somebody else may have.
  static func quickstart(listening port: Int, calling callee: Int) throws -> String {
    let file = Element.root.appending(path: "Policies/quickstart.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    for (place, count) in [("127.0.0.1:5060\"", 2), ("[::1]:5060\"", 2), (":5070\"", 2)] {
      try #require(text.ranges(of: place).count == count, "\(place) in the quickstart policy")
    }
    return text.replacing(":5060", with: ":\(port)").replacing(":5070", with: ":\(callee)")
  }
}
