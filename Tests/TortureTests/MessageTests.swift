import Testing
import Torture

/// The messages of RFC 4475 are those of the RFC, octet by octet; those of RFC 5118 (whose archive
/// has other line ends and wrong lengths) are at least whole.
@Suite struct MessageTests {
  /// Messages that are built with the same properties because the RFC's own octets are not known.
  /// There are none: all 49 are met.
  static let rebuilt: Set<String> = []

  @Test(arguments: Sum.all) func isTheMessageOfTheRFC(_ sum: Sum) throws {
    guard !Self.rebuilt.contains(sum.name) else { return }
    let message = try MessageFiles.message(sum.name, in: "rfc4475")
    #expect(message.count == sum.count)
    #expect(sha256(message) == sum.digest)
  }

  @Test func allAreThere() throws {
    #expect(Sum.all.count == 49)
    #expect(try MessageFiles.names(in: "rfc4475") == Sum.all.map(\.name).sorted())
    #expect(Self.rebuilt.isEmpty)
    #expect(try MessageFiles.names(in: "rfc5118") == Self.ofIPv6)
  }

  @Test func theDigestIsThatOfTheStandard() {
    #expect(
      sha256(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  static let ofIPv6 = [
    "ipv4-mapped-ipv6", "ipv6-bad", "ipv6-bug-abnf-3-colons", "ipv6-correct-abnf-2-colons",
    "ipv6-good", "ipv6-in-sdp", "mult-ip-in-header", "mult-ip-in-sdp", "port-ambiguous",
    "port-unambiguous", "via-received-param-no-delim", "via-received-param-with-delim",
  ]

  @Test(arguments: ofIPv6) func isFramed(_ name: String) throws {
    let message = try MessageFiles.message(name, in: "rfc5118")
    let text = String(decoding: message, as: UTF8.self)
    let isASCII = text.unicodeScalars.allSatisfy(\.isASCII)
    #expect(isASCII)
    let parts = text.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
    try #require(parts.count == 2)
    #expect(parts[0].contains("\r\nContent-Length: \(parts[1].utf8.count)"))
    #expect(parts[1].isEmpty || parts[1].hasSuffix("\r\n"))
    let bare = text.replacing("\r\n", with: "")
    #expect(!bare.unicodeScalars.contains { $0 == "\r" || $0 == "\n" })
  }

  @Test(arguments: ["rfc4475", "rfc5118"]) func sayWhatTheyHold(_ folder: String) throws {
    let number = folder.dropFirst(3)
    for name in try MessageFiles.names(in: folder) {
      let text = String(decoding: try MessageFiles.text(name, in: folder), as: UTF8.self)
      #expect(text.hasPrefix("# RFC \(number) §"), "\(name) does not say where it is from")
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(name) has long lines")
    }
  }
}
