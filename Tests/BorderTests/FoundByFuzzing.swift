import Foundation
import Onslaught
import Testing

@Suite("What a fuzzer found stays mended")
struct FoundByFuzzing {
  @Test(
    "scripts of `Onslaught` under which something did not hold",
    arguments: [
      // A call that found no room was counted as one, and nobody was told of its end.
      "1&00O&00O&00O"
    ])
  func scripts(script: String) {
    let faults = Onslaught.faults(Array(script.utf8))
    #expect(faults == [])
  }

  @Test("RFC 3261 §7.3.1: a Content-Length in two lines goes on over a stream that can be framed")
  func foldedLength() {
    let head = [
      "INVITE sip:b@127.0.0.1 SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKr1",
      "From: <sip:a@x>;tag=1", "To: <sip:b@y>", "Call-ID: r1", "CSeq: 1 INVITE",
      "Max-Forwards: 9", "Content-Length:\r\n 1400", "\r\n",
    ]
    // So long that it leaves by TCP.
    let message = head.joined(separator: "\r\n") + String(repeating: "b", count: 1400)
    let faults = Onslaught.faults(Array("0=00\(message)~".utf8))
    #expect(faults == [])
  }

  private static let seeds = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz/seeds/borders")

  @Test(
    "the scripts that the fuzzer begins with",
    arguments: try FileManager.default.contentsOfDirectory(atPath: seeds.path).sorted())
  func seed(name: String) throws {
    let octets = try [UInt8](Data(contentsOf: Self.seeds.appending(path: name)))
    let faults = Onslaught.faults(octets)
    #expect(faults == [])
  }

  /// A seed holds a step in each line, but for messages that stand there as they are.
  @Test("the seeds of the fuzzer with another policy after each step", arguments: 0..<6)
  func reloadedSeeds(first: Int) throws {
    for file in try FileManager.default.contentsOfDirectory(
      at: Self.seeds, includingPropertiesForKeys: nil)
    {
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      let lines = text.split(separator: "\n")
      guard !lines.contains(where: { $0.hasPrefix("=") }) else { continue }
      for kind in 0..<4 {
        let steps = lines.dropFirst().enumerated().map { "\($1)^\((first + $0) % 6)" }
        let faults = Onslaught.faults(Array("\(kind)\(steps.joined())".utf8))
        #expect(faults == [], "\(file.lastPathComponent)")
      }
    }
  }
}
