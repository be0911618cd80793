import Basics
import Testing

@testable import sallyport

@Suite("A log line")
struct LineTests {
  @Test("has its time in UTC, a level, a name, and fields")
  func whole() {
    #expect(text { _ in } == "1970-01-01T00:00:00.000Z info call.ended\n")
    let line = text(wall: 1_763_737_845_006_999_999) { out in
      out.field("number", 7)
      out.field("text", "udp")
      out.field("octets", Array("left".utf8))
      out.field("setup", Interval.milliseconds(12_034))
      out.field("duration", Interval.milliseconds(-1))
    }
    let fields = "number=7 text=udp octets=left setup=12.034s duration=0.000s"
    #expect(line == "2025-11-21T15:10:45.006Z info call.ended \(fields)\n")
  }

  @Test(
    "knows the calendar",
    arguments: [
      (951_782_399, "2000-02-28T23:59:59"), (951_782_400, "2000-02-29T00:00:00"),
      (951_868_800, "2000-03-01T00:00:00"), (1_709_164_800, "2024-02-29T00:00:00"),
      (4_107_542_399, "2100-02-28T23:59:59"), (4_107_542_400, "2100-03-01T00:00:00"),
      (1_767_225_599, "2025-12-31T23:59:59"),
    ])
  func calendar(seconds: Int64, expected: String) {
    let line = text(wall: seconds * 1_000_000_000) { _ in }
    #expect(line == "\(expected).000Z info call.ended\n")
  }

  @Test("levels rise")
  func levels() {
    let levels: [Line.Level] = [.trace, .debug, .info, .notice, .warning, .error]
    #expect(levels.sorted() == levels)
    #expect(Set(levels.map { "\($0.text)" }).count == levels.count)
  }

  private func text(
    wall: Int64 = 0, _ fields: (inout OutputSpan<UInt8>) -> Void
  ) -> String {
    var line = Line()
    line.add(.info, "call.ended", wall: wall, fields)
    return String(decoding: line.bytes, as: UTF8.self)
  }
}
