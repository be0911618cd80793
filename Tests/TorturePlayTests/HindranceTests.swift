import Basics
import Platform
import Testing
import Torture

@testable import TorturePlay

@Suite("What hinders playing is said in a sentence")
struct HindranceTests {
  private func hindrance(_ body: () throws(Hindrance) -> Void) -> String {
    do throws(Hindrance) {
      try body()
      return "nothing"
    } catch {
      return error.description
    }
  }

  @Test(
    "targets that are none",
    arguments: [
      "", "127.0.0.1:5060", "udp", "udp:", "udp:127.0.0.1", "udp:127.0.0.1:0", "udp:127.0.0.1:x",
      "udp:127.0.0.1:99999", "udp:::1:5060", "http:127.0.0.1:80", "tls:127.0.0.1:5061",
    ])
  func targets(text: String) {
    let said = hindrance { () throws(Hindrance) in _ = try Target(text) }
    #expect(said.contains("`\(text)`") && said != "nothing")
  }

  @Test("targets that are right")
  func rightTargets() throws {
    #expect(try Target("udp:127.0.0.1:5060").description == "udp:127.0.0.1:5060")
    let other = try Target("tcp:[::1]:5062")
    #expect(other.transport == .tcp && other.description == "tcp:[::1]:5062")
    for text in ["2001:db8::1:0:0:1", "::", "fe80::", "1:0:2:3:4:5:6:7"] {
      #expect(try Target.address(text).words == text)
    }
  }

  @Test("places to listen at that are none")
  func places() {
    for text in ["", "localhost", "127.0.0.1", "127.0.0.1:0", "[::1]", "x:1"] {
      #expect(
        hindrance { () throws(Hindrance) in _ = try Target.endpoint(text) }.contains("`\(text)`"))
    }
    for text in ["", "localhost", "127.0.0.1:5060", "1.2.3"] {
      #expect(
        hindrance { () throws(Hindrance) in _ = try Target.address(text) }.contains("`\(text)`"))
    }
  }

  private func open(
    _ change: (inout Plan) -> Void, to target: String, within limit: Interval = .milliseconds(300)
  ) -> String {
    hindrance { () throws(Hindrance) in
      var plan = Plan(try Target(target), pace: Pace(timeout: limit))
      plan.listen = Loopback.fresh()
      change(&plan)
      _ = try NetworkPlayer(plan, cases: [], run: "r")
    }
  }

  @Test("nobody there, by UDP and by TCP", arguments: ["udp", "tcp"])
  func nobody(transport: String) throws {
    // A port that was free a moment ago.
    let port = try DatagramPort(Endpoint(Address(ipv4: 0x7f00_0001), port: 0)).local.port
    let start = Clock.now()
    let said = open({ _ in }, to: "\(transport):127.0.0.1:\(port)", within: .seconds(20))
    #expect(
      said.contains(transport == "udp" ? "nobody listens there" : "nobody takes a connection"))
    #expect(Clock.now() - start < .seconds(5), "that is known at once")
  }

  @Test("somebody who says nothing")
  func mute() throws {
    let silent = try DatagramPort(Endpoint(Address(ipv4: 0x7f00_0001), port: 0))
    let said = open({ _ in }, to: "udp:\(silent.local.hostPort)")
    #expect(said.contains("answers no OPTIONS") && said.contains("--listen"))
  }

  @Test("ports that somebody has")
  func taken() throws {
    let element = try FakeElement()
    let target = "udp:\(element.endpoint.hostPort)"
    let address = Loopback.fresh()
    let first = try DatagramPort(Endpoint(address, port: 5060))
    let said = open({ $0.listen = address }, to: target)
    #expect(
      said.contains("\(first.local.hostPort): the port is in use") && said.contains("--listen"))
    let behind = open({ $0.behind = [first.local] }, to: target)
    #expect(behind.contains("--behind"))
    let family = open({ $0.listen = Address(high: 0, low: 1) }, to: target)
    #expect(family.contains("address family"))
  }
}
