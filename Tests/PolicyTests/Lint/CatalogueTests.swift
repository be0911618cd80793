import Routing
import Testing

@testable import Policy

@Suite("What routes ask for besides, held against each other")
struct CatalogueTests {
  private static func route(_ patterns: String...) throws -> Routing.Rules.Route {
    var route = Routing.Rules.Route(name: "", targets: 0..<0)
    route.requestURI.userPatterns = try patterns.map(UserPatterns.read)
    return route
  }

  @Test("those that ask for as much or less are known")
  func wider() throws {
    var catalogue = Coverage.Catalogue()
    let numbers = try [
      Self.route("1X."), Self.route("1."), Self.route("2."), Self.route("12X."),
      Self.route("1.", "2."), Self.route("1X."),
    ].map { catalogue.number(of: $0) }
    #expect(numbers == [1, 2, 3, 4, 5, 1])
    #expect(catalogue.wider(1) == [0, 1] && catalogue.wider(2) == [0, 2])
    #expect(catalogue.wider(4) == [0, 1, 2, 4] && catalogue.wider(5) == [0, 5])
  }

  /// Counted, as a time would tell of the host.
  @Test("as many as there may be are looked at a bounded number of times, and not each for each")
  func work() throws {
    var catalogue = Coverage.Catalogue()
    let count = 20_000
    for place in 0..<count { _ = catalogue.number(of: try Self.route("+\(place)X.")) }
    #expect(catalogue.looks <= Limits.comparisons + count)
    // Each was known by its number all the same.
    #expect(catalogue.number(of: try Self.route("+7X.")) == 8)
  }

  @Test("long lists count as often as their parts may be compared")
  func lists() throws {
    var catalogue = Coverage.Catalogue()
    for place in 0..<200 {
      var route = Routing.Rules.Route(name: "", targets: 0..<0)
      route.requestURI.userPatterns = try (0..<100).map { try UserPatterns.read("\(place)+\($0)") }
      _ = catalogue.number(of: route)
    }
    // A pair of them is 10,000 comparisons.
    #expect(catalogue.compared.times > 10)
    #expect(catalogue.compared.times <= Limits.comparisons / 10_000)
  }
}
