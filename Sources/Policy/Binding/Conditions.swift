import Admission
import Routing
import SIP

// The conditions of routes. What the check has told of is left out here.
extension Binder {
  mutating func bindConditions(_ node: Node, of route: inout Routing.Rules.Route) {
    route.from = peerIDs(node.all("from"))
    if node["method"] != nil { route.methods = Self.methods(node.all("method")) }
    if node["scheme"] != nil {
      route.schemes = SchemeSet(node.words("scheme").compactMap(Self.scheme))
    }
    route.requestURI = Self.party(node)
    if let caller = node["caller"] { route.caller = Self.party(caller) }
    if let callee = node["callee"] { route.callee = Self.party(callee) }
    route.headers = node.all("header").compactMap(Self.header)
    route.hours = node.all("time").map(Self.hours)
  }

  private static func party(_ node: Node) -> Party {
    var party = Party()
    party.domains = node.words("domain").compactMap { try? Addresses.host($0) }
    party.userPrefixes = node.words("user-prefix").compactMap { try? Names.userPrefix($0) }
    party.userPatterns = node.words("user-pattern").compactMap { try? UserPatterns.read($0) }
    return party
  }

  static func header(_ node: Node) -> HeaderCondition? {
    guard let name = node.word("name") else { return nil }
    func texts(_ key: String) -> [HeaderText]? {
      node[key].map { $0.items.compactMap(\.scalar).map { HeaderText(Array($0.utf8)) } }
    }
    let wanted: HeaderCondition.Wanted =
      if let texts = texts("equals") {
        .equals(texts)
      } else if let texts = texts("contains") {
        .contains(texts)
      } else {
        node.word("is") == "absent" ? .absent : .present
      }
    return HeaderCondition(
      Array(name.utf8), wanted, node.word("value") == "first" ? .first : .any)
  }

  private static func hours(_ node: Node) -> Hours {
    var hours = Hours()
    if node["days"] != nil {
      hours.days = node.words("days").reduce(0) { $0 | ((try? Times.weekdays($1)) ?? 0) }
    }
    if let between = node.word("between").flatMap({ try? Times.between($0) }) {
      (hours.start, hours.end) = between
    }
    hours.offset = node.word("zone").flatMap { try? Times.zone($0) } ?? 0
    return hours
  }

  private static func scheme(_ word: String) -> Scheme? {
    switch word {
    case "sip": .sip
    case "sips": .sips
    case "tel": .tel
    default: nil
    }
  }
}
