import Foundation
import Testing

/// Torture messages over the network, to the running element. They name ports, and one a next hop:
/// so one run at a time.
@Suite("Torture over the network", .serialized, .timeLimit(.minutes(4)))
struct TorturedElementTests {
  private static let folders = ["rfc4475", "rfc5118"].map {
    Element.root.appending(path: "Torture/\($0)").path
  }
  private static let name = "torture"

  /// Every port of an address that nobody else has.
  private static var address: String {
    "127.\(Int.random(in: 64..<127)).\(Int.random(in: 0..<255)).\(Int.random(in: 2..<254))"
  }

  private func torture(
    _ arguments: [String], in folder: URL, within limit: Duration = .seconds(90)
  ) async throws -> (status: Int32, said: String) {
    let child = try Child(
      Self.name, Element.binary.path, ["torture"] + arguments, in: folder)
    let status = try await child.status(within: limit)
    return (status, child.said)
  }

  @Test(
    "the running element takes all messages of both folders",
    arguments: [Ports.Transport.udp, .tcp])
  func all(transport: Ports.Transport) async throws {
    try await withFolder { folder in
      let port = try Ports.block()
      let policy = folder.appending(path: "quickstart.yaml")
      try QuickstartTests.quickstart(listening: port, calling: port + 1)
        .write(to: policy, atomically: true, encoding: .utf8)
      let element = try await Element(Element.start(policy, in: folder), at: port)
      let capture = folder.appending(path: "run.pcap")
      let arguments = [
        "--target", "\(transport):127.0.0.1:\(port)", "--behind", "127.0.0.1:\(port + 1)",
        "--listen", Self.address, "--pcap", capture.path, "--format", "json",
      ]
      let (status, said) = try await torture(Self.folders + arguments, in: folder)
      let found = try #require(
        JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any], "\(said)")
      #expect(found["failed"] as? Int == 0 && found["skipped"] as? Int == 0, "\(said)")
      let results = try #require(found["results"] as? [[String: Any]])
      #expect(Set(results.compactMap { $0["message"] as? String }).count == 61)
      if transport == .tcp { #expect(results.allSatisfy { $0["transport"] as? String == "tcp" }) }
      #expect(status == 0)
      try expectFrames(capture, atLeast: 4 * results.count)
      try await element.expectEmptyTables()
      try await element.expectOrderlyEnd()
    }
  }

  @Test("the running element bears mutants", arguments: [Ports.Transport.udp, .tcp])
  func mutants(transport: Ports.Transport) async throws {
    try await withFolder { folder in
      let port = try Ports.block()
      let policy = folder.appending(path: "quickstart.yaml")
      try QuickstartTests.quickstart(listening: port, calling: port + 1)
        .write(to: policy, atomically: true, encoding: .utf8)
      let element = try await Element(Element.start(policy, in: folder), at: port)
      let (status, said) = try await torture(
        [
          "--mutate", "1500", "--rate", "1000", "--target", "\(transport):127.0.0.1:\(port)",
          "--behind", "127.0.0.1:\(port + 1)", "--listen", Self.address, "--format", "json",
        ], in: folder)
      let found = try #require(
        JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any], "\(said)")
      #expect(status == 0 && found["broken"] as? Int == 0, "\(said)")
      // All of them, the answers to what came out behind it as well.
      #expect(found["sent"] as? Int == 1500 && (found["remarks"] as? [String])?.isEmpty == true)
      #expect(found["end"] == nil)
      // A call whose tag was mutated has nobody who could end it.
      let tables = try await element.dump()
      #expect((tables["calls"] ?? 0) < 10, "\(tables)")
      try await element.expectOrderlyEnd(within: .seconds(20))
    }
  }

  @Test(
    "a capture that cannot be written is told of, behind the results", arguments: [true, false])
  func fullDisk(isMutants: Bool) async throws {
    try await withFolder { folder in
      let port = try Ports.block()
      let policy = folder.appending(path: "quickstart.yaml")
      try QuickstartTests.quickstart(listening: port, calling: port + 1)
        .write(to: policy, atomically: true, encoding: .utf8)
      let element = try await Element(Element.start(policy, in: folder), at: port)
      let cases = folder.appending(path: "cases")
      try FileManager.default.createDirectory(at: cases, withIntermediateDirectories: false)
      try "ncl proxy udp:400 §1".write(
        to: cases.appending(path: "EXPECTED"), atomically: true, encoding: .utf8)
      try FileManager.default.copyItem(
        at: Element.root.appending(path: "Torture/rfc4475/ncl.msg"),
        to: cases.appending(path: "ncl.msg"))
      let (status, said) = try await torture(
        (isMutants ? ["--mutate", "5"] : [cases.path]) + [
          "--target", "udp:127.0.0.1:\(port)", "--behind", "127.0.0.1:\(port + 1)",
          "--listen", Self.address, "--pcap", "/dev/full",
        ], in: folder)
      #expect(status == 2 && said.contains("/dev/full: it could not be written"), "\(said)")
      #expect(said.contains(isMutants ? "5 mutants of seed 1" : "1 pass, 0 tolerated"), "\(said)")
      try await element.expectOrderlyEnd()
    }
  }

  @Test("an element that dies under mutants: those are named that it may have been")
  func death() async throws {
    try await withFolder { folder in
      let port = try Ports.block()
      let policy = folder.appending(path: "quickstart.yaml")
      try QuickstartTests.quickstart(listening: port, calling: port + 1)
        .write(to: policy, atomically: true, encoding: .utf8)
      let element = try await Element(Element.start(policy, in: folder), at: port)
      let child = try Child(
        Self.name, Element.binary.path,
        [
          "torture", "--mutate", "100000", "--target", "tcp:127.0.0.1:\(port)", "--behind",
          "127.0.0.1:\(port + 1)", "--listen", Self.address,
        ], in: folder)
      try await Task.sleep(for: .seconds(2))
      element.child.signal(SIGKILL)
      let status = try await child.status(within: .seconds(60))
      #expect(status == 1)
      let end = try #require(child.said.firstMatch(of: /stopped: no answer .* after (mutants? .*)/))
      #expect(end.1.contains("did not come back"), "\(child.said)")
      #expect(child.said.contains(": 1 broke something"))
    }
  }

  /// A pcap file of raw IP, whose packets are as long as they say.
  private func expectFrames(_ file: URL, atLeast count: Int) throws {
    let octets = [UInt8](try Data(contentsOf: file))
    func word(_ place: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(octets[place + $1]) << (8 * $1) }
    }
    try #require(octets.count > 24)
    #expect(word(0) == 0xa1b2_c3d4 && word(20) == 101)
    var (place, frames) = (24, 0)
    while place + 16 < octets.count {
      let length = word(place + 8)
      #expect(octets[place + 16] == 0x45)
      #expect(Int(octets[place + 18]) << 8 | Int(octets[place + 19]) == length)
      (place, frames) = (place + 16 + length, frames + 1)
    }
    #expect(place == octets.count && frames >= count)
  }

  @Test("whoever is not there is told of at once", arguments: ["udp", "tcp"])
  func nobody(transport: String) async throws {
    try await withFolder { folder in
      let port = try Ports.block()
      let arguments = ["--target", "\(transport):127.0.0.1:\(port)", "--listen", Self.address]
      let (status, said) = try await torture(
        Self.folders + arguments, in: folder, within: .seconds(5))
      #expect(status == 2 && said.contains("nobody"), "\(said)")
    }
  }

  @Test(
    "a wrong word is told of in a sentence, with status 2",
    arguments: [
      (["--target", "127.0.0.1:5060"], "is no target"),
      (["--target", "tls:127.0.0.1:5061"], "TLS"),
      (["--target", "udp:127.0.0.1"], "has no port"),
      (["--target", "udp:127.0.0.1:1", "--role", "b2bua"], "is no role"),
      (["--target", "udp:127.0.0.1:1", "--listen", "here"], "is no address"),
      (["--target", "udp:127.0.0.1:1", "--behind", "127.0.0.1"], "is no address and port"),
      (["--target", "udp:127.0.0.1:1", "--timeout", "soon"], "is no time to wait"),
      (["--target", "udp:127.0.0.1:1", "--timeout", "0"], "is no time to wait"),
      (["--target", "udp:127.0.0.1:1", "--pcap", "no/such/folder/x"], "no/such/folder/x"),
      (["--target", "udp:127.0.0.1:1", "--policy", "x.yaml"], "--policy"),
      (["--role", "proxy"], "needs --target"), (["--pcap", "x"], "needs --target"),
      (["--rewrite-via"], "needs --target"), (["--behind", "127.0.0.1:1"], "needs --target"),
    ])
  func wrong(arguments: [String], words: String) async throws {
    try await withFolder { folder in
      let (status, said) = try await torture(
        Self.folders + arguments, in: folder, within: .seconds(5))
      #expect(status == 2 && said.contains(words), "\(said)")
      #expect(said.split(separator: "\n").count == 1, "\(said)")
    }
  }
}
