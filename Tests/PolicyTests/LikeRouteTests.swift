import Policy
import Testing

@Suite("Routes that are tried one after the other have a limit")
struct LikeRouteTests {
  private static let peers = """
    version: 1
    listeners: [{ name: u4, transport: udp, address: "127.0.0.1:5060" }]
    peers:
      - { name: left, sources: [10.0.0.1], targets: ["10.0.0.1"] }
      - { name: right, sources: [10.0.0.2] }
    routes:

    """

  /// What a route asks for, by its number.
  struct Kind: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var isAlike: Bool
    var condition: @Sendable (Int) -> String

    init(_ name: String, isAlike: Bool, _ condition: @escaping @Sendable (Int) -> String) {
      testDescription = name
      self.isAlike = isAlike
      self.condition = condition
    }
  }

  private static func subject(_ place: Int) -> String {
    "header: { name: Subject, equals: 's\(place)' }"
  }

  static let kinds = [
    Kind("headers", isAlike: true, subject),
    Kind("one domain of two", isAlike: true) {
      "domain: [x.example, u\($0).example], \(subject(0))"
    },
    Kind("one prefix of two", isAlike: true) { "user-prefix: ['1', '2\($0)'], \(subject(0))" },
    Kind("a peer that all have", isAlike: true) {
      "from: [\($0 % 2 == 0 ? "left" : "right, left")], \(subject($0))"
    },
    Kind("patterns that begin alike", isAlike: true) { "user-pattern: '+49XX\($0)'" },
    Kind("patterns that begin with a choice", isAlike: true) { "user-pattern: 'X\($0)'" },
    Kind("what only observes", isAlike: true) {
      "mode: observe, method: \($0 % 2 == 0 ? "INVITE" : "BYE")"
    },
    Kind("prefixes", isAlike: false) { "user-prefix: '\($0)', \(subject($0))" },
    Kind("peers", isAlike: false) {
      "from: \($0 % 2 == 0 ? "left" : "right"), domain: u\($0 / 2).example, \(subject($0))"
    },
    Kind("patterns that begin otherwise", isAlike: false) { "user-pattern: '+49\($0)X'" },
    Kind("methods alone", isAlike: false) { "method: \($0 % 2 == 0 ? "INVITE" : "BYE")" },
  ]

  private func errors(_ count: Int, _ kind: Kind) -> [String] {
    let routes = (0..<count).map { "  - { name: r\($0), \(kind.condition($0)), to: left }\n" }
    // What takes the rest stands behind them, as in any policy, and is none of them.
    let text = Self.peers + routes.joined() + "  - { name: rest, to: left }\n"
    do throws(Rejection) {
      _ = try Snapshot.load(text: text, name: "p", cores: 2)
      return []
    } catch {
      return error.findings.filter { $0.severity == .error }.map(\.description)
    }
  }

  @Test("of a kind there may be so many and no more", arguments: kinds)
  func limit(kind: Kind) {
    #expect(errors(Limits.likeRoutes, kind) == [])
    let one = errors(Limits.likeRoutes + 1, kind)
    let wanted =
      "p:1007:13: error: at most 1000 routes can be alike in `from`, `domain`, `user-prefix` and in"
      + " what their `user-pattern` begins with: they are tried one after the other for each"
      + " request"
    #expect(one == (kind.isAlike ? [wanted] : []))
  }
}
