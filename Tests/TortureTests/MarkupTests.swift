import Testing
import Torture

@Suite struct MarkupTests {
  struct Pair: Sendable, CustomTestStringConvertible {
    let text: String
    let message: String

    init(_ text: String, _ message: String) { (self.text, self.message) = (text, message) }

    var testDescription: String { text.debugDescription }
  }

  static let pairs: [Pair] = [
    Pair("a\nb\n", "a\r\nb\r\n"),
    Pair("a", "a\r\n"),
    Pair("\n", "\r\n"),
    Pair("a\n\n", "a\r\n\r\n"),
    // Comments stand at the head only, and begin with a number sign and a space.
    Pair("# x\n# \na\n# b\n", "a\r\n# b\r\n"),
    Pair("#a\n", "#a\r\n"),
    Pair("# Й\n\na\n", "\r\na\r\n"),
    Pair("<hex>23</hex> a\n", "# a\r\n"),
    Pair("<hex>00</hex>a<hex>0a0D 7f\nFF</hex>\n", "\u{0}a\n\r\u{7f}ÿ\r\n"),
    Pair("<hex></hex>\n", "\r\n"),
    Pair("<allOneLine>\na\n b\nc\n</allOneLine>\nd\n", "a bc\r\nd\r\n"),
    Pair("<allOneLine>\na\n</allOneLine>", "a\r\n"),
    Pair("<allOneLine>\n</allOneLine>\n", "\r\n"),
    Pair("<allOneLine>\na<hex>\n00\n</hex>\nb\n</allOneLine>\n", "a\u{0}b\r\n"),
    Pair("x<repeat count=3>ab</repeat>y\n", "xabababy\r\n"),
    Pair("x<repeat count=0>ab</repeat>y\n", "xy\r\n"),
    Pair("<repeat count=2><hex>0100</hex></repeat>\n", "\u{1}\u{0}\u{1}\u{0}\r\n"),
    Pair("<repeat count=2>a\n</repeat>b\n", "a\r\na\r\nb\r\n"),
    Pair("<allOneLine>\na<repeat count=2>b\nc</repeat>\n</allOneLine>\n", "abcbc\r\n"),
    Pair("a<end>", "a"),
    Pair("a\nb<end> no more\nof it", "a\r\nb"),
    Pair("<hex>0D</hex><end>\n", "\r"),
    Pair("<allOneLine>\na\nb<end>\n</allOneLine>\n", "ab"),
    // What is no tag stands for itself.
    Pair("<sip:a@b> <hexa> </end> <allOneline>\n", "<sip:a@b> <hexa> </end> <allOneline>\r\n"),
    Pair("<hex>3C</hex>end>\n", "<end>\r\n"),
  ]

  @Test(arguments: pairs) func expands(_ pair: Pair) throws {
    let message = try Markup.expand(Array(pair.text.utf8))
    // Each scalar here stands for the octet of its number.
    #expect(message == pair.message.unicodeScalars.map { UInt8($0.value) })
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    let text: String
    let fault: Markup.Fault

    init(_ text: String, _ line: Int, _ cause: Markup.Cause) {
      self.text = text
      fault = Markup.Fault(line: line, cause: cause)
    }

    var testDescription: String { text.debugDescription }
  }

  static let broken: [Broken] = [
    Broken("", 1, .nothing),
    Broken("# a", 2, .nothing),
    Broken("# a\n# b\n", 3, .nothing),
    Broken("# a\na\n<hex>00\n00\n", 3, .unclosed(.hex)),
    Broken("a\n<allOneLine>\nb\n", 2, .unclosed(.allOneLine)),
    Broken("<allOneLine>", 1, .unclosed(.allOneLine)),
    Broken("a<repeat count=2>b\nc\n", 1, .unclosed(.repeat)),
    Broken("a<repeat count=2>b<end>\n", 1, .unclosed(.repeat)),
    Broken("<allOneLine>\na<repeat count=2>b\n</allOneLine>\n", 2, .unclosed(.repeat)),
    Broken("a</hex>\n", 1, .unopened(.hex)),
    Broken("a\n</allOneLine>\n", 2, .unopened(.allOneLine)),
    Broken("a</repeat>\n", 1, .unopened(.repeat)),
    Broken("<allOneLine>\n<allOneLine>\n", 2, .nested(.allOneLine, within: .allOneLine)),
    Broken("<repeat count=2>a\n<allOneLine>\n", 2, .nested(.allOneLine, within: .repeat)),
    Broken("<repeat count=2><repeat count=2>", 1, .nested(.repeat, within: .repeat)),
    Broken("a<allOneLine>\n", 1, .notAlone(.allOneLine)),
    Broken("<allOneLine>a\n", 1, .notAlone(.allOneLine)),
    Broken("<allOneLine>\na</allOneLine>\n", 2, .notAlone(.allOneLine)),
    Broken("<allOneLine>\na\n</allOneLine>b\n", 3, .notAlone(.allOneLine)),
    Broken("<hex>0</hex>\n", 1, .digits(nil)),
    Broken("a\n<hex>0g</hex>\n", 2, .digits(0x67)),
    Broken("<hex>00<hex></hex>\n", 1, .digits(0x3c)),
    Broken("<repeat>a</repeat>\n", 1, .count),
    Broken("<repeat count=>a</repeat>\n", 1, .count),
    Broken("<repeat count=-1>a</repeat>\n", 1, .count),
    Broken("<repeat count=1000000>a</repeat>\n", 1, .count),
    Broken("<repeat count=1", 1, .count),
    Broken("a\r\n", 1, .unseen(0x0d)),
    Broken("a\nb\tc\n", 2, .unseen(0x09)),
    Broken("a\u{7f}\n", 1, .unseen(0x7f)),
    Broken("Й\n", 1, .unseen(0xd0)),
    Broken("a \nb\n", 1, .unseen(0x20)),
    Broken("a ", 1, .unseen(0x20)),
    Broken("a\n<end>\n", 2, .endAlone),
    Broken("<end>\n", 1, .endAlone),
    Broken("a\n<repeat count=999999>ab</repeat>\n", 2, .tooLarge),
    Broken("a<repeat count=999999>b</repeat><repeat count=50000>c</repeat>\n", 1, .tooLarge),
  ]

  @Test(arguments: broken) func refuses(_ broken: Broken) {
    #expect(throws: broken.fault) { try Markup.expand(Array(broken.text.utf8)) }
  }

  @Test func saysWhatIsWrong() {
    let faults = Self.broken.map { "\($0.fault)" }
    #expect(Set(faults).count > 20)
    #expect(faults[3] == "3: error: `<hex>` is not closed")
    #expect("\(Markup.Cause.digits(0x67))" == "`g` is no hexadecimal digit")
    #expect(
      "\(Markup.Cause.unseen(0x09))" == "the octet 0x09 cannot be seen: write it as `<hex>`")
  }

  @Test func expandsAsMuchAsItSays() throws {
    let half = Markup.largest / 2
    let text = "<repeat count=\(half - 1)>ab</repeat>\n"
    #expect(try Markup.expand(Array(text.utf8)).count == Markup.largest)
    let more = Array("a\(text)".utf8)
    #expect(throws: Markup.Fault(line: 1, cause: .tooLarge)) { try Markup.expand(more) }
  }
}
