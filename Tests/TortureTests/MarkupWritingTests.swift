import Testing
import Torture

/// What is written in markup stands for the octets that it was made of.
@Suite struct MarkupWritingTests {
  /// - Returns: the text, after a look at what every text must hold to.
  @discardableResult
  private func roundTrip(_ message: [UInt8]) throws -> String {
    let text = try #require(Markup.text(message, comments: ["one", "two"]))
    #expect(text.hasPrefix("# one\n# two\n"))
    #expect(text.utf8.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) })
    #expect(try Markup.expand(Array(text.utf8)) == message)
    let bare = try #require(Markup.text(message))
    #expect(try Markup.expand(Array(bare.utf8)) == message)
    return text
  }

  @Test(arguments: ["rfc4475", "rfc5118"]) func everyMessage(_ folder: String) throws {
    for name in try MessageFiles.names(in: folder) {
      let text = try roundTrip(try MessageFiles.message(name, in: folder))
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(name) has long lines")
    }
  }

  @Test func whatIsHardToSee() throws {
    for text in [
      "# a\r\n", "#a", "a\n", "a\r", "\r\n", "\n", "\r", " ", "a \r\nb", "a  ", "\r\n\r\n",
      "<hex>00</hex>\r\n", "<end>", "a<end>", "<allOneLine>\r\na\r\n</allOneLine>\r\n",
      "<repeat count=2>a</repeat>", "<repeat", "\u{0}", "\u{7f}\t",
      String(repeating: " ", count: 200), String(repeating: "<", count: 200),
      String(repeating: "a ", count: 200), String(repeating: "\u{0}", count: 31),
      "a" + String(repeating: " ", count: 100) + "b", "<end" + String(repeating: ">", count: 40),
      String(repeating: "<hex>", count: 90) + "\r\n",
    ] {
      try roundTrip(Array(text.utf8))
    }
  }

  @Test func isShort() throws {
    let zeros = [UInt8](repeating: 0, count: 70_000)
    #expect(try roundTrip(zeros).hasSuffix("<repeat count=70000><hex>00</hex></repeat><end>\n"))
    #expect(try roundTrip([1, 2, 3, 0x61]).hasSuffix("\n<hex>010203</hex>a<end>\n"))
  }

  @Test func anyOctets() throws {
    var random = Seeded(state: 4475)
    // Few different ones, so that tags, line ends and runs come about.
    let alphabet = Array("\r\n\u{0} <>/#hexendrepeatcount=allOneLine0".utf8) + [0xff]
    let words = ["\r\n", "<hex>", "</hex>", "<end>", "# ", "<allOneLine>", "</repeat>", "<repeat"]
    for _ in 0..<2000 {
      var message: [UInt8] = []
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        let octet = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        switch Int.random(in: 0..<10, using: &random) {
        case 0: message += [UInt8](repeating: octet, count: 35)
        case 1, 2: message += words[Int.random(in: 0..<words.count, using: &random)].utf8
        default: message.append(octet)
        }
      }
      try roundTrip(message)
    }
  }

  @Test func whatNoTextCanSay() {
    #expect(Markup.text([]) == nil)
    #expect(Markup.text([UInt8](repeating: 0, count: Markup.largest + 1)) == nil)
    #expect(Markup.text([UInt8](repeating: 0, count: Markup.largest)) != nil)
  }
}

/// SplitMix64: the same numbers on every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
