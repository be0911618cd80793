import Routing
import Testing

@Suite("Conditions on headers")
struct HeaderConditionTests {
  private static func text(_ text: String) -> HeaderText { HeaderText(Array(text.utf8)) }

  private func holds(
    _ name: String, _ wanted: HeaderCondition.Wanted, _ which: HeaderCondition.Which = .any,
    _ headers: [String]
  ) throws -> Bool {
    var rules = Rules()
    rules.targets = [RouteTests.target]
    var route = Rules.Route(name: "yes", targets: 0..<1)
    route.headers = [HeaderCondition(Array(name.utf8), wanted, which)]
    rules.routes = [route]
    var question = Question("sip:a@b")
    question.headers = headers
    return try Stage(rules).name(question) == "yes"
  }

  private func holds(
    _ name: String, _ wanted: HeaderCondition.Wanted, _ headers: [String]
  ) throws -> Bool { try holds(name, wanted, .any, headers) }

  @Test("present and absent, in any case and in both forms of the name (RFC 3261 §7.3.3)")
  func presence() throws {
    for name in ["Subject", "SUBJECT", "s", "S"] {
      for line in ["Subject: x", "sUBJECT:", "s : x"] {
        #expect(try holds(name, .present, [line]), "\(name), \(line)")
        #expect(try !holds(name, .absent, [line]), "\(name), \(line)")
      }
      #expect(try !holds(name, .present, ["Subjects: x"]))
      #expect(try holds(name, .absent, []))
    }
    #expect(try holds("X-Trunk", .present, ["x-TRUNK: 1"]))
    #expect(try !holds("X-Trunk", .present, ["X-Trunks: 1", "X-Trun: 1"]))
  }

  @Test("a value is the whole value, in any case, however it is folded")
  func equality() throws {
    let wanted = HeaderCondition.Wanted.equals([Self.text("Two  Words"), Self.text("one")])
    for line in ["two words", "TWO\t WORDS ", "two\r\n words", "One"] {
      #expect(try holds("Subject", wanted, ["Subject: \(line)"]), "\(line)")
    }
    for line in ["twowords", "two words more", "two", "on", "ones", ""] {
      #expect(try !holds("Subject", wanted, ["Subject: \(line)"]), "\(line)")
    }
    #expect(try !holds("Subject", wanted, []))
  }

  @Test("a text within a value, also behind its own beginnings")
  func containment() throws {
    let wanted = HeaderCondition.Wanted.contains([Self.text("aab"), Self.text("friendly scanner")])
    for line in ["aab", "xaaab", "AAAB", "aaaaab", "a friendly\r\n scanner/1.0"] {
      #expect(try holds("User-Agent", wanted, ["User-Agent: \(line)"]), "\(line)")
    }
    for line in ["aa b", "ababa", "friendlyscanner", "friendly-scanner"] {
      #expect(try !holds("User-Agent", wanted, ["User-Agent: \(line)"]), "\(line)")
    }
  }

  @Test(
    "one line with a list says what a line for each value says (RFC 3261 §7.3.1)",
    arguments: [
      ["Supported: 100rel, timer, path"], ["Supported: 100rel", "Supported: timer,path"],
      ["k: 100rel ,timer", "Require: nothing"], ["Supported:", "Supported: timer"],
    ])
  func lists(headers: [String]) throws {
    #expect(try holds("Supported", .equals([Self.text("timer")]), headers))
    #expect(try !holds("Supported", .equals([Self.text("timer")]), .first, headers))
    #expect(try !holds("Supported", .equals([Self.text("100rel, timer")]), headers))
  }

  @Test("the first value is the topmost alone")
  func first() throws {
    let wanted = HeaderCondition.Wanted.equals([Self.text("100rel")])
    #expect(try holds("Supported", wanted, .first, ["Supported: 100rel, timer", "k: path"]))
    #expect(try !holds("Supported", wanted, .first, ["k: path", "Supported: 100rel"]))
    #expect(try holds("Supported", wanted, .any, ["k: path", "Supported: 100rel"]))
  }

  @Test("a comma between quotes or brackets parts nothing, and none does where there is no list")
  func commas() throws {
    let line = #"P-Asserted-Identity: "A, \", B" <sip:a,b@c>, <tel:+1>"#
    #expect(try holds("P-Asserted-Identity", .equals([Self.text("<tel:+1>")]), [line]))
    let whole = HeaderCondition.Wanted.equals([Self.text(#""a, \", b" <sip:a,b@c>"#)])
    #expect(try holds("P-Asserted-Identity", whole, .first, [line]))
    #expect(try holds("Subject", .equals([Self.text("a, b")]), ["Subject: a, b"]))
    #expect(try !holds("X-Any", .equals([Self.text("b")]), ["X-Any: a, b"]))
    #expect(try holds("X-Any", .contains([Self.text("b")]), ["X-Any: a, b"]))
    // A quote or a bracket that does not end takes what follows with it.
    #expect(try !holds("Supported", .equals([Self.text("b")]), [#"Supported: "a, b"#]))
    #expect(try !holds("Supported", .equals([Self.text("b")]), ["Supported: <a, b"]))
    #expect(try !holds("Supported", .equals([Self.text("b")]), [#"Supported: "a\"#]))
  }
}
