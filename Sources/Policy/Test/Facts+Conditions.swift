import Admission
import Basics
import Border
import Routing
import SIP

/// One condition of a route, apart from its others: the function that routes is asked of each.
struct Part {
  var condition: Routing.Rules.Route.Mismatch
  var wanted: String
  /// A route that asks for nothing else.
  var route: Routing.Rules.Route
  /// The name of the header that it asks for, as the policy writes it.
  var header = ""

  init(
    _ condition: Routing.Rules.Route.Mismatch, _ wanted: String,
    _ ask: (inout Routing.Rules.Route) -> Void
  ) {
    self.condition = condition
    self.wanted = wanted
    route = Routing.Rules.Route(name: "", targets: 0..<0)
    ask(&route)
  }
}

extension Facts {
  /// All that a route asks for, in the order in which the function that routes looks at it.
  func parts(of place: Int) -> [Part] {
    let route = routes[place]
    let node = snapshot.node(ofRoute: place)
    var parts: [Part] = []
    if route.methods != .all {
      parts.append(Part(.method, route.methods.words) { $0.methods = route.methods })
    }
    if route.schemes != .all {
      let schemes = [("sip", Scheme.sip), ("sips", .sips), ("tel", .tel)]
      let own = schemes.filter { route.schemes.contains($0.1) }.map(\.0)
      parts.append(Part(.scheme, Self.list(own)) { $0.schemes = route.schemes })
    }
    if !route.from.isEmpty {
      parts.append(Part(.from, Self.list(route.from.map(name))) { $0.from = route.from })
    }
    return parts + Self.parts(of: route.requestURI, node) + Self.others(route, node)
  }

  private static func parts(of party: Party, _ node: Node) -> [Part] {
    var parts: [Part] = []
    if !party.domains.isEmpty {
      parts.append(Part(.domain, list(party.domains)) { $0.requestURI.domains = party.domains })
    }
    if !party.userPrefixes.isEmpty {
      let wanted = "users that begin with \(list(party.userPrefixes))"
      parts.append(
        Part(.userPrefix, wanted) { $0.requestURI.userPrefixes = party.userPrefixes })
    }
    if !party.userPatterns.isEmpty {
      let wanted = "users like \(list(node.words("user-pattern")))"
      parts.append(
        Part(.userPattern, wanted) { $0.requestURI.userPatterns = party.userPatterns })
    }
    return parts
  }

  private static func others(_ route: Routing.Rules.Route, _ node: Node) -> [Part] {
    var parts: [Part] = []
    if !route.hours.isEmpty {
      let wanted = node.all("time").map(hours).joined(separator: "; ")
      parts.append(Part(.time, wanted) { $0.hours = route.hours })
    }
    if route.caller != Party() {
      let wanted = words(route.caller, node["caller"], of: "From")
      parts.append(Part(.caller, wanted) { $0.caller = route.caller })
    }
    if route.callee != Party() {
      let wanted = words(route.callee, node["callee"], of: "To")
      parts.append(Part(.callee, wanted) { $0.callee = route.callee })
    }
    for (condition, node) in zip(route.headers, node.all("header")) {
      var part = Part(.header, header(node)) { $0.headers = [condition] }
      part.header = node.word("name") ?? ""
      parts.append(part)
    }
    return parts
  }

  // MARK: What is asked for

  private static func words(_ party: Party, _ node: Node?, of header: String) -> String {
    var wishes: [String] = []
    if !party.domains.isEmpty { wishes.append("with the domain \(list(party.domains))") }
    if !party.userPrefixes.isEmpty {
      wishes.append("with a user that begins with \(list(party.userPrefixes))")
    }
    if !party.userPatterns.isEmpty {
      wishes.append("with a user like \(list(node?.words("user-pattern") ?? []))")
    }
    return "a \(header) \(wishes.joined(separator: " and "))"
  }

  private static func header(_ node: Node) -> String {
    let name = node.word("name") ?? ""
    let which = node.word("value") == "first" ? "a first \(name)" : "a \(name)"
    let (equal, within) = (node.words("equals"), node.words("contains"))
    if !equal.isEmpty { return "\(which) that is \(list(equal))" }
    if !within.isEmpty { return "\(which) with \(list(within)) in it" }
    return node.word("is") == "absent" ? "no \(name)" : "a \(name)"
  }

  /// `mon-fri 08:00-18:00 (+01:00)`
  private static func hours(_ node: Node) -> String {
    let days = node.words("days").joined(separator: ", ")
    let zone = node.word("zone").map { " (\($0))" } ?? " (UTC)"
    let times = [days.isEmpty ? "every day" : days, node.word("between") ?? ""]
    return times.filter { !$0.isEmpty }.joined(separator: " ") + zone
  }

  // MARK: What is there

  /// What the message has of what a condition asks for.
  func found(_ part: Part, _ message: borrowing Message, _ uri: URI) -> String {
    switch part.condition {
    case .method: return transcript.method
    case .scheme: return "`\(text(message.bytes, uri.schemeText))`"
    case .from: return passage.peer.map { "`\(name($0))`" } ?? "nobody's"
    case .domain: return "`\(text(message.bytes, uri.hostPort.host.text))`"
    case .userPrefix, .userPattern:
      let user = uri.user ?? (uri.scheme == .tel ? uri.opaque : nil)
      return user.map { "`\(text(message.bytes, $0))`" } ?? "a URI without a user"
    case .time: return moment
    case .caller: return values(of: "From")
    case .callee: return values(of: "To")
    case .header: return values(of: part.header)
    }
  }

  /// `mon 2024-01-01T12:00:00Z`
  private var moment: String {
    let days = (judgement.wall / 86_400_000_000_000 + 3) % 7
    return "\(Times.days[Int(max(0, days))]) \(Moment.text(judgement.wall))"
  }

  private func values(of header: String) -> String {
    let values = transcript.all(header)
    return values.isEmpty ? "without \(header)" : "\(header) \(Self.list(values, "and"))"
  }

  private func text(_ bytes: Span<UInt8>, _ slice: Slice) -> String {
    var copy: [UInt8] = []
    copy.append(addingCapacity: slice.count) { $0.write(bytes, slice) }
    return String(decoding: copy, as: UTF8.self).shortened
  }

  private static func list(_ words: [[UInt8]]) -> String {
    list(words.map { String(decoding: $0, as: UTF8.self) })
  }

  /// `a`, `b` or `c`; of many only the first.
  private static func list(_ words: [String], _ joint: String = "or") -> String {
    let shown = words.prefix(5).map { "`\($0.shortened)`" }
    if words.count > 5 { return "\(shown.joined(separator: ", ")) and \(words.count - 5) more" }
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "nothing" }
    return "\(shown.dropLast().joined(separator: ", ")) \(joint) \(last)"
  }
}
