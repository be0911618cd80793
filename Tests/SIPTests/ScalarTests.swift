import Basics
import SIP
import Testing

@Suite struct ScalarTests {
  @Test func readsCSeq() throws {
    for (text, number, method) in [
      ("1 INVITE", 1, "INVITE"), ("0009\r\n  INVITE", 9, "INVITE"),
      (" 2147483648\tBYE ", 1 << 31, "BYE"),
      ("4294967295 RE%47IST%45R", (1 << 32) - 1, "RE%47IST%45R"),
      (
        "1 !interesting-Method0123456789_*+`.%indeed'~", 1,
        "!interesting-Method0123456789_*+`.%indeed'~"
      ),
    ] {
      let value = Value(text)
      let cSeq = try value.parsed(CSeq.parse)
      #expect(Int(cSeq.number) == number)
      #expect(value.text(cSeq.methodText) == method)
    }
  }

  static let refusedCSeqs: [Refused] = [
    Refused("", .cSeq, at: 0),
    Refused("INVITE", .cSeq, at: 0),
    Refused("1", .cSeq, at: 1),
    Refused("1 ", .cSeq, at: 2),
    Refused("1INVITE", .cSeq, at: 1),
    Refused("-1 INVITE", .cSeq, at: 0),
    Refused("4294967296 INVITE", .cSeq, at: 0),
    Refused("36893488147419103232 REGISTER", .cSeq, at: 0),
    Refused("8 INVITE x", .trailing, at: 9),
    Refused("8 INV<ITE", .trailing, at: 5),
  ]

  @Test(arguments: refusedCSeqs) func refusesCSeq(_ refused: Refused) {
    #expect(Value(refused.text).malformed(CSeq.parse) == refused.malformed)
  }

  @Test func readsCallID() {
    for text in ["a@b", "a", "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{", " a@b "] {
      #expect(Value(text).malformed(CallID.parse) == nil)
    }
    for refused in [
      Refused("", .callID, at: 0), Refused("a@", .callID, at: 2), Refused("@a", .callID, at: 0),
      Refused("a@b@c", .trailing, at: 3), Refused("a b", .trailing, at: 2),
      Refused("a;b", .trailing, at: 1), Refused("a\u{e9}", .trailing, at: 1),
    ] {
      #expect(Value(refused.text).malformed(CallID.parse) == refused.malformed)
    }
  }

  @Test func readsNumbers() throws {
    #expect(try Value("0068").parsed(Scalar.maxForwards) == 68)
    #expect(try Value(" 255 ").parsed(Scalar.maxForwards) == 255)
    #expect(Value("256").malformed(Scalar.maxForwards) == Malformed(.maxForwards, at: 0))
    #expect(Value("300").malformed(Scalar.maxForwards) == Malformed(.maxForwards, at: 0))
    #expect(Value("7x").malformed(Scalar.maxForwards) == Malformed(.maxForwards, at: 1))
    #expect(try Value(" 060 ").parsed(Scalar.maxBreadth) == 60)
    #expect(try Value("99999999999999999999").parsed(Scalar.maxBreadth) == .max)
    #expect(Value("6x").malformed(Scalar.maxBreadth) == Malformed(.maxBreadth, at: 1))
    #expect(try Value("0").parsed(Scalar.contentLength) == 0)
    #expect(try Value("000154").parsed(Scalar.contentLength) == 154)
    #expect(Value("-999").malformed(Scalar.contentLength) == Malformed(.contentLength, at: 0))
    #expect(Value("2147483648").malformed(Scalar.contentLength) == Malformed(.contentLength, at: 0))
    #expect(Value("1 2").malformed(Scalar.contentLength) == Malformed(.contentLength, at: 2))
    #expect(Value("").malformed(Scalar.contentLength) == Malformed(.contentLength, at: 0))
    #expect(try Value("1000000000000000000000").parsed(Scalar.deltaSeconds) == .max)
    #expect(try Value("180").parsed(Scalar.deltaSeconds) == 180)
    #expect(Value("1.5").malformed(Scalar.deltaSeconds) == Malformed(.number, at: 1))
    #expect(try Value("1").parsed(Scalar.rSeq) == 1)
    #expect(Value("0").malformed(Scalar.rSeq) == Malformed(.number, at: 0))
  }

  @Test func readsTokenLists() throws {
    for (text, count) in [
      ("INVITE, ACK, CANCEL, BYE, OPTIONS", 5), ("", 0), ("  ", 0), ("a", 1),
      ("a ,\r\n b\t,c", 3), ("100rel,timer", 2),
    ] {
      #expect(try Value(text).parsed(TokenList.count) == count, "\(text)")
    }
    for refused in [
      Refused("a,", .token, at: 2), Refused(",a", .token, at: 0), Refused("a,,b", .token, at: 2),
      Refused("a b", .trailing, at: 2), Refused("a;b", .trailing, at: 1),
    ] {
      #expect(Value(refused.text).malformed(TokenList.count) == refused.malformed)
    }
  }
}
