import Foundation

/// A policy made from a seed, and changes of it, each of which some request can tell.
struct Variation {
  typealias Keys = [(key: String, value: String)]

  /// What is changed; each of them in turn.
  static let kinds = [
    "methods", "sources", "listeners", "target", "target order", "names", "user prefix", "domain",
    "route method", "failover", "redirects", "timeout", "no-route", "route mode", "peer mode",
    "header", "time", "caller", "new route", "route gone", "overlapping order", "scheme",
    "pattern", "resolve", "destination", "lost-routes",
  ]
  /// What no verdict shows.
  static let settings = ["limit", "level", "timer-c"]

  private var chance: Seeded
  private var listeners: [Keys] = [
    [("name", "u4"), ("transport", "udp"), ("address", "\"10.0.0.1:5060\"")],
    [("name", "t4"), ("transport", "tcp"), ("address", "\"10.0.0.1:5060\"")],
  ]
  private var peers: [Keys] = []
  private var routes: [Keys] = []
  private var last: [Keys] = [
    [("name", "rest"), ("method", "INVITE"), ("user-prefix", "\"+9\""), ("to", "p1")]
  ]
  private var routing: Keys = [("no-route", "forbidden"), ("failover", "[503, 480]")]
  private var element: Keys = [("name", "edge"), ("log", "{ level: info }")]

  init(seed: UInt64) {
    chance = Seeded(state: seed)
    for place in 1...4 {
      peers.append([
        ("name", "p\(place)"), ("sources", "[10.\(place).0.0/16, 10.4\(place).0.0/24]"),
        ("targets", "[\"udp:10.\(place).0.1:5060\", \"udp:10.\(place).0.2:5060\"]"),
        ("names", "[pbx\(place).example]"),
        ("methods", "[\(some(["SUBSCRIBE", "BYE", "INFO"])), INVITE, OPTIONS, MESSAGE]"),
      ])
    }
    for place in 0...3 + below(3) {
      var route: Keys = [
        ("name", "r\(place)"), ("user-prefix", "[\"+4\(place)\", \"0\(place)\"]"),
        ("to", "p\(1 + below(4))"), ("method", "[INVITE, MESSAGE]"),
      ]
      if chance.next() % 3 == 0 { route.append(("from", "[p\(1 + below(2)), p3]")) }
      if chance.next() % 3 == 0 { route.append(("domain", "[a.example, b.example]")) }
      if chance.next() % 4 == 0 { route.append(("time", "{ days: mon-fri }")) }
      if chance.next() % 4 == 0 { route.append(("header", "{ name: Subject, equals: [x, y] }")) }
      routes.append(route)
    }
  }

  private mutating func below(_ count: Int) -> Int { Int(chance.next() % UInt64(count)) }

  private mutating func some(_ words: [String]) -> String { words[below(words.count)] }

  // MARK: Changes

  mutating func change(_ kind: String) {
    let route = below(routes.count)
    let called = Int(value("to", routes[route])?.dropFirst() ?? "1") ?? 1
    let peer = below(4)
    switch kind {
    case "methods": set("methods", "[INVITE, OPTIONS]", &peers[peer])
    case "sources": set("sources", "[10.\(peer + 1).0.0/20]", &peers[peer])
    case "listeners": set("listeners", "[\(some(["u4", "t4"]))]", &peers[peer]); untie(peer)
    case "target":
      set(
        "targets", "[\"udp:10.\(called).0.9:5060\", \"udp:10.\(called).0.2:5060\"]",
        &peers[called - 1])
    case "target order":
      set(
        "targets", "[\"udp:10.\(called).0.2:5060\", \"udp:10.\(called).0.1:5060\"]",
        &peers[called - 1])
    case "names": set("names", "[other.example]", &peers[peer])
    case "new route":
      last.insert([("name", "fresh"), ("user-prefix", "\"+77\""), ("to", "p2")], at: 0)
    case "route gone": routes.remove(at: route)
    case "overlapping order":
      routes.insert([("name", "wide"), ("user-prefix", "\"+4\""), ("to", "p2")], at: below(2))
    case "peer mode": set("mode", "observe", &peers[peer])
    case "no-route": set("no-route", "not-found", &routing)
    case "resolve": set("resolve", "always", &routing)
    case "lost-routes": set("lost-routes", "mend", &routing)
    case "timer-c": set("timer-c", "200s", &routing)
    case "limit": set("limits", "{ calls: \(1000 + below(1000)) }", &element)
    case "level": set("log", "{ level: warning }", &element)
    default: changeRoute(kind, &routes[route], other: "p\(called % 4 + 1)")
    }
  }

  /// A peer that is heard at one listener alone has targets that leave the transport open.
  private mutating func untie(_ peer: Int) {
    set("targets", "[\"10.\(peer + 1).0.1:5060\", \"10.\(peer + 1).0.2:5060\"]", &peers[peer])
  }

  private func changeRoute(_ kind: String, _ route: inout Keys, other: String) {
    switch kind {
    case "user prefix": set("user-prefix", "\"+4\"", &route)
    case "domain": set("domain", "c.example", &route)
    case "route method": set("method", "INVITE", &route)
    case "failover": set("failover", "[503]", &route)
    case "redirects": set("redirects", "recurse", &route)
    case "timeout": set("timeout", "7s", &route)
    case "route mode": set("mode", "observe", &route)
    case "header": set("header", "{ name: X-Trunk, contains: blue }", &route)
    case "time": set("time", "{ days: mon-fri, between: \"08:00-17:59\" }", &route)
    case "caller": set("caller", "{ domain: caller.example, user-prefix: \"+31\" }", &route)
    case "scheme": set("scheme", "tel", &route)
    case "pattern": set("user-pattern", "\"+XXX[2-5]{3,5}\"", &route)
    case "destination": set("to", other, &route)
    default: break
    }
  }

  private func value(_ key: String, _ keys: Keys) -> String? { keys.first { $0.key == key }?.value }

  private func set(_ key: String, _ value: String, _ keys: inout Keys) {
    keys.removeAll { $0.key == key }
    keys.append((key, value))
  }

  /// Puts everything into another order whose order does not count.
  mutating func shuffle() {
    for place in peers.indices {
      let keys = mixed(peers[place])
      peers[place] = keys
    }
    for place in routes.indices {
      let keys = mixed(routes[place])
      routes[place] = keys
    }
    listeners.shuffle(using: &chance)
    peers.shuffle(using: &chance)
    // No two of them take the same request.
    routes.shuffle(using: &chance)
    routing.shuffle(using: &chance)
    element.shuffle(using: &chance)
  }

  /// Lists but those of targets are sets.
  private mutating func mixed(_ given: Keys) -> Keys {
    var keys = given.shuffled(using: &chance)
    for place in keys.indices
    where keys[place].value.hasPrefix("[") && keys[place].key != "targets" {
      var items = keys[place].value.dropFirst().dropLast().components(separatedBy: ", ")
      items.shuffle(using: &chance)
      keys[place].value = "[\(items.joined(separator: ", "))]"
    }
    return keys
  }

  var text: String {
    func inner(_ keys: Keys) -> String {
      "{ \(keys.map { "\($0.key): \($0.value)" }.joined(separator: ", ")) }"
    }
    var lines = ["version: 1", "element: \(inner(element))", "routing: \(inner(routing))"]
    lines += ["listeners:"] + listeners.map { "  - \(inner($0))" }
    lines += ["peers:"] + peers.map { "  - \(inner($0))" }
    lines += ["routes:"] + (routes + last).map { "  - \(inner($0))" }
    return lines.joined(separator: "\n") + "\n"
  }
}
