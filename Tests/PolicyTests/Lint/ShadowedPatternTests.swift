import Policy
import Testing

@Suite("Routes with patterns that are never reached")
struct ShadowedPatternTests {
  private static let peers = """
    peers:
      - { name: a, sources: [10.0.0.1] }
      - { name: b, sources: [10.0.0.2], targets: ["10.0.0.3"] }
    routes:

    """

  private static func found(_ routes: [String]) -> [String] {
    let lines = routes.enumerated().map { "  - { name: r\($0), \($1), to: b }\n" }
    return Look.at(peers + lines.joined(), by: "shadowed-route")
  }

  @Test(
    "a place of the earlier one beyond the last of the later is no proof",
    arguments: [
      ("4X!", "4.", false), ("4XX.", "4X.", false), ("XX!", "X.", false), ("[4a]X!", "4a!", false),
      ("4!", "4X!", true), ("4.", "4X!", true), ("X.", "4X.", true), ("4X!", "4X", true),
      ("4X{0,2}", "4", true), ("4X{0,2}", "4!", false),
    ])
  func rest(earlier: String, later: String, isShadowed: Bool) {
    let found = Self.found([#"user-pattern: "\#(earlier)""#, #"user-pattern: "\#(later)""#])
    #expect(found.map { $0.contains("`r1` is never reached") } == (isShadowed ? [true] : []))
  }

  /// Held against a search through all requests, which knows patterns in a way of its own.
  @Test("in 200 random policies none that a request reaches is said to be so")
  func random() {
    var named = 0
    for seed in 0..<200 {
      var random = Seeded(state: UInt64(seed))
      let routes = (0..<12).map { _ in Conditions(&random) }
      let found = Self.found(routes.map(\.text))
      let reached = Set(
        Conditions.requests.compactMap { request in
          routes.firstIndex { $0.takes(caller: request.caller, user: request.user) }
        })
      for place in routes.indices where found.contains(where: { $0.contains("`r\(place)` is") }) {
        #expect(!reached.contains(place), "\(seed): \(routes.map(\.text)), \(place)")
        named += 1
      }
    }
    #expect(named > 500, "\(named)")
  }
}

/// Who calls, and by which prefixes and patterns a user is taken.
private struct Conditions {
  private var callers: [String]
  private var prefixes: [String]
  private var patterns: [Pattern]

  init(_ random: inout Seeded) {
    func some<Choice>(_ all: [Choice], _ random: inout Seeded) -> [Choice] {
      (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in
        all.randomElement(using: &random)
      }
    }
    callers = Bool.random(using: &random) ? [] : some(["a", "b"], &random)
    prefixes = Int.random(in: 0..<5, using: &random) == 0 ? some(["1", "12", "1a"], &random) : []
    patterns = some(Pattern.all, &random)
  }

  var text: String {
    [("from", callers), ("user-prefix", prefixes), ("user-pattern", patterns.map(\.text))]
      .filter { !$0.1.isEmpty }
      .map { name, values in "\(name): [\(values.map { "\"\($0)\"" }.joined(separator: ", "))]" }
      .joined(separator: ", ").nonEmpty ?? "scheme: [sip, tel]"
  }

  func takes(caller: String, user: String) -> Bool {
    (callers.isEmpty || callers.contains(caller))
      && (prefixes.isEmpty || prefixes.contains { user.hasPrefix($0) })
      && (patterns.isEmpty || patterns.contains { $0.matches(user) })
  }

  static let requests: [(caller: String, user: String)] = {
    var users = [""]
    for length in 0..<4 {
      users += users.filter { $0.count == length }.flatMap { [$0 + "1", $0 + "2", $0 + "a"] }
    }
    return users.flatMap { [("a", $0), ("b", $0)] }
  }()

  /// A pattern, and all users of the requests that it is for.
  private struct Pattern {
    var text: String
    private var places: [String]
    private var lengths: ClosedRange<Int>

    init(_ text: String, _ places: [String], _ lengths: ClosedRange<Int>) {
      self.text = text
      self.places = places
      self.lengths = lengths
    }

    func matches(_ user: String) -> Bool {
      lengths.contains(user.count)
        && zip(places, user).allSatisfy { place, character in place.contains(character) }
    }

    static let all = [
      Pattern("1", ["1"], 1...1), Pattern("1.", ["1"], 2...9), Pattern("1!", ["1"], 1...9),
      Pattern("1X", ["1", "12"], 2...2), Pattern("1X!", ["1", "12"], 2...9),
      Pattern("1X.", ["1", "12"], 3...9), Pattern("X!", ["12"], 1...9),
      Pattern("X.", ["12"], 2...9), Pattern("X{0,2}", ["12", "12"], 0...2),
      Pattern("[12]2!", ["12", "2"], 2...9), Pattern("1a", ["1", "a"], 2...2),
      Pattern("[1a]!", ["1a"], 1...9), Pattern("[1a]a.", ["1a", "a"], 3...9),
      Pattern("[1a]{1,3}", ["1a", "1a", "1a"], 1...3),
    ]
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
