import Basics
import SIP
import Testing

@Suite struct SIPDateTests {
  static let dates: [(String, Int64)] = [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Sat, 13 Nov 2010 23:29:00 GMT", 1_289_690_940),
    ("Thu, 21 Feb 2002 13:02:03 GMT", 1_014_296_523),
    ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
    ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
    ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
    ("Sat, 01 Jan 0000 00:00:00 GMT", -62_167_219_200),
    ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
  ]

  @Test(arguments: dates) func readsAndWrites(_ text: String, _ seconds: Int64) throws {
    #expect(try Value(text).parsed(SIPDate.parse).seconds == seconds)
    let written = [UInt8](capacity: SIPDate.length) {
      SIPDate(seconds: seconds).write(into: &$0)
    }
    #expect(String(decoding: written, as: UTF8.self) == text)
  }

  @Test func everyDayOfFourCenturiesComesBack() throws {
    for day in stride(from: Int64(-80_000), to: 80_000, by: 7) {
      let date = SIPDate(seconds: day * 86_400 + 12_345)
      let written = [UInt8](capacity: SIPDate.length) { date.write(into: &$0) }
      #expect(try Value(written).parsed(SIPDate.parse) == date)
    }
  }

  static let refused: [Refused] = [
    Refused("", .date, at: 0),
    // baddate §3.1.2.12
    Refused("Fri, 01 Jan 2010 16:00:00 EST", .date, at: 25),
    Refused("fri, 01 Jan 2010 16:00:00 GMT", .date, at: 0),
    Refused("Fri, 1 Jan 2010 16:00:00 GMT", .date, at: 6),
    Refused("Fri, 01 Jan 10 16:00:00 GMT", .date, at: 14),
    Refused("Fri, 32 Jan 2010 16:00:00 GMT", .date, at: 0),
    Refused("Fri, 00 Jan 2010 16:00:00 GMT", .date, at: 0),
    Refused("Mon, 29 Feb 2010 16:00:00 GMT", .date, at: 0),
    Refused("Mon, 29 Feb 2100 16:00:00 GMT", .date, at: 0),
    Refused("Fri, 01 Jan 2010 24:00:00 GMT", .date, at: 17),
    Refused("Fri, 01 Jan 2010 16:60:00 GMT", .date, at: 17),
    Refused("Fri, 01 Jan 2010 16:00:61 GMT", .date, at: 17),
    Refused("Fri, 01 Jan 2010 16:00:00 GMT+1", .trailing, at: 29),
    Refused("Fri, 01 Foo 2010 16:00:00 GMT", .date, at: 8),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) {
    #expect(Value(refused.text).malformed(SIPDate.parse) == refused.malformed)
  }

  @Test func writesNothingThatHasNoForm() {
    for (seconds, capacity) in [(Int64.max, 29), (.min, 29), (0, 28)] {
      let written = [UInt8](capacity: capacity) { SIPDate(seconds: seconds).write(into: &$0) }
      #expect(written.isEmpty)
    }
  }
}
