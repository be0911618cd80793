import Basics
import Testing

@testable import Policy

@Suite("Units, prefixes and endpoints")
struct UnitTests {
  @Test(
    "times",
    arguments: [
      ("0s", 0), ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000),
      ("1d", 86_400_000),
    ])
  func times(text: String, milliseconds: Int64) throws {
    let all = Interval.seconds(0)...Interval(nanoseconds: .max)
    let interval = try Units.interval(text, in: all)
    #expect(interval == .milliseconds(milliseconds))
    #expect(Units.text(interval) == (text == "0s" ? "0s" : text))
  }

  @Test(
    "what is no time",
    arguments: ["", "s", "30", "-1s", "1.5s", "1 s", "1S", "99999999999999999999s", "9999999999d"])
  func noTimes(text: String) {
    let all = Interval.seconds(0)...Interval(nanoseconds: .max)
    #expect(throws: Complaint.self) { try Units.interval(text, in: all) }
  }

  @Test("sizes", arguments: [("1B", 1), ("64KiB", 65_536), ("3MiB", 3 << 20), ("1GiB", 1 << 30)])
  func sizes(text: String, octets: Int) throws {
    #expect(try Units.size(text, in: 0 ... .max) == octets)
    #expect(Units.text(octets) == text)
  }

  @Test("what is no size", arguments: ["64", "64KB", "64kib", "KiB", "9999999999999GiB", "-1B"])
  func noSizes(text: String) {
    #expect(throws: Complaint.self) { try Units.size(text, in: 0 ... .max) }
  }

  @Test(
    "prefixes",
    arguments: [
      ("127.0.0.0/8", "127.0.0.0", 104), ("192.0.2.1", "192.0.2.1", 128),
      ("0.0.0.0/0", "0.0.0.0", 96), ("::1", "::1", 128), ("2001:DB8::/32", "2001:db8::", 32),
      ("::/0", "::", 0), ("::ffff:192.0.2.0/120", "192.0.2.0", 120),
    ])
  func prefixes(text: String, network: String, bits: UInt8) throws {
    let prefix = try Addresses.prefix(text)
    #expect(prefix.network.text == network)
    #expect(prefix.bits == bits)
  }

  @Test(
    "what is no prefix",
    arguments: [
      "", "/8", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0/8", "10.0.0.1/8", "host/8",
      "[::1]/128", "::1/129", ":::/0", "10.0.0.0 /8", "1:2:3:4:5:6:7:8:9/16", "256.0.0.1",
    ])
  func noPrefixes(text: String) {
    #expect(throws: Complaint.self) { try Addresses.prefix(text) }
  }

  @Test(
    "targets",
    arguments: [
      ("udp:127.0.0.1:5070", Transport.udp, "127.0.0.1:5070"),
      ("TCP:[::1]:5070", .tcp, "[::1]:5070"), ("192.0.2.1", nil, "192.0.2.1:5060"),
      ("[2001:db8::1]", nil, "[2001:db8::1]:5060"),
    ])
  func targets(text: String, transport: Transport?, endpoint: String) throws {
    let target = try Addresses.target(text)
    #expect(target.transport == transport)
    #expect(target.endpoint.text == endpoint)
  }

  @Test(
    "what is no target",
    arguments: [
      "", "udp:", "sctp:192.0.2.1", "192.0.2.1:0", "192.0.2.1:65536", "::1", "[::1", "0.0.0.0:5060",
      "[::]:5060", "host:5060", "udp:udp:192.0.2.1", "192.0.2.1:", "192.0.2.1:5060 ",
    ])
  func noTargets(text: String) {
    #expect(throws: Complaint.self) { try Addresses.target(text) }
  }

  @Test(
    "addresses are written as RFC 5952 §4 has them",
    arguments: [
      "::", "::1", "2001:db8::", "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "fe80::1:0:0:1",
      "1:2:3:4:5:6:7:8", "192.0.2.255",
    ])
  func addressText(text: String) throws {
    #expect(try Addresses.prefix(text).network.text == text)
  }

  @Test(
    "did you mean",
    arguments: [
      ("rotes", "routes"), ("lisetners", "listeners"), ("peer", "peers"), ("xyz", nil),
      ("p", nil), ("", nil), ("ROUTES", "routes"),
    ])
  func spelling(written: String, meant: String?) {
    #expect(Spelling.nearest(to: written, of: ["routes", "listeners", "peers"]) == meant)
  }
}
