import Testing
import Torture

@Suite("EXPECTED")
struct ExpectedTests {
  private func lines(_ text: String) throws -> [Expected.Line] {
    try Expected(text, path: "EXPECTED").lines
  }

  private func findings(_ text: String) -> [String] {
    do throws(Expected.Broken) {
      _ = try Expected(text, path: "Torture/x/EXPECTED")
      return []
    } catch {
      return error.findings
    }
  }

  @Test("a line has all its parts")
  func parts() throws {
    let text = """
      # a comment

      ncl  proxy,uas play=as-is,crlf udp:400 stream:400+close ~ stream:close 420[Unsupported=a,b] \
      §3.1.2.3 ; never use the number
      """
    let line = try #require(try lines(text).first)
    #expect(line.name == "ncl")
    #expect(line.roles == [.proxy, .uas])
    #expect(line.plays == [.asItIs, .withEmptyLine])
    #expect(line.required.map(\.description) == ["udp:400", "stream:400+close"])
    #expect(line.required.map(\.overStreams) == [false, true])
    #expect(line.required.map(\.closes) == [false, true])
    #expect(line.tolerated.map(\.deed) == [.close, .answer(.one(420))])
    #expect(line.tolerated.last?.conditions == [.lists("Unsupported", ["a", "b"])])
    #expect(line.section == "§3.1.2.3")
    #expect(line.note == "never use the number")
    #expect(line.number == 3)
  }

  @Test("a skip has its reason")
  func skips() throws {
    #expect(try lines("bext01 all skip §3.3.5 ; no TLS yet").first?.skip == "no TLS yet")
  }

  @Test(
    "what is wrong is said with its place",
    arguments: [
      ("a", "1: error: `a` has no role and no outcome"),
      ("a proxy 400", "1: error: `a` has no section, such as `§3.1.2.4`, at its end"),
      ("a b 400 §1", "1: error: `b` is no role (proxy, uas, registrar, all)"),
      ("a proxy,proxy 400 §1", "1: error: role `proxy` stands twice"),
      ("a proxy §1", "1: error: `a` has no outcome that is asked for"),
      ("a proxy ~ 400 §1", "1: error: `a` has no outcome that is asked for"),
      ("a proxy 400 ~ §1", "1: error: nothing stands after `~`"),
      ("a proxy 400 ~ 4xx ~ 5xx §1", "1: error: `~` stands twice"),
      ("a proxy 400 ~ 400 §1", "1: error: `400` stands twice"),
      ("a proxy play=crlf,crlf 400 §1", "1: error: `crlf` stands twice"),
      ("a proxy 400 §", "1: error: `a` has no section"),
      ("a proxy skip §1", "1: error: `a` is skipped without a reason after `;`"),
      ("a proxy play=twice 400 §1", "1: error: `twice` is no way to play "),
      ("a proxy how=crlf 400 §1", "1: error: `how` is no key (play)"),
      ("\na proxy 100 §1", "2: error: `100` is no outcome "),
      ("a proxy 40x §1", "1: error: `40x` is no outcome "),
      ("a proxy 400[has=Allow §1", "1: error: `400[has=Allow` has a bracket "),
      ("a proxy 400[Allow] §1", "1: error: `400[Allow]`: a condition is "),
      ("a proxy 400[has=Allow:] §1", "1: error: `400[has=Allow:]`: a text is looked for as "),
      ("a proxy udp:close §1", "1: error: `udp:close` closes what is no stream"),
      ("a proxy silence[has=Allow] §1", "1: error: `silence[has=Allow]`: there is nothing "),
      ("a all 400 §1\na uas 400 §1", "2: error: `a` as uas stands in line 1 already"),
      ("; x", "1: error: a note stands alone"),
    ])
  func places(text: String, start: String) {
    let found = findings(text)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("Torture/x/EXPECTED:\(start)") == true, "\(found)")
  }

  @Test("all that is wrong is said at once")
  func all() {
    #expect(findings("a\nb proxy 400\nc proxy 400 §1").count == 2)
  }
}
