import Admission
import Basics
import Border
import Foundation
import SIP
import Testing

@testable import Policy
@testable import Routing

@Suite("What the shipped policies promise")
struct ShippedTests {
  @Test("in the lab all that can observe does, and the last route alone is taken")
  func lab() throws {
    let snapshot = try Snapshot.load(path: Sample.shipped("lab.yaml"))
    for section in Section.all where section.table["mode"]?.shape != nil {
      #expect(snapshot.tree.inForce(section, "mode")?.scalar == "observe", "\(section.name)")
    }
    #expect(snapshot.configuration.admission.peers.allSatisfy { $0.mode == .observe })
    let routes = snapshot.configuration.routing.routes
    #expect(routes.dropLast().allSatisfy { $0.mode == .observe } && routes.last?.mode == .enforce)
    #expect(routes.count > 3)
  }

  @Test("what the lab's head says of trying a rule needs no restart")
  func trying() throws {
    let path = Sample.shipped("lab.yaml")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(!text.contains("restart"))
    let enforced = text.replacing("{ name: night, mode: observe,", with: "{ name: night,")
    #expect(enforced != text)
    let running = try Snapshot.load(path: path)
    let next = try Snapshot.load(text: enforced, name: path, peers: running.peers)
    #expect(running.changesForRestart(to: next) == [])
  }

  /// The names of the routes whose pattern or prefix of the Request-URI takes a number.
  private func routes(_ policy: String, _ number: String) throws -> [String] {
    let snapshot = try Snapshot.load(path: Sample.shipped(policy))
    let octets = Array("sip:\(number)@a.example".utf8)
    let uri = try URI.parse(octets.span, Slice(from: 0, to: octets.count))
    return snapshot.configuration.routing.routes.filter { route in
      var party = route.requestURI
      party.domains = []
      return !party.asksForNothing && party.holds(octets.span, uri)
    }.map(\.name)
  }

  @Test(
    "numbers of the wholesale trunk: what is sold, and what is not",
    arguments: [
      ("+49302345012", ["in-acme", "acme-national", "bolt-national"]),
      ("030123456", ["acme-national", "bolt-national"]),
      ("0911123456", ["acme-national", "bolt-national"]), ("0900123456", []), ("0137123456", []),
      ("+499001234567", []), ("00499001234567", []),
      ("+491511234567", ["acme-national", "bolt-national"]),
      ("0044201234567", ["acme-international"]), ("+861012345678", ["acme-international"]),
      ("+881612345678", []), ("0088161234567", []), ("+870712345678", []),
      ("112", ["emergency"]), ("110", ["emergency"]), ("1100", []),
    ])
  func wholesale(number: String, names: [String]) throws {
    #expect(try routes("wholesale-trunk.yaml", number) == names)
  }

  @Test(
    "numbers of the transit",
    arguments: [
      ("+46812345", ["to-north", "east-to-north", "world-night", "world"]),
      ("+3461234567", ["to-south", "world-night", "world"]), ("112", []), ("alice", []),
      ("0046812345", ["trial-east"]),
    ])
  func transit(number: String, names: [String]) throws {
    #expect(try routes("transit.yaml", number) == names)
  }

  @Test("numbers of the peering", arguments: [("+4930234512", "inbound"), ("+49302345", nil)])
  func peering(number: String, name: String?) throws {
    #expect(try routes("peering.yaml", number).first { $0 == "inbound" } == name)
  }
}
